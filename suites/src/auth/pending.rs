//! Pending ChatGPT logins: canceled, superseded, or ended by a logout or the end of input.

use harness::{Context, Exit, Result, check, code, ensure, ensure_eq};
use serde_json::json;

use super::ensure::{ensure_failed, ensure_none};
use super::stored::{KEY, NO_LOGIN, auth_json};
use crate::client::ContextExt;

/// A server MUST NOT report, store or announce a ChatGPT login as long as the login is pending.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(LOGIN_TOLD_WHEN_BEGUN, NOBODY_IS_APIKEY)
)]
async fn changes_nothing_yet(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let mark = cx.peer.mark();
    let login = cx.client().begin_login().await?;
    cx.client().ensure_account(None, "while the login is under way").await?;
    ensure!(
        auth_json(cx)?.is_none(),
        "auth.json while the login is under way",
        "no file",
        "a file"
    );
    for name in [cx.protocol().account_changed, cx.protocol().login_completed] {
        let announced = cx.client().account_news(mark, name).await?;
        ensure_none(&announced, &format!("`{name}` while the login is under way"))?;
    }
    cx.client().cancel_login(&login).await.map(|_| ())
}

/// A server MUST end a canceled login with exactly one report: without success, with the login's id
/// and with a reason.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; app-server tests, cancel of a login",
    faults(
        CANCEL_KNOWS_EVERY_ID,
        CANCELLED_LOGIN_UNTOLD,
        FAILED_LOGIN_SUCCEEDS,
        FAILED_LOGIN_WITHOUT_REASON,
        LOGIN_END_TOLD_TWICE
    )
)]
async fn a_cancel_ends_it(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    let mark = cx.peer.mark();
    ensure_failed(&cx.client().cancel_login(&login).await?)?;
    cx.client().ensure_unknown_login(&login.id, "that was canceled").await?;
    let name = cx.protocol().login_completed;
    ensure_eq!(
        cx.client().account_news(mark, name).await?.len(),
        1,
        "`{name}` notifications of a canceled login"
    );
    Ok(())
}

/// A server MUST answer the cancellation of a pending login with the status `canceled`.
#[check(
    v2(since = "0.80"),
    source = "app-server protocol, CancelLoginAccountResponse; app-server tests, cancel of a login",
    faults(CANCEL_ANSWERED_NOT_FOUND)
)]
async fn a_cancel_is_answered(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    let reply = cx.client().request_cancel(&login.id).await?;
    ensure_eq!(
        reply.result()?["status"],
        "canceled",
        "`status` for the cancel of a login that is under way"
    );
    Ok(())
}

/// A server MUST NOT announce a change of user when a pending login is canceled.
#[check(
    v1,
    v2,
    source = "app-server tests, cancel of a login: no account/updated",
    faults(CANCEL_TELLS_CHANGE)
)]
async fn a_cancel_announces_no_change(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    let mark = cx.peer.mark();
    cx.client().cancel_login(&login).await?;
    let name = cx.protocol().account_changed;
    let announced = cx.client().account_news(mark, name).await?;
    ensure_none(&announced, &format!("`{name}` when a login is canceled"))?;
    cx.client().ensure_account(None, "after a login was canceled").await
}

/// A server MUST accept a new login, with a new id, after a canceled one.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(CANCELLED_LOGIN_UNTOLD, LOGIN_ID_REUSED, ONE_LOGIN_ONLY)
)]
async fn another_one_may_follow(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let first = cx.client().begin_login().await?;
    cx.client().cancel_login(&first).await?;
    let second = cx.client().begin_another_login().await?;
    ensure!(first.id != second.id, "ids of two logins", "two ids", format!("{} twice", first.id));
    ensure_failed(&cx.client().cancel_login(&second).await?)
}

/// A server MUST answer the cancellation of an unknown login as not found.
#[check(
    v1,
    v2,
    source = "app-server protocol, login id not found; app-server tests, cancel of a login",
    faults(CANCEL_KNOWS_EVERY_ID)
)]
async fn an_unknown_id_is_not_found(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().ensure_unknown_login(NO_LOGIN, "that was never begun").await
}

/// A server MUST NOT end a pending login when the client cancels an unknown login.
#[check(
    v1,
    v2,
    source = "app-server protocol, login id not found; every release does",
    faults(CANCEL_ENDS_ANY_LOGIN)
)]
async fn an_unknown_id_ends_nothing(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    let mark = cx.peer.mark();
    cx.client().ensure_unknown_login(NO_LOGIN, "that was never begun, beside one that was").await?;
    let ended = cx.client().login_completions(mark).await?;
    ensure_none(&ended, "ends of the login beside it")?;
    ensure_failed(&cx.client().cancel_login(&login).await?)
}

/// A server MUST reject a cancellation whose login id is invalid or missing.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "app-server protocol, CancelLoginParams; every release does",
    faults(CANCEL_TAKES_ANYTHING)
)]
async fn an_invalid_id_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let what = "reply to the cancel of login \"x\", which is no id";
    let refused = cx.client().request_cancel("x").await?.refusal(what)?.code.unwrap_or_default();
    ensure!(
        [code::INVALID_REQUEST, code::INVALID_PARAMS].contains(&refused),
        "code of the error for the cancel of login \"x\"",
        "-32600 (app-server) or -32602 (JSON-RPC 2.0)",
        refused.to_string()
    );
    let reply = cx.peer.request(cx.protocol().cancel_login, json!({})).await?;
    reply.refusal("reply to the cancel of a login that is not named").map(|_| ())
}

/// A server MUST end a pending login without success when another login begins.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts: one login at a time; every release does",
    faults(
        FAILED_LOGIN_SUCCEEDS,
        LOGIN_END_TOLD_TWICE,
        LOGIN_ID_REUSED,
        ONE_LOGIN_ONLY,
        SUPERSEDED_LOGIN_UNTOLD
    )
)]
async fn the_next_one_supersedes_it(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let first = cx.client().begin_login().await?;
    let mark = cx.peer.mark();
    let second = cx.client().begin_another_login().await?;
    ensure!(first.id != second.id, "ids of two logins", "two ids", format!("{} twice", first.id));
    ensure_failed(&cx.client().login_completed(&first.id).await?)?;
    cx.client().ensure_unknown_login(&first.id, "that was superseded").await?;
    let name = cx.protocol().login_completed;
    ensure_eq!(
        cx.client().account_news(mark, name).await?.len(),
        1,
        "`{name}` notifications while the second login is under way"
    );
    ensure_failed(&cx.client().cancel_login(&second).await?)
}

/// A server MUST end a pending login without success when the user logs in with an API key.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts: one login at a time; every release does",
    faults(CANCEL_KNOWS_EVERY_ID, KEY_LEAVES_LOGIN)
)]
async fn a_key_supersedes_it(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    cx.client().settle_login().await?;
    cx.client().log_in(KEY).await?;
    ensure_failed(&cx.client().login_completed(&login.id).await?)?;
    cx.client().account_changed(Some("apikey")).await?;
    cx.client().ensure_unknown_login(&login.id, "that a login by key superseded").await
}

/// A server MUST end a pending login without success when the user logs out.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts: logout; every release does",
    faults(LOGOUT_LEAVES_LOGIN)
)]
async fn a_logout_ends_it(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    cx.client().settle_login().await?;
    cx.client().log_out().await?;
    ensure_failed(&cx.client().login_completed(&login.id).await?)?;
    cx.client().ensure_unknown_login(&login.id, "that a logout ended").await
}

/// A server SHOULD exit with code 0 at the end of input, even while a login is pending.
#[check(
    v1,
    v2,
    source = "no user can complete the login; 0.98 and earlier wait for the browser",
    stdio = "a server that listens goes on when a client leaves",
    faults(EOF_WAITS_FOR_LOGIN)
)]
async fn end_of_input_ends_it(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().begin_login().await?;
    cx.peer.close_stdin();
    let exit = cx.peer.exit().await?;
    ensure!(
        exit == Exit::Code(0),
        "how the subject ended when its stdin was closed during a login",
        "exit code 0",
        exit.to_string()
    );
    Ok(())
}

//! Pending ChatGPT logins: canceled, superseded, or ended by a logout or the end of input.

use harness::Exit;
use harness::failure::Result;
use harness::message::code;
use harness::{Context, Dialect, check, ensure, ensure_eq};
use serde_json::json;

use super::words::{
    KEY, NO_LOGIN, begin, begin_chatgpt, cancel, cancel_reply, changed, changed_method,
    chatgpt_again, completed, completed_method, ensure_failed, ensure_method, ensure_none,
    ensure_unknown, log_in, log_out, news, settle, stored,
};

/// A server MUST NOT report, store or announce a ChatGPT login as long as the login is pending.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(LOGIN_TOLD_WHEN_BEGUN, NOBODY_IS_APIKEY)
)]
async fn changes_nothing_yet(cx: &mut Context) -> Result {
    begin(cx, None).await?;
    let mark = cx.peer.mark();
    let login = begin_chatgpt(cx).await?;
    ensure_method(cx, None, "while the login is under way").await?;
    ensure!(stored(cx)?.is_none(), "auth.json while the login is under way", "no file", "a file");
    for name in [changed_method(cx), completed_method(cx)] {
        let told = news(cx, mark, name).await?;
        ensure_none(&told, &format!("`{name}` while the login is under way"))?;
    }
    cancel(cx, &login).await.map(|_| ())
}

/// A server MUST end a canceled login with exactly one report: without success, with the login's id and with a reason.
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
    begin(cx, None).await?;
    let login = begin_chatgpt(cx).await?;
    let mark = cx.peer.mark();
    ensure_failed(&cancel(cx, &login).await?)?;
    ensure_unknown(cx, &login.id, "that was taken back").await?;
    let name = completed_method(cx);
    ensure_eq!(
        news(cx, mark, name).await?.len(),
        1,
        "`{name}` notifications of a login that was taken back"
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
    begin(cx, None).await?;
    let login = begin_chatgpt(cx).await?;
    let reply = cancel_reply(cx, &login.id).await?;
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
    begin(cx, None).await?;
    let login = begin_chatgpt(cx).await?;
    let mark = cx.peer.mark();
    cancel(cx, &login).await?;
    let name = changed_method(cx);
    let told = news(cx, mark, name).await?;
    ensure_none(&told, &format!("`{name}` when a login is taken back"))?;
    ensure_method(cx, None, "after a login was taken back").await
}

/// A server MUST accept a new login, with a new id, after a canceled one.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(CANCELLED_LOGIN_UNTOLD, LOGIN_ID_REUSED, ONE_LOGIN_ONLY)
)]
async fn another_one_may_follow(cx: &mut Context) -> Result {
    begin(cx, None).await?;
    let first = begin_chatgpt(cx).await?;
    cancel(cx, &first).await?;
    let second = chatgpt_again(cx).await?;
    ensure!(first.id != second.id, "ids of two logins", "two ids", format!("{} twice", first.id));
    ensure_failed(&cancel(cx, &second).await?)
}

/// A server MUST answer the cancellation of an unknown login as not found.
#[check(
    v1,
    v2,
    source = "app-server protocol, login id not found; app-server tests, cancel of a login",
    faults(CANCEL_KNOWS_EVERY_ID)
)]
async fn an_unknown_id_is_not_found(cx: &mut Context) -> Result {
    begin(cx, None).await?;
    ensure_unknown(cx, NO_LOGIN, "that was never begun").await
}

/// A server MUST NOT end a pending login when the client cancels an unknown login.
#[check(
    v1,
    v2,
    source = "app-server protocol, login id not found; every release does",
    faults(CANCEL_ENDS_ANY_LOGIN)
)]
async fn an_unknown_id_ends_nothing(cx: &mut Context) -> Result {
    begin(cx, None).await?;
    let login = begin_chatgpt(cx).await?;
    let mark = cx.peer.mark();
    ensure_unknown(cx, NO_LOGIN, "that was never begun, beside one that was").await?;
    let ended = news(cx, mark, completed_method(cx)).await?;
    ensure_none(&ended, "ends of the login beside it")?;
    ensure_failed(&cancel(cx, &login).await?)
}

/// A server MUST reject a cancellation whose login id is invalid or missing.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "app-server protocol, CancelLoginParams; every release does",
    faults(CANCEL_TAKES_ANYTHING)
)]
async fn an_invalid_id_is_rejected(cx: &mut Context) -> Result {
    begin(cx, None).await?;
    let what = "reply to the cancel of login \"x\", which is no id";
    let refused = cancel_reply(cx, "x").await?.refusal(what)?.code.unwrap_or_default();
    ensure!(
        [code::INVALID_REQUEST, code::INVALID_PARAMS].contains(&refused),
        "code of the error for the cancel of login \"x\"",
        "-32600 (app-server) or -32602 (JSON-RPC 2.0)",
        refused.to_string()
    );
    let method =
        if cx.dialect() == Dialect::V1 { "cancelLoginChatGpt" } else { "account/login/cancel" };
    let reply = cx.peer.request(method, json!({})).await?;
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
    begin(cx, None).await?;
    let first = begin_chatgpt(cx).await?;
    let mark = cx.peer.mark();
    let second = chatgpt_again(cx).await?;
    ensure!(first.id != second.id, "ids of two logins", "two ids", format!("{} twice", first.id));
    ensure_failed(&completed(cx, &first.id).await?)?;
    ensure_unknown(cx, &first.id, "that was superseded").await?;
    let name = completed_method(cx);
    ensure_eq!(
        news(cx, mark, name).await?.len(),
        1,
        "`{name}` notifications while the second login is under way"
    );
    ensure_failed(&cancel(cx, &second).await?)
}

/// A server MUST end a pending login without success when the user logs in with an API key.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts: one login at a time; every release does",
    faults(CANCEL_KNOWS_EVERY_ID, KEY_LEAVES_LOGIN)
)]
async fn a_key_supersedes_it(cx: &mut Context) -> Result {
    begin(cx, None).await?;
    let login = begin_chatgpt(cx).await?;
    settle(cx).await?;
    log_in(cx, KEY).await?;
    ensure_failed(&completed(cx, &login.id).await?)?;
    changed(cx, Some("apikey")).await?;
    ensure_unknown(cx, &login.id, "that a login by key superseded").await
}

/// A server MUST end a pending login without success when the user logs out.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts: logout; every release does",
    faults(LOGOUT_LEAVES_LOGIN)
)]
async fn a_logout_ends_it(cx: &mut Context) -> Result {
    begin(cx, None).await?;
    let login = begin_chatgpt(cx).await?;
    settle(cx).await?;
    log_out(cx).await?;
    ensure_failed(&completed(cx, &login.id).await?)?;
    ensure_unknown(cx, &login.id, "that a logout ended").await
}

/// A server SHOULD exit with code 0 at the end of input, even while a login is pending.
#[check(
    v1,
    v2,
    source = "nobody is left to log in; 0.98 and earlier wait for the browser",
    faults(EOF_WAITS_FOR_LOGIN)
)]
async fn end_of_input_ends_it(cx: &mut Context) -> Result {
    begin(cx, None).await?;
    begin_chatgpt(cx).await?;
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

//! Notifications about logins and logouts: exactly once, in order and without secrets.

use fixtures::Auth;
use harness::{Context, Failure, Order, Result, check, ensure_eq};
use serde_json::Value;

use super::ensure::{ensure_none, ensure_null};
use super::stored::{KEY, OTHER_KEY};
use crate::client::{ContextExt, Protocol};

/// Fails unless the change to `method` was announced once since `mark`; waits for it.
async fn ensure_announced_once(
    cx: &mut Context,
    mark: usize,
    method: Option<&str>,
    of: &str,
) -> Result {
    cx.client().account_changed(method).await?;
    let changes = cx.client().account_changes(mark, method).await?;
    ensure_eq!(changes.len(), 1, "`{}` notifications of {of}", cx.protocol().account_changed);
    Ok(())
}

/// A server MUST announce a login by API key with exactly one `authStatusChange` (`v1`) or
/// `account/updated` (`v2`).
#[check(
    v1,
    v2,
    source = "app-server README, Accounts: account/updated; app-server protocol, AuthStatusChange",
    faults(ACCOUNT_UPDATE_UNTOLD, AUTH_CHANGE_UNTOLD, CHANGE_TOLD_TWICE)
)]
async fn a_login_is_announced_once(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let mark = cx.peer.mark();
    cx.client().log_in(KEY).await?;
    ensure_announced_once(cx, mark, Some("apikey"), "a login").await
}

/// A server MUST announce a logout with exactly one `authStatusChange` (`v1`) or `account/updated`
/// (`v2`).
#[check(
    v1,
    v2,
    source = "app-server README, Accounts: account/updated; app-server protocol, AuthStatusChange",
    faults(ACCOUNT_UPDATE_UNTOLD, AUTH_CHANGE_UNTOLD, CHANGE_TOLD_TWICE)
)]
async fn a_logout_is_announced_once(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    let mark = cx.peer.mark();
    cx.client().log_out().await?;
    ensure_announced_once(cx, mark, None, "a logout").await
}

/// A server MUST announce a logout exactly once even when no user was logged in.
#[check(
    v1,
    v2,
    source = "every release does: a client may wait for it",
    faults(CHANGE_TOLD_TWICE, LOGOUT_NEEDS_LOGIN, LOGOUT_OF_NOBODY_UNTOLD)
)]
async fn a_logout_without_a_login_is_announced(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let mark = cx.peer.mark();
    cx.client().log_out().await?;
    ensure_announced_once(cx, mark, None, "a logout without a login").await
}

/// A server MUST send `authMethod` (`v1`) or `authMode` (`v2`) as `null`, instead of omitting it,
/// when it announces a logout.
#[check(
    v1(fixed_in("0.58", "the member is omitted when no user is logged in")),
    v2,
    source = "app-server tests, logout: authMode null",
    faults(CHANGE_LEAVES_NOBODY_OUT)
)]
async fn no_user_is_null(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    cx.client().log_out().await?;
    let change = cx.client().account_changed(None).await?;
    ensure_null(&change.params, cx.protocol().changed_method, "in the notification of a logout")
}

/// A server MUST report the completion of a login by API key exactly once: with success, without an
/// id and without an error.
#[check(
    v2,
    source = "app-server README, Accounts: account/login/completed; app-server tests, account",
    faults(KEY_COMPLETION_HAS_ID, KEY_COMPLETION_UNTOLD)
)]
async fn a_key_login_completes(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let mark = cx.peer.mark();
    cx.client().log_in(KEY).await?;
    let name = cx.protocol().login_completed;
    let completed = cx
        .peer
        .next_matching(&format!("`{name}` of a login without an id"), |call| {
            call.method == name && call.params.get("loginId").is_none_or(Value::is_null)
        })
        .await?;
    for (member, expected) in
        [("success", Value::Bool(true)), ("loginId", Value::Null), ("error", Value::Null)]
    {
        // Where there is nothing to say, the member may be left out.
        let seen = completed.params.get(member).unwrap_or(&Value::Null);
        ensure_eq!(seen, &expected, "`{member}` in `{name}`");
    }
    ensure_eq!(
        cx.client().account_news(mark, name).await?.len(),
        1,
        "`{name}` notifications of a login"
    );
    Ok(())
}

/// A server SHOULD send `account/login/completed` before `account/updated`.
#[check(
    v2,
    source = "app-server README, Accounts: the order of the example; every release does",
    faults(KEY_COMPLETION_LATE)
)]
async fn completion_comes_before_the_change(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let mark = cx.peer.mark();
    cx.client().log_in(KEY).await?;
    cx.client().account_changed(Some("apikey")).await?;
    cx.client().login_completions(mark).await?;
    let &Protocol { account_changed: name, changed_method: member, .. } = cx.protocol();
    let mut calls = cx.peer.calls_since(mark);
    calls.retain(|call| call.method != name || call.params[member] == "apikey");
    let completed = cx.protocol().login_completed;
    Order::of(&calls).before(completed, name)
}

/// A server MUST announce a login exactly once even when the user was logged in by the same method
/// before.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(CHANGE_TOLD_TWICE, LATER_LOGIN_UNTOLD)
)]
async fn a_later_login_is_announced(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().log_in(OTHER_KEY).await?;
    cx.client().account_changed(Some("apikey")).await?;
    let mark = cx.peer.mark();
    cx.client().log_in(KEY).await?;
    ensure_announced_once(cx, mark, Some("apikey"), "a second login").await
}

/// A server MUST NOT reveal an API key on stderr or in its messages as long as the client requests
/// no token.
#[check(
    v1,
    v2,
    source = "security: logs and other clients see them; every release does",
    faults(ACCOUNT_TELLS_KEY, CHANGE_TELLS_TOKEN, KEY_LOGGED, TOKEN_ALWAYS_TOLD)
)]
async fn the_key_is_never_revealed(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    for key in [KEY, OTHER_KEY] {
        cx.client().log_in(key).await?;
        cx.client().request_account().await?;
    }
    cx.client().log_out().await?;
    cx.client().account_changed(None).await?;
    ensure_not_revealed(cx, &[KEY, OTHER_KEY]).await
}

/// A server MUST NOT reveal ChatGPT tokens on stderr or in its messages as long as the client
/// requests no token.
#[check(
    v1,
    v2,
    source = "security: logs and other clients see them; every release does",
    faults(TOKENS_LOGGED)
)]
async fn the_tokens_are_never_revealed(cx: &mut Context) -> Result {
    let stored = Auth::chatgpt();
    cx.client().initialize_with_login(Some(&stored)).await?;
    // Whatever it answers: some releases ask a service that is not there before they do.
    cx.client().request_account().await?;
    cx.client().log_out().await?;
    cx.client().account_changed(None).await?;
    let file = stored.to_json();
    let token = |name: &str| file["tokens"][name].as_str().unwrap_or_default();
    ensure_not_revealed(cx, &[token("id_token"), token("access_token"), token("refresh_token")])
        .await
}

/// Ends the subject, and fails if it ever said one of these secrets.
async fn ensure_not_revealed(cx: &mut Context, secrets: &[&str]) -> Result {
    // Only then is all of stderr there.
    let Some(ended) = cx.peer.shutdown().await else { return Ok(()) };
    let entries = ended.transcript.entries().iter().filter(|entry| entry.is_from_subject());
    let lines = entries.map(|entry| String::from_utf8_lossy(&entry.line).into_owned());
    let stderr = ended.report.stderr.text();
    for line in lines.chain(stderr.lines().map(str::to_owned)) {
        let said = secrets.iter().find(|secret| line.contains(**secret));
        let Some(secret) = said else { continue };
        return Err(Failure::mismatch(
            "output of the subject during a login and a logout",
            "no message and no line of stderr with a secret of the login in it",
            format!("the secret {secret:?} in {line}"),
        ));
    }
    Ok(())
}

/// A server MUST NOT repeat a token in later notifications after it has returned the token on
/// request.
#[check(
    v1,
    source = "app-server protocol, GetAuthStatusResponse; every release does",
    faults(CHANGE_TELLS_TOKEN, TOKEN_MASKED)
)]
async fn the_token_is_in_one_answer(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    ensure_eq!(cx.client().token().await?, KEY, "`authToken`, asked for");
    let mark = cx.peer.mark();
    cx.client().log_in(KEY).await?;
    cx.client().account_changed(Some("apikey")).await?;
    let later = cx.peer.calls_since(mark);
    let revealing: Vec<_> =
        later.into_iter().filter(|call| call.params.to_string().contains(KEY)).collect();
    ensure_none(&revealing, "notifications with the key, after it was asked for")
}

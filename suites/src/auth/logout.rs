//! Logout: it removes the stored credentials and is accepted at any time.

use fixtures::Auth;
use harness::failure::Result;
use harness::{Context, Dialect, check, ensure, ensure_eq, ensure_includes};
use serde_json::{Value, json};

use super::words::{KEY, begin, ensure_method, log_in, log_out, stored, token};
use crate::words::greet;

fn ensure_gone(cx: &Context) -> Result {
    let left = stored(cx)?;
    ensure!(
        left.is_none(),
        "auth.json after the logout",
        "no file",
        left.unwrap_or_default().to_string()
    );
    Ok(())
}

/// A server MUST remove `auth.json` when the user logs out of a login by API key.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; app-server tests, logout",
    faults(LOGOUT_EMPTIES_AUTH, LOGOUT_KEEPS_AUTH)
)]
async fn removes_auth_json(cx: &mut Context) -> Result {
    begin(cx, Some(&Auth::api_key(KEY))).await?;
    ensure_includes!(log_out(cx).await?, json!({}), "result of the logout");
    ensure_gone(cx)
}

/// A server MUST remove `auth.json` when the user logs out of a ChatGPT login.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; app-server tests, logout",
    faults(LOGOUT_EMPTIES_AUTH, LOGOUT_KEEPS_AUTH, LOGOUT_KEEPS_TOKENS)
)]
async fn removes_the_tokens(cx: &mut Context) -> Result {
    begin(cx, Some(&Auth::chatgpt())).await?;
    log_out(cx).await?;
    ensure_gone(cx)
}

/// A server MUST report neither a user nor a token after a logout.
#[check(v1, v2, source = "app-server tests, logout", faults(LOGOUT_KEEPS_AUTH, NOBODY_IS_APIKEY))]
async fn reports_no_user(cx: &mut Context) -> Result {
    begin(cx, None).await?;
    log_in(cx, KEY).await?;
    log_out(cx).await?;
    ensure_method(cx, None, "after the logout").await?;
    if cx.dialect() == Dialect::V1 {
        ensure_eq!(token(cx).await?, Value::Null, "`authToken` after the logout");
    }
    Ok(())
}

/// A server MUST report no user when it is restarted after a logout.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(LOGOUT_KEEPS_AUTH)
)]
async fn survives_a_restart(cx: &mut Context) -> Result {
    begin(cx, Some(&Auth::api_key(KEY))).await?;
    log_out(cx).await?;
    cx.restart().await;
    greet(cx).await?;
    ensure_method(cx, None, "after a logout and a restart").await
}

/// A server MUST accept a logout when no user is logged in.
#[check(
    v1,
    v2,
    source = "idempotence; every release does",
    faults(LOGOUT_NEEDS_LOGIN, NOBODY_IS_APIKEY)
)]
async fn may_be_repeated(cx: &mut Context) -> Result {
    begin(cx, None).await?;
    for time in ["first", "second"] {
        let result =
            log_out(cx).await.map_err(|failure| failure.within(format!("the {time} logout")))?;
        ensure_includes!(result, json!({}), "result of the {time} logout, with nobody logged in");
    }
    ensure_gone(cx)?;
    ensure_method(cx, None, "after a logout of nobody").await
}

/// A server MUST accept a new login after a logout.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(LOGOUT_IS_FINAL)
)]
async fn a_new_login_may_follow(cx: &mut Context) -> Result {
    begin(cx, Some(&Auth::api_key(KEY))).await?;
    log_out(cx).await?;
    log_in(cx, KEY).await?;
    ensure_method(cx, Some("apikey"), "after a logout and another login").await
}

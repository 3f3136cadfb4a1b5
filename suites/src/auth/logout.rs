//! Logout: it removes the stored credentials and is accepted at any time.

use fixtures::Auth;
use harness::{Context, Result, check, ensure, ensure_includes};
use serde_json::{Value, json};

use super::stored::{KEY, auth_json};
use crate::client::ContextExt;

fn ensure_gone(cx: &Context) -> Result {
    let left = auth_json(cx)?;
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
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    ensure_includes!(cx.client().log_out().await?, json!({}), "result of the logout");
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
    cx.client().initialize_with_login(Some(&Auth::chatgpt())).await?;
    cx.client().log_out().await?;
    ensure_gone(cx)
}

/// A server MUST report neither a user nor a token after a logout.
#[check(v1, v2, source = "app-server tests, logout", faults(LOGOUT_KEEPS_AUTH, NOBODY_IS_APIKEY))]
async fn reports_no_user(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().log_in(KEY).await?;
    cx.client().log_out().await?;
    cx.client().ensure_account(None, "after the logout").await?;
    cx.client().ensure_token(Value::Null, "after the logout").await
}

/// A server MUST report no user when it is restarted after a logout.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(LOGOUT_KEEPS_AUTH)
)]
async fn survives_a_restart(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    cx.client().log_out().await?;
    cx.restart().await;
    cx.client().initialize().await?;
    cx.client().ensure_account(None, "after a logout and a restart").await
}

/// A server MUST accept a logout when no user is logged in.
#[check(
    v1,
    v2,
    source = "idempotence; every release does",
    faults(LOGOUT_NEEDS_LOGIN, NOBODY_IS_APIKEY)
)]
async fn may_be_repeated(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    for time in ["first", "second"] {
        let result = cx
            .client()
            .log_out()
            .await
            .map_err(|failure| failure.within(format!("the {time} logout")))?;
        ensure_includes!(result, json!({}), "result of the {time} logout, with no user logged in");
    }
    ensure_gone(cx)?;
    cx.client().ensure_account(None, "after a logout without a login").await
}

/// A server MUST accept a new login after a logout.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(LOGOUT_IS_FINAL)
)]
async fn a_new_login_may_follow(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    cx.client().log_out().await?;
    cx.client().log_in(KEY).await?;
    cx.client().ensure_account(Some("apikey"), "after a logout and another login").await
}

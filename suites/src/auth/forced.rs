//! Ways of logging in that the configuration rules out.

use fixtures::Config;
use harness::{Context, Reply, Result, check, code, ensure, ensure_eq};

use super::browser::Address;
use super::stored::{KEY, auth_json};
use crate::client::ContextExt;
use crate::template::configure;

/// Starts the subject with a provider that wants a login, and this change of the configuration.
async fn begin_forced(cx: &mut Context, change: impl FnOnce(Config) -> Config) -> Result {
    configure(cx, |config| change(config.requires_openai_auth(true)))?;
    cx.client().initialize().await
}

fn ensure_disabled(reply: &Reply, text: &str) -> Result {
    reply.refused(
        code::INVALID_REQUEST,
        "answer to a login by the way that `forced_login_method` rules out",
    )?;
    let message = reply.error()?.message;
    ensure!(
        message.contains(text),
        "message of the error for the way that is ruled out",
        format!("{text:?} in it"),
        message
    );
    Ok(())
}

/// A server MUST reject an API key as an invalid request, without storing it, when
/// `forced_login_method` is `chatgpt`.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server tests, login: forced_login_method",
    faults(FORCED_LOGIN_IGNORED, FORCED_LOGIN_STORED_FIRST)
)]
async fn chatgpt_rules_out_keys(cx: &mut Context) -> Result {
    begin_forced(cx, |config| config.forced_login_method("chatgpt")).await?;
    let reply = cx.client().request_log_in(KEY).await?;
    ensure_disabled(&reply, "API key login is disabled. Use ChatGPT login instead.")?;
    let left = auth_json(cx)?;
    ensure!(
        left.is_none(),
        "auth.json after the refusal",
        "no file",
        left.unwrap_or_default().to_string()
    );
    cx.client().ensure_account(None, "after the refusal").await
}

/// A server MUST reject a ChatGPT login as an invalid request when `forced_login_method` is `api`.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server tests, login: forced_login_method",
    faults(FORCED_LOGIN_IGNORED)
)]
async fn api_rules_out_chatgpt(cx: &mut Context) -> Result {
    begin_forced(cx, |config| config.forced_login_method("api")).await?;
    let reply = cx.client().request_login().await?;
    ensure_disabled(&reply, "ChatGPT login is disabled. Use API key login instead.")
}

/// A server MUST accept an API key when `forced_login_method` is `api`.
#[check(
    v1,
    v2,
    source = "configuration: forced_login_method; every release does",
    faults(FORCED_LOGIN_REFUSES_BOTH)
)]
async fn api_allows_keys(cx: &mut Context) -> Result {
    begin_forced(cx, |config| config.forced_login_method("api")).await?;
    cx.client().log_in(KEY).await?;
    cx.client().ensure_account(Some("apikey"), "after the login that is forced").await
}

/// A server MUST accept a ChatGPT login when `forced_login_method` is `chatgpt`.
#[check(
    v1,
    v2,
    source = "configuration: forced_login_method; every release does",
    faults(FORCED_LOGIN_REFUSES_BOTH)
)]
async fn chatgpt_allows_chatgpt(cx: &mut Context) -> Result {
    begin_forced(cx, |config| config.forced_login_method("chatgpt")).await?;
    let login = cx.client().begin_login().await?;
    cx.client().cancel_login(&login).await.map(|_| ())
}

/// A server MUST pass the value of `forced_chatgpt_workspace_id` to the login page as
/// `allowed_workspace_id`.
#[check(
    v1(since = "0.58"),
    v2,
    source = "app-server tests, login: forced_chatgpt_workspace_id",
    faults(WORKSPACE_IGNORED)
)]
async fn the_workspace_is_asked_for(cx: &mut Context) -> Result {
    begin_forced(cx, |config| config.set("forced_chatgpt_workspace_id", "ws-forced")).await?;
    let login = cx.client().begin_login().await?;
    let page = Address::parse(&login.url)?;
    ensure_eq!(
        page.parameter("allowed_workspace_id")?,
        "ws-forced",
        "`allowed_workspace_id` of the page for the login"
    );
    cx.client().cancel_login(&login).await.map(|_| ())
}

/// A server MUST NOT pass `allowed_workspace_id` to the login page without a workspace in the
/// configuration.
#[check(
    v1,
    v2,
    source = "configuration: forced_chatgpt_workspace_id; every release does",
    faults(WORKSPACE_MADE_UP)
)]
async fn no_workspace_unless_forced(cx: &mut Context) -> Result {
    begin_forced(cx, |config| config).await?;
    let login = cx.client().begin_login().await?;
    let asked = Address::parse(&login.url)?
        .parameters
        .into_iter()
        .find(|(name, _)| name == "allowed_workspace_id");
    ensure!(
        asked.is_none(),
        "`allowed_workspace_id` of the page for the login",
        "none",
        asked.map_or(String::new(), |(_, value)| format!("{value:?}"))
    );
    cx.client().cancel_login(&login).await.map(|_| ())
}

//! The credentials that a server sends to the model service.

use fixtures::Auth;
use harness::{Context, Result, check, ensure, ensure_eq};
use mock_model::says;

use super::stored::{KEY, OTHER_KEY, prepare_home};
use crate::client::{ContextExt, Thread};
use crate::template::configure;

/// Runs a turn; the `Authorization` and the account of each of its requests to the model.
async fn asked(cx: &mut Context, thread: &Thread) -> Result<Vec<(Option<String>, Option<String>)>> {
    let before = cx.model.requests().len();
    cx.model.script([says("done")]);
    cx.client().turn(thread, "hello").await?;
    let requests = cx.model.requests().into_iter().skip(before);
    let header = |request: &mock_model::Request, name| request.header(name).map(str::to_owned);
    Ok(requests
        .map(|request| (header(&request, "authorization"), header(&request, "chatgpt-account-id")))
        .collect())
}

/// Fails unless every request of a turn came with this bearer token and account, and there was one.
async fn ensure_asked(
    cx: &mut Context,
    thread: &Thread,
    token: &str,
    account: Option<&str>,
    when: &str,
) -> Result {
    let asked = asked(cx, thread).await?;
    ensure!(!asked.is_empty(), format!("requests to the model {when}"), "one", "none");
    for (authorization, of) in asked {
        let bearer = format!("Bearer {token}");
        ensure_eq!(
            authorization.as_deref(),
            Some(bearer.as_str()),
            "`Authorization` of the request to the model {when}"
        );
        ensure_eq!(
            of.as_deref(),
            account,
            "`chatgpt-account-id` of the request to the model {when}"
        );
    }
    Ok(())
}

/// Fails if any request of a turn came with credentials. No request at all is as good: a server may
/// need a login for one.
async fn ensure_no_credentials(cx: &mut Context, thread: &Thread, when: &str) -> Result {
    for (authorization, account) in asked(cx, thread).await? {
        ensure_eq!(authorization, None, "`Authorization` of the request to the model {when}");
        ensure_eq!(account, None, "`chatgpt-account-id` of the request to the model {when}");
    }
    Ok(())
}

/// A server MUST send the stored API key, without an account id, to a model service that requires
/// an OpenAI login.
#[check(
    v1,
    v2,
    source = "configuration: requires_openai_auth; every release does",
    faults(LOGIN_KEPT_FROM_MODEL)
)]
async fn gets_the_key(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    let thread = cx.client().start_thread().await?;
    ensure_asked(cx, &thread, KEY, None, "with a stored key").await
}

/// A server MUST send the access token and the account id of a ChatGPT login to a model service
/// that requires an OpenAI login.
#[check(
    v1,
    v2,
    source = "configuration: requires_openai_auth; every release does",
    faults(ACCOUNT_KEPT_FROM_MODEL, ID_TOKEN_IS_ACCESS_TOKEN, LOGIN_KEPT_FROM_MODEL)
)]
async fn gets_the_access_token_and_the_account(cx: &mut Context) -> Result {
    let stored = Auth::chatgpt().account_id("account-fake-proctor");
    cx.client().initialize_with_login(Some(&stored)).await?;
    let thread = cx.client().start_thread().await?;
    ensure_asked(cx, &thread, &stored.token(), Some("account-fake-proctor"), "with a ChatGPT login")
        .await
}

/// A server MUST NOT send credentials to the model service when no user is logged in.
#[check(v1, v2, source = "every release does", faults(NOBODY_BEARS_A_TOKEN))]
async fn gets_no_credentials_without_a_login(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let thread = cx.client().start_thread().await?;
    ensure_no_credentials(cx, &thread, "with no user logged in").await
}

/// A server MUST NOT send `OPENAI_API_KEY` or `CODEX_API_KEY` from the environment to a provider
/// without `env_key`.
#[check(
    v1,
    v2,
    source = "issue: OPENAI_API_KEY in the environment changes nothing; every release does",
    faults(ENVIRONMENT_LOGS_IN)
)]
async fn gets_no_key_from_the_environment(cx: &mut Context) -> Result {
    for name in ["OPENAI_API_KEY", "CODEX_API_KEY"] {
        cx.env(name, OTHER_KEY);
    }
    cx.client().initialize_with_login(None).await?;
    let thread = cx.client().start_thread().await?;
    ensure_no_credentials(cx, &thread, "with a key in the environment only").await
}

/// A server MUST send the stored API key to the model service even when the environment holds
/// another key.
#[check(
    v1,
    v2,
    source = "issue: OPENAI_API_KEY in the environment changes nothing; every release does",
    faults(ENVIRONMENT_HIDES_LOGIN)
)]
async fn gets_the_stored_key_before_the_environment(cx: &mut Context) -> Result {
    for name in ["OPENAI_API_KEY", "CODEX_API_KEY"] {
        cx.env(name, OTHER_KEY);
    }
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    let thread = cx.client().start_thread().await?;
    ensure_asked(cx, &thread, KEY, None, "with another key in the environment").await
}

/// A server MUST send the key from the environment variable that `env_key` names instead of the
/// stored login.
#[check(
    v1,
    v2,
    source = "configuration: model_providers.<id>.env_key; every release does",
    faults(PROVIDER_KEY_IGNORED)
)]
async fn gets_the_key_that_the_provider_names(cx: &mut Context) -> Result {
    cx.env("PROCTOR_PROVIDER_KEY", OTHER_KEY);
    prepare_home(cx, Some(&Auth::api_key(KEY)))?;
    configure(cx, |config| {
        config
            .requires_openai_auth(false)
            .set("model_providers.mock.env_key", "PROCTOR_PROVIDER_KEY")
    })?;
    let thread = cx.client().start().await?;
    ensure_asked(cx, &thread, OTHER_KEY, None, "of a provider with a key of its own").await
}

/// A server SHOULD NOT send the stored login to a provider that requires no OpenAI login.
#[check(
    v1,
    v2,
    source = "security: the secret of one service is not for another; 0.169 does, 0.120 and earlier send it",
    faults(AUTH_LEAKS)
)]
async fn gets_no_login_unless_required(cx: &mut Context) -> Result {
    for stored in [Auth::api_key(KEY), Auth::chatgpt()] {
        prepare_home(cx, Some(&stored))?;
        configure(cx, |config| config.requires_openai_auth(false))?;
        let thread = cx.client().start().await?;
        ensure_no_credentials(cx, &thread, "of a provider that wants no OpenAI login").await?;
        cx.restart().await;
    }
    Ok(())
}

/// A server MUST use a new login for the next turn of an open conversation.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(LOGIN_FIXED_AT_FIRST_TURN)
)]
async fn gets_the_new_login_in_an_open_conversation(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(OTHER_KEY))).await?;
    let thread = cx.client().start_thread().await?;
    ensure_asked(cx, &thread, OTHER_KEY, None, "before the second login").await?;
    cx.client().log_in(KEY).await?;
    cx.client().account_changed(Some("apikey")).await?;
    ensure_asked(cx, &thread, KEY, None, "after the second login").await
}

/// A server MUST NOT use a login after the logout, even in an open conversation.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts: logout; every release does",
    faults(LOGIN_FIXED_AT_FIRST_TURN, NOBODY_BEARS_A_TOKEN)
)]
async fn gets_nothing_after_the_logout(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    let thread = cx.client().start_thread().await?;
    ensure_asked(cx, &thread, KEY, None, "before the logout").await?;
    cx.client().log_out().await?;
    cx.client().account_changed(None).await?;
    ensure_no_credentials(cx, &thread, "after the logout").await
}

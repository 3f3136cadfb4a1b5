//! The reported user: read from the stored login and from nothing else.

use fixtures::Auth;
use harness::{Context, Dialect, OrInconclusive, Result, check, ensure, ensure_eq};
use serde_json::{Value, json};

use super::ensure::ensure_null;
use super::stored::{KEY, OTHER_KEY, prepare_home};
use crate::client::ContextExt;
use crate::template::configure;

/// A server MUST report no user when no login is stored.
#[check(
    v1,
    v2,
    source = "app-server tests, getAuthStatus and account/read without a login",
    faults(NOBODY_IS_APIKEY)
)]
async fn no_user_without_a_login(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().ensure_account(None, "without auth.json").await
}

/// A server MUST return `authMethod` and `authToken` (`v1`) or `account` (`v2`) as `null`, instead
/// of omitting them, when no user is logged in.
#[check(
    v1(fixed_in("0.58", "the members are omitted when no user is logged in")),
    v2,
    source = "app-server protocol, GetAuthStatusResponse and GetAccountResponse",
    faults(NOBODY_IS_APIKEY, NOBODY_LEFT_OUT)
)]
async fn no_user_is_null(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let result = cx.client().account().await?.result;
    for name in cx.protocol().account_members {
        ensure_null(&result, name, "when no user is logged in")?;
    }
    Ok(())
}

/// A server MUST report a login by API key that is stored in `auth.json`.
#[check(
    v1,
    v2,
    source = "app-server tests, getAuthStatus and account/read with an API key",
    faults(ONLY_OWN_LOGINS)
)]
async fn a_stored_key_is_reported(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    cx.client().ensure_account(Some("apikey"), "with a key in auth.json").await
}

/// A server MUST report a ChatGPT login that is stored in `auth.json`.
#[check(
    v1,
    v2,
    source = "app-server tests, account/read with ChatGPT tokens",
    faults(ONLY_OWN_LOGINS, TOKENS_OVERLOOKED)
)]
async fn a_stored_chatgpt_login_is_reported(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::chatgpt())).await?;
    cx.client().ensure_account(Some("chatgpt"), "with ChatGPT tokens in auth.json").await
}

/// A server MUST return in `requiresOpenaiAuth` whether the configured provider requires an OpenAI
/// login.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts: requiresOpenaiAuth",
    faults(LOGIN_ALWAYS_WANTED)
)]
async fn returns_whether_a_login_is_required(cx: &mut Context) -> Result {
    for wanted in [true, false] {
        configure(cx, |config| config.requires_openai_auth(wanted))?;
        cx.client().initialize().await?;
        let required = cx.client().account().await?.required;
        ensure_eq!(
            required,
            wanted,
            "`requiresOpenaiAuth`, with a provider whose `requires_openai_auth` is {wanted}"
        );
        cx.restart().await;
    }
    Ok(())
}

/// A server MUST report neither a stored login nor its token when the configured provider requires
/// no OpenAI login.
#[check(
    v1,
    v2,
    source = "app-server tests, getAuthStatus with a provider that needs no OpenAI auth",
    faults(LOGIN_TOLD_DESPITE_PROVIDER)
)]
async fn no_login_is_reported_unless_required(cx: &mut Context) -> Result {
    for stored in [Auth::api_key(KEY), Auth::chatgpt()] {
        prepare_home(cx, Some(&stored))?;
        configure(cx, |config| config.requires_openai_auth(false))?;
        cx.client().initialize().await?;
        cx.client().ensure_account(None, "with a provider that wants no OpenAI login").await?;
        let when = "with a provider that requires no OpenAI login";
        cx.client().ensure_token(Value::Null, when).await?;
        cx.restart().await;
    }
    Ok(())
}

/// A server MUST return the token only when the client requests it with `includeToken`.
#[check(
    v1,
    source = "app-server tests, getAuthStatus without includeToken",
    faults(TOKEN_ALWAYS_TOLD)
)]
async fn no_token_unasked(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    for params in [json!({}), json!({ "includeToken": false }), json!({ "includeToken": null })] {
        let result = cx.peer.call("getAuthStatus", params.clone()).await?;
        ensure_eq!(result["authMethod"], "apikey", "`authMethod` for {params}");
        ensure_eq!(result["authToken"], Value::Null, "`authToken` for {params}");
    }
    Ok(())
}

/// A server MUST return the stored API key as `authToken` when the client requests the token.
#[check(v1, source = "app-server tests, getAuthStatus with includeToken", faults(TOKEN_MASKED))]
async fn the_key_is_the_token(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    ensure_eq!(cx.client().token().await?, KEY, "`authToken` of a login by API key");
    Ok(())
}

/// A server MUST return the access token of a ChatGPT login as `authToken` when the client requests
/// the token.
#[check(
    v1,
    source = "app-server protocol, GetAuthStatusResponse; every release does",
    faults(ID_TOKEN_IS_ACCESS_TOKEN, TOKENS_OVERLOOKED)
)]
async fn the_access_token_is_the_token(cx: &mut Context) -> Result {
    let stored = Auth::chatgpt();
    cx.client().initialize_with_login(Some(&stored)).await?;
    ensure_eq!(cx.client().token().await?, stored.token(), "`authToken` of a ChatGPT login");
    Ok(())
}

/// A server MUST accept `refreshToken` for a login by API key, without changing the login.
#[check(
    v1,
    v2,
    source = "app-server tests, getAuthStatus with refreshToken",
    faults(KEY_REFRESH_REFUSED)
)]
async fn a_key_needs_no_refresh(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    if cx.dialect() == Dialect::V1 {
        let params = json!({ "includeToken": true, "refreshToken": true });
        let result = cx.peer.call("getAuthStatus", params).await?;
        ensure_eq!(result["authToken"], KEY, "`authToken` after a refresh");
    } else {
        let result = cx.peer.call("account/read", json!({ "refreshToken": true })).await?;
        ensure_eq!(result["account"]["type"], "apiKey", "type of the account after a refresh");
    }
    cx.client().ensure_account(Some("apikey"), "after a refresh").await
}

/// A server MUST NOT treat an API key in the environment as a login.
#[check(
    v1,
    v2,
    source = "issue: OPENAI_API_KEY in the environment changes nothing; every release does",
    faults(ENVIRONMENT_LOGS_IN)
)]
async fn a_key_in_the_environment_is_no_login(cx: &mut Context) -> Result {
    for name in ["OPENAI_API_KEY", "CODEX_API_KEY"] {
        cx.env(name, OTHER_KEY);
    }
    cx.client().initialize_with_login(None).await?;
    cx.client().ensure_account(None, "with a key in the environment only").await?;
    cx.client().ensure_token(Value::Null, "with a key in the environment only").await
}

/// A server MUST report the stored login and its token even when the environment holds another API
/// key.
#[check(
    v1,
    source = "issue: OPENAI_API_KEY in the environment changes nothing; every release does",
    faults(ENVIRONMENT_HIDES_LOGIN)
)]
async fn a_stored_login_overrides_the_environment(cx: &mut Context) -> Result {
    let chatgpt = Auth::chatgpt();
    cx.env("OPENAI_API_KEY", OTHER_KEY);
    for (stored, method) in [(&chatgpt, "chatgpt"), (&Auth::api_key(KEY), "apikey")] {
        cx.client().initialize_with_login(Some(stored)).await?;
        cx.client().ensure_account(Some(method), "with another key in the environment").await?;
        ensure_eq!(
            cx.client().token().await?,
            stored.token(),
            "`authToken` with another key in the environment"
        );
        cx.restart().await;
    }
    Ok(())
}

/// A server MUST treat an invalid `auth.json` as no stored login.
#[check(
    v1,
    v2,
    source = "robustness: a broken file must not lock the user out; every release does",
    faults(ANY_TOKEN_COUNTS, DAMAGED_AUTH_REFUSED)
)]
async fn a_broken_file_is_no_login(cx: &mut Context) -> Result {
    let unreadable_token = r#"{"tokens":{"id_token":"x","access_token":"y","refresh_token":"z"}}"#;
    for content in ["", "{", "[]", "null", r#"{"OPENAI_API_KEY":5}"#, unreadable_token] {
        prepare_home(cx, None)?;
        std::fs::write(cx.home.join("auth.json"), content).or_inconclusive("writing auth.json")?;
        cx.client().initialize().await?;
        cx.client().ensure_account(None, &format!("with {content:?} in auth.json")).await?;
        cx.restart().await;
    }
    Ok(())
}

/// A server MUST accept a new login when `auth.json` is invalid.
#[check(
    v1,
    v2,
    source = "robustness: a broken file must not lock the user out; every release does",
    faults(DAMAGED_AUTH_LOCKS_OUT)
)]
async fn a_broken_file_does_not_lock_out(cx: &mut Context) -> Result {
    prepare_home(cx, None)?;
    std::fs::write(cx.home.join("auth.json"), "{").or_inconclusive("writing auth.json")?;
    cx.client().initialize().await?;
    cx.client().log_in(KEY).await?;
    cx.client().ensure_account(Some("apikey"), "after a login over a broken auth.json").await
}

/// A server MUST return the e-mail address of the stored id token as `allegedUserEmail`.
#[check(v1, source = "app-server tests, userInfo", faults(EMAIL_IS_SUBJECT))]
async fn the_email_is_in_the_id_token(cx: &mut Context) -> Result {
    cx.client()
        .initialize_with_login(Some(&Auth::chatgpt().email("someone@proctor.example")))
        .await?;
    let result = cx.peer.call("userInfo", Value::Null).await?;
    ensure_eq!(
        result["allegedUserEmail"],
        "someone@proctor.example",
        "`allegedUserEmail` in the answer to `userInfo`"
    );
    Ok(())
}

/// A server MUST return a null `allegedUserEmail` when no ChatGPT login is stored.
#[check(
    v1,
    source = "app-server protocol, UserInfoResponse; every release does",
    faults(EMAIL_OF_NOBODY)
)]
async fn no_email_without_tokens(cx: &mut Context) -> Result {
    for stored in [None, Some(Auth::api_key(KEY))] {
        cx.client().initialize_with_login(stored.as_ref()).await?;
        let result = cx.peer.call("userInfo", Value::Null).await?;
        ensure_eq!(
            result["allegedUserEmail"],
            Value::Null,
            "`allegedUserEmail` without ChatGPT tokens"
        );
        cx.restart().await;
    }
    Ok(())
}

/// A server MUST return the e-mail address and the plan of the stored id token with the account.
#[check(
    v2,
    source = "app-server README, Accounts: account/read; app-server tests, account",
    faults(EMAIL_IS_SUBJECT, PLAN_ALWAYS_PRO)
)]
async fn email_and_plan_are_in_the_id_token(cx: &mut Context) -> Result {
    for plan in ["pro", "team"] {
        cx.client()
            .initialize_with_login(Some(
                &Auth::chatgpt().email("someone@proctor.example").plan(plan),
            ))
            .await?;
        let account = cx.client().account().await?.result["account"].clone();
        ensure_eq!(account["type"], "chatgpt", "type of the account");
        ensure_eq!(account["email"], "someone@proctor.example", "e-mail address of the account");
        ensure_eq!(account["planType"], plan, "plan of the account");
        cx.restart().await;
    }
    Ok(())
}

/// A server MUST NOT return the API key in the result of `account/read`.
#[check(
    v2,
    source = "app-server protocol, GetAccountResponse; every release does",
    faults(ACCOUNT_TELLS_KEY)
)]
async fn no_token_with_the_account(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    let result = cx.client().account().await?.result.to_string();
    ensure!(!result.contains(KEY), "result of `account/read`", "no API key in it", result);
    Ok(())
}

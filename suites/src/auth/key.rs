//! The login by API key: the credentials that it stores and the files that it does not change.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use fixtures::Auth;
use harness::{Context, Failure, OrInconclusive, Result, check, code, ensure, ensure_eq};
use serde_json::{Value, json};

use super::stored::{KEY, OTHER_KEY, auth_json, prepare_home};
use crate::client::ContextExt;

/// What is stored, which must be something.
fn stored_login(cx: &Context) -> Result<Value> {
    auth_json(cx)?
        .ok_or_else(|| Failure::mismatch("auth.json after the login", "a file", "no file"))
}

/// A server MUST report a login by API key in the result of that request and from then on.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; app-server tests, login with an API key",
    faults(KEY_STORED_BY_ANOTHER_NAME, LOGIN_NOT_STORED)
)]
async fn a_login_is_reported(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let result = cx.client().log_in(KEY).await?;
    let expected = (cx.protocol().login_result)("apiKey");
    harness::ensure_includes!(result, expected, "result of the login");
    cx.client().ensure_account(Some("apikey"), "after the login").await
}

/// A server MUST store the API key as `OPENAI_API_KEY` in `auth.json`.
#[check(
    v1,
    v2,
    source = "app-server tests, login with an API key; auth.json of every release",
    faults(KEY_STORED_BY_ANOTHER_NAME, LOGIN_NOT_STORED)
)]
async fn the_key_is_stored(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().log_in(KEY).await?;
    ensure_eq!(stored_login(cx)?["OPENAI_API_KEY"], KEY, "`OPENAI_API_KEY` in auth.json");
    Ok(())
}

/// A server MUST create `auth.json` with the mode 0600.
#[check(
    v1,
    v2,
    source = "security: a secret on disk; every release does",
    faults(AUTH_WORLD_READABLE)
)]
async fn the_file_is_private(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().log_in(KEY).await?;
    let mode = mode(&cx.home.join("auth.json"))?;
    ensure!(mode == 0o600, "mode of auth.json", "600", format!("{mode:o}"));
    Ok(())
}

/// A server SHOULD set the mode of an existing `auth.json` to 0600 when it stores a login there.
#[check(
    v1,
    v2,
    source = "security: a secret on disk; 0.169 does, 0.120 and earlier keep the mode",
    faults(AUTH_KEEPS_MODE, AUTH_WORLD_READABLE)
)]
async fn a_readable_file_is_made_private(cx: &mut Context) -> Result {
    prepare_home(cx, Some(&Auth::api_key(OTHER_KEY)))?;
    let path = cx.home.join("auth.json");
    fs::set_permissions(&path, Permissions::from_mode(0o644))
        .or_inconclusive("opening auth.json to all")?;
    cx.client().initialize().await?;
    cx.client().log_in(KEY).await?;
    let mode = mode(&path)?;
    ensure!(
        mode == 0o600,
        "mode of an auth.json that was 644 before the login",
        "600",
        format!("{mode:o}")
    );
    Ok(())
}

fn mode(path: &Path) -> Result<u32> {
    match fs::symlink_metadata(path) {
        Ok(file) => Ok(file.permissions().mode() & 0o7777),
        Err(error) => {
            Err(Failure::mismatch(path.display().to_string(), "a file", error.to_string()))
        }
    }
}

/// A server MUST keep a login by API key across a restart.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(LOGIN_NOT_STORED, ONLY_OWN_LOGINS)
)]
async fn a_login_survives_a_restart(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().log_in(KEY).await?;
    cx.restart().await;
    cx.client().initialize().await?;
    cx.client().ensure_account(Some("apikey"), "after a restart").await?;
    cx.client().ensure_token(KEY, "after a restart").await?;
    ensure_eq!(
        stored_login(cx)?["OPENAI_API_KEY"],
        KEY,
        "`OPENAI_API_KEY` in auth.json after a restart"
    );
    Ok(())
}

/// A server MUST replace the stored API key with the key of a later login.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(FIRST_LOGIN_STAYS)
)]
async fn a_later_key_replaces_the_earlier(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    cx.client().log_in(OTHER_KEY).await?;
    cx.client().log_in(KEY).await?;
    let file = stored_login(cx)?;
    ensure_eq!(file["OPENAI_API_KEY"], KEY, "`OPENAI_API_KEY` in auth.json after a second login");
    let left = file.to_string().contains(OTHER_KEY);
    ensure!(!left, "auth.json after a second login", "nothing of the first key", file.to_string());
    cx.client().ensure_token(KEY, "after a second login").await
}

/// A server MUST remove the stored ChatGPT tokens when the user logs in with an API key.
#[check(
    v1,
    v2,
    source = "security: what is replaced is gone; every release does",
    faults(FIRST_LOGIN_STAYS, LOGIN_KEEPS_TOKENS)
)]
async fn a_key_replaces_the_tokens(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::chatgpt())).await?;
    cx.client().log_in(KEY).await?;
    cx.client().ensure_account(Some("apikey"), "after a login by key over a ChatGPT login").await?;
    let file = stored_login(cx)?;
    let left = file.get("tokens").filter(|tokens| !tokens.is_null());
    ensure!(left.is_none(), "`tokens` in auth.json after a login by key", "none", file.to_string());
    Ok(())
}

/// A server MUST NOT change the other files in its home when the user logs in or out.
#[check(
    v1,
    v2,
    source = "least surprise: a login is not a change of settings; every release does",
    faults(LOGIN_WRITES_SETTINGS)
)]
async fn other_files_stay_as_they_are(cx: &mut Context) -> Result {
    prepare_home(cx, None)?;
    for (name, content) in [("AGENTS.md", "Be brief.\n"), ("notes.json", "{ \"a\" : 1 }")] {
        fs::write(cx.home.join(name), content).or_inconclusive("writing a file of the home")?;
    }
    cx.client().initialize().await?;
    let before = files(cx)?;
    cx.client().log_in(KEY).await?;
    cx.client().log_out().await?;
    for ((name, was), (_, is)) in before.iter().zip(files(cx)?) {
        let (was, is) = (String::from_utf8_lossy(was), String::from_utf8_lossy(&is).into_owned());
        ensure!(was == is, format!("{name} after a login and a logout"), was, is);
    }
    Ok(())
}

fn files(cx: &Context) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let read = |name| match fs::read(cx.home.join(name)) {
        Ok(bytes) => Ok((name, bytes)),
        Err(error) => Err(Failure::mismatch(name, "a file that can be read", error.to_string())),
    };
    ["config.toml", "AGENTS.md", "notes.json"].into_iter().map(read).collect()
}

/// A server MUST reject a login by API key that names no key, without changing the current login.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "app-server protocol, LoginApiKeyParams and LoginAccountParams",
    faults(LOGIN_WITHOUT_KEY)
)]
async fn a_login_needs_its_key(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    let protocol = cx.protocol();
    refuses(cx, protocol.log_in, (protocol.login_result)("apiKey")).await
}

/// A server MUST reject a login of an unknown type, without changing the current login.
#[check(
    v2,
    source = "app-server protocol, LoginAccountParams; every release does",
    faults(UNKNOWN_LOGIN_TAKEN)
)]
async fn an_unknown_type_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::api_key(KEY))).await?;
    refuses(cx, "account/login/start", json!({ "type": "proctor/unknown", "apiKey": OTHER_KEY }))
        .await
}

/// Fails unless the parameters are rejected and the login by [`KEY`] is unchanged.
async fn refuses(cx: &mut Context, method: &str, params: Value) -> Result {
    let what = format!("reply to `{method}` with {params}");
    let refused = cx.peer.request(method, params.clone()).await?.refusal(what)?;
    let refused = refused.code.unwrap_or_default();
    ensure!(
        [code::INVALID_REQUEST, code::INVALID_PARAMS].contains(&refused),
        format!("code of the error for `{method}` with {params}"),
        "-32600 (app-server) or -32602 (JSON-RPC 2.0)",
        refused.to_string()
    );
    cx.client().ensure_account(Some("apikey"), "after a login that was refused").await?;
    ensure_eq!(
        stored_login(cx)?["OPENAI_API_KEY"],
        KEY,
        "the stored key after a login that was refused"
    );
    Ok(())
}

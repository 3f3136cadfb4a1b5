//! The client side of this chapter in both dialects: request the status, log in, log out, await notifications.

use std::io::ErrorKind;

use fixtures::Auth;
use harness::failure::{Failure, OrInconclusive, Result};
use harness::message::{Call, code, text_at};
use harness::{Context, Dialect, Reply, ensure, ensure_eq};
use serde_json::{Value, json};

use crate::template::configure;
use crate::words::greet;

/// A visibly fake key.
pub const KEY: &str = "sk-fake-proctor-one";
/// Another one.
pub const OTHER_KEY: &str = "sk-fake-proctor-two";
/// An id of a login that no subject gives.
pub const NO_LOGIN: &str = "00000000-0000-4000-8000-000000000000";

/// Who is logged in, as the subject says.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// `apikey`, `chatgpt`, or nobody.
    pub method: Option<String>,
    /// Whether the provider wants an OpenAI login.
    pub required: bool,
    /// The whole answer.
    pub result: Value,
}

/// Writes a home with this stored login, if any, whose provider wants an OpenAI login.
pub fn home(cx: &Context, stored: Option<&Auth>) -> Result {
    configure(cx, |config| config.requires_openai_auth(true))?;
    match stored {
        Some(stored) => {
            stored.write(cx.home.path()).map(|_| ()).or_inconclusive("writing auth.json")
        }
        None => Ok(()),
    }
}

/// Starts the subject in such a home and greets it.
pub async fn begin(cx: &mut Context, stored: Option<&Auth>) -> Result {
    home(cx, stored)?;
    greet(cx).await?;
    // A server may tell who is logged in as it greets; a check is about what comes after.
    let name = changed_method(cx);
    let told = cx.peer.calls_since(0).iter().filter(|call| call.method == name).count();
    for _ in 0..told {
        cx.peer.next(name).await?;
    }
    Ok(())
}

/// The stored login, or nothing if there is none.
pub fn stored(cx: &Context) -> Result<Option<Value>> {
    match std::fs::read(cx.home.join("auth.json")) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::inconclusive("reading auth.json", error)),
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            Failure::mismatch(
                "auth.json",
                "JSON",
                format!("{error}: {}", String::from_utf8_lossy(&bytes)),
            )
        }),
    }
}

/// Asks who is logged in; result or error.
pub async fn status_reply(cx: &mut Context) -> Result<Reply> {
    let method = if cx.dialect() == Dialect::V1 { "getAuthStatus" } else { "account/read" };
    cx.peer.request(method, json!({})).await
}

/// Asks who is logged in.
pub async fn status(cx: &mut Context) -> Result<Status> {
    let at = if cx.dialect() == Dialect::V1 { "/authMethod" } else { "/account/type" };
    let result = status_reply(cx).await?.into_result()?;
    let found = result.pointer(at).and_then(Value::as_str).map(|name| match name {
        "apiKey" => "apikey".to_owned(),
        other => other.to_owned(),
    });
    let Some(required) = result["requiresOpenaiAuth"].as_bool() else {
        return Err(Failure::mismatch(
            "`requiresOpenaiAuth` beside who is logged in",
            "a truth value",
            harness::ensure::show(&result),
        ));
    };
    Ok(Status { method: found, required, result })
}

/// Fails unless this is who is logged in, in the words of [`Status::method`].
pub async fn ensure_method(cx: &mut Context, expected: Option<&str>, when: &str) -> Result {
    let status = status(cx).await.map_err(|failure| failure.within(when))?;
    ensure_eq!(status.method.as_deref(), expected, "who is logged in {when}");
    Ok(())
}

/// Asks for the token as well; only the first dialect can.
pub async fn token(cx: &mut Context) -> Result<Value> {
    let result = cx.peer.call("getAuthStatus", json!({ "includeToken": true })).await?;
    Ok(result["authToken"].clone())
}

/// Logs in with an API key; result or error.
pub async fn log_in_reply(cx: &mut Context, key: &str) -> Result<Reply> {
    match cx.dialect() {
        Dialect::V1 => cx.peer.request("loginApiKey", json!({ "apiKey": key })).await,
        _ => {
            cx.peer.request("account/login/start", json!({ "type": "apiKey", "apiKey": key })).await
        }
    }
}

/// Logs in with an API key.
pub async fn log_in(cx: &mut Context, key: &str) -> Result<Value> {
    log_in_reply(cx, key).await?.into_result()
}

/// Logs out.
pub async fn log_out(cx: &mut Context) -> Result<Value> {
    let method = if cx.dialect() == Dialect::V1 { "logoutChatGpt" } else { "account/logout" };
    cx.peer.call(method, Value::Null).await
}

/// The notification that says who is logged in now.
pub fn changed_method(cx: &Context) -> &'static str {
    if cx.dialect() == Dialect::V1 { "authStatusChange" } else { "account/updated" }
}

/// The notification that says how a login went.
pub fn completed_method(cx: &Context) -> &'static str {
    if cx.dialect() == Dialect::V1 { "loginChatGptComplete" } else { "account/login/completed" }
}

/// Who a notification says is logged in now.
pub fn changed_to(v1: bool, change: &Call) -> Option<&str> {
    let member = if v1 { "authMethod" } else { "authMode" };
    change.params[member].as_str()
}

/// Waits for the news that `who` is logged in now, by the name of the method, and takes it. What was so before may be told
/// at any time: some releases say once more who is logged in when they have heard from the account service.
pub async fn changed(cx: &mut Context, who: Option<&str>) -> Result<Call> {
    let (name, v1) = (changed_method(cx), cx.dialect() == Dialect::V1);
    let awaited = format!("`{name}` that says {}", who.unwrap_or("that nobody is logged in"));
    let fits = |call: &Call| call.method == name && changed_to(v1, call) == who;
    cx.peer.next_matching(&awaited, fits).await
}

/// The news of this method since `mark`, once a request that came after has been answered.
pub async fn news(cx: &mut Context, mark: usize, method: &str) -> Result<Vec<Call>> {
    // An answer of either kind: it comes in the same scope as the news.
    status_reply(cx).await?;
    let calls = cx.peer.calls_since(mark);
    Ok(calls.into_iter().filter(|call| call.method == method).collect())
}

/// Waits for the end of this login and takes it.
pub async fn completed(cx: &mut Context, login: &str) -> Result<Call> {
    let method = completed_method(cx);
    cx.peer
        .next_matching(&format!("`{method}` of the login {login}"), |call| {
            call.method == method && call.params["loginId"].as_str() == Some(login)
        })
        .await
}

/// Fails unless the login ended without success, and the subject says why.
pub fn ensure_failed(completed: &Call) -> Result {
    ensure_eq!(completed.params["success"], false, "`success` in `{}`", completed.method);
    let why = text_at(&completed.params, "/error", &completed.method)?;
    ensure!(!why.is_empty(), "`error` of the login that ended", "a reason", "an empty text");
    Ok(())
}

/// A ChatGPT login that was begun.
#[derive(Clone, Debug)]
pub struct Login {
    /// Its id.
    pub id: String,
    /// Where the user logs in.
    pub url: String,
    /// The whole result.
    pub result: Value,
}

/// Begins a ChatGPT login; result or error. Real servers listen on one fixed port for it: see [`begin_chatgpt`].
pub async fn chatgpt_reply(cx: &mut Context) -> Result<Reply> {
    match cx.dialect() {
        Dialect::V1 => cx.peer.request("loginChatGpt", Value::Null).await,
        _ => cx.peer.request("account/login/start", json!({ "type": "chatgpt" })).await,
    }
}

/// Begins a further ChatGPT login of the same subject.
pub async fn chatgpt_again(cx: &mut Context) -> Result<Login> {
    login(chatgpt_reply(cx).await?.into_result()?)
}

/// Begins a ChatGPT login when no other check on this machine has one under way.
///
/// A port that somebody else holds is not the subject's fault: the check is then inconclusive.
pub async fn begin_chatgpt(cx: &mut Context) -> Result<Login> {
    // 1455 in every release. A server that finds it taken tells its holder to give up, so two checks would end each other's.
    cx.alone_with("login port").await?;
    let reply = chatgpt_reply(cx).await?;
    if reply.is_error() {
        let message = reply.error()?.message;
        if reply.error_code()? == code::INTERNAL_ERROR && message.contains("in use") {
            return Err(Failure::inconclusive("starting the login server", message));
        }
    }
    login(reply.into_result()?)
}

fn login(result: Value) -> Result<Login> {
    let id = text_at(&result, "/loginId", "result of the login that was begun")?.to_owned();
    let url = text_at(&result, "/authUrl", "result of the login that was begun")?.to_owned();
    Ok(Login { id, url, result })
}

/// Takes a ChatGPT login back; result or error.
pub async fn cancel_reply(cx: &mut Context, id: &str) -> Result<Reply> {
    let method =
        if cx.dialect() == Dialect::V1 { "cancelLoginChatGpt" } else { "account/login/cancel" };
    cx.peer.request(method, json!({ "loginId": id })).await
}

/// How many requests a subject is asked between the start of a login and its end.
const SETTLED: usize = 8;

/// Gives a login that was just begun a moment.
pub async fn settle(cx: &mut Context) -> Result {
    // Real servers lose a cancel that comes before their login server waits for it; nobody is that quick by hand.
    for _ in 0..SETTLED {
        status(cx).await?;
    }
    Ok(())
}

/// Takes a ChatGPT login back, and waits until it has ended.
pub async fn cancel(cx: &mut Context, login: &Login) -> Result<Call> {
    settle(cx).await?;
    cancel_reply(cx, &login.id).await?.result()?;
    completed(cx, &login.id).await
}

/// Fails unless the subject knows no login with this id. The first releases of `v2` say so by an error, as `v1` does, later
/// ones by a status.
pub async fn ensure_unknown(cx: &mut Context, id: &str, when: &str) -> Result {
    let reply = cancel_reply(cx, id).await?;
    if cx.dialect() == Dialect::V1 || reply.error().is_ok() {
        let found = reply
            .error_code()
            .map_err(|failure| failure.within(format!("cancel of a login {when}")))?;
        ensure_eq!(
            found,
            code::INVALID_REQUEST,
            "code of the error for the cancel of a login {when}"
        );
        let message = reply.error()?.message;
        ensure!(
            message.contains(id),
            "message of the error for the cancel",
            format!("to name the login {id}"),
            message
        );
    } else {
        ensure_eq!(
            reply.result()?["status"],
            "notFound",
            "`status` for the cancel of a login {when}"
        );
    }
    Ok(())
}

/// Fails unless the member is there and `null`.
pub fn ensure_null(value: &Value, member: &str, when: &str) -> Result {
    let found = value.get(member);
    let told = found.map_or("no such member".to_owned(), harness::ensure::show);
    ensure!(found == Some(&Value::Null), format!("`{member}` {when}"), "null", told);
    Ok(())
}

/// Fails if any of these was told.
pub fn ensure_none(told: &[Call], what: &str) -> Result {
    let shown: Vec<_> =
        told.iter().map(|call| format!("{} {}", call.method, call.params)).collect();
    ensure!(told.is_empty(), what, "none", shown.join(", "));
    Ok(())
}

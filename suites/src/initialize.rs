//! `initialize`: its parameters, its result, and its place as the first request, sent once.

use harness::{CLIENT_NAME, Context, Failure, INITIALIZE, Result, check, code, ensure, ensure_eq};
use serde_json::{Value, json};

use crate::client::{ContextExt, ensure_unreadable};

/// The parameters of `initialize` in the form that the subject speaks, with another client name.
fn named(cx: &Context, name: &str) -> Value {
    let mut params = cx.peer.initialize_params();
    params["clientInfo"]["name"] = json!(name);
    params
}

/// The user agent in the answer to `initialize`, in either form.
fn user_agent(greeting: &Value) -> Result<&str> {
    let found =
        greeting.pointer("/userAgent").or_else(|| greeting.pointer("/serverInfo/user_agent"));
    found.and_then(Value::as_str).ok_or_else(|| {
        Failure::mismatch("result of `initialize`", "a user agent", harness::show(greeting))
    })
}

/// A server MUST reject a request before `initialize` as an invalid request, with the message `Not
/// initialized`.
#[check(
    v1(fixed_in("0.44", "requests are answered before `initialize`")),
    v2,
    source = "app-server README, Initialization",
    faults(EARLY_REQUEST_UNNAMED, HANDSHAKE_WANTED_ONCE, NO_HANDSHAKE)
)]
async fn earlier_requests_are_rejected(cx: &mut Context) -> Result {
    let method = cx.harmless();
    // The second one, too: having been asked before initializes nothing.
    for _ in 0..2 {
        let refused = cx.peer.request(method, json!({})).await?;
        refused.refused(
            code::INVALID_REQUEST,
            format_args!("error for `{method}` before `initialize`"),
        )?;
        let message = refused.error()?.message;
        ensure!(
            message == "Not initialized",
            "message of the error",
            "\"Not initialized\"",
            format!("{message:?}")
        );
    }
    Ok(())
}

/// A server MUST serve requests as soon as it has answered `initialize`, even if the client never
/// sends `initialized`.
#[check(
    v1,
    v2,
    source = "app-server README, Initialization; every release does",
    faults(WAITS_FOR_INITIALIZED)
)]
async fn initialized_is_not_required(cx: &mut Context) -> Result {
    let params = named(cx, CLIENT_NAME);
    cx.peer.call(INITIALIZE, params).await?;
    cx.peer.call(cx.harmless(), json!({})).await.map(|_| ())
}

/// A server MUST reject a second `initialize` on the same connection as an invalid request.
#[check(
    v1,
    v2,
    source = "app-server README, Initialization",
    faults(INITIALIZE_REPEATABLE, SLOW_START)
)]
async fn only_once(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let params = named(cx, CLIENT_NAME);
    let second = cx.peer.request(INITIALIZE, params).await?;
    second.refused(code::INVALID_REQUEST, "reply to the second `initialize`")?;
    Ok(())
}

/// A server MUST keep serving a connection on which it rejected a second `initialize`.
#[check(
    v1,
    v2,
    source = "app-server README, Initialization; every release does",
    faults(SECOND_INITIALIZE_FORGETS)
)]
async fn lives_on_after_a_second_one(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let params = named(cx, "another");
    cx.peer.request(INITIALIZE, params).await?.refusal("reply to the second `initialize`")?;
    let next = cx.peer.call(cx.harmless(), json!({})).await;
    next.map(|_| ()).map_err(|failure| failure.within("after the second `initialize`"))
}

/// A server MUST reject a second `initialize` with the message `Already initialized`.
#[check(
    v1(since = "0.44"),
    v2,
    source = "app-server README, Initialization",
    faults(INITIALIZE_REPEATABLE, SECOND_INITIALIZE_UNNAMED)
)]
async fn the_error_is_already_initialized(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let params = named(cx, CLIENT_NAME);
    let second = cx.peer.request(INITIALIZE, params).await?;
    let error = second.refusal("reply to the second `initialize`")?;
    ensure_eq!(
        error.message,
        "Already initialized",
        "message of the error that the second `initialize` gets"
    );
    Ok(())
}

/// A server MUST reject an `initialize` whose `clientInfo` is missing, incomplete or of the wrong
/// type.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "app-server README, Initialization; every release does",
    faults(NAMELESS_CLIENTS)
)]
async fn a_client_must_name_itself(cx: &mut Context) -> Result {
    for params in
        [json!({}), json!({ "clientInfo": { "name": "nameless" } }), json!({ "clientInfo": 5 })]
    {
        let refused = cx.peer.request(INITIALIZE, params.clone()).await?;
        ensure_unreadable(&refused, format_args!("error for `initialize` with {params}"))?;
    }
    cx.peer.initialize().await.map(|_| ())
}

/// A server MUST include the client's name and version in its user agent.
#[check(
    v1,
    v2,
    source = "app-server README, Initialization; every release does",
    faults(USER_AGENT_ANONYMOUS)
)]
async fn user_agent_names_the_client(cx: &mut Context) -> Result {
    let params = named(cx, "somebody_else");
    let greeting = cx.peer.initialize_with(params).await?;
    let agent = user_agent(&greeting)?;
    let version = cx.client_info()["version"].as_str().unwrap_or_default().to_owned();
    let wanted = format!("somebody_else; {version}");
    ensure!(
        agent.contains(&wanted),
        "the user agent in the answer to `initialize`",
        format!("to contain {wanted:?}"),
        format!("{agent:?}")
    );
    Ok(())
}

/// A server MUST begin its user agent with the client's name and a slash.
#[check(
    v1(fixed_in("0.90", "the user agent begins with the server's own name")),
    v2(fixed_in("0.90", "the user agent begins with the server's own name")),
    source = "app-server tests, initialize",
    faults(USER_AGENT_FIXED)
)]
async fn user_agent_begins_with_the_client(cx: &mut Context) -> Result {
    let params = named(cx, "somebody_else");
    let greeting = cx.peer.initialize_with(params).await?;
    let agent = user_agent(&greeting)?;
    ensure!(
        agent.starts_with("somebody_else/"),
        "the user agent in the answer to `initialize`",
        "to begin with \"somebody_else/\"",
        format!("{agent:?}")
    );
    Ok(())
}

/// A server MUST begin its user agent with the value of `CODEX_INTERNAL_ORIGINATOR_OVERRIDE`, if
/// set, instead of the client's name.
#[check(v1, v2, source = "app-server tests, initialize", faults(ORIGINATOR_IGNORED))]
async fn originator_override_wins(cx: &mut Context) -> Result {
    cx.env("CODEX_INTERNAL_ORIGINATOR_OVERRIDE", "an_override");
    let greeting = cx.peer.initialize().await?;
    let agent = user_agent(&greeting)?;
    ensure!(
        agent.starts_with("an_override/"),
        "the user agent in the answer to `initialize`",
        "to begin with \"an_override/\"",
        format!("{agent:?}")
    );
    Ok(())
}

/// A server MUST reject a client name that is not a valid HTTP header value, with a message that
/// names `clientInfo.name` as the cause.
#[check(
    v1(fixed_in("0.90", "a client name with a line break is accepted")),
    v2(fixed_in("0.90", "a client name with a line break is accepted")),
    source = "app-server tests, initialize",
    faults(BAD_NAMES_ACCEPTED)
)]
async fn invalid_names_are_rejected(cx: &mut Context) -> Result {
    for name in ["bad\rname", "bad\nname", "bad\u{0}name"] {
        let params = named(cx, name);
        let refused = cx.peer.request(INITIALIZE, params).await?;
        refused
            .refused(code::INVALID_REQUEST, format_args!("error for the client name {name:?}"))?;
        let message = refused.error()?.message;
        ensure!(
            message.contains("clientInfo.name") && message.contains("HTTP header"),
            "message of the error",
            "to say that `clientInfo.name` must be a valid HTTP header value",
            format!("{message:?}")
        );
    }
    Ok(())
}

/// A server MUST remain uninitialized after it rejects a client name, until an `initialize` with a
/// valid name.
#[check(
    v1(fixed_in("0.90", "a client name with a line break is accepted")),
    v2(fixed_in("0.90", "a client name with a line break is accepted")),
    source = "app-server tests, initialize; every release does",
    faults(BAD_NAME_INITIALIZES)
)]
async fn a_rejected_name_leaves_it_uninitialized(cx: &mut Context) -> Result {
    let params = named(cx, "bad\rname");
    let refused = cx.peer.request(INITIALIZE, params).await?;
    refused.refusal("reply to `initialize` with a line break in the client's name")?;
    let early = cx.peer.request(cx.harmless(), json!({})).await?;
    let error = early.refusal("reply to a request after an `initialize` that was refused")?;
    ensure_eq!(error.message, "Not initialized", "message of the error after the refused name");
    cx.peer.initialize().await.map(|_| ())
}

/// A server MUST return its home and its platform in the result of `initialize`.
#[check(v2(since = "0.120"), source = "app-server README, Initialization", faults(HOME_NOT_TOLD))]
async fn returns_its_home_and_platform(cx: &mut Context) -> Result {
    let greeting = cx.peer.initialize().await?;
    ensure_eq!(
        greeting["codexHome"],
        json!(cx.home.path()),
        "`codexHome` in the answer to `initialize`"
    );
    let family = if cfg!(windows) { "windows" } else { "unix" };
    ensure_eq!(
        greeting["platformFamily"],
        family,
        "`platformFamily` in the answer to `initialize`"
    );
    ensure_eq!(
        greeting["platformOs"],
        std::env::consts::OS,
        "`platformOs` in the answer to `initialize`"
    );
    Ok(())
}

/// A server MUST NOT send a notification whose method the client opted out of.
#[check(v2(since = "0.101"), source = "app-server README, Initialization", faults(OPT_OUT_IGNORED))]
async fn opt_out_is_honored(cx: &mut Context) -> Result {
    let mut params = named(cx, CLIENT_NAME);
    params["capabilities"] =
        json!({ "optOutNotificationMethods": ["thread/started", "no/such/method"] });
    cx.peer.initialize_with(params).await?;
    let mark = cx.peer.mark();
    let thread = cx.client().start_thread().await?;
    cx.model.script([mock_model::says("done")]);
    // The turn's own notifications come after the one that must not.
    let turn = cx.client().turn(&thread, "hello").await?;
    turn.says(&["done"], "the agent's messages")?;
    harness::Order::of(&cx.peer.calls_since(mark)).never("thread/started")
}

/// A server MUST reject an experimental parameter without the `experimentalApi` capability, with a
/// message that names the parameter and the capability.
#[check(
    v2(since = "0.101"),
    source = "app-server README, Initialization: experimentalApi",
    faults(EXPERIMENTAL_UNGATED)
)]
async fn experimental_parameters_need_the_capability(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let history = json!([{ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "x" }] }]);
    let id = "00000000-0000-7000-8000-000000000000";
    let refused =
        cx.peer.request("thread/resume", json!({ "threadId": id, "history": history })).await?;
    refused.refused(code::INVALID_REQUEST, "error without the capability")?;
    let message = refused.error()?.message;
    ensure_eq!(
        message,
        "thread/resume.history requires experimentalApi capability",
        "message of the error"
    );
    Ok(())
}

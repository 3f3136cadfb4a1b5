//! Headers and keys that identify the client and the conversation to the model service.

use harness::{CLIENT_NAME, Context, Result, check, ensure, ensure_eq};
use mock_model::says;

use super::{asked, one_turn};
use crate::client::ContextExt;

/// The headers that have named the conversation, in one release or another.
const CONVERSATION: [&str; 4] = ["conversation_id", "session_id", "session-id", "thread-id"];

/// A server MUST name the client in the header `originator` of its requests to the model service.
#[check(
    v1(fixed_in("0.90", "the originator is the server's own name")),
    v2(fixed_in("0.90", "the originator is the server's own name")),
    source = "app-server tests, turn_start: originator header",
    faults(NO_ORIGINATOR),
    shared
)]
async fn originator_is_the_client(cx: &mut Context) -> Result {
    let (_, request) = one_turn(cx).await?;
    ensure_eq!(
        request.header("originator"),
        Some(CLIENT_NAME),
        "header `originator` of the request to the model"
    );
    Ok(())
}

/// A server MUST use `CODEX_INTERNAL_ORIGINATOR_OVERRIDE` in the headers `originator` and
/// `user-agent` of its requests to the model service.
#[check(
    v1,
    v2,
    source = "app-server tests, initialize; every release does",
    faults(NO_ORIGINATOR, USER_AGENT_OF_THE_LIBRARY)
)]
async fn originator_override_reaches_the_model(cx: &mut Context) -> Result {
    cx.env("CODEX_INTERNAL_ORIGINATOR_OVERRIDE", "an_override");
    let (_, request) = one_turn(cx).await?;
    ensure_eq!(
        request.header("originator"),
        Some("an_override"),
        "header `originator` of the request to the model"
    );
    let agent = request.header("user-agent").unwrap_or_default();
    ensure!(
        agent.starts_with("an_override/"),
        "header `user-agent` of the request to the model",
        "to begin with \"an_override/\"",
        format!("{agent:?}")
    );
    Ok(())
}

/// A server MUST send the model service the same user agent that it returns from `initialize`.
#[check(v1, v2, source = "every release does", faults(USER_AGENT_OF_THE_LIBRARY), shared)]
async fn user_agent_matches_initialize(cx: &mut Context) -> Result {
    let greeting = cx.peer.initialize().await?;
    let agent =
        greeting.pointer("/userAgent").or_else(|| greeting.pointer("/serverInfo/user_agent"));
    let agent = agent.and_then(|agent| agent.as_str()).unwrap_or_default().to_owned();
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let request = asked(cx, 1).await?;
    ensure_eq!(
        request.header("user-agent"),
        Some(agent.as_str()),
        "header `user-agent` of the request to the model"
    );
    Ok(())
}

/// A server MUST send the conversation id in the header `conversation_id`, `session_id`,
/// `session-id` or `thread-id` of its requests to the model service.
#[check(
    v1,
    v2,
    source = "every release does, by one of several names",
    faults(CONVERSATION_UNNAMED),
    shared
)]
async fn the_conversation_is_named(cx: &mut Context) -> Result {
    let (thread, request) = one_turn(cx).await?;
    let named = CONVERSATION.iter().any(|name| request.header(name) == Some(thread.id.as_str()));
    let seen: Vec<_> = CONVERSATION
        .iter()
        .filter_map(|name| Some(format!("{name}: {}", request.header(name)?)))
        .collect();
    ensure!(
        named,
        "headers of the request to the model that name the conversation",
        format!("{} in one of {}", thread.id, CONVERSATION.join(", ")),
        if seen.is_empty() { "none of them".to_owned() } else { seen.join(", ") }
    );
    Ok(())
}

/// A server MUST use one `prompt_cache_key` for each conversation, equal in all its requests and
/// different from that of any other.
#[check(v1, v2, source = "prompt caching; every release does", faults(CACHE_KEY_SHARED), shared)]
async fn each_conversation_has_its_own_cache_key(cx: &mut Context) -> Result {
    let (first, _) = one_turn(cx).await?;
    let second = cx.client().start_thread().await?;
    cx.model.script([says("one"), says("two")]);
    cx.client().turn(&first, "and now?").await?;
    cx.client().turn(&second, "hello").await?;
    let mut keys = Vec::new();
    for number in 1..=3 {
        keys.push(asked(cx, number).await?.body()["prompt_cache_key"].clone());
    }
    ensure!(
        keys[0].is_string(),
        "`prompt_cache_key` of the request to the model",
        "a text",
        keys[0].to_string()
    );
    ensure_eq!(keys[1], keys[0], "`prompt_cache_key` in the second turn of the conversation");
    ensure!(
        keys[2] != keys[0],
        "`prompt_cache_key` of another conversation",
        "another one",
        keys[2].to_string()
    );
    Ok(())
}

/// A server MUST send the model service requests to `/responses` that have a JSON body and accept
/// an event stream.
#[check(v1, v2, source = "Responses API; every release does", faults(NO_STREAM_ASKED_FOR), shared)]
async fn a_stream_is_asked_for(cx: &mut Context) -> Result {
    let (_, request) = one_turn(cx).await?;
    ensure_eq!(
        request.header("accept"),
        Some("text/event-stream"),
        "header `accept` of the request to the model"
    );
    ensure_eq!(
        request.header("content-type"),
        Some("application/json"),
        "header `content-type` of the request to the model"
    );
    ensure!(
        request.path().ends_with("/responses"),
        "path of the request",
        "…/responses",
        request.path()
    );
    Ok(())
}

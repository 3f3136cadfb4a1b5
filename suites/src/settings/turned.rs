//! What a request for a turn adds to that turn alone: metadata, context, the output of a tool.

use harness::{Context, Result, check, ensure, ensure_eq};
use mock_model::{Request, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, Start, Thread, is_item, is_of};
use crate::rows::Rows;
use crate::stored::last_request;

/// The header in which older releases send the metadata of a turn.
const METADATA: &str = "x-codex-turn-metadata";

/// Runs a turn with these members; the first request to the model.
async fn run(cx: &mut Context, thread: &Thread, members: Value) -> Result<Request> {
    cx.model.script([says("done")]);
    let mark = cx.peer.mark();
    let mut params = cx.protocol().turn_params(&thread.id, "hello");
    crate::client::add(&mut params, members);
    cx.peer.call("turn/start", params).await?;
    cx.client().end_turn(thread, mark).await?;
    last_request(cx)
}

/// Whether a request to the model has this word as metadata.
fn has(request: &Request, word: &str) -> bool {
    let metadata = request.body()["client_metadata"].to_string();
    metadata.contains(word) || request.header(METADATA).is_some_and(|text| text.contains(word))
}

/// Runs a turn with each member, and one without; fails unless the word reaches the model in the
/// first of them alone.
async fn for_one_turn(cx: &mut Context, members: &[(&str, Value)]) -> Result {
    cx.client().initialize_experimental().await?;
    let mut rows = Rows::of_waits();
    for (member, value) in members {
        let word = "proctor-7e1f";
        let thread = cx.client().start_thread().await?;
        let with = run(cx, &thread, json!({ (*member): value })).await?;
        let without = run(cx, &thread, Value::Null).await?;
        let judged = || -> Result {
            ensure_eq!(
                [has(&with, word), has(&without, word)],
                [true, false],
                "whether the model receives the value as metadata, in this turn and in the next"
            );
            Ok(())
        };
        rows.judge(format!("`{member}`"), judged())?;
    }
    rows.end()
}

/// A server MUST send the model the `responsesapiClientMetadata` of a turn with the requests of that
/// turn only.
#[check(
    v2(since = "0.120"),
    source = "app-server protocol, turn/start: responsesapiClientMetadata; every release since does",
    faults(TURN_METADATA_LOST, TURN_METADATA_STAYS),
    shared
)]
async fn metadata_is_of_one_turn(cx: &mut Context) -> Result {
    let metadata = json!({ "proctor": "proctor-7e1f" });
    for_one_turn(cx, &[("responsesapiClientMetadata", metadata)]).await
}

/// A server MUST send the model the patch of the metadata, the trigger, the parent and the root of a
/// turn with the requests of that turn only.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, turn/start: turnTrigger, parentTurnId, rootTurnId; every release since does",
    faults(TURN_METADATA_LOST, TURN_METADATA_STAYS),
    shared
)]
async fn its_origin_is_of_one_turn(cx: &mut Context) -> Result {
    let word = json!("proctor-7e1f");
    let members = [
        ("responsesapiClientMetadataPatch", json!({ "proctor": word })),
        ("turnTrigger", word.clone()),
        ("parentTurnId", word.clone()),
        ("rootTurnId", word.clone()),
    ];
    for_one_turn(cx, &members).await
}

/// A server MUST send the model the `additionalContext` of a turn.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, turn/start: additionalContext; every release since does",
    faults(ADDITIONAL_CONTEXT_LOST),
    shared
)]
async fn additional_context_arrives(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    let entry = |text: &str, kind: &str| json!({ "value": text, "kind": kind });
    let context = json!({
        "weather": entry("it \"rains\" in Köln", "untrusted"),
        "rules": entry("speak of it", "application"),
    });
    let request = run(cx, &thread, json!({ "additionalContext": context })).await?;
    let input = Value::from(request.input_items()).to_string();
    for text in [r#"it \"rains\" in Köln"#, "speak of it"] {
        ensure!(
            input.contains(text),
            "the input of the model",
            format!("one with the additional context {text}"),
            input
        );
    }
    Ok(())
}

/// A server MUST announce the `toolOutput` with which a turn begins as an item, and send it to the
/// model.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, turn/start: toolOutput; functionCallOutput; every release since does",
    faults(OUTPUT_OF_THE_CLIENT_LOST),
    shared
)]
async fn the_output_of_a_tool_begins_a_turn(cx: &mut Context) -> Result {
    const TEXT: &str = "17 °C, \"cloudy\"";
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("done")]);
    let mark = cx.peer.mark();
    let output = json!({ "name": "weather", "output": TEXT });
    let params = json!({ "threadId": thread.id, "input": [], "toolOutput": output });
    cx.peer.call("turn/start", params).await?;
    let turn = cx.client().end_turn(&thread, mark).await?;
    for method in ["item/started", "item/completed"] {
        let items =
            turn.calls.iter().filter(|call| is_item(call, &thread, method, "functionCallOutput"));
        let shown: Vec<_> = items
            .map(|call| {
                [call.params["item"]["name"].clone(), call.params["item"]["output"].clone()]
            })
            .collect();
        ensure_eq!(shown, [["weather", TEXT]], "name and output in `{method}` of the item");
    }
    let request = last_request(cx)?;
    let outputs =
        request.input_items().iter().filter(|item| item["type"] == "function_call_output");
    let outputs: Vec<_> = outputs.map(|item| item["output"].clone()).collect();
    ensure_eq!(outputs, [TEXT], "the outputs of tools that the model receives");
    turn.says(&["done"], "the agent's messages after the output")
}

/// A server MUST announce each item of the model as it is to a client that asks for raw events, and
/// to no other.
#[check(
    v2(since = "0.98"),
    source = "app-server protocol, thread/start: experimentalRawEvents; rawResponseItem/completed; every release since does",
    faults(RAW_ITEMS_UNTOLD),
    shared
)]
async fn raw_items_come_on_request(cx: &mut Context) -> Result {
    const METHOD: &str = "rawResponseItem/completed";
    cx.client().initialize_experimental().await?;
    for (raw, expected) in [(true, vec!["raw words"]), (false, Vec::new())] {
        let more = json!({ "experimentalRawEvents": raw });
        let thread = cx.client().start_with(Start { more, ..Start::default() }).await?;
        cx.model.script([says("raw words")]);
        let begun = cx.client().begin_turn(&thread, "hello").await?;
        if raw {
            cx.client().notification(&thread, METHOD).await?;
        }
        let turn = cx.client().end_turn(&thread, &begun).await?;
        let items = turn.calls.iter().filter(|call| is_of(call, &thread, METHOD));
        let of_the_agent = items.filter(|call| call.params["item"]["role"] == "assistant");
        let texts: Vec<_> = of_the_agent
            .map(|call| call.params["item"]["content"][0]["text"].as_str().unwrap_or_default())
            .collect();
        ensure_eq!(texts, expected, "the agent's messages in `{METHOD}`, if raw events are {raw}");
    }
    Ok(())
}

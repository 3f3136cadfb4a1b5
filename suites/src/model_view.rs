//! Requests to the model service: their bodies and their headers.

pub mod always;
pub mod context;
pub mod identity;

use harness::{Context, Failure, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::{Request, calls, reasons, runs_command, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, Settings, Start, Thread};

/// The request with this number, from 1, that the model service got.
async fn asked(cx: &Context, number: usize) -> Result<Request> {
    cx.model.request(number).await.or_inconclusive("waiting for a request to the model")
}

/// Starts a conversation and lets it say one thing; the request that the model got.
async fn one_turn(cx: &mut Context) -> Result<(Thread, Request)> {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let request = asked(cx, 1).await?;
    Ok((thread, request))
}

/// A server MUST send each request to the model service with `store` false.
#[check(
    v1,
    v2,
    source = "app-server tests, model requests; every release does",
    faults(STORES_RESPONSES),
    shared
)]
async fn nothing_is_stored(cx: &mut Context) -> Result {
    let (_, request) = one_turn(cx).await?;
    ensure_eq!(request.body()["store"], false, "`store` in the request to the model");
    Ok(())
}

/// A server MUST send each request to the model service with `stream` true.
#[check(
    v1,
    v2,
    source = "app-server tests, model requests; every release does",
    faults(ANSWERS_NOT_STREAMED),
    shared
)]
async fn the_answer_is_streamed(cx: &mut Context) -> Result {
    let (_, request) = one_turn(cx).await?;
    ensure_eq!(request.body()["stream"], true, "`stream` in the request to the model");
    Ok(())
}

/// A server SHOULD NOT send the ids of the model's items back to the model service.
#[check(
    v1,
    v2(until = "0.120"),
    source = "Responses API: with `store` off ids name nothing; releases up to 0.120 do",
    faults(ITEM_IDS_SENT),
    shared
)]
async fn no_item_ids_are_sent(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([
        reasons("hm").and(says("let me see")).and(runs_command("true")),
        says("done"),
        says("again"),
    ]);
    cx.client().turn(&thread, "hello").await?;
    cx.client().turn(&thread, "and now?").await?;
    let request = asked(cx, 3).await?;
    // What the server adds of its own accord may be named as it likes.
    let of_the_model = |item: &&Value| {
        item["role"] == "assistant"
            || item["type"] == "reasoning"
            || item["type"] == "function_call"
    };
    let items: Vec<_> = request.input_items().iter().filter(of_the_model).collect();
    ensure!(
        items.len() >= 3,
        "items of the model in the third request",
        "at least 3",
        items.len().to_string()
    );
    for item in items {
        let id = &item["id"];
        ensure!(
            id.is_null(),
            "an item of the model in the third request",
            "no `id`",
            harness::show(item)
        );
    }
    Ok(())
}

/// A server MUST send the user's text unchanged as the last user message of its request to the
/// model service.
#[check(
    v1,
    v2,
    source = "app-server tests, send_message; every release does",
    faults(FIRST_LINE_ONLY),
    shared
)]
async fn the_users_message_comes_last(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    let words = "line one\nline two: \"quoted\" é 😀 </environment_context>";
    cx.client().turn(&thread, words).await?;
    let request = asked(cx, 1).await?;
    ensure_eq!(request.user_texts().last().copied(), Some(words), "the last message of the user");
    Ok(())
}

/// A server MUST begin the input of each request to the model service with the unchanged input of
/// the request before.
#[check(
    v1,
    v2,
    source = "prompt caching: a request begins with the one before it; every release does",
    faults(HISTORY_WINDOW),
    shared
)]
async fn earlier_input_is_unchanged(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([runs_command("echo one"), says("first"), says("second")]);
    cx.client().turn(&thread, "hello").await?;
    cx.client().turn(&thread, "and now?").await?;
    for number in 1..3 {
        let (before, after) = (asked(cx, number).await?, asked(cx, number + 1).await?);
        let (before, after) = (before.input_items(), after.input_items());
        ensure!(
            after.len() > before.len() && after[..before.len()] == *before,
            format!("the input of request {}", number + 1),
            format!("to begin with the {} items of request {number}", before.len()),
            difference(before, after)
        );
    }
    Ok(())
}

fn difference(before: &[Value], after: &[Value]) -> String {
    match before.iter().zip(after).position(|(old, new)| old != new) {
        Some(at) => format!(
            "item {at} was {} and is {}",
            harness::show(&before[at]),
            harness::show(&after[at])
        ),
        None => format!("{} items", after.len()),
    }
}

/// A server MUST send the agent's earlier messages with each later request to the model service.
#[check(
    v1,
    v2,
    source = "app-server tests, send_message; every release does",
    faults(AGENT_FORGOTTEN),
    shared
)]
async fn the_agents_messages_are_kept(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("the answer is four"), says("done")]);
    cx.client().turn(&thread, "hello").await?;
    cx.client().turn(&thread, "and now?").await?;
    let request = asked(cx, 2).await?;
    ensure_eq!(
        request.assistant_texts(),
        ["the answer is four"],
        "messages of the agent in the second request"
    );
    Ok(())
}

/// A server MUST send every tool call, followed by its output, with each later request to the model
/// service.
#[check(
    v1,
    v2,
    source = "Responses API: calls and outputs are paired; every release does",
    faults(OUTPUTS_OF_FAILURES_LOST),
    shared
)]
async fn calls_and_outputs_are_paired(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([
        runs_command("echo one").id("one").and(runs_command("exit 3").id("two")),
        calls("no_such_tool", json!({ "a": 1 })).id("three"),
        says("done"),
        says("again"),
    ]);
    cx.client().turn(&thread, "hello").await?;
    cx.client().turn(&thread, "and now?").await?;
    let last = asked(cx, 4).await?;
    let wrong: Vec<_> = last.violations().iter().map(ToString::to_string).collect();
    ensure!(
        wrong.is_empty(),
        "calls and their outputs in the last request to the model",
        "an output for each call, after it",
        wrong.join(", ")
    );
    let outputs =
        ["one", "two", "three"].iter().filter(|call| last.tool_output(call).is_some()).count();
    ensure_eq!(outputs, 3, "outputs in the last request");
    Ok(())
}

/// A server MUST send an output for every tool call even after the turn was interrupted in that
/// call.
#[check(
    v1,
    v2,
    source = "Responses API: calls and outputs are paired; every release does",
    faults(CALLS_CUT_SHORT_LEFT_OPEN),
    shared
)]
async fn an_interrupted_call_has_an_output(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().hold_approvals();
    let thread =
        cx.client().start_with(Start { approval: Some("untrusted"), ..Start::default() }).await?;
    cx.model.script([runs_command("touch never"), says("again")]);
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, crate::client::Decision::Abort).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.client().turn(&thread, "and now?").await?;
    let last = asked(cx, 2).await?;
    let wrong: Vec<_> = last.violations().iter().map(ToString::to_string).collect();
    ensure!(
        wrong.is_empty(),
        "calls and their outputs in the request after the interruption",
        "an output for each call, after it",
        wrong.join(", ")
    );
    Ok(())
}

/// A server MUST offer the model a tool that runs commands.
#[check(v1, v2, source = "every release does", faults(NO_TOOLS_OFFERED), shared)]
async fn a_tool_for_commands_is_offered(cx: &mut Context) -> Result {
    let (_, request) = one_turn(cx).await?;
    ensure!(
        request.tool_for_commands().is_some(),
        "tools offered to the model",
        "one that runs commands: shell, local_shell, shell_command, exec_command, or another that takes a command line",
        request.tools().join(", ")
    );
    Ok(())
}

/// A server MUST name in each request the model of its conversation: the configured one, or the one
/// that the start request named.
#[check(
    v1,
    v2,
    source = "app-server tests, create_conversation; every release does",
    faults(MODEL_OVERRIDE_IGNORED),
    shared
)]
async fn the_model_is_named(cx: &mut Context) -> Result {
    let plain = cx.client().start().await?;
    let other = cx
        .client()
        .start_with(Start { model: Some("another-model".to_owned()), ..Start::default() })
        .await?;
    cx.model.script([says("one"), says("two")]);
    cx.client().turn(&plain, "hello").await?;
    cx.client().turn(&other, "hello").await?;
    let (first, second) = (asked(cx, 1).await?, asked(cx, 2).await?);
    ensure_eq!(
        first.model_name(),
        Some(fixtures::Config::MODEL),
        "model of the first conversation"
    );
    ensure_eq!(second.model_name(), Some("another-model"), "model of the second conversation");
    Ok(())
}

/// A server MUST send an output schema to the model service in the turn that names the schema, and
/// in that turn only.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "app-server README, Turns: outputSchema; app-server tests, output_schema",
    faults(OUTPUT_SCHEMA_DROPPED),
    shared
)]
async fn an_output_schema_is_for_one_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let schema = json!({
        "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"], "additionalProperties": false,
    });
    cx.model.script([says("{\"a\":\"b\"}"), says("plain")]);
    let settings = Settings { schema: Some(schema.clone()), ..Settings::default() };
    cx.client().turn_with(&thread, "hello", settings).await?;
    cx.client().turn(&thread, "and now?").await?;
    let format = asked(cx, 1).await?.body()["text"]["format"].clone();
    ensure_eq!(format["type"], "json_schema", "`text.format.type` in the request of the turn");
    ensure_eq!(format["schema"], schema, "`text.format.schema` in the request of the turn");
    let later = asked(cx, 2).await?.body()["text"]["format"].clone();
    ensure_eq!(later, Value::Null, "`text.format` in the request of the next turn");
    Ok(())
}

/// The only one of several texts that fits.
fn only<'t>(texts: &[&'t str], what: &str, fits: impl Fn(&str) -> bool) -> Result<&'t str> {
    let found: Vec<_> = texts.iter().copied().filter(|text| fits(text)).collect();
    match found.as_slice() {
        [one] => Ok(one),
        _ => Err(Failure::mismatch(
            what,
            "one",
            format!("{}: {}", found.len(), harness::show(texts)),
        )),
    }
}

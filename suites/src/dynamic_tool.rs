//! Tools of the client: offered to the model, called by a request to the client, answered to the model.

use harness::{Context, Result, check, code, ensure, ensure_eq, ensure_includes};
use mock_model::{Reply, calls, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, End, Start, TOOL, Thread, dynamic_tool, ensure_finished, is_item};
use crate::rows::Rows;
use crate::stored::last_request;

/// The model's call of the client's tool.
fn looks_up() -> Reply {
    calls(TOOL, json!({ "word": "größe" })).id("the_call")
}

/// An answer of the client.
fn answer(texts: &[&str], success: bool) -> Value {
    let part = |text: &&str| json!({ "type": "inputText", "text": text });
    json!({ "contentItems": texts.iter().map(part).collect::<Vec<_>>(), "success": success })
}

/// A server MUST offer the model the client's tools in the thread that was started with them, in its
/// forks and after a restart, and in no other thread.
#[check(
    v2(since = "0.98"),
    source = "app-server README, dynamicTools; every release does",
    faults(TOOLS_OF_THE_CLIENT_NOT_OFFERED, TOOLS_OF_THE_CLIENT_FORGOTTEN)
)]
async fn is_offered_in_its_thread(cx: &mut Context) -> Result {
    let thread = cx.client().start_with_tool().await?;
    let other = cx.client().start_thread().await?;
    let mut rows = Rows::of_waits();
    rows.judge("the thread", ensure_offered(cx, &thread, true).await)?;
    rows.judge("another thread", ensure_offered(cx, &other, false).await)?;
    let fork = cx.client().fork(&thread.id).await?;
    rows.judge("a fork", ensure_offered(cx, &fork, true).await)?;
    cx.restart().await;
    cx.client().initialize().await?;
    for (what, thread) in [("the thread", &thread), ("the fork", &fork)] {
        let resumed = cx.client().resume_own(thread).await?;
        let what = format!("{what}, after a restart");
        rows.judge(what, ensure_offered(cx, &resumed, true).await)?;
    }
    rows.end()
}

/// Whether the model is offered the tool in the next turn is as expected.
async fn ensure_offered(cx: &mut Context, thread: &Thread, expected: bool) -> Result {
    cx.model.script([says("done")]);
    cx.client().turn(thread, "hello").await?;
    let request = last_request(cx)?;
    let word = |offered: bool| if offered { "offered" } else { "not offered" };
    let offered = word(request.tools().contains(&TOOL));
    ensure_eq!(offered, word(expected), "the client's tool in the request to the model");
    Ok(())
}

/// A server MUST ask the client to run its tool with the thread, the turn, and the model's own
/// arguments.
#[check(
    v2(since = "0.98"),
    source = "app-server README, item/tool/call; every release does",
    faults(ARGUMENTS_DROPPED),
    shared
)]
async fn the_client_receives_the_arguments(cx: &mut Context) -> Result {
    let thread = cx.client().start_with_tool().await?;
    cx.model.script([looks_up(), says("done")]);
    let begun = cx.client().begin_turn(&thread, "look it up").await?;
    let call = cx.client().tool_call().await?;
    let expected = json!({
        "threadId": thread.id,
        "turnId": begun.id(),
        "callId": "the_call",
        "tool": TOOL,
        "arguments": { "word": "größe" },
    });
    ensure_includes!(call.params, expected, "the parameters of `item/tool/call`");
    cx.peer.respond(&call, answer(&["fine"], true)).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Completed, "how the turn ended")
}

/// How the client answers a call.
struct Row {
    what: &'static str,
    /// The result, or none for an error.
    answer: Option<Value>,
    /// What the model receives of it, where that is the client's.
    output: Option<&'static str>,
    status: &'static str,
}

fn rows() -> [Row; 5] {
    let row = |what, answer, output, status| Row { what, answer, output, status };
    let two = answer(&["one, ", "two"], true);
    [
        row("a success", Some(two), Some("one, two"), "completed"),
        row("a failure", Some(answer(&["not today"], false)), Some("not today"), "failed"),
        row("an error", None, None, "failed"),
        row("an object without members", Some(json!({})), None, "failed"),
        row("a text", Some(json!("fine")), None, "failed"),
    ]
}

/// Runs a turn with a call that is answered like this; what came, and the output for the model.
async fn answered(cx: &mut Context, thread: &Thread, row: &Row) -> Result<(Vec<Value>, String)> {
    cx.model.script([looks_up(), says("done")]);
    let begun = cx.client().begin_turn(thread, "look it up").await?;
    let call = cx.client().tool_call().await?;
    match &row.answer {
        Some(result) => cx.peer.respond(&call, result.clone()).await?,
        None => cx.peer.respond_error(&call, "not today").await?,
    }
    let turn = cx.client().end_turn(thread, &begun).await?;
    turn.ended(End::Completed, "how the turn ended")?;
    let items = turn.calls.iter().filter(|call| {
        ["item/started", "item/completed"]
            .iter()
            .any(|method| is_item(call, thread, method, "dynamicToolCall"))
    });
    let items = items.map(|call| call.params["item"].clone()).collect();
    Ok((items, last_request(cx)?.tool_output("the_call").unwrap_or_default()))
}

/// A server MUST send the model an output for each call of the client's tool, which is the client's
/// content if its answer has some.
#[check(
    v2(since = "0.98"),
    source = "app-server README, item/tool/call; every release does",
    faults(ANSWER_OF_THE_CLIENT_LOST, REFUSED_CALL_HANGS),
    shared
)]
async fn the_model_receives_the_answer(cx: &mut Context) -> Result {
    cx.client().initialize_with_tools().await?;
    let mut judged = Rows::of_waits();
    for row in &rows() {
        // A call has its thread: its id comes once in each.
        let thread = cx.client().start_thread_with_tool().await?;
        let outcome = answered(cx, &thread, row).await.and_then(|(_, output)| {
            let fits = row.output.map_or(!output.is_empty(), |expected| output == expected);
            let expected = row.output.unwrap_or("some text");
            ensure!(fits, "the output that the model receives", expected, output);
            Ok(())
        });
        judged.judge(row.what, outcome)?;
    }
    judged.end()
}

/// A server MUST report each call of the client's tool as a `dynamicToolCall` item that starts and
/// is completed with the outcome.
#[check(
    v2(since = "0.107"),
    source = "app-server README, item/tool/call; every release since does",
    faults(FAILED_CALL_TOLD_AS_COMPLETED),
    shared
)]
async fn the_item_has_the_outcome(cx: &mut Context) -> Result {
    cx.client().initialize_with_tools().await?;
    let mut judged = Rows::of_waits();
    for row in &rows() {
        let thread = cx.client().start_thread_with_tool().await?;
        let outcome = answered(cx, &thread, row).await.and_then(|(items, _)| {
            let seen: Vec<_> = items.iter().map(|item| (&item["id"], &item["status"])).collect();
            let (id, begun) = (json!("the_call"), json!("inProgress"));
            let expected = [(&id, &begun), (&id, &json!(row.status))];
            ensure_eq!(seen, expected, "id and status of the item at its start and end");
            Ok(())
        });
        judged.judge(row.what, outcome)?;
    }
    judged.end()
}

/// A server MUST complete the item of an unanswered call of the client's tool before it completes
/// the interrupted turn.
#[check(
    v2(since = "0.107", fixed_in("0.169", "the item is never completed")),
    source = "app-server README, Items: item/started, deltas, item/completed; every release since 0.169 does",
    faults(CALL_OF_THE_CLIENT_LEFT_OPEN),
    shared
)]
async fn an_interrupted_call_is_completed(cx: &mut Context) -> Result {
    let thread = cx.client().start_with_tool().await?;
    cx.model.script([looks_up()]);
    let begun = cx.client().begin_turn(&thread, "look it up").await?;
    cx.client().tool_call().await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?.result()?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "how the interrupted turn ended")?;
    ensure_finished(&turn.calls, &thread)
}

/// A server MUST reject two tools of the client with one name with the error code -32600.
#[check(
    v2(since = "0.98"),
    source = "app-server tests, dynamic_tools; every release does",
    faults(TWO_TOOLS_OF_ONE_NAME),
    shared
)]
async fn two_of_one_name_are_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_with_tools().await?;
    let tools = json!([dynamic_tool(TOOL), dynamic_tool(TOOL)]);
    let params = json!({ "cwd": cx.home.work(), "dynamicTools": tools });
    let reply = cx.peer.request("thread/start", params).await?;
    reply.refused(code::INVALID_REQUEST, "answer to two tools with one name")?;
    let more = json!({ "dynamicTools": [dynamic_tool(TOOL), dynamic_tool("another")] });
    cx.client().start_with(Start { more, ..Start::default() }).await.map(|_| ())
}

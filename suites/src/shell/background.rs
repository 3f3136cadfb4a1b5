//! Programs of the model that outlive their turn: they are listed, and ended one by one or all at once.

use harness::{Call, Context, Result, check, ensure, ensure_eq, ensure_includes, show, text_at};
use mock_model::{opens_program, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, Thread, is_of};

const CLEAN: &str = "thread/backgroundTerminals/clean";
const LIST: &str = "thread/backgroundTerminals/list";
const TERMINATE: &str = "thread/backgroundTerminals/terminate";

/// The id of the call that starts the program.
const CALL: &str = "the_program";

/// A thread whose model has started a program that goes on when the turn has ended. The check needs
/// this method.
async fn left_behind(cx: &mut Context, method: &str) -> Result<Thread> {
    cx.peer.gate().offers(method)?;
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    cx.model.script([opens_program("sleep 300").yields_after(250).id(CALL), says("left it")]);
    let turn = cx.client().turn(&thread, "start it").await?;
    turn.says(&["left it"], "the agent's message after it has started a program")?;
    Ok(thread)
}

/// Sends a request about the background terminals of a thread.
async fn call(cx: &mut Context, thread: &Thread, method: &str, more: Value) -> Result<Value> {
    let mut params = json!({ "threadId": thread.id });
    crate::client::add(&mut params, more);
    cx.peer.call(method, params).await
}

/// Waits for the end of the program.
async fn completed(cx: &mut Context, thread: &Thread) -> Result<Call> {
    let awaited = "`item/completed` of the program";
    cx.peer
        .next_matching(awaited, |call| {
            is_of(call, thread, "item/completed") && call.params["item"]["id"] == CALL
        })
        .await
}

/// The terminals of a thread.
async fn listed(cx: &mut Context, thread: &Thread) -> Result<Vec<Value>> {
    let result = call(cx, thread, LIST, json!({})).await?;
    Ok(result["data"].as_array().cloned().unwrap_or_default())
}

/// A server MUST end the background terminals of a thread on `thread/backgroundTerminals/clean`, and
/// complete their items.
#[check(
    v2(since = "0.101"),
    source = "app-server README, thread/backgroundTerminals/clean; every release does",
    faults(TERMINALS_STAY)
)]
async fn a_clean_ends_them(cx: &mut Context) -> Result {
    let thread = left_behind(cx, CLEAN).await?;
    call(cx, &thread, CLEAN, json!({})).await?;
    completed(cx, &thread).await.map(|_| ())
}

/// A server MUST list the background terminals of a thread until they have ended.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/backgroundTerminals/list; every release does",
    faults(TERMINALS_UNLISTED, TERMINALS_LISTED_FOR_EVER)
)]
async fn they_are_listed(cx: &mut Context) -> Result {
    let thread = left_behind(cx, LIST).await?;
    let terminals = listed(cx, &thread).await?;
    ensure_eq!(terminals.len(), 1, "the number of background terminals");
    ensure_includes!(terminals[0], json!({ "itemId": CALL }), "the background terminal");
    let command = terminals[0]["command"].as_str().unwrap_or_default();
    ensure!(command.contains("sleep 300"), "its command", "`sleep 300` in it", show(command));
    call(cx, &thread, CLEAN, json!({})).await?;
    completed(cx, &thread).await?;
    ensure_eq!(listed(cx, &thread).await?.len(), 0, "the number of terminals after their end");
    Ok(())
}

/// A server MUST end the background terminal that `thread/backgroundTerminals/terminate` names, and
/// report whether there was one.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/backgroundTerminals/terminate; every release does",
    faults(TERMINAL_OUTLIVES_ITS_END, TERMINALS_END_TWICE)
)]
async fn one_is_ended_by_its_number(cx: &mut Context) -> Result {
    let thread = left_behind(cx, TERMINATE).await?;
    let terminals = listed(cx, &thread).await?;
    let first = terminals.first().cloned().unwrap_or_default();
    let number = text_at(&first, "/processId", "the background terminal")?.to_owned();
    let named = json!({ "processId": number });
    let word = |result: &Value| if result["terminated"] == true { "ended" } else { "not ended" };
    let result = call(cx, &thread, TERMINATE, named.clone()).await?;
    ensure_eq!(word(&result), "ended", "the answer for a terminal that runs");
    completed(cx, &thread).await?;
    let again = call(cx, &thread, TERMINATE, named).await?;
    ensure_eq!(word(&again), "not ended", "the answer for a terminal that has ended");
    Ok(())
}

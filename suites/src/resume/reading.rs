//! Reading stored conversations without resuming them.

use harness::{Context, Result, check, code, ensure_eq, ensure_includes};
use mock_model::{fails, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, messages};
use crate::stored::files::{ensure_unchanged, rollouts, written};
use crate::stored::{SAID, UNKNOWN, conversation, seed, two_turns};

/// A server MUST return a stored thread without its turns when `includeTurns` is false.
#[check(
    v2(since = "0.90"),
    source = "app-server tests, thread_read",
    faults(READ_ALWAYS_WITH_TURNS)
)]
async fn shows_a_thread(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let thread = cx.client().read_thread(&rollout.id().to_string(), false).await?;
    let wanted = json!({
        "id": rollout.id(), "preview": "the first question", "modelProvider": "mock", "path": path, "turns": [],
        "createdAt": crate::stored::begun(1).as_second(),
    });
    ensure_includes!(thread, wanted, "the thread that was read");
    Ok(())
}

/// A server MUST return a stored thread with the messages of its turns when `includeTurns` is true.
#[check(
    v2(since = "0.90"),
    source = "app-server tests, thread_read",
    faults(READ_WITHOUT_THE_LAST_TURN)
)]
async fn shows_the_turns(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let thread = cx.client().read_thread(&rollout.id().to_string(), true).await?;
    let wanted: Vec<String> = SAID.iter().map(|(role, text)| format!("{role}: {text}")).collect();
    ensure_eq!(
        messages(&thread["turns"]),
        wanted,
        "the messages in the turns of the thread that was read"
    );
    Ok(())
}

/// A server MUST return the status with which each stored turn ended: completed, failed or
/// interrupted.
#[check(
    v2(since = "0.90", fixed_in("0.147", "a failed turn is shown as completed")),
    source = "app-server README, Threads: turn status; 0.120 shows failed ones as completed",
    faults(STORED_TURNS_ALL_COMPLETED)
)]
async fn shows_how_turns_ended(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([
        says("done"),
        fails("server_error", "no luck"),
        says("never said").hold("answer"),
        says("done again"),
    ]);
    cx.client().turn(&thread, "one").await?;
    cx.client().turn(&thread, "two").await?;
    let begun = cx.client().begin_turn(&thread, "three").await?;
    cx.reached("answer").await?;
    cx.peer.call("turn/interrupt", json!({ "threadId": thread.id, "turnId": begun.id })).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.client().turn(&thread, "four").await?;
    written(cx, &thread, "done again").await?;
    cx.restart().await;
    cx.client().initialize().await?;
    let thread = cx.client().read_thread(&thread.id, true).await?;
    let turns = thread["turns"].as_array().into_iter().flatten();
    let ends: Vec<Value> = turns.map(|turn| turn["status"].clone()).collect();
    let wanted = json!(["completed", "failed", "interrupted", "completed"]);
    ensure_eq!(json!(ends), wanted, "how the turns ended");
    Ok(())
}

/// A server MUST NOT load a thread or change its rollout when a client reads the thread.
#[check(
    v2(since = "0.90"),
    source = "app-server tests, thread_read: reading does not load",
    faults(READ_LOADS)
)]
async fn loads_nothing(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    let before = rollouts(cx)?;
    cx.client().initialize().await?;
    cx.client().read_thread(&rollout.id().to_string(), true).await?;
    let loaded = cx.peer.call("thread/loaded/list", json!({})).await?;
    ensure_eq!(loaded["data"], json!([]), "the threads that are loaded after one was read");
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after a thread was read")
}

/// A server MUST reject a request to read an unknown thread as an invalid request.
#[check(
    v2(since = "0.90"),
    source = "app-server tests, thread_read",
    faults(READ_OF_AN_UNKNOWN_ONE)
)]
async fn an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    seed(cx, &conversation(1))?;
    cx.client().initialize().await?;
    let refused = cx.peer.request("thread/read", json!({ "threadId": UNKNOWN })).await?;
    refused.refused(code::INVALID_REQUEST, "error for an unknown thread")?;
    Ok(())
}

/// A server MUST return the same summary of a conversation for its id and for the absolute or
/// relative path of its rollout.
#[check(
    v1(since = "0.58"),
    v2(since = "0.58"),
    source = "app-server tests, conversation_summary",
    faults(PREVIEW_OF_THE_LAST_MESSAGE, SUMMARY_RELATIVE_TO_THE_PROCESS)
)]
async fn sums_up_by_id_and_by_path(cx: &mut Context) -> Result {
    seed(cx, &conversation(0))?;
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let by_id =
        cx.peer.call("getConversationSummary", json!({ "conversationId": rollout.id() })).await?;
    let wanted = json!({
        "conversationId": rollout.id(), "path": path, "preview": "the first question", "modelProvider": "mock",
        "cwd": "/", "cliVersion": "0.0.0", "source": "cli",
    });
    ensure_includes!(by_id["summary"], wanted, "the summary by id");
    let by_path = cx.peer.call("getConversationSummary", json!({ "rolloutPath": path })).await?;
    ensure_eq!(by_path, by_id, "the summary by path, compared with the one by id");
    let relative = cx
        .peer
        .call("getConversationSummary", json!({ "rolloutPath": rollout.relative_path() }))
        .await?;
    ensure_eq!(
        relative,
        by_id,
        "the summary by a path relative to the home, compared with the one by id"
    );
    Ok(())
}

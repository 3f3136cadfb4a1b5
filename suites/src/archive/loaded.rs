//! Archiving a loaded conversation: its turn ends, its rollout moves with its whole content.

use harness::{Context, OrInconclusive, Result, check, ensure_eq};
use mock_model::says;
use serde_json::json;

use crate::client::{ContextExt, Thread};
use crate::stored::files::{ensure_absent, ensure_begins, rollouts, written};

/// Where archiving puts the rollout of the conversation.
fn archived(cx: &Context, thread: &Thread) -> std::path::PathBuf {
    cx.home.join("archived_sessions").join(thread.path.file_name().unwrap_or_default())
}

/// A server MUST move the rollout of a loaded conversation to the archive with its whole content.
#[check(
    v1,
    v2,
    source = "app-server tests, archive_conversation and thread_archive",
    faults(ARCHIVE_COPIES, ARCHIVE_LOSES_THE_END)
)]
async fn moves_with_all_that_was_said(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("answer-one"), says("the last word")]);
    cx.client().turn(&thread, "first").await?;
    cx.client().turn(&thread, "second").await?;
    let before = written(cx, &thread, "the last word").await?;
    cx.client().archive(&thread.id, &thread.path).await?;
    ensure_absent(&thread.path, "where the rollout was")?;
    ensure_begins(&archived(cx, &thread), &before, "the archived rollout")?;
    ensure_eq!(
        cx.client().listed_ids().await?,
        [""; 0],
        "the ids in the list after the only conversation was archived"
    );
    Ok(())
}

/// A server MUST reject a turn in an archived conversation, without a request to the model service.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: archive; every release does",
    faults(ARCHIVE_LEAVES_IT_LOADED)
)]
async fn a_later_turn_is_rejected(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("answer-one"), says("never said")]);
    cx.client().turn(&thread, "first").await?;
    written(cx, &thread, "answer-one").await?;
    cx.client().archive(&thread.id, &thread.path).await?;
    let refused = cx.client().request_turn(&thread.id, "anybody there?").await?;
    refused.refusal("answer to the request for a turn in a conversation that was archived")?;
    cx.client().listed_ids().await?;
    ensure_eq!(
        cx.model.requests().len(),
        1,
        "requests to the model, of which the archived conversation makes no more"
    );
    Ok(())
}

/// A server MUST end a running turn when its conversation is archived, without writing to the old
/// path of the rollout.
#[check(
    v1,
    v2,
    source = "app-server protocol, archive: a loaded conversation is shut down first; every release does",
    faults(ARCHIVE_LEAVES_A_STUB, ARCHIVE_LEAVES_IT_LOADED)
)]
async fn a_running_turn_is_ended(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model
        .script([says("answer-one"), says("half").hold("midway").continues(" and the other half")]);
    cx.client().turn(&thread, "first").await?;
    let before = written(cx, &thread, "answer-one").await?;
    cx.client().begin_turn(&thread, "second").await?;
    cx.model.reached("midway").await.or_inconclusive("waiting for the model to be asked")?;
    cx.client().archive(&thread.id, &thread.path).await?;
    cx.model.open("midway");
    cx.client().listed_ids().await?;
    ensure_begins(&archived(cx, &thread), &before, "the archived rollout")?;
    ensure_absent(&thread.path, "original path of the rollout, after the model continued")?;
    let refused = cx.client().request_turn(&thread.id, "anybody there?").await?;
    refused.refusal("answer to the request for a turn in a conversation that was archived")?;
    ensure_eq!(rollouts(cx)?.len(), 1, "rollouts in the home");
    Ok(())
}

/// A server MUST remove an archived thread from the list of loaded threads.
#[check(
    v2(since = "0.80"),
    source = "app-server README, thread/loaded/list; every release does",
    faults(ARCHIVE_LEAVES_IT_LOADED, ARCHIVE_UNLOADS_ALL)
)]
async fn no_longer_loaded(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (kept, thread) = (cx.client().start_thread().await?, cx.client().start_thread().await?);
    cx.model.script([says("answer-one")]);
    cx.client().turn(&thread, "first").await?;
    written(cx, &thread, "answer-one").await?;
    cx.client().archive(&thread.id, &thread.path).await?;
    let loaded = cx.peer.call("thread/loaded/list", json!({})).await?;
    ensure_eq!(
        loaded["data"],
        json!([kept.id]),
        "the threads that are loaded when one of two was archived"
    );
    Ok(())
}

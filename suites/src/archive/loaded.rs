//! Archiving a loaded conversation: its turn ends, its rollout moves with its whole content.

use harness::failure::{OrInconclusive, Result};
use harness::message::Reply;
use harness::{Context, Dialect, check, ensure_eq};
use mock_model::says;
use serde_json::json;

use crate::stored::archive;
use crate::stored::files::{ensure_absent, ensure_begins, rollouts, written};
use crate::stored::listing::ids;
use crate::words::{Thread, begin_turn, greet, run_turn, start};
use crate::{v1, v2};

/// Where archiving puts the rollout of the conversation.
fn archived(cx: &Context, thread: &Thread) -> std::path::PathBuf {
    cx.home.join("archived_sessions").join(thread.path.file_name().unwrap_or_default())
}

/// Asks for a turn, without expecting that it is granted.
async fn ask_for_turn(cx: &mut Context, thread: &Thread) -> Result<Reply> {
    if cx.dialect() == Dialect::V1 {
        let params = json!({ "conversationId": thread.id, "items": v1::items("anybody there?") });
        cx.peer.request("sendUserMessage", params).await
    } else {
        let params = json!({ "threadId": thread.id, "input": v2::input("anybody there?") });
        cx.peer.request("turn/start", params).await
    }
}

/// A server MUST move the rollout of a loaded conversation to the archive with its whole content.
#[check(
    v1,
    v2,
    source = "app-server tests, archive_conversation and thread_archive",
    faults(ARCHIVE_COPIES, ARCHIVE_LOSES_THE_END)
)]
async fn moves_with_all_that_was_said(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = start(cx).await?;
    cx.model.script([says("answer-one"), says("the last word")]);
    run_turn(cx, &thread, "first").await?;
    run_turn(cx, &thread, "second").await?;
    let before = written(cx, &thread, "the last word").await?;
    archive(cx, &thread.id, &thread.path).await?;
    ensure_absent(&thread.path, "where the rollout was")?;
    ensure_begins(&archived(cx, &thread), &before, "the archived rollout")?;
    ensure_eq!(
        ids(cx).await?,
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
    greet(cx).await?;
    let thread = start(cx).await?;
    cx.model.script([says("answer-one"), says("never said")]);
    run_turn(cx, &thread, "first").await?;
    written(cx, &thread, "answer-one").await?;
    archive(cx, &thread.id, &thread.path).await?;
    let refused = ask_for_turn(cx, &thread).await?;
    refused.refusal("answer to the request for a turn in a conversation that was archived")?;
    ids(cx).await?;
    ensure_eq!(
        cx.model.requests().len(),
        1,
        "requests to the model, of which the archived conversation makes no more"
    );
    Ok(())
}

/// A server MUST end a running turn when its conversation is archived, without writing to the old path of the rollout.
#[check(
    v1,
    v2,
    source = "app-server protocol, archive: a loaded conversation is shut down first; every release does",
    faults(ARCHIVE_LEAVES_A_STUB, ARCHIVE_LEAVES_IT_LOADED)
)]
async fn a_running_turn_is_ended(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = start(cx).await?;
    cx.model
        .script([says("answer-one"), says("half").hold("midway").continues(" and the other half")]);
    run_turn(cx, &thread, "first").await?;
    let before = written(cx, &thread, "answer-one").await?;
    begin_turn(cx, &thread, "second").await?;
    cx.model.reached("midway").await.or_inconclusive("waiting for the model to be asked")?;
    archive(cx, &thread.id, &thread.path).await?;
    cx.model.open("midway");
    ids(cx).await?;
    ensure_begins(&archived(cx, &thread), &before, "the archived rollout")?;
    ensure_absent(&thread.path, "where the rollout was, after the model went on")?;
    let refused = ask_for_turn(cx, &thread).await?;
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
    greet(cx).await?;
    let (kept, thread) = (start(cx).await?, start(cx).await?);
    cx.model.script([says("answer-one")]);
    run_turn(cx, &thread, "first").await?;
    written(cx, &thread, "answer-one").await?;
    archive(cx, &thread.id, &thread.path).await?;
    let loaded = cx.peer.call("thread/loaded/list", json!({})).await?;
    ensure_eq!(
        loaded["data"],
        json!([kept.id]),
        "the threads that are loaded when one of two was archived"
    );
    Ok(())
}

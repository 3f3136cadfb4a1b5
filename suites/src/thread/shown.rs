//! The members of a loaded thread: creation time, preview, status.

use std::time::SystemTime;

use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::json;

use crate::client::{ContextExt, Start};

/// Seconds since 1970.
fn now() -> Result<u64> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map(|since| since.as_secs()).or_inconclusive("reading the clock")
}

/// A server MUST return a new thread with its creation time, in seconds since 1970, and its
/// directory.
#[check(
    v2(since = "0.80"),
    source = "app-server README, Threads: createdAt; app-server tests, thread_start",
    faults(CREATED_IN_MILLISECONDS),
    shared
)]
async fn a_new_thread_has_its_creation_time_and_directory(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let other = cx.home.work().join("other");
    std::fs::create_dir(&other).or_inconclusive("making a directory")?;
    let before = now()?;
    let thread =
        cx.client().start_with(Start { cwd: Some(other.clone()), ..Start::default() }).await?;
    let after = now()?;
    let created = thread.result["thread"]["createdAt"].as_u64().unwrap_or_default();
    ensure!(
        (before..=after).contains(&created),
        "`createdAt` of the thread",
        format!("from {before} to {after}"),
        created.to_string()
    );
    ensure_eq!(thread.result["cwd"].as_str(), other.to_str(), "the directory of the thread");
    Ok(())
}

/// A server MUST return the user's first message as the preview of a loaded thread, and an empty
/// preview before that message.
#[check(
    v2(since = "0.107"),
    source = "app-server README, Threads: preview; every release since does",
    faults(PREVIEW_FOLLOWS),
    shared
)]
async fn its_preview_is_the_first_message(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = cx.client().start_with(Start::default()).await?;
    ensure_eq!(thread.result["thread"]["preview"], "", "the preview of a new thread");
    cx.model.script([says("one"), says("two")]);
    cx.client().turn(&thread, "said first").await?;
    cx.client().turn(&thread, "said second").await?;
    ensure_eq!(
        cx.client().read_thread(&thread.id, false).await?["preview"],
        "said first",
        "the preview after two turns"
    );
    Ok(())
}

/// A server MUST return the status `active` of a thread while its turn runs and `idle` before and
/// after the turn.
#[check(
    v2(since = "0.107"),
    source = "app-server README, Threads: status; every release since does",
    faults(THREAD_ALWAYS_IDLE),
    shared
)]
async fn its_status_is_active_during_a_turn(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = cx.client().start_with(Start::default()).await?;
    ensure_eq!(
        cx.client().read_thread(&thread.id, false).await?["status"]["type"],
        "idle",
        "the status of a new thread"
    );
    cx.model.script([says("done").hold("answer")]);
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    cx.reached("answer").await?;
    ensure_eq!(
        cx.client().read_thread(&thread.id, false).await?["status"]["type"],
        "active",
        "the status during a turn"
    );
    let list = cx.peer.call("thread/list", json!({})).await?;
    ensure_eq!(
        list["data"][0]["status"]["type"],
        "active",
        "the status in the list, during a turn"
    );
    cx.model.open("answer");
    cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(
        cx.client().read_thread(&thread.id, false).await?["status"]["type"],
        "idle",
        "the status after the turn"
    );
    Ok(())
}

//! Ephemeral threads: nothing of them is stored.

use harness::{Context, Result, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{ContextExt, Start, Thread};
use crate::stored::files::rollouts;

/// A server MUST NOT store or list an ephemeral thread.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/start: ephemeral; app-server tests, thread_start",
    faults(EPHEMERAL_KEPT)
)]
async fn leaves_no_file(cx: &mut Context) -> Result {
    let thread = start_ephemeral(cx).await?;
    cx.model.script([says("forget it")]);
    let turn = cx.client().turn(&thread, "remember this").await?;
    ensure_eq!(turn.said, ["forget it"], "the agent's messages");
    let list = cx.peer.call("thread/list", json!({})).await?;
    ensure_eq!(list["data"], json!([]), "the threads in the list");
    cx.restart().await;
    let files: Vec<_> = rollouts(cx)?.into_keys().collect();
    ensure!(files.is_empty(), "the rollouts in the home", "none", format!("{files:?}"));
    Ok(())
}

async fn start_ephemeral(cx: &mut Context) -> Result<Thread> {
    cx.client().initialize().await?;
    let start = Start { more: json!({ "ephemeral": true }), ..Start::default() };
    cx.client().start_with(start).await
}

/// A server MUST return an ephemeral thread with `ephemeral` set to true and without a path.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/start: ephemeral; app-server tests, thread_start",
    faults(EPHEMERAL_UNMARKED)
)]
async fn is_marked_as_ephemeral(cx: &mut Context) -> Result {
    let thread = start_ephemeral(cx).await?;
    let shown = &thread.result["thread"];
    ensure_eq!(shown["path"], Value::Null, "the path of an ephemeral thread");
    ensure_eq!(shown["ephemeral"], true, "`ephemeral` of an ephemeral thread");
    Ok(())
}

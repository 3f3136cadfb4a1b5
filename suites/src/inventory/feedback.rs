//! Feedback that is saved to a file.

use harness::{Context, Result, check, ensure, ensure_eq};
use serde_json::json;

use crate::client::ContextExt;

/// A server MUST write the feedback of `feedback/save` to the file that the client names.
#[check(
    v2(since = "0.169"),
    source = "app-server README, feedback/save; every release does",
    faults(FEEDBACK_UNSAVED),
    shared
)]
async fn feedback_is_saved(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let path = cx.home.work().join("feedback.zip");
    let params = json!({ "savePath": path, "classification": "bug", "includeLogs": false });
    let result = cx.peer.call("feedback/save", params).await?;
    ensure_eq!(result["savedPath"], json!(path), "the path in the answer");
    let size = std::fs::metadata(&path).map_or(0, |found| found.len());
    ensure!(size > 0, "the file with the feedback", "a file with content", format!("{size} bytes"));
    Ok(())
}

/// A server MUST reject `feedback/save` with a relative path.
#[check(
    v2(since = "0.169"),
    source = "every release does",
    faults(FEEDBACK_SAVED_ANYWHERE),
    shared
)]
async fn a_relative_path_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let params =
        json!({ "savePath": "feedback.zip", "classification": "bug", "includeLogs": false });
    let reply = cx.peer.request("feedback/save", params).await?;
    reply.refusal("the answer to `feedback/save` with a relative path")?;
    Ok(())
}

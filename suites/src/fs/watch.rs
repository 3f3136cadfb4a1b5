//! Watched paths: each change is announced, until the watch ends.

use std::fs;
use std::path::Path;

use harness::{Call, Context, OrInconclusive, Result, check, ensure_eq};
use serde_json::json;

use super::{directory, file};
use crate::client::ContextExt;

/// The notification of a change.
const CHANGED: &str = "fs/changed";

/// Watches a path under this id.
async fn watch(cx: &mut Context, id: &str, path: &Path) -> Result {
    let result = cx.peer.call("fs/watch", json!({ "watchId": id, "path": path })).await?;
    ensure_eq!(result["path"], json!(path), "the path in the answer to `fs/watch`");
    Ok(())
}

/// Whether the call announces to this watch that something changed.
fn is_of(call: &Call, id: &str) -> bool {
    call.method == CHANGED && call.params["watchId"] == id
}

/// Waits until a change of the path is announced to this watch.
async fn changed(cx: &mut Context, id: &str, path: &Path, what: &str) -> Result {
    let awaited = format!("`{CHANGED}` of the watch `{id}` with the path of {what}");
    let path = json!(path);
    let names = |call: &Call| {
        let paths = call.params["changedPaths"].as_array();
        paths.is_some_and(|paths| paths.contains(&path))
    };
    cx.peer.next_matching(&awaited, |call| is_of(call, id) && names(call)).await.map(|_| ())
}

/// A server MUST announce each file that is created, written, removed or replaced in a watched
/// directory.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/watch: fs/changed; every release does",
    faults(FS_WATCH_IS_DEAF, FS_NEW_FILES_UNSEEN, FS_REMOVAL_UNSEEN, FS_CHANGED_PATHS_RELATIVE),
    shared
)]
async fn each_change_in_a_directory_is_announced(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let place = directory(cx, "watched")?;
    for name in ["written", "removed", "replaced"] {
        file(cx, &format!("watched/{name}"), "before")?;
    }
    let (aside, at) = (file(cx, "aside", "after")?, |name: &str| place.join(name));
    watch(cx, "all", &place).await?;
    fs::write(at("made"), "new").or_inconclusive("writing a file")?;
    changed(cx, "all", &at("made"), "a file that was created").await?;
    fs::write(at("written"), "after").or_inconclusive("writing a file")?;
    changed(cx, "all", &at("written"), "a file that was written").await?;
    fs::remove_file(at("removed")).or_inconclusive("removing a file")?;
    changed(cx, "all", &at("removed"), "a file that was removed").await?;
    fs::rename(&aside, at("replaced")).or_inconclusive("replacing a file")?;
    changed(cx, "all", &at("replaced"), "a file that was replaced").await
}

/// A server MUST announce that a watched file is written, and that it is replaced.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/watch: fs/changed; every release does",
    faults(FS_WATCH_ENDS_WITH_A_CHANGE),
    shared
)]
async fn changes_of_one_file_are_announced(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let path = file(cx, "watched", "before")?;
    watch(cx, "one", &path).await?;
    fs::write(&path, "written").or_inconclusive("writing a file")?;
    changed(cx, "one", &path, "the file that was written").await?;
    let aside = file(cx, "aside", "replaced")?;
    fs::rename(&aside, &path).or_inconclusive("replacing a file")?;
    changed(cx, "one", &path, "the file that was replaced").await
}

/// A server MUST reject `fs/watch` with the id of a watch that exists, and keep that watch.
#[check(
    v2(since = "0.120"),
    source = "every release does",
    faults(FS_WATCH_ID_SHARED, FS_WATCH_REPLACED),
    shared
)]
async fn an_id_is_used_once(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (first, second) = (directory(cx, "first")?, directory(cx, "second")?);
    watch(cx, "same", &first).await?;
    let again = json!({ "watchId": "same", "path": second });
    let reply = cx.peer.request("fs/watch", again).await?;
    reply.refusal("the answer to a second watch with the same id")?;
    let path = file(cx, "first/made", "x")?;
    changed(cx, "same", &path, "a file in the directory of the first watch").await
}

/// A server MUST NOT announce changes to a watch after it has answered its `fs/unwatch`.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/unwatch; every release does",
    faults(FS_UNWATCH_IGNORED),
    shared
)]
async fn nothing_is_announced_after_the_end(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let place = directory(cx, "watched")?;
    watch(cx, "ended", &place).await?;
    cx.peer.call("fs/unwatch", json!({ "watchId": "ended" })).await?;
    watch(cx, "other", &place).await?;
    let mark = cx.peer.mark();
    // The other watch sees two changes, so that a late announcement of the first had its time.
    for name in ["first", "second"] {
        let path = file(cx, &format!("watched/{name}"), "x")?;
        changed(cx, "other", &path, "a file that was created").await?;
    }
    let late = cx.peer.calls_since(mark).iter().filter(|call| is_of(call, "ended")).count();
    ensure_eq!(late, 0, "notifications to the watch that was ended");
    // The id is free again.
    watch(cx, "ended", &place).await
}

/// A server MUST announce a change to each of two watches of one directory, under its own id.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/watch: watchId; every release does",
    faults(FS_ONE_WATCH_HEARS),
    shared
)]
async fn each_watch_hears(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let place = directory(cx, "watched")?;
    watch(cx, "left", &place).await?;
    watch(cx, "right", &place).await?;
    let path = file(cx, "watched/made", "x")?;
    changed(cx, "left", &path, "a file that was created").await?;
    changed(cx, "right", &path, "a file that was created").await
}

/// A server MUST accept `fs/unwatch` with an id that it does not know.
#[check(
    v2(since = "0.120"),
    source = "every release does",
    faults(FS_UNKNOWN_WATCH_REFUSED),
    shared
)]
async fn an_unknown_watch_may_be_ended(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let reply = cx.peer.request("fs/unwatch", json!({ "watchId": "never" })).await?;
    reply.granted("the answer to `fs/unwatch` with an unknown id")?;
    Ok(())
}

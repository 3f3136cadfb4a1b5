//! Removed files and directories.

use harness::{Context, Result, check};
use serde_json::json;

use super::{ensure_tree, file, kind, link, tree};
use crate::client::ContextExt;

/// A server MUST remove files and whole directories in `fs/remove` by default, and accept a path that
/// does not exist.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/remove: recursive and force default to true; every release does",
    faults(FS_REMOVES_EMPTY_DIRECTORIES_ONLY, FS_MISSING_IS_NOT_REMOVED),
    shared
)]
async fn everything_is_removed_by_default(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (file, tree) = (file(cx, "file", "x")?, tree(cx, "tree")?);
    let missing = cx.home.work().join("missing");
    for (path, what) in [(&file, "a file"), (&tree, "a directory"), (&missing, "a missing path")] {
        let reply = cx.peer.request("fs/remove", json!({ "path": path })).await?;
        reply.granted(format!("the answer to the removal of {what}"))?;
        kind(path, "nothing", "after the removal")?;
    }
    Ok(())
}

/// A server MUST reject `fs/remove` with `force: false` when the path does not exist.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/remove: force; every release does",
    faults(FS_FORCE_ALWAYS),
    shared
)]
async fn a_missing_path_is_rejected_without_force(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let path = cx.home.work().join("missing");
    let reply = cx.peer.request("fs/remove", json!({ "path": path, "force": false })).await?;
    reply.refusal("the answer to the removal of a missing path with `force: false`")?;
    Ok(())
}

/// A server MUST reject `fs/remove` of a directory that is not empty with `recursive: false`, and
/// remove nothing.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/remove: recursive; every release does",
    faults(FS_REMOVE_IS_ALWAYS_RECURSIVE, FS_REMOVE_EMPTIES_FIRST),
    shared
)]
async fn a_full_directory_stays_without_recursive(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let path = tree(cx, "tree")?;
    let params = json!({ "path": path, "recursive": false });
    let reply = cx.peer.request("fs/remove", params).await?;
    reply.refusal(
        "the answer to the removal of a directory that is not empty with `recursive: false`",
    )?;
    ensure_tree(&path, "the directory after the refused removal")
}

/// A server MUST remove a symbolic link in `fs/remove` and leave its target unchanged.
#[check(
    v2(since = "0.120"),
    source = "every release does",
    faults(FS_REMOVE_FOLLOWS_LINKS),
    shared
)]
async fn the_target_of_a_link_stays(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (file, tree) = (file(cx, "file", "x")?, tree(cx, "tree")?);
    let links = [link(cx, "to file", &file)?, link(cx, "to tree", &tree)?];
    for link in &links {
        let reply = cx.peer.request("fs/remove", json!({ "path": link })).await?;
        reply.granted("the answer to the removal of a link")?;
        kind(link, "nothing", "after the removal of a link")?;
    }
    kind(&file, "a file", "after the removal of a link to it")?;
    ensure_tree(&tree, "the directory after the removal of a link to it")
}

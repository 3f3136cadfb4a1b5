//! Copies of files, directories and links.

use std::fs;
use std::path::Path;

use harness::{Context, Fifo, OrInconclusive, Reply, Result, check, ensure_eq};
use serde_json::json;

use super::{ensure_tree, file, holds, kind, link, tree};
use crate::client::ContextExt;

/// Requests a copy.
async fn copy(cx: &mut Context, from: &Path, to: &Path, recursive: Option<bool>) -> Result<Reply> {
    let mut params = json!({ "sourcePath": from, "destinationPath": to });
    if let Some(recursive) = recursive {
        params["recursive"] = json!(recursive);
    }
    cx.peer.request("fs/copy", params).await
}

/// A server MUST copy a file byte for byte in `fs/copy`, also over an existing file.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/copy; every release does",
    faults(FS_COPY_KEEPS_WHAT_IS_THERE, FS_COPY_AS_TEXT),
    shared
)]
async fn a_file_is_copied_over_another(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let content: Vec<u8> = (0..=255).collect();
    let from = file(cx, "from", &content)?;
    let fresh = cx.home.work().join("fresh");
    let full = file(cx, "full", "there before ".repeat(50))?;
    for (to, what) in [(&fresh, "the new copy"), (&full, "the file that was there before")] {
        copy(cx, &from, to, None).await?.granted("the answer to a copy of a file")?;
        holds(to, &content, what)?;
    }
    holds(&from, &content, "the source after the copy")
}

/// A server MUST reject `fs/copy` of a directory without `recursive: true`, and copy nothing.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/copy: recursive; every release does",
    faults(FS_COPIES_DIRECTORIES_UNASKED),
    shared
)]
async fn a_directory_is_not_copied_unasked(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let from = tree(cx, "from")?;
    let to = cx.home.work().join("to");
    for recursive in [None, Some(false)] {
        let reply = copy(cx, &from, &to, recursive).await?;
        reply.refusal("the answer to a copy of a directory without `recursive: true`")?;
        kind(&to, "nothing", "after the refused copy")?;
    }
    Ok(())
}

/// A server MUST copy a directory with all that is in it in `fs/copy` with `recursive: true`.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/copy: recursive; every release does",
    faults(FS_COPY_OF_ONE_LEVEL, FS_COPY_MOVES),
    shared
)]
async fn a_directory_is_copied_whole(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let from = tree(cx, "from")?;
    let to = cx.home.work().join("to");
    copy(cx, &from, &to, Some(true)).await?.granted("the answer to a copy of a directory")?;
    ensure_tree(&to, "the copy of the directory")?;
    ensure_tree(&from, "the directory after it was copied")
}

/// A server MUST reject `fs/copy` of a directory into itself.
#[check(v2(since = "0.120"), source = "every release does", faults(FS_COPY_INTO_ITSELF), shared)]
async fn a_directory_is_not_copied_into_itself(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let from = tree(cx, "from")?;
    for to in [from.join("copy"), from.join("inner/copy")] {
        let reply = copy(cx, &from, &to, Some(true)).await?;
        reply.refusal("the answer to a copy of a directory into itself")?;
        kind(&to, "nothing", "after the refused copy")?;
    }
    Ok(())
}

/// A server MUST copy a symbolic link as a link in `fs/copy`.
#[check(v2(since = "0.120"), source = "every release does", faults(FS_COPY_FOLLOWS_LINKS), shared)]
async fn a_link_is_copied_as_a_link(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let target = file(cx, "target", "x")?;
    let from = link(cx, "from", &target)?;
    let to = cx.home.work().join("to");
    copy(cx, &from, &to, None).await?.granted("the answer to a copy of a link")?;
    kind(&to, "a link", "after the copy of a link")?;
    let leads = fs::read_link(&to).or_inconclusive("reading a link")?;
    ensure_eq!(leads, target, "where the copy of the link leads");
    Ok(())
}

/// A server MUST reject `fs/copy` of a named pipe.
#[check(v2(since = "0.120"), source = "every release does", faults(FS_COPY_OF_A_PIPE), shared)]
async fn a_named_pipe_is_not_copied(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let pipe = Fifo::new(cx.home.work().join("pipe"))?;
    let to = cx.home.work().join("to");
    let reply = copy(cx, pipe.path(), &to, None).await?;
    reply.refusal("the answer to a copy of a named pipe")?;
    kind(&to, "nothing", "after the refused copy")
}

//! Directories: created, listed. Metadata of files and directories.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, SystemTime};

use harness::{Context, Failure, OrInconclusive, Result, check, ensure_eq, ensure_includes, show};
use serde_json::{Value, json};

use super::{directory, file, kind, link, tree};
use crate::client::ContextExt;
use crate::rows::Rows;

/// A server MUST create a directory with all its parents in `fs/createDirectory`, and accept one that
/// exists.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/createDirectory: recursive defaults to true; every release does",
    faults(FS_ONE_LEVEL_IS_MADE, FS_EXISTING_DIRECTORY_REFUSED),
    shared
)]
async fn a_directory_is_made_with_its_parents(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let path = cx.home.work().join("a/b/c");
    for recursive in [None, Some(true)] {
        let params = json!({ "path": path, "recursive": recursive });
        cx.peer.call("fs/createDirectory", params).await?;
        kind(&path, "a directory", "after `fs/createDirectory`")?;
    }
    Ok(())
}

/// A server MUST reject `fs/createDirectory` with `recursive: false` when the parent is missing or
/// the directory exists.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/createDirectory: recursive; every release does",
    faults(FS_ALWAYS_WITH_PARENTS),
    shared
)]
async fn parents_are_not_made_unasked(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (orphan, there) = (cx.home.work().join("none/child"), directory(cx, "there")?);
    for (path, what) in [(&orphan, "without a parent"), (&there, "that exists")] {
        let params = json!({ "path": path, "recursive": false });
        let reply = cx.peer.request("fs/createDirectory", params).await?;
        reply.refusal(format!("the answer to `recursive: false` for a directory {what}"))?;
    }
    kind(&cx.home.work().join("none"), "nothing", "after the refused request")?;
    let single = cx.home.work().join("single");
    let params = json!({ "path": single, "recursive": false });
    cx.peer.call("fs/createDirectory", params).await?;
    kind(&single, "a directory", "after `fs/createDirectory` with `recursive: false`")
}

/// The entries in a result of `fs/readDirectory`, by name: whether each is a directory, a file.
fn entries(result: &Value) -> Result<BTreeMap<String, [bool; 2]>> {
    let what = "the member `entries` in the result of `fs/readDirectory`";
    let mismatch = || Failure::mismatch(what, "named entries, each once", show(result));
    let list = result["entries"].as_array().ok_or_else(mismatch)?;
    let mut found = BTreeMap::new();
    for entry in list {
        let name = entry["fileName"].as_str().ok_or_else(mismatch)?;
        let kinds = [entry["isDirectory"] == true, entry["isFile"] == true];
        if found.insert(name.to_owned(), kinds).is_some() {
            return Err(mismatch());
        }
    }
    Ok(found)
}

/// A server MUST list each entry of a directory once in `fs/readDirectory`, hidden ones too, and report
/// which are files and which are directories.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/readDirectory: direct children; every release does",
    faults(FS_HIDDEN_UNLISTED, FS_LISTS_WHAT_IS_BELOW, FS_DIRECTORIES_ARE_FILES),
    shared
)]
async fn a_listing_has_each_entry_once(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let path = tree(cx, "tree")?;
    let result = cx.peer.call("fs/readDirectory", json!({ "path": path })).await?;
    let expected = [("file", [false, true]), (".hidden", [false, true]), ("inner", [true, false])];
    let expected: BTreeMap<_, _> =
        expected.into_iter().map(|(name, kinds)| (name.to_owned(), kinds)).collect();
    ensure_eq!(entries(&result)?, expected, "the entries: [is a directory, is a file]");
    let empty = directory(cx, "tree/inner/empty")?;
    let result = cx.peer.call("fs/readDirectory", json!({ "path": empty })).await?;
    ensure_eq!(entries(&result)?.len(), 0, "the number of entries of an empty directory");
    Ok(())
}

/// A server MUST list the other entries of a directory in which a symbolic link leads nowhere.
#[check(
    v2(
        since = "0.120",
        fixed_in("0.147", "a link that leads nowhere makes `fs/readDirectory` fail")
    ),
    source = "app-server README, fs/readDirectory: direct children",
    faults(FS_DANGLING_LINK_FAILS),
    shared
)]
async fn a_dangling_link_hides_no_other_entry(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let path = tree(cx, "tree")?;
    link(cx, "tree/dangling", &path.join("nowhere"))?;
    let result = cx.peer.call("fs/readDirectory", json!({ "path": path })).await?;
    let mut found = entries(&result)?;
    found.remove("dangling");
    let names: Vec<_> = found.into_keys().collect();
    ensure_eq!(names, [".hidden", "file", "inner"], "the entries beside the link");
    Ok(())
}

/// A server MUST report in `fs/getMetadata` whether a path leads to a file or a directory, also
/// through a symbolic link.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/getMetadata; every release does",
    faults(FS_DIRECTORY_IS_A_FILE, FS_LINK_IS_NEITHER),
    shared
)]
async fn metadata_has_the_kind(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (file, place) = (file(cx, "file", "x")?, directory(cx, "place")?);
    let to_file = link(cx, "to file", &file)?;
    let to_place = link(cx, "to place", &place)?;
    let mut rows = Rows::default();
    for (row, path, is_file) in [
        ("a file", &file, true),
        ("a directory", &place, false),
        ("a link to a file", &to_file, true),
        ("a link to a directory", &to_place, false),
    ] {
        let result = cx.peer.call("fs/getMetadata", json!({ "path": path })).await?;
        let expected = json!({ "isFile": is_file, "isDirectory": !is_file });
        let judged = || {
            ensure_includes!(result, expected, "the metadata");
            Ok(())
        };
        rows.judge(row, judged())?;
    }
    rows.end()
}

/// A server MUST report in `fs/getMetadata` whether the path itself is a symbolic link.
#[check(
    v2(since = "0.147"),
    source = "app-server README, fs/getMetadata: isSymlink; every release does",
    faults(FS_LINK_UNMARKED),
    shared
)]
async fn metadata_marks_links(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let file = file(cx, "file", "x")?;
    let link = link(cx, "link", &file)?;
    for (path, expected) in [(&file, false), (&link, true)] {
        let result = cx.peer.call("fs/getMetadata", json!({ "path": path })).await?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        ensure_eq!(result["isSymlink"], expected, "`isSymlink` of a {name}");
    }
    Ok(())
}

/// A server MUST report the time of a file's last change in `fs/getMetadata`, in milliseconds since
/// 1970.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/getMetadata: modifiedAtMs; every release does",
    faults(FS_TIMES_IN_SECONDS, FS_TIME_OF_THE_REQUEST),
    shared
)]
async fn metadata_has_the_time_of_the_change(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let path = file(cx, "file", "x")?;
    let changed = 1_700_000_000_123;
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(changed);
    let opened = fs::File::options().write(true).open(&path).or_inconclusive("opening a file")?;
    opened.set_modified(time).or_inconclusive("setting the time of a file")?;
    let result = cx.peer.call("fs/getMetadata", json!({ "path": path })).await?;
    ensure_eq!(result["modifiedAtMs"], changed, "the time of the last change");
    Ok(())
}

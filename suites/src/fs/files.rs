//! The content of files, read and written byte for byte.

use std::fs;

use harness::{Context, OrInconclusive, Result, check};
use serde_json::json;

use super::{directory, file, holds, kind, link, read, same, write};
use crate::client::ContextExt;
use crate::rows::Rows;

/// Contents that a careless server changes.
fn contents() -> [(&'static str, Vec<u8>); 5] {
    [
        ("an empty file", Vec::new()),
        ("every byte", (0..=255).collect()),
        ("line ends of every kind", b"a\r\nb\rc\n\0\n\n".to_vec()),
        ("bytes that are not UTF-8", b"\xef\xbb\xbf\xff\xfe\xc3(".to_vec()),
        ("3 MB", (0..=250).cycle().take(3_000_000).collect()),
    ]
}

/// A server MUST return the content of a file byte for byte in `fs/readFile`.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/readFile: dataBase64; every release does",
    faults(FS_READ_AS_TEXT, FS_READ_CUT),
    shared
)]
async fn reads_every_byte(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for (row, content) in contents() {
        let path = file(cx, "file", &content)?;
        let observed = read(cx, &path).await;
        rows.judge(row, observed.and_then(|bytes| same(&bytes, &content, "the bytes read")))?;
    }
    rows.end()
}

/// A server MUST write exactly the bytes of `dataBase64` in `fs/writeFile`, whether the file exists
/// or not.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/writeFile: dataBase64; every release does",
    faults(FS_WRITE_AS_TEXT, FS_WRITE_APPENDS, FS_WRITE_KEEPS_THE_REST, FS_EMPTY_UNWRITTEN),
    shared
)]
async fn writes_every_byte(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for (number, (row, content)) in contents().into_iter().enumerate() {
        let fresh = cx.home.work().join(format!("fresh {number}"));
        let full = file(cx, "full", "what was there before ".repeat(20))?;
        for (state, path) in [("a new file", fresh), ("an existing file", full)] {
            let written = write(cx, &path, &content).await;
            let what = format!("the content of {state} after the write");
            rows.judge(
                format!("{row}, {state}"),
                written.and_then(|()| holds(&path, &content, &what)),
            )?;
        }
    }
    rows.end()
}

/// A server MUST reject `fs/writeFile` into a directory that does not exist, and not create it.
#[check(
    v2(since = "0.120"),
    source = "every release does",
    faults(FS_WRITE_MAKES_DIRECTORIES),
    shared
)]
async fn a_write_makes_no_directory(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let place = cx.home.work().join("missing");
    let params = json!({ "path": place.join("deep/file"), "dataBase64": "eA==" });
    let reply = cx.peer.request("fs/writeFile", params).await?;
    reply.refusal("the answer to a write into a directory that does not exist")?;
    kind(&place, "nothing", "after the refused write")
}

/// A server MUST leave a file unchanged when the `dataBase64` of a write is not valid base64.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/writeFile: dataBase64; every release does",
    faults(FS_INVALID_BASE64_WRITTEN, FS_WRITE_EMPTIES_FIRST),
    shared
)]
async fn invalid_base64_changes_nothing(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for text in ["!!!", "not base64", "aGk", "aGk=aGk=", "aGk=\u{e9}"] {
        let path = file(cx, "file", "as before")?;
        let params = json!({ "path": path, "dataBase64": text });
        let reply = cx.peer.request("fs/writeFile", params).await?;
        let refused = reply.refusal("the answer to a write without valid base64");
        let kept = || holds(&path, b"as before", "the file after the refused write");
        rows.judge(format!("{text:?}"), refused.and_then(|_| kept()))?;
    }
    rows.end()
}

/// A server MUST follow a symbolic link in `fs/readFile` and `fs/writeFile`, and keep the link.
#[check(
    v2(since = "0.120"),
    source = "every release does",
    faults(FS_WRITE_REPLACES_LINKS, FS_LINKS_UNREADABLE),
    shared
)]
async fn links_are_followed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let target = file(cx, "target", "at first")?;
    let link = link(cx, "link", &target)?;
    same(&read(cx, &link).await?, b"at first", "the bytes read through a link")?;
    write(cx, &link, b"then").await?;
    kind(&link, "a link", "after a write through a link")?;
    holds(&target, b"then", "the target of the link after a write through it")
}

/// A server MUST read and write files with any name.
#[check(
    v2(since = "0.120"),
    source = "a path is a text; every release does",
    faults(FS_NAMES_TRIMMED, FS_NAMES_DECODED),
    shared
)]
async fn any_name_is_served(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    let names = ["a b", " outer ", "%20", "na\u{ef}ve \u{65e5}\u{672c}", "a\nb", "\"q\" $x *", "~"];
    for name in names {
        let place = directory(cx, "names")?;
        let path = place.join(name);
        let written = write(cx, &path, name.as_bytes()).await;
        let held = || holds(&path, name.as_bytes(), "the file after the write");
        rows.judge(format!("write of {name:?}"), written.and_then(|()| held()))?;
        fs::write(&path, name).or_inconclusive("writing a file")?;
        let observed = read(cx, &path).await;
        rows.judge(
            format!("read of {name:?}"),
            observed.and_then(|bytes| same(&bytes, name.as_bytes(), "the bytes read")),
        )?;
    }
    rows.end()
}

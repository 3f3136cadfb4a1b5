//! Requests that no server can carry out.

use std::path::Path;

use harness::{Context, Result, check};
use serde_json::{Value, json};

use super::{directory, file, kind, link};
use crate::client::{ContextExt, ensure_unreadable};
use crate::rows::Rows;

/// Every request about a path, with the path in it.
fn requests(path: &Path, other: &Path) -> [(&'static str, Value); 9] {
    [
        ("fs/readFile", json!({ "path": path })),
        ("fs/writeFile", json!({ "path": path, "dataBase64": "eA==" })),
        ("fs/createDirectory", json!({ "path": path })),
        ("fs/getMetadata", json!({ "path": path })),
        ("fs/readDirectory", json!({ "path": path })),
        ("fs/remove", json!({ "path": path })),
        ("fs/copy", json!({ "sourcePath": path, "destinationPath": other })),
        ("fs/copy", json!({ "sourcePath": other, "destinationPath": path })),
        ("fs/watch", json!({ "watchId": "relative", "path": path })),
    ]
}

/// A server MUST reject a relative path in every request about files.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs: absolute paths; every release does",
    faults(FS_RELATIVE_PATHS_TAKEN)
)]
async fn relative_paths_are_rejected(cx: &mut Context) -> Result {
    let other = file(cx, "other", "x")?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for path in ["relative", "./relative", "../relative", ""] {
        for (method, params) in requests(Path::new(path), &other) {
            let row = format!("{method} {params}");
            let reply = cx.peer.request(method, params).await?;
            rows.judge(row, ensure_unreadable(&reply, "the answer to a relative path"))?;
        }
    }
    rows.end()?;
    kind(&cx.home.work().join("relative"), "nothing", "after the refused requests")
}

/// A server MUST answer a request about files that fails with an error.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs; every release does",
    faults(FS_MISSING_IS_EMPTY, FS_FAILURES_ARE_ANSWERED, FS_DIRECTORY_OVER_A_FILE),
    shared
)]
async fn failures_are_errors(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (file, place) = (file(cx, "file", "x")?, directory(cx, "place")?);
    let missing = cx.home.work().join("missing");
    let dangling = link(cx, "dangling", &missing)?;
    let copy = cx.home.work().join("copy");
    let mut rows = Rows::default();
    for (row, method, params) in [
        ("a missing file", "fs/readFile", json!({ "path": missing })),
        ("a link that leads nowhere", "fs/readFile", json!({ "path": dangling })),
        ("a directory", "fs/readFile", json!({ "path": place })),
        ("a directory", "fs/writeFile", json!({ "path": place, "dataBase64": "eA==" })),
        ("below a file", "fs/writeFile", json!({ "path": file.join("x"), "dataBase64": "eA==" })),
        ("a file", "fs/createDirectory", json!({ "path": file })),
        ("below a file", "fs/createDirectory", json!({ "path": file.join("x") })),
        ("a missing file", "fs/getMetadata", json!({ "path": missing })),
        ("a link that leads nowhere", "fs/getMetadata", json!({ "path": dangling })),
        ("a missing directory", "fs/readDirectory", json!({ "path": missing })),
        ("a file", "fs/readDirectory", json!({ "path": file })),
        ("a missing file", "fs/copy", json!({ "sourcePath": missing, "destinationPath": copy })),
    ] {
        let reply = cx.peer.request(method, params).await?;
        let refused = reply.refusal(format!("the answer to `{method}` of {row}"));
        rows.judge(format!("{method} of {row}"), refused.map(|_| ()))?;
    }
    rows.end()
}

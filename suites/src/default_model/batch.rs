//! `config/batchWrite`: all edits or none.

use harness::{Context, Result, check, ensure, ensure_eq, ensure_includes};
use serde_json::{Value, json};

use super::config_toml::{says, table, text, untouched};
use super::layers::version;
use super::refusal::refused_as;
use super::{EFFORT, MODEL, replace};
use crate::client::ContextExt;

/// A server MUST apply every edit of a batch.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: batch_write",
    faults(BATCH_LAST_EDIT_ONLY, WRITE_PATH_UNTOLD)
)]
async fn all_edits_are_made(cx: &mut Context) -> Result {
    let mut expected = table(cx)?;
    cx.client().initialize().await?;
    let edits = [
        replace(MODEL, "proctor-next"),
        replace(EFFORT, "low"),
        replace("sandbox_workspace_write.network_access", true),
        replace("approval_policy", Value::Null),
    ];
    let answer = cx.peer.call("config/batchWrite", json!({ "edits": edits })).await?;
    let there = json!({ "status": "ok", "filePath": cx.home.join("config.toml") });
    ensure_includes!(answer, there, "the answer to a batch");
    expected[MODEL] = json!("proctor-next");
    expected[EFFORT] = json!("low");
    expected["sandbox_workspace_write"] = json!({ "network_access": true });
    if let Some(table) = expected.as_object_mut() {
        table.shift_remove("approval_policy");
    }
    says(cx, &expected, "when it was written")?;
    ensure_eq!(
        cx.client().saved_default_model().await?,
        ["proctor-next", "low"],
        "saved model and effort"
    );
    Ok(())
}

/// A server MUST reject a whole batch, without changing the file, when one edit at any position is
/// invalid.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: batch_write is atomic",
    faults(BAD_VALUES_WRITTEN, BATCH_NOT_ATOMIC, BATCH_SKIPS_BAD_EDITS, ERROR_CODE_UNTOLD)
)]
async fn one_bad_edit_stops_all(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let before = text(cx)?;
    let good = [replace(MODEL, "proctor-next"), replace(EFFORT, "low")];
    for bad in [replace("approval_policy", "sometimes"), replace("", "x")] {
        for at in 0..=good.len() {
            let mut edits = good.to_vec();
            edits.insert(at, bad.clone());
            let reply = cx.peer.request("config/batchWrite", json!({ "edits": edits })).await?;
            refused_as(&reply, "configValidationError", "a batch with a bad edit")?;
            untouched(cx, &before, &format!("a batch whose edit {} is bad: {bad}", at + 1))?;
        }
    }
    let thread = cx.client().start_thread().await?;
    ensure_eq!(thread.result[MODEL], "mock-model", "model of the next conversation");
    Ok(())
}

/// A server MUST reject a batch whose `expectedVersion` is not the file's current version, without
/// changing the file.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: version_conflict",
    faults(BATCH_VERSION_UNCHECKED, CONFLICT_WRITTEN, ONE_VERSION, VERSION_UNCHECKED)
)]
async fn a_stale_version_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let stale = version(cx).await?;
    cx.peer.call("config/value/write", replace(MODEL, "proctor-first")).await?;
    let before = text(cx)?;
    let params = json!({ "edits": [replace(MODEL, "proctor-next")], "expectedVersion": stale });
    let reply = cx.peer.request("config/batchWrite", params).await?;
    refused_as(&reply, "configVersionConflict", "a stale version")?;
    untouched(cx, &before, "the refusal")
}

/// A server MUST accept a batch whose `expectedVersion` is the file's current version.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: batch_write",
    faults(EVERY_VERSION_CONFLICTS)
)]
async fn the_current_version_is_accepted(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let current = version(cx).await?;
    let params = json!({ "edits": [replace(MODEL, "proctor-next")], "expectedVersion": current });
    cx.peer.call("config/batchWrite", params).await?;
    ensure_eq!(table(cx)?[MODEL], "proctor-next", "model in config.toml");
    Ok(())
}

/// A server MUST reject a batch whose `filePath` is not the user's `config.toml`, without writing
/// to either file.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: configLayerReadonly",
    faults(FILE_PATH_IGNORED, OTHER_FILE_CREATED)
)]
async fn another_file_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let before = text(cx)?;
    let other = cx.home.join("other.toml");
    let params = json!({ "edits": [replace(MODEL, "proctor-next")], "filePath": other });
    let reply = cx.peer.request("config/batchWrite", params).await?;
    refused_as(&reply, "configLayerReadonly", "another `filePath`")?;
    ensure!(!other.exists(), "the other file, which was named", "no file", "it was created");
    untouched(cx, &before, "the refusal")
}

/// A server MUST treat a batch without edits as a valid write that changes nothing.
#[check(v2(since = "0.66"), source = "every release does", faults(EMPTY_BATCH_REFUSED))]
async fn an_empty_batch_changes_nothing(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (before, current) = (text(cx)?, version(cx).await?);
    let answer = cx.peer.call("config/batchWrite", json!({ "edits": [] })).await?;
    ensure_eq!(answer["version"], current, "version after a batch without edits");
    untouched(cx, &before, "a batch without edits")
}

//! Writes that are refused: with a code that a client can act on, and without a trace in the file.

use harness::{Context, Reply, Result, check, code, ensure, ensure_eq};
use serde_json::{Value, json};

use super::config_toml::{table, text, untouched};
use super::layers::version;
use super::{EFFORT, MODEL, replace};
use crate::client::{ContextExt, ensure_unreadable};
use crate::template::configure;

/// Fails unless the reply is a refusal with this `config_write_error_code`.
pub(super) fn refused_as(reply: &Reply, expected: &str, what: &str) -> Result {
    let error = reply.refused(code::INVALID_REQUEST, format_args!("answer to {what}"))?;
    let data = error.data.unwrap_or_default();
    ensure_eq!(
        data["config_write_error_code"],
        expected,
        "`data.config_write_error_code` of the error for {what}"
    );
    Ok(())
}

/// A server MUST reject a value that is invalid for its key with `configValidationError`, without
/// changing the file.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: configValidationError",
    faults(BAD_VALUES_WRITTEN, ERROR_CODE_UNTOLD)
)]
async fn an_invalid_value_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let before = text(cx)?;
    for (key_path, value) in [
        (MODEL, json!(5)),
        (MODEL, json!(["proctor-next"])),
        ("approval_policy", json!("sometimes")),
        ("sandbox_mode", json!(true)),
        (EFFORT, json!(5)),
    ] {
        let reply = cx.peer.request("config/value/write", replace(key_path, value.clone())).await?;
        let what = format!("`{key_path}` = {value}");
        refused_as(&reply, "configValidationError", &what)?;
        untouched(cx, &before, &format!("the refusal of {what}"))?;
    }
    Ok(())
}

/// A server MUST reject an empty `keyPath` with `configValidationError`, without changing the file.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: configValidationError; every release does",
    faults(EMPTY_PATH_ACCEPTED, ERROR_CODE_UNTOLD)
)]
async fn an_empty_path_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let before = text(cx)?;
    let reply = cx.peer.request("config/value/write", replace("", "x")).await?;
    refused_as(&reply, "configValidationError", "an empty `keyPath`")?;
    untouched(cx, &before, "the refusal")
}

/// A server MUST reject a write with an unknown or missing `mergeStrategy`, without changing the
/// file.
#[check(
    v2(since = "0.66"),
    source = "app-server protocol, MergeStrategy; every release does",
    faults(UNKNOWN_STRATEGY_REPLACES)
)]
async fn an_unknown_strategy_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let before = text(cx)?;
    for params in [
        json!({ "keyPath": MODEL, "value": "x", "mergeStrategy": "overwrite" }),
        json!({ "keyPath": MODEL, "value": "x" }),
    ] {
        let reply = cx.peer.request("config/value/write", params.clone()).await?;
        ensure_unreadable(&reply, format_args!("error for {params}"))?;
        untouched(cx, &before, "the refusal")?;
    }
    Ok(())
}

/// A server MUST reject a `filePath` other than the user's `config.toml` with
/// `configLayerReadonly`, without writing to either file.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: configLayerReadonly",
    faults(ERROR_CODE_UNTOLD, FILE_PATH_IGNORED, OTHER_FILE_CREATED)
)]
async fn another_file_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let before = text(cx)?;
    for other in [cx.home.join("other.toml"), cx.home.work().join("config.toml")] {
        let mut params = replace(MODEL, "proctor-next");
        params["filePath"] = json!(other);
        let reply = cx.peer.request("config/value/write", params).await?;
        refused_as(&reply, "configLayerReadonly", "another `filePath`")?;
        untouched(cx, &before, "the refusal")?;
        let shown = other.display().to_string();
        ensure!(
            !other.exists(),
            "the file that was named",
            format!("no {shown}"),
            "it was created"
        );
    }
    Ok(())
}

/// A server MUST reject an `expectedVersion` that is not the file's current version with
/// `configVersionConflict`, without changing the file.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: version_conflict",
    faults(CONFIG_CACHED, CONFLICT_WRITTEN, ERROR_CODE_UNTOLD, ONE_VERSION, VERSION_UNCHECKED)
)]
async fn a_stale_version_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let stale = version(cx).await?;
    configure(cx, |config| config.model("proctor-by-hand"))?;
    let before = text(cx)?;
    for expected in [stale.as_str(), "sha256:0", ""] {
        let mut params = replace(MODEL, "proctor-next");
        params["expectedVersion"] = json!(expected);
        let reply = cx.peer.request("config/value/write", params).await?;
        refused_as(&reply, "configVersionConflict", &format!("the version {expected:?}"))?;
        untouched(cx, &before, "the refusal")?;
    }
    Ok(())
}

/// A server MUST accept a write whose `expectedVersion` is the file's current version.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: value_write",
    faults(EVERY_VERSION_CONFLICTS, VERSION_BEFORE_THE_WRITE)
)]
async fn the_current_version_is_accepted(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut expected = json!(version(cx).await?);
    for model in ["proctor-first", "proctor-second"] {
        let mut params = replace(MODEL, model);
        params["expectedVersion"] = expected;
        // The version that a write answers is good for the next one.
        expected = cx.peer.call("config/value/write", params).await?["version"].take();
        ensure_eq!(table(cx)?[MODEL], model, "model in config.toml");
    }
    Ok(())
}

/// A server MUST reject a `setDefaultModel` request with invalid parameters, without changing the
/// file.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    source = "app-server protocol, setDefaultModel; every release does",
    faults(BAD_EFFORT_CLEARS)
)]
async fn an_invalid_default_is_rejected(cx: &mut Context) -> Result {
    configure(cx, |config| config.reasoning_effort("high"))?;
    cx.client().initialize().await?;
    let before = text(cx)?;
    for params in [
        json!({ "model": 5, "reasoningEffort": "low" }),
        json!({ "model": "proctor-next", "reasoningEffort": "bogus" }),
        json!({ "model": "proctor-next", "reasoningEffort": 5 }),
        Value::Null,
    ] {
        let reply = cx.peer.request("setDefaultModel", params.clone()).await?;
        ensure_unreadable(&reply, format_args!("error for {params}"))?;
        untouched(cx, &before, &format!("the refusal of {params}"))?;
    }
    Ok(())
}

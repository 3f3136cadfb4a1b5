//! The default model: how it is set, where it is written, and what it changes.

mod batch;
mod broken;
pub(crate) mod config_toml;
mod edit;
mod effect;
mod file;
mod layers;
mod models;
mod others;
mod overrides;
mod profile;
mod read;
mod refusal;

use harness::{Context, Dialect, Result, check, ensure_eq};
use serde_json::{Value, json};

use self::config_toml::{table, written};
use crate::client::ContextExt;
use crate::template::configure;

/// The key of the default model.
const MODEL: &str = "model";
/// The key of its reasoning effort.
const EFFORT: &str = "model_reasoning_effort";

/// One edit that replaces what a key holds; `null` takes the key away.
fn replace(key_path: &str, value: impl Into<Value>) -> Value {
    json!({ "keyPath": key_path, "value": value.into(), "mergeStrategy": "replace" })
}

/// A server MUST write the default model and its reasoning effort to `config.toml`.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, set_default_model, config_rpc",
    faults(EFFORT_NOT_SET, NEVER_SAVED, NEW_KEYS_LAST)
)]
async fn is_written(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    ensure_eq!(written(cx)?, ["proctor-next", "low"], "model and effort in config.toml");
    cx.client().set_default_model("proctor-later", "high").await?;
    ensure_eq!(written(cx)?, ["proctor-later", "high"], "model and effort when set once more");
    Ok(())
}

/// A server MUST remove the effort from `config.toml` when the effort is set to null.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, set_default_model",
    faults(NULL_EMPTIES, NULL_IGNORED, NULL_NOT_SAVED)
)]
async fn null_clears_the_effort(cx: &mut Context) -> Result {
    configure(cx, |config| config.reasoning_effort("high"))?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", Value::Null).await?;
    ensure_eq!(
        written(cx)?,
        [json!("proctor-next"), Value::Null],
        "model and effort in config.toml"
    );
    Ok(())
}

/// A server MUST remove the model from `config.toml` when the model is set to null, even if the
/// same request sets an effort.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server protocol, setDefaultModel; every release does",
    faults(NULL_EMPTIES, NULL_IGNORED)
)]
async fn null_clears_the_model(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().set_default_model(Value::Null, "low").await?;
    ensure_eq!(written(cx)?, [Value::Null, json!("low")], "model and effort in config.toml");
    Ok(())
}

/// A server MUST NOT write a reasoning effort when a request sets only a model.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, set_default_model, config_rpc",
    faults(EFFORT_MADE_UP)
)]
async fn a_model_alone_brings_no_effort(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    if cx.dialect() == Dialect::V1 {
        cx.peer.call("setDefaultModel", json!({ MODEL: "proctor-next" })).await?;
    } else {
        cx.peer.call("config/value/write", replace(MODEL, "proctor-next")).await?;
    }
    ensure_eq!(
        written(cx)?,
        [json!("proctor-next"), Value::Null],
        "model and effort in config.toml"
    );
    Ok(())
}

/// A server MUST change only the one key, model or effort, that a `config/value/write` request
/// names.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: value_write",
    faults(NEVER_SAVED, NEW_MODEL_CLEARS_EFFORT, NULL_IGNORED)
)]
async fn one_edit_changes_one_key(cx: &mut Context) -> Result {
    configure(cx, |config| config.reasoning_effort("high"))?;
    cx.client().initialize().await?;
    cx.peer.call("config/value/write", replace(MODEL, "proctor-next")).await?;
    ensure_eq!(written(cx)?, ["proctor-next", "high"], "model and effort when the model was set");
    cx.peer.call("config/value/write", replace(EFFORT, "low")).await?;
    ensure_eq!(written(cx)?, ["proctor-next", "low"], "model and effort when the effort was set");
    cx.peer.call("config/value/write", replace(EFFORT, Value::Null)).await?;
    let cleared = [json!("proctor-next"), Value::Null];
    ensure_eq!(written(cx)?, cleared, "model and effort when the effort was cleared");
    Ok(())
}

/// A server SHOULD treat a member that is missing from `setDefaultModel` as null.
#[check(
    v1,
    source = "app-server protocol, setDefaultModel: nullable members; every release does",
    faults(MISSING_MEMBER_KEPT, NULL_IGNORED)
)]
async fn a_missing_member_clears_its_key(cx: &mut Context) -> Result {
    configure(cx, |config| config.reasoning_effort("high"))?;
    cx.client().initialize().await?;
    cx.peer.call("setDefaultModel", json!({ MODEL: "proctor-next" })).await?;
    ensure_eq!(
        written(cx)?,
        [json!("proctor-next"), Value::Null],
        "model and effort in config.toml"
    );
    Ok(())
}

/// A server MUST apply every one of several writes that are sent at once, in the order in which
/// they were sent.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Config: writes are serialized",
    faults(WRITES_DEBOUNCED)
)]
async fn writes_at_once_are_all_made(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (mut tickets, mut added) = (Vec::new(), 0);
    for number in 0..20 {
        let effort = if number % 2 == 0 { "low" } else { "high" };
        let model = format!("proctor-{number}");
        let protocol = cx.protocol();
        let mut params = (protocol.set_default_model_params)(json!(model), json!(effort));
        if let Some(edits) = params.get_mut("edits").and_then(Value::as_array_mut) {
            edits.push(replace(&format!("shell_environment_policy.set.NUMBER_{number}"), "set"));
            added += 1;
        }
        tickets.push(cx.peer.send(protocol.set_default_model, params).await?);
    }
    for ticket in &tickets {
        cx.peer.answer(ticket).await?.result()?;
    }
    ensure_eq!(written(cx)?, ["proctor-19", "high"], "model and effort of the last write");
    let kept = table(cx)?["shell_environment_policy"]["set"].as_object().map_or(0, |set| set.len());
    ensure_eq!(kept, added, "keys in config.toml that each write added one of");
    Ok(())
}

/// A server MUST keep the default model, and the absence of a cleared effort, across a restart.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, set_default_model: the file is what counts",
    faults(NEVER_SAVED, NULL_IGNORED, NULL_NOT_SAVED)
)]
async fn survives_a_restart(cx: &mut Context) -> Result {
    configure(cx, |config| config.reasoning_effort("high"))?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", Value::Null).await?;
    cx.restart().await;
    cx.client().initialize().await?;
    let next = [json!("proctor-next"), Value::Null];
    ensure_eq!(
        cx.client().saved_default_model().await?,
        next,
        "saved model and effort after a restart"
    );
    ensure_eq!(written(cx)?, next, "model and effort in config.toml after a restart");
    let thread = cx.client().start_thread().await?;
    ensure_eq!(thread.result[MODEL], "proctor-next", "model of a conversation after a restart");
    Ok(())
}

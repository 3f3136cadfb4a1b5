//! The default model: how it is set, where it is written, and what it changes.

mod batch;
mod broken;
mod config_toml;
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

use harness::ensure::show;
use harness::failure::Result;
use harness::message::Reply;
use harness::{Context, Dialect, check, ensure, ensure_eq};
use serde_json::{Value, json};

use self::config_toml::{table, written};
use crate::template::configure;
use crate::words::greet;

/// The key of the default model.
const MODEL: &str = "model";
/// The key of its reasoning effort.
const EFFORT: &str = "model_reasoning_effort";

/// One edit that replaces what a key holds; `null` takes the key away.
fn replace(key_path: &str, value: impl Into<Value>) -> Value {
    json!({ "keyPath": key_path, "value": value.into(), "mergeStrategy": "replace" })
}

/// Asks to set the default model and its effort; `null` clears.
async fn try_set(
    cx: &mut Context,
    model: impl Into<Value>,
    effort: impl Into<Value>,
) -> Result<Reply> {
    let (model, effort) = (model.into(), effort.into());
    if cx.dialect() == Dialect::V1 {
        let params = json!({ "model": model, "reasoningEffort": effort });
        return cx.peer.request("setDefaultModel", params).await;
    }
    let edits = json!({ "edits": [replace(MODEL, model), replace(EFFORT, effort)] });
    cx.peer.request("config/batchWrite", edits).await
}

/// Sets the default model and its effort.
async fn set(cx: &mut Context, model: impl Into<Value>, effort: impl Into<Value>) -> Result {
    try_set(cx, model, effort).await?.result().map(|_| ())
}

/// Asks for the configuration that is saved.
async fn try_saved(cx: &mut Context) -> Result<Reply> {
    match cx.dialect() {
        Dialect::V1 => cx.peer.request("getUserSavedConfig", Value::Null).await,
        _ => cx.peer.request("config/read", json!({})).await,
    }
}

/// The default model and its effort as the server tells them; what is not set is `null`.
async fn saved(cx: &mut Context) -> Result<[Value; 2]> {
    let reply = try_saved(cx).await?;
    let config = &reply.result()?["config"];
    ensure!(
        config.is_object(),
        "the saved configuration",
        "an object as `config`",
        show(reply.result()?)
    );
    let effort = if cx.dialect() == Dialect::V1 { "modelReasoningEffort" } else { EFFORT };
    Ok([config[MODEL].clone(), config[effort].clone()])
}

/// A server MUST write the default model and its reasoning effort to `config.toml`.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, set_default_model, config_rpc",
    faults(EFFORT_NOT_SET, NEVER_SAVED, NEW_KEYS_LAST)
)]
async fn is_written(cx: &mut Context) -> Result {
    greet(cx).await?;
    set(cx, "proctor-next", "low").await?;
    ensure_eq!(written(cx)?, ["proctor-next", "low"], "model and effort in config.toml");
    set(cx, "proctor-later", "high").await?;
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
    greet(cx).await?;
    set(cx, "proctor-next", Value::Null).await?;
    ensure_eq!(
        written(cx)?,
        [json!("proctor-next"), Value::Null],
        "model and effort in config.toml"
    );
    Ok(())
}

/// A server MUST remove the model from `config.toml` when the model is set to null, even if the same request sets an
/// effort.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server protocol, setDefaultModel; every release does",
    faults(NULL_EMPTIES, NULL_IGNORED)
)]
async fn null_clears_the_model(cx: &mut Context) -> Result {
    greet(cx).await?;
    set(cx, Value::Null, "low").await?;
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
    greet(cx).await?;
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

/// A server MUST change only the one key, model or effort, that a `config/value/write` request names.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: value_write",
    faults(NEVER_SAVED, NEW_MODEL_CLEARS_EFFORT, NULL_IGNORED)
)]
async fn one_edit_changes_one_key(cx: &mut Context) -> Result {
    configure(cx, |config| config.reasoning_effort("high"))?;
    greet(cx).await?;
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
    greet(cx).await?;
    cx.peer.call("setDefaultModel", json!({ MODEL: "proctor-next" })).await?;
    ensure_eq!(
        written(cx)?,
        [json!("proctor-next"), Value::Null],
        "model and effort in config.toml"
    );
    Ok(())
}

/// A server MUST apply every one of several writes that are sent at once, in the order in which they were sent.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Config: writes are serialized",
    faults(WRITES_DEBOUNCED)
)]
async fn writes_at_once_are_all_made(cx: &mut Context) -> Result {
    greet(cx).await?;
    let mut tickets = Vec::new();
    for number in 0..20 {
        let effort = if number % 2 == 0 { "low" } else { "high" };
        let model = format!("proctor-{number}");
        let (method, params) = if cx.dialect() == Dialect::V1 {
            ("setDefaultModel", json!({ MODEL: model, "reasoningEffort": effort }))
        } else {
            let own = format!("shell_environment_policy.set.NUMBER_{number}");
            let edits = [replace(MODEL, model), replace(EFFORT, effort), replace(&own, "set")];
            ("config/batchWrite", json!({ "edits": edits }))
        };
        tickets.push(cx.peer.send(method, params).await?);
    }
    for ticket in &tickets {
        cx.peer.answer(ticket).await?.result()?;
    }
    ensure_eq!(written(cx)?, ["proctor-19", "high"], "model and effort of the last write");
    if cx.dialect() != Dialect::V1 {
        let kept =
            table(cx)?["shell_environment_policy"]["set"].as_object().map_or(0, |set| set.len());
        ensure_eq!(kept, tickets.len(), "keys in config.toml that each write added one of");
    }
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
    greet(cx).await?;
    set(cx, "proctor-next", Value::Null).await?;
    cx.restart().await;
    greet(cx).await?;
    let next = [json!("proctor-next"), Value::Null];
    ensure_eq!(saved(cx).await?, next, "saved model and effort after a restart");
    ensure_eq!(written(cx)?, next, "model and effort in config.toml after a restart");
    let thread = crate::words::start(cx).await?;
    ensure_eq!(thread.result[MODEL], "proctor-next", "model of a conversation after a restart");
    Ok(())
}

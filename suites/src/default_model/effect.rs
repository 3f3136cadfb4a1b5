//! What the default model changes: the conversations that are started afterwards, and no other.

use harness::{Context, Failure, Result, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use super::config_toml::{table, written};
use super::{EFFORT, MODEL};
use crate::client::{ContextExt, Start, Thread};
use crate::template::configure;

/// Runs a turn and returns the body of the request that the model got for it.
async fn asked(cx: &mut Context, thread: &Thread) -> Result<Value> {
    let before = cx.model.requests().len();
    cx.model.script([says("done")]);
    cx.client().turn(thread, "hello").await?;
    let requests = cx.model.requests();
    let request = requests.get(before).ok_or_else(|| {
        Failure::mismatch("requests to the model service for a turn", "at least one", "none")
    })?;
    Ok(request.body().clone())
}

fn with_model(model: &str) -> Start {
    Start { model: Some(model.to_owned()), ..Default::default() }
}

/// A server MUST start the next conversation with the new default model and effort.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, newConversation, thread/start: defaults",
    faults(DEFAULTS_FROM_THE_START)
)]
async fn the_next_conversation_has_it(cx: &mut Context) -> Result {
    let before = cx.client().start().await?;
    ensure_eq!(
        before.result[MODEL],
        "mock-model",
        "model of a conversation before the default changed"
    );
    cx.client().set_default_model("proctor-next", "low").await?;
    let after = cx.client().start_thread().await?;
    ensure_eq!(after.result[MODEL], "proctor-next", "model of the next conversation");
    ensure_eq!(after.result["reasoningEffort"], "low", "effort of the next conversation");
    Ok(())
}

/// A server MUST name the new default model in the next conversation's requests to the model
/// service.
#[check(
    v1,
    v2(since = "0.66"),
    source = "Responses API, model; every release does",
    faults(DEFAULTS_FROM_THE_START)
)]
async fn the_next_request_names_it(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", Value::Null).await?;
    let thread = cx.client().start_thread().await?;
    let body = asked(cx, &thread).await?;
    ensure_eq!(body[MODEL], "proctor-next", "`model` in the request to the model service");
    Ok(())
}

/// A server MUST send the new default effort in the next conversation's requests to the model
/// service, if the model supports reasoning.
#[check(
    v1,
    v2(since = "0.66"),
    source = "Responses API, reasoning.effort; every release does",
    faults(EFFORT_NOT_ASKED_FOR)
)]
async fn the_next_request_has_the_effort(cx: &mut Context) -> Result {
    configure(cx, |config| config.set("model_supports_reasoning_summaries", true))?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "high").await?;
    let thread = cx.client().start_thread().await?;
    let body = asked(cx, &thread).await?;
    ensure_eq!(
        body["reasoning"]["effort"],
        "high",
        "`reasoning.effort` in the request to the model service"
    );
    Ok(())
}

/// A server MUST NOT use a cleared effort in the next conversation.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, set_default_model; every release does",
    faults(CLEARED_EFFORT_STICKS, NULL_IGNORED)
)]
async fn a_cleared_effort_is_not_asked_for(cx: &mut Context) -> Result {
    configure(cx, |config| {
        config.reasoning_effort("high").set("model_supports_reasoning_summaries", true)
    })?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", Value::Null).await?;
    let thread = cx.client().start_thread().await?;
    let effort = &thread.result["reasoningEffort"];
    ensure!(
        effort != "high",
        "effort of the next conversation",
        "not the one that was cleared",
        effort.to_string()
    );
    let effort = asked(cx, &thread).await?["reasoning"]["effort"].take();
    ensure!(
        effort != "high",
        "`reasoning.effort` in the request to the model service",
        "not the one that was cleared",
        effort.to_string()
    );
    Ok(())
}

/// A server MUST use the model that a conversation is started with instead of the default model.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, newConversation, thread/start: overrides",
    faults(MODEL_OVERRIDE_IGNORED)
)]
async fn an_override_wins(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = cx.client().start_with(with_model("proctor-override")).await?;
    ensure_eq!(thread.result[MODEL], "proctor-override", "model of the conversation");
    let body = asked(cx, &thread).await?;
    ensure_eq!(body[MODEL], "proctor-override", "`model` in the request to the model service");
    Ok(())
}

/// A server MUST NOT save the model that a conversation is started with as the default model.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, newConversation, thread/start: overrides",
    faults(OVERRIDE_SAVED)
)]
async fn an_override_is_not_saved(cx: &mut Context) -> Result {
    configure(cx, |config| config.reasoning_effort("high"))?;
    cx.client().initialize().await?;
    let overridden = cx.client().start_with(with_model("proctor-override")).await?;
    asked(cx, &overridden).await?;
    ensure_eq!(written(cx)?, ["mock-model", "high"], "model and effort in config.toml");
    let next = cx.client().start_thread().await?;
    ensure_eq!(next.result[MODEL], "mock-model", "model of the next conversation");
    Ok(())
}

/// A server MUST keep using the model of an open conversation when the default model changes.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Threads: settings persist; every release does",
    faults(DEFAULT_TAKEN_AT_ONCE)
)]
async fn an_open_conversation_keeps_its_model(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let first = asked(cx, &thread).await?;
    ensure_eq!(first[MODEL], "mock-model", "`model` in the first request");
    cx.client().set_default_model("proctor-next", "low").await?;
    let second = asked(cx, &thread).await?;
    ensure_eq!(second[MODEL], "mock-model", "`model` in the request after the default changed");
    Ok(())
}

/// A server MUST start the next conversation with the model that the user wrote to `config.toml` by
/// hand.
#[check(
    v1,
    v2(since = "0.66"),
    source = "configuration: config.toml is the user's; every release does",
    faults(CONFIG_CACHED, DEFAULTS_FROM_THE_START)
)]
async fn an_edit_by_hand_counts(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().start_thread().await?;
    configure(cx, |config| config.model("proctor-by-hand").reasoning_effort("low"))?;
    let thread = cx.client().start_thread().await?;
    ensure_eq!(thread.result[MODEL], "proctor-by-hand", "model of the next conversation");
    Ok(())
}

/// A server MUST keep edits that the user made to `config.toml` by hand when it writes a new
/// default model.
#[check(
    v1,
    v2(since = "0.66"),
    source = "configuration: config.toml is the user's; every release does",
    faults(CONFIG_CACHED)
)]
async fn an_edit_by_hand_is_kept(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-first", "low").await?;
    configure(cx, |config| config.raw("\n# By hand.\n[proctor.by_hand]\nkey = 1\n"))?;
    cx.client().set_default_model("proctor-second", "high").await?;
    let table = table(cx)?;
    ensure_eq!(
        table["proctor"]["by_hand"],
        json!({ "key": 1 }),
        "the values written into config.toml by hand, after a later write"
    );
    ensure_eq!(table[MODEL], "proctor-second", "model in config.toml");
    ensure_eq!(table[EFFORT], "high", "effort in config.toml");
    Ok(())
}

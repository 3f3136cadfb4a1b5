//! The saved configuration, as the server reads it back.

use std::fs;

use harness::{
    Context, Dialect, OrInconclusive, Result, check, ensure, ensure_eq, ensure_includes,
};
use serde_json::{Value, json};

use crate::client::ContextExt;
use crate::template::configure;

/// A server MUST return the default model and effort that were last set.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, config, config_rpc",
    faults(NULL_IGNORED, SAVED_EFFORT_UNTOLD)
)]
async fn what_was_set_reads_back(cx: &mut Context) -> Result {
    configure(cx, |config| config.reasoning_effort("high"))?;
    cx.client().initialize().await?;
    ensure_eq!(
        cx.client().saved_default_model().await?,
        ["mock-model", "high"],
        "saved model and effort"
    );
    cx.client().set_default_model("proctor-next", "low").await?;
    ensure_eq!(
        cx.client().saved_default_model().await?,
        ["proctor-next", "low"],
        "saved model and effort when set"
    );
    cx.client().set_default_model("proctor-next", Value::Null).await?;
    let cleared = [json!("proctor-next"), Value::Null];
    ensure_eq!(
        cx.client().saved_default_model().await?,
        cleared,
        "saved model and effort when the effort was cleared"
    );
    Ok(())
}

/// A server MUST treat a missing `config.toml` as empty, without creating it on a read.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, config: empty home",
    faults(MISSING_CONFIG_REFUSED, READING_CREATES_THE_FILE)
)]
async fn a_missing_file_reads_as_empty(cx: &mut Context) -> Result {
    fs::remove_file(cx.home.join("config.toml")).or_inconclusive("removing config.toml")?;
    cx.client().initialize().await?;
    ensure_eq!(
        cx.client().saved_default_model().await?,
        [Value::Null, Value::Null],
        "saved model and effort"
    );
    let there = cx.home.join("config.toml").exists();
    ensure!(!there, "config.toml after it was read, which was not there", "no file", "a file");
    Ok(())
}

/// A server MUST return every saved key that the protocol defines, with its value.
#[check(
    v1(since = "0.53"),
    v2(since = "0.66"),
    source = "app-server tests, config: all keys; config_rpc: read_effective",
    faults(SAVED_EFFORT_UNTOLD, SAVED_SANDBOX_UNTOLD)
)]
async fn every_key_is_returned(cx: &mut Context) -> Result {
    configure(cx, |config| {
        config
            .reasoning_effort("high")
            .approval_policy("on-request")
            .sandbox("workspace-write")
            .set("model_reasoning_summary", "detailed")
            .set("model_verbosity", "low")
            .set("forced_login_method", "chatgpt")
            .set("forced_chatgpt_workspace_id", "12345678-0000-0000-0000-000000000000")
            .set("sandbox_workspace_write.network_access", true)
            .set("sandbox_workspace_write.exclude_slash_tmp", true)
    })?;
    cx.client().initialize().await?;
    let config = cx.client().request_config().await?.into_result()?["config"].take();
    let expected = if cx.dialect() == Dialect::V1 {
        json!({
            "model": "mock-model",
            "modelReasoningEffort": "high",
            "modelReasoningSummary": "detailed",
            "modelVerbosity": "low",
            "approvalPolicy": "on-request",
            "sandboxMode": "workspace-write",
            "sandboxSettings": { "networkAccess": true, "excludeSlashTmp": true },
            "forcedLoginMethod": "chatgpt",
            "forcedChatgptWorkspaceId": "12345678-0000-0000-0000-000000000000",
        })
    } else {
        json!({
            "model": "mock-model",
            "model_provider": "mock",
            "model_reasoning_effort": "high",
            "model_reasoning_summary": "detailed",
            "model_verbosity": "low",
            "approval_policy": "on-request",
            "sandbox_mode": "workspace-write",
            "sandbox_workspace_write": { "network_access": true, "exclude_slash_tmp": true },
            "forced_login_method": "chatgpt",
        })
    };
    ensure_includes!(config, expected, "the saved configuration");
    Ok(())
}

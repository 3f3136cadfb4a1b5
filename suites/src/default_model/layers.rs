//! Where a value comes from: origins, layers and versions of the configuration.

use std::fs;

use harness::{
    Context, OrInconclusive, Result, check, ensure, ensure_eq, ensure_includes, show, text_at,
};
use serde_json::{Value, json};

use super::{MODEL, replace};
use crate::client::ContextExt;
use crate::template::configure;

/// The result of `config/read`.
async fn read(cx: &mut Context, params: Value) -> Result<Value> {
    cx.peer.call("config/read", params).await
}

/// The version of the user's file, as the origin of the model names it.
pub(super) async fn version(cx: &mut Context) -> Result<String> {
    let result = read(cx, json!({})).await?;
    text_at(&result, "/origins/model/version", "result of `config/read`").map(str::to_owned)
}

/// A server MUST return an origin with the file and its version for every key that `config.toml`
/// sets, but for no unset key.
#[check(
    v2(since = "0.90"),
    source = "app-server tests, config_rpc: origins",
    faults(ORIGIN_WITHOUT_A_FILE, ORIGINS_NOT_NESTED)
)]
async fn origins_name_the_file(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let result = read(cx, json!({})).await?;
    let user = json!({ "type": "user", "file": cx.home.join("config.toml") });
    for key in [MODEL, "sandbox_mode", "model_providers.mock.name"] {
        let origin = &result["origins"][key];
        ensure_includes!(origin["name"], user, "the name of the origin of `{key}`");
        ensure!(
            origin["version"].as_str().is_some_and(|version| !version.is_empty()),
            format!("the version of the origin of `{key}`"),
            "a text",
            show(origin)
        );
    }
    let unset = &result["origins"]["model_reasoning_effort"];
    ensure_eq!(*unset, Value::Null, "origin of a key that is not set");
    Ok(())
}

/// A server MUST return the configuration layers, each with its content and version, when
/// `includeLayers` is true.
#[check(
    v2(since = "0.90"),
    source = "app-server tests, config_rpc: includeLayers",
    faults(LAYERS_UNTOLD)
)]
async fn layers_are_returned_on_request(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let result = read(cx, json!({ "includeLayers": true })).await?;
    let layers = result["layers"].as_array().cloned().unwrap_or_default();
    let user = layers.iter().find(|layer| layer["name"]["type"] == "user");
    ensure!(
        user.is_some(),
        "the layers in the answer to `config/read`",
        "one of type `user`",
        show(&result["layers"])
    );
    let user = user.cloned().unwrap_or_default();
    ensure_includes!(
        user["config"],
        json!({ MODEL: "mock-model" }),
        "the content of the user's layer"
    );
    ensure_eq!(
        user["version"],
        result["origins"][MODEL]["version"],
        "the version of the user's layer"
    );
    Ok(())
}

/// A server MUST omit `layers` from the result of `config/read` when the request does not ask for
/// them.
#[check(
    v2(since = "0.66"),
    source = "app-server protocol, ConfigReadResponse: layers",
    faults(LAYERS_ALWAYS_TOLD)
)]
async fn layers_are_omitted_by_default(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let result = read(cx, json!({})).await?;
    ensure_eq!(
        result["layers"],
        Value::Null,
        "`layers` in the answer to `config/read`, which did not ask for them"
    );
    Ok(())
}

/// A server MUST return the same version from a write as from the next `config/read`.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: value_write",
    faults(VERSION_BEFORE_THE_WRITE)
)]
async fn the_version_of_a_write_reads_back(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let answer = cx.peer.call("config/value/write", replace(MODEL, "proctor-next")).await?;
    ensure_eq!(version(cx).await?, answer["version"], "version after `config/value/write`");
    let edits = json!({ "edits": [replace(MODEL, "proctor-later")] });
    let answer = cx.peer.call("config/batchWrite", edits).await?;
    ensure_eq!(version(cx).await?, answer["version"], "version after `config/batchWrite`");
    Ok(())
}

/// A server MUST change the version whenever the content of `config.toml` changes.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: version_conflict",
    faults(CONFIG_CACHED, ONE_VERSION)
)]
async fn the_version_changes_with_the_content(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let before = version(cx).await?;
    cx.peer.call("config/value/write", replace(MODEL, "proctor-next")).await?;
    let after = version(cx).await?;
    ensure!(before != after, "the version after a write", format!("not {before}"), after);
    configure(cx, |config| config.model("proctor-by-hand"))?;
    let by_hand = version(cx).await?;
    ensure!(after != by_hand, "the version after an edit by hand", format!("not {after}"), by_hand);
    Ok(())
}

/// A server MUST answer a write with the status `ok`, the path of the file and a null
/// `overriddenMetadata`.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, config_rpc: value_write",
    faults(WRITE_PATH_UNTOLD)
)]
async fn a_write_returns_the_file_path(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let answer = cx.peer.call("config/value/write", replace(MODEL, "proctor-next")).await?;
    let expected = json!({
        "status": "ok",
        "filePath": cx.home.join("config.toml"),
        "overriddenMetadata": null,
    });
    ensure_includes!(answer, expected, "the answer to a write");
    Ok(())
}

/// Gives the working directory a configuration of its own; `trust` is what the user's says about
/// it.
fn in_a_project(cx: &Context, trust: &str) -> Result {
    let folder = cx.home.work().join(".codex");
    fs::create_dir(&folder).or_inconclusive("making the folder of a project")?;
    fs::write(folder.join("config.toml"), "model = \"proctor-project\"\n")
        .or_inconclusive("writing the configuration of a project")?;
    let work = cx.home.work().display().to_string();
    configure(cx, |config| {
        config.raw(&format!("\n[projects.\"{work}\"]\ntrust_level = \"{trust}\"\n"))
    })
}

/// A server MUST return the values of a trusted project's `config.toml` instead of the user's, with
/// their origin, for that project only.
#[check(
    v2(since = "0.98"),
    source = "app-server tests, config_rpc: project layer; every release does",
    faults(PROJECT_CONFIG_IGNORED, PROJECT_ORIGIN_UNTOLD)
)]
async fn a_trusted_project_wins(cx: &mut Context) -> Result {
    in_a_project(cx, "trusted")?;
    cx.client().initialize().await?;
    let result = read(cx, json!({ "cwd": cx.home.work() })).await?;
    ensure_eq!(
        result["config"][MODEL],
        "proctor-project",
        "model in `config/read` for a directory of the project"
    );
    ensure_eq!(
        result["origins"][MODEL]["name"]["type"],
        "project",
        "type of the origin of `model`"
    );
    let provider = &result["origins"]["model_provider"]["name"]["type"];
    ensure_eq!(*provider, "user", "type of the origin of a value that the project does not set");
    let elsewhere = read(cx, json!({})).await?;
    ensure_eq!(elsewhere["config"][MODEL], "mock-model", "model outside the project");
    Ok(())
}

/// A server MUST start a conversation in a trusted project with the model of that project's
/// `config.toml`.
#[check(
    v2(since = "0.98"),
    source = "app-server tests, config_rpc: project layer; every release does",
    faults(PROJECT_CONFIG_IGNORED)
)]
async fn a_conversation_in_a_trusted_project_uses_its_model(cx: &mut Context) -> Result {
    in_a_project(cx, "trusted")?;
    let thread = cx.client().start().await?;
    ensure_eq!(thread.result[MODEL], "proctor-project", "model of a conversation in the project");
    Ok(())
}

/// A server MUST ignore the `config.toml` of a project that the user does not trust.
#[check(
    v2(since = "0.98"),
    source = "app-server tests, config_rpc: project layer; every release does",
    faults(UNTRUSTED_PROJECT_COUNTS)
)]
async fn an_untrusted_project_does_not_count(cx: &mut Context) -> Result {
    in_a_project(cx, "untrusted")?;
    cx.client().initialize().await?;
    let result = read(cx, json!({ "cwd": cx.home.work() })).await?;
    ensure_eq!(
        result["config"][MODEL],
        "mock-model",
        "model in `config/read` for a directory of the project"
    );
    ensure_eq!(result["origins"][MODEL]["name"]["type"], "user", "type of the origin of `model`");
    Ok(())
}

//! `config.toml` beyond the default model: its permissions, other kinds of values, and overrides.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use fixtures::Config;
use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::json;

use super::config_toml::table;
use crate::client::{ContextExt, Start};
use crate::template::configure;

/// A server MUST NOT widen the permissions of a private `config.toml` when it writes to the file.
#[check(
    v1,
    v2(since = "0.66"),
    source = "security: config.toml may hold tokens; every release does",
    faults(CONFIG_OPENED)
)]
async fn its_rights_are_not_widened(cx: &mut Context) -> Result {
    let path = cx.home.join("config.toml");
    fs::set_permissions(&path, Permissions::from_mode(0o600)).or_inconclusive("setting a mode")?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    let file = fs::metadata(&path).or_inconclusive("looking at config.toml")?;
    let mode = file.permissions().mode() & 0o7777;
    ensure!(mode == 0o600, "the mode of config.toml", "600", format!("{mode:o}"));
    Ok(())
}

/// A server MUST keep every kind of TOML value in `config.toml`, from dates to arrays of tables,
/// unchanged.
#[check(
    v1,
    v2(since = "0.66", fixed_in("0.90", "a write loses the comments and the order of the file")),
    source = "TOML 1.0; every release does",
    faults(DATES_BECOME_TEXTS, LISTS_OF_TABLES_DROPPED)
)]
async fn every_kind_of_value_stays(cx: &mut Context) -> Result {
    let others = "\n[proctor]\nat = 1979-05-27T07:32:00Z\nday = 1979-05-27\nhalf = 0.5\nbig = 9007199254740993\n\
                  hex = 0xdead_beef\nnone = []\nmixed = [ 1, 'two', { three = 3 } ]\nliteral = 'C:\\path'\n\n\
                  [[proctor.list]]\nname = \"one\"\n\n[[proctor.list]]\nname = \"two\"\n";
    configure(cx, |config: Config| config.raw(others))?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "low").await?;
    let text =
        fs::read_to_string(cx.home.join("config.toml")).or_inconclusive("reading config.toml")?;
    ensure!(text.contains(others), "config.toml", "to hold the table unchanged", text);
    ensure_eq!(table(cx)?["model"], "proctor-next", "model in config.toml");
    Ok(())
}

/// A server MUST use the `config` of a start request for the new conversation without saving it.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, thread/start: config; every release does",
    faults(REQUEST_CONFIGURATION_IGNORED)
)]
async fn a_configuration_may_come_with_the_request(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let before = table(cx)?;
    let start =
        Start { more: json!({ "config": { "model": "proctor-asked-for" } }), ..Start::default() };
    let thread = cx.client().start_with(start).await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    ensure_eq!(
        cx.asked(1).await?.model_name(),
        Some("proctor-asked-for"),
        "the model that is asked"
    );
    ensure_eq!(table(cx)?["model"], before["model"], "model in config.toml");
    Ok(())
}

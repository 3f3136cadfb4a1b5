//! Skills that the user switches off.

use std::fs;

use harness::{Context, OrInconclusive, Result, check, code, ensure_eq};
use serde_json::{Value, json};

use super::{find, listed, own};
use crate::client::ContextExt;
use crate::rows::Rows;

/// Switches a skill, which is named by these members.
async fn switch(cx: &mut Context, selector: Value, enabled: bool) -> Result {
    let mut params = json!({ "enabled": enabled });
    crate::client::add(&mut params, selector);
    let result = cx.peer.call("skills/config/write", params).await?;
    ensure_eq!(result["effectiveEnabled"], enabled, "`effectiveEnabled` in the answer");
    Ok(())
}

/// Fails unless the skill is listed as enabled or not.
async fn ensure_enabled(cx: &mut Context, expected: bool, when: &str) -> Result {
    let (skills, _) = listed(cx, false).await?;
    let found = find(&skills, "lighthouse", when)?;
    let word = |enabled: bool| if enabled { "enabled" } else { "disabled" };
    let observed = word(found["enabled"] != false);
    ensure_eq!(observed, word(expected), "the skill {when}");
    Ok(())
}

/// A server MUST list a skill as disabled after the client has disabled it, also after a restart.
#[check(
    v2(since = "0.98"),
    source = "app-server README, skills/config/write; every release does",
    faults(SKILL_STAYS_ENABLED, SKILL_SETTING_FORGOTTEN)
)]
async fn a_disabled_skill_is_listed_as_such(cx: &mut Context) -> Result {
    let path = own(cx, "lighthouse")?;
    cx.client().initialize().await?;
    ensure_enabled(cx, true, "at first").await?;
    switch(cx, json!({ "path": path }), false).await?;
    ensure_enabled(cx, false, "after it was disabled").await?;
    cx.restart().await;
    cx.client().initialize().await?;
    ensure_enabled(cx, false, "after a restart").await?;
    switch(cx, json!({ "path": path }), true).await?;
    ensure_enabled(cx, true, "after it was enabled again").await
}

/// A server MUST restore the configuration byte for byte when a skill that was disabled is enabled
/// again.
#[check(
    v2(since = "0.98"),
    source = "every release does",
    faults(SKILL_SETTING_LEFT_BEHIND, SKILL_SETTING_REWRITES_THE_FILE)
)]
async fn enabling_restores_the_configuration(cx: &mut Context) -> Result {
    let path = own(cx, "lighthouse")?;
    let file = cx.home.join("config.toml");
    let before = fs::read_to_string(&file).or_inconclusive("reading config.toml")?;
    let before = format!("# A comment of the user.\n{before}");
    fs::write(&file, &before).or_inconclusive("writing config.toml")?;
    cx.client().initialize().await?;
    switch(cx, json!({ "path": path }), false).await?;
    switch(cx, json!({ "path": path }), true).await?;
    let after = fs::read_to_string(&file).or_inconclusive("reading config.toml")?;
    ensure_eq!(after, before, "the configuration after the skill was disabled and enabled");
    Ok(())
}

/// A server MUST reject `skills/config/write` with neither a path nor a name, and with both.
#[check(
    v2(since = "0.120"),
    source = "app-server README, skills/config/write: path or name; every release does",
    faults(SKILL_SELECTORS_UNCHECKED)
)]
async fn a_skill_is_named_in_one_way(cx: &mut Context) -> Result {
    let path = own(cx, "lighthouse")?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    let both = json!({ "path": path, "name": "lighthouse", "enabled": false });
    for (row, params) in [("neither", json!({ "enabled": false })), ("both", both)] {
        let reply = cx.peer.request("skills/config/write", params).await?;
        let refused = reply.refused(code::INVALID_PARAMS, format!("the answer to {row}"));
        rows.judge(row, refused.map(|_| ()))?;
    }
    rows.end()?;
    ensure_enabled(cx, true, "after the refused requests").await
}

/// A server MUST disable a skill by its name.
#[check(
    v2(since = "0.120"),
    source = "app-server README, skills/config/write: name; every release does",
    faults(SKILL_NAMES_UNKNOWN)
)]
async fn a_skill_is_disabled_by_its_name(cx: &mut Context) -> Result {
    own(cx, "lighthouse")?;
    cx.client().initialize().await?;
    switch(cx, json!({ "name": "lighthouse" }), false).await?;
    ensure_enabled(cx, false, "after it was disabled by its name").await
}

//! The default model of a profile: `v1` sets it in the active profile only.

use harness::{Context, Result, check, ensure_eq};
use serde_json::{Value, json};

use super::config_toml::{says, table};
use super::{EFFORT, MODEL};
use crate::client::ContextExt;
use crate::template::configure;

/// Two profiles, the first in force.
fn two_profiles(cx: &Context) -> Result {
    configure(cx, |config| {
        config
            .reasoning_effort("medium")
            .active_profile("work")
            .profile("work", [(MODEL, "work-model"), ("proctor_unknown", "kept")])
            .profile("home", [(MODEL, "home-model"), (EFFORT, "minimal")])
    })
}

/// A server MUST set the default model in the active profile only.
#[check(
    v1,
    source = "app-server protocol, setDefaultModel: the active profile; every release does",
    faults(EFFORT_NOT_SET, EVERY_PROFILE_SET, PROFILE_AND_TOP, PROFILE_IGNORED)
)]
async fn only_the_active_one_changes(cx: &mut Context) -> Result {
    two_profiles(cx)?;
    let mut expected = table(cx)?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "high").await?;
    expected["profiles"]["work"][MODEL] = json!("proctor-next");
    expected["profiles"]["work"][EFFORT] = json!("high");
    says(cx, &expected, "when it was written")?;
    Ok(())
}

/// A server MUST clear the effort in the active profile only.
#[check(
    v1,
    source = "app-server protocol, setDefaultModel: the active profile; every release does",
    faults(NULL_EMPTIES_THE_TABLE, NULL_IGNORED, PROFILE_AND_TOP, PROFILE_IGNORED)
)]
async fn null_clears_the_effort_of_the_active_one(cx: &mut Context) -> Result {
    configure(cx, |config| {
        config
            .reasoning_effort("medium")
            .active_profile("work")
            .profile("work", [(MODEL, "work-model"), (EFFORT, "low")])
    })?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", Value::Null).await?;
    let table = table(cx)?;
    ensure_eq!(
        table["profiles"]["work"],
        json!({ MODEL: "proctor-next" }),
        "the profile in config.toml"
    );
    ensure_eq!(table[EFFORT], "medium", "the effort at the top of config.toml");
    Ok(())
}

/// A server MUST start the next conversation with the model and effort that were set in the active
/// profile.
#[check(
    v1,
    source = "configuration: profiles; every release does",
    faults(DEFAULTS_FROM_THE_START, PROFILE_IGNORED)
)]
async fn the_next_conversation_has_it(cx: &mut Context) -> Result {
    two_profiles(cx)?;
    cx.client().initialize().await?;
    cx.client().set_default_model("proctor-next", "high").await?;
    let thread = cx.client().start_thread().await?;
    ensure_eq!(thread.result[MODEL], "proctor-next", "model of the next conversation");
    ensure_eq!(thread.result["reasoningEffort"], "high", "effort of the next conversation");
    Ok(())
}

/// A server MUST set the default model in the active profile whatever characters the profile's name
/// contains.
#[check(v1, source = "TOML 1.0, Keys; every release does", faults(PROFILE_NAME_SPLIT))]
async fn names_are_quoted(cx: &mut Context) -> Result {
    for name in ["with space", "with.dot", "with-ünïcode"] {
        configure(cx, |config| {
            let config = config.set("profile", name);
            config.raw(&format!("\n[profiles.\"{name}\"]\nmodel = \"work-model\"\n"))
        })?;
        let mut expected = table(cx)?;
        cx.restart().await;
        cx.client().initialize().await?;
        cx.client().set_default_model("proctor-next", "high").await?;
        expected["profiles"][name] = json!({ MODEL: "proctor-next", EFFORT: "high" });
        says(cx, &expected, &format!("with the profile {name:?}"))?;
    }
    Ok(())
}

/// A server MUST return every profile and the name of the active one with the saved configuration.
#[check(v1, source = "app-server tests, config", faults(SAVED_IS_EFFECTIVE, SAVED_PROFILES_UNTOLD))]
async fn saved_profiles_are_returned(cx: &mut Context) -> Result {
    two_profiles(cx)?;
    cx.client().initialize().await?;
    let config = cx.peer.call("getUserSavedConfig", Value::Null).await?["config"].take();
    ensure_eq!(config["profile"], "work", "`profile` in the saved configuration");
    let profiles = &config["profiles"];
    ensure_eq!(profiles["work"][MODEL], "work-model", "model of one profile");
    ensure_eq!(profiles["home"][MODEL], "home-model", "model of the other profile");
    ensure_eq!(profiles["home"]["modelReasoningEffort"], "minimal", "effort of the other profile");
    ensure_eq!(config[MODEL], "mock-model", "model at the top, which the profile overrides");
    Ok(())
}

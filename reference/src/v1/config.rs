//! The user's configuration in the first dialect.

use serde_json::{Value, json};

use super::params::SetDefaultModel;
use crate::config::ConfigError;
use crate::config_edit::{self, Edit};
use crate::config_known::{Known, LoginMethod, Profile};
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;

fn unreadable(error: ConfigError) -> Refusal {
    Refusal::internal(format!("failed to load config.toml: {error}"))
}

/// What the file says, as opposed to what is in force.
pub(super) fn saved(server: &Server) -> Result<Value, Refusal> {
    let table = server.configs.file().map_err(unreadable)?;
    let mut known: Known = table.try_into().map_err(|error: toml::de::Error| {
        Refusal::internal(format!("failed to parse config.toml: {error}"))
    })?;
    if fault!(SAVED_IS_EFFECTIVE)
        && let Some(profile) = known.profile.as_ref().and_then(|name| known.profiles.get(name))
    {
        known.model = profile.model.clone().or(known.model);
    }
    if fault!(SAVED_PROFILES_UNTOLD) {
        known.profiles.clear();
    }
    if fault!(SAVED_EFFORT_UNTOLD) {
        known.model_reasoning_effort = None;
    }
    if fault!(SAVED_SANDBOX_UNTOLD) {
        known.sandbox_workspace_write = None;
    }
    let profiles: serde_json::Map<String, Value> =
        known.profiles.iter().map(|(name, settings)| (name.clone(), profile(settings))).collect();
    let sandbox = known.sandbox_workspace_write.as_ref().map(|settings| {
        json!({
            "writableRoots": settings.writable_roots,
            "networkAccess": settings.network_access,
            "excludeTmpdirEnvVar": settings.exclude_tmpdir_env_var,
            "excludeSlashTmp": settings.exclude_slash_tmp,
        })
    });
    let tools = known
        .tools
        .as_ref()
        .map(|tools| json!({ "webSearch": tools.web_search, "viewImage": tools.view_image }));
    Ok(json!({ "config": {
        "approvalPolicy": known.approval_policy,
        "sandboxMode": known.sandbox_mode,
        "sandboxSettings": sandbox,
        "forcedChatgptWorkspaceId": known.forced_chatgpt_workspace_id,
        "forcedLoginMethod": known.forced_login_method.map(LoginMethod::as_str),
        "model": known.model,
        "modelReasoningEffort": known.model_reasoning_effort,
        "modelReasoningSummary": known.model_reasoning_summary,
        "modelVerbosity": known.model_verbosity,
        "tools": tools,
        "profile": known.profile,
        "profiles": profiles,
    }}))
}

fn profile(settings: &Profile) -> Value {
    json!({
        "model": settings.model,
        "modelProvider": settings.model_provider,
        "approvalPolicy": settings.approval_policy,
        "modelReasoningEffort": settings.model_reasoning_effort,
        "modelReasoningSummary": settings.model_reasoning_summary,
        "modelVerbosity": settings.model_verbosity,
        "chatgptBaseUrl": settings.chatgpt_base_url,
    })
}

/// Sets both keys where they apply: at the top, or in the profile in force. A member that is
/// missing clears its key.
pub(super) fn set_default_model(
    server: &Server,
    params: SetDefaultModel,
) -> Result<Value, Refusal> {
    config_edit::prepare(&server.configs);
    let known = server.configs.known().map_err(unreadable)?;
    let effort = params.reasoning_effort.flatten().map(|effort| effort.as_str());
    let mut edits = Vec::new();
    for table in tables(&known) {
        let edit = |name: &str, value| {
            let path = table.iter().cloned().chain([name.to_owned()]).collect();
            Edit { path, value, merge: false }
        };
        edits.push(edit("model", json!(params.model)));
        if fault!(MISSING_MEMBER_KEPT) && params.reasoning_effort.is_none() {
            continue;
        }
        if !fault!(EFFORT_NOT_SET) {
            edits.push(edit("model_reasoning_effort", json!(effort)));
        }
    }
    config_edit::write(&server.configs, &edits)
        .map_err(|error| Refusal::internal(format!("failed to persist overrides: {error}")))?;
    Ok(json!({}))
}

/// The tables that hold the default model: the profile in force, or the top of the file.
fn tables(known: &Known) -> Vec<Vec<String>> {
    let Some(active) = &known.profile else { return vec![Vec::new()] };
    let table = |name: &str| vec!["profiles".to_owned(), name.to_owned()];
    if fault!(PROFILE_IGNORED) {
        return vec![Vec::new()];
    }
    if fault!(PROFILE_AND_TOP) {
        return vec![table(active), Vec::new()];
    }
    if fault!(EVERY_PROFILE_SET) {
        return known.profiles.keys().map(|name| table(name)).collect();
    }
    if fault!(PROFILE_NAME_SPLIT) {
        return vec![["profiles"].into_iter().chain(active.split('.')).map(Into::into).collect()];
    }
    vec![table(active)]
}

//! What clients ask for when they start, to fill their menus: the profiles of permissions, the skills, the
//! MCP servers, the features, the model providers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::config;
use super::params::Page;
use crate::config_known::{DEFAULT_PROVIDER, Provider};
use crate::cursor;
use crate::fault::fault;
use crate::hooks::{self, Hook};
use crate::message::Refusal;
use crate::server::Server;
use crate::servers;

/// The profiles that a server brings along, in their order.
const PROFILES: [&str; 3] = [":read-only", ":workspace", ":danger-full-access"];

/// The features that are not finished.
const FEATURES: [&str; 5] = ["annotations", "dictation", "drafts", "reminders", "snapshots"];

/// Parameters of `app/read`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppIds {
    app_ids: Vec<String>,
}

/// Parameters of `experimentalFeature/enablement/set`.
#[derive(Debug, Deserialize)]
pub(crate) struct Enablement {
    enablement: BTreeMap<String, bool>,
}

/// Parameters of `modelProvider/default/set`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Default {
    provider_id: String,
}

/// Parameters of `hooks/list`.
#[derive(Debug, Deserialize)]
pub(crate) struct Hooks {
    cwds: Option<Vec<String>>,
}

/// `permissionProfile/list`: a page of the profiles.
pub(super) fn profiles(params: &Page) -> Result<Value, Refusal> {
    let all = PROFILES
        .iter()
        .map(|id| json!({ "id": id, "description": null, "allowed": true }))
        .collect();
    page(all, params.cursor.as_ref(), params.limit)
}

/// `mcpServerStatus/list`: a page of the configured MCP servers.
pub(super) fn servers(server: &Server, params: &Page) -> Result<Value, Refusal> {
    page(servers::inventory(server, &server.cwd), params.cursor.as_ref(), params.limit)
}

/// `experimentalFeature/list`: a page of the features that are not finished.
pub(super) fn features(server: &Server, params: &Page) -> Result<Value, Refusal> {
    let all = FEATURES
        .iter()
        .map(|name| {
            json!({
                "name": name, "stage": "underDevelopment", "displayName": null, "description": null,
                "announcement": null, "enabled": is_enabled(server, name), "defaultEnabled": false,
            })
        })
        .collect();
    page(all, params.cursor.as_ref(), params.limit)
}

/// Whether a feature is switched on.
fn is_enabled(server: &Server, name: &str) -> bool {
    let switched = server.kept.features.borrow();
    switched.get(name).is_some_and(|on| *on && !fault!(FEATURE_STAYS_OFF))
}

/// `experimentalFeature/enablement/set`: those that are known.
pub(super) fn enable(server: &Server, params: Enablement) -> Value {
    let mut wanted = params.enablement;
    wanted.retain(|name, _| FEATURES.contains(&name.as_str()) || fault!(UNKNOWN_FEATURE_ENABLED));
    server.kept.features.borrow_mut().extend(wanted.clone());
    json!({ "enablement": wanted })
}

/// `app/read`: none of them is there.
pub(super) fn read_apps(params: AppIds) -> Value {
    let missing = if fault!(MISSING_APPS_UNTOLD) { Vec::new() } else { params.app_ids };
    json!({ "apps": [], "missingAppIds": missing })
}

/// `modelProvider/capabilities/read`: what the provider does by itself.
pub(super) fn capabilities() -> Value {
    let not = if fault!(CAPABILITIES_ARE_WORDS) { json!("no") } else { json!(false) };
    json!({ "namespaceTools": not, "imageGeneration": not, "webSearch": not })
}

/// `modelProvider/default/set`: one that is configured.
pub(super) fn set_default(server: &Server, params: Default) -> Result<Value, Refusal> {
    let id = params.provider_id;
    let known = server.configs.known().map_err(|error| Refusal::internal(error.to_string()))?;
    let is_known = known.model_providers.contains_key(&id) || id == DEFAULT_PROVIDER;
    if !is_known && !fault!(UNKNOWN_PROVIDER_IS_DEFAULT) {
        let data = json!({ "config_write_error_code": "configValidationError" });
        let message = format!("Model provider `{id}` is not configured.");
        return Err(Refusal::invalid(message).with_data(data));
    }
    config::write_one(server, "model_provider", json!(id))
}

/// `server/diagnostics`: of the process, and what is under way.
pub(super) fn diagnostics(server: &Server) -> Value {
    let process = if fault!(DIAGNOSTICS_OF_ANOTHER_PROCESS) { 1 } else { std::process::id() };
    let turns = server.threads().iter().filter(|thread| thread.active().is_some()).count();
    let gauge = |name: &str, value: usize| json!({ "name": name, "value": value });
    json!({
        "process": { "id": process, "residentMemoryBytes": null, "physicalFootprintBytes": null },
        "gauges": [
            gauge("core.threads.live", server.threads().len()),
            gauge("core.turns.active", turns),
        ],
    })
}

/// `rollout/compress`: there is nothing to gain, and nothing may be lost.
pub(super) fn compress(server: &Server) -> Value {
    if fault!(COMPRESSION_LOSES_TURNS) {
        for thread in server.threads() {
            thread.state_mut().turns.clear();
        }
    }
    json!({})
}

/// `app/list`: a page of the apps, of which there are none.
pub(super) fn apps(params: &Page) -> Result<Value, Refusal> {
    page(Vec::new(), params.cursor.as_ref(), params.limit)
}

/// `collaborationMode/list`: the ways in which a turn may go.
pub(super) fn modes() -> Value {
    let mode = |name: &str, mode: &str| json!({ "name": name, "mode": mode, "model": null, "reasoning_effort": null });
    json!({ "data": [mode("Plan", "plan"), mode("Default", "default")] })
}

/// `modelProvider/list`: the configured providers, and the one that is always there.
pub(super) fn providers(server: &Server) -> Result<Value, Refusal> {
    let known = server.configs.known().map_err(|error| Refusal::internal(error.to_string()))?;
    let hidden = fault!(PROVIDER_UNLISTED);
    let mut all = known.model_providers;
    all.entry(DEFAULT_PROVIDER.to_owned()).or_insert_with(Provider::openai);
    let default = server.configs.default_provider();
    let default = default.filter(|_| !fault!(DEFAULT_PROVIDER_IS_ANOTHER));
    let default = default.unwrap_or_else(|| DEFAULT_PROVIDER.to_owned());
    let shown = |(id, provider): (&String, &Provider)| {
        json!({ "id": id, "name": id, "canEdit": false, "baseUrl": provider.base_url,
            "settings": { "type": "customGateway", "auth": { "mode": "none" } } })
    };
    let data: Vec<Value> =
        all.iter().filter(|(id, _)| !hidden || **id != default).map(shown).collect();
    Ok(json!({ "data": data, "defaultProviderId": default, "canChangeDefault": false }))
}

/// `configRequirements/read`: what an administrator demands, which is nothing.
pub(super) fn requirements() -> Value {
    let made_up = fault!(REQUIREMENTS_MADE_UP);
    json!({ "requirements": made_up.then(|| json!({ "allowedApprovalPolicies": ["never"] })) })
}

/// `hooks/list`: those of the home, in each directory.
pub(super) fn hooks(server: &Server, params: &Hooks) -> Value {
    let (hooks, warning) = match hooks::all(server) {
        Ok(all) => (all, None),
        Err(warning) => (Vec::new(), Some(warning).filter(|_| !fault!(BROKEN_HOOKS_UNSAID))),
    };
    let hooks = hooks.iter().filter(|_| !fault!(HOOKS_UNLISTED));
    let hooks: Vec<Value> = hooks.map(Hook::shown).collect();
    let warnings: Vec<String> = warning.into_iter().collect();
    let shown = |cwd| json!({ "cwd": cwd, "hooks": hooks, "warnings": warnings, "errors": [] });
    let data: Vec<Value> = directories(server, params.cwds.as_ref()).iter().map(shown).collect();
    json!({ "data": data })
}

/// The directories that a request is about: the server's own if it names none.
pub(super) fn directories(server: &Server, named: Option<&Vec<String>>) -> Vec<String> {
    let own = || vec![server.cwd.to_string_lossy().into_owned()];
    named.filter(|cwds| !cwds.is_empty()).cloned().unwrap_or_else(own)
}

/// A page of a list, its cursor being a position.
pub(super) fn page(
    mut all: Vec<Value>,
    cursor: Option<&String>,
    limit: Option<u32>,
) -> Result<Value, Refusal> {
    if fault!(INVENTORY_NAMED_TWICE) {
        all.extend(all.first().cloned());
    }
    let mut from = match cursor {
        None => 0,
        Some(cursor) => match cursor.parse::<usize>().ok().filter(|at| *at <= all.len()) {
            Some(at) => at.saturating_sub(usize::from(fault!(SERVER_PAGES_REPEAT))),
            None if fault!(INVENTORY_CURSOR_UNCHECKED) => 0,
            None => return Err(Refusal::invalid(format!("invalid cursor: {cursor}"))),
        },
    };
    if fault!(INVENTORY_PAGES_OVERLAP) {
        from = from.saturating_sub(1);
    }
    let limit = limit.filter(|_| !fault!(INVENTORY_LIMIT_IGNORED));
    let limit = limit.map_or(all.len(), |limit| limit.max(1) as usize);
    let to = all.len().min(from.saturating_add(limit));
    let skipped = usize::from(fault!(INVENTORY_PAGES_SKIP));
    let next = (to < all.len()).then(|| (to + skipped).to_string());
    let data: Vec<Value> = all.into_iter().skip(from).take(to - from).collect();
    Ok(json!({ "data": data, "nextCursor": cursor::shown(next) }))
}

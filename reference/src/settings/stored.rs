//! A stored conversation goes on as it was, unless the request that opens it says otherwise.

use serde_json::json;

use super::{Overrides, Sandbox, SandboxMode};
use crate::faults::settings::{self as faults, Opening};
use crate::replay::Replay;
use crate::server::Server;

/// The wishes of a request, completed by the settings with which the conversation last ran.
pub(crate) fn as_it_was(
    server: &Server,
    mut wishes: Overrides,
    replay: &Replay,
    opening: Opening,
) -> Overrides {
    faults::lose(&mut wishes, opening);
    keep_model(&mut wishes, replay);
    keep_provider(server, &mut wishes, replay);
    let head = &replay.summary.head;
    let ran = replay.announced.as_ref().filter(|_| !faults::forgets_permissions());
    match opening {
        Opening::Resume => wishes.thread_source.clone_from(&head.thread_source),
        Opening::Fork if faults::forgets_source() => wishes.thread_source = None,
        Opening::Fork => {}
    }
    let cwd = ran.map_or(&head.cwd, |before| &before.cwd);
    wishes.cwd.get_or_insert_with(|| cwd.clone());
    if let Some(before) = ran {
        wishes.approval.get_or_insert(before.approval);
        if let (None, Some(mode)) = (wishes.sandbox, mode(&before.sandbox))
            && !wishes.config.contains_key("sandbox_mode")
        {
            wishes.sandbox = Some(mode);
        }
    }
    if let Some(tier) = replay.tier.as_ref().filter(|_| !faults::forgets_tier())
        && !wishes.config.contains_key("service_tier")
    {
        wishes.tier.get_or_insert_with(|| tier.clone());
    }
    let stored = head.base_instructions.as_ref().and_then(|stored| stored["text"].as_str());
    if let Some(stored) = stored.filter(|_| !faults::forgets_instructions()) {
        wishes.base_instructions.get_or_insert_with(|| stored.to_owned());
    }
    wishes
}

/// Model and effort belong together: a request that names one of them names both.
fn keep_model(wishes: &mut Overrides, replay: &Replay) {
    let named = ["model", "model_reasoning_effort"];
    let is_named = wishes.model.is_some()
        || wishes.provider.is_some()
        || named.iter().any(|key| wishes.config.contains_key(*key));
    if let (false, Some(before)) = (is_named, &replay.announced) {
        wishes.model = Some(before.model.clone());
        if let Some(effort) = replay.effort.as_ref().filter(|_| !faults::forgets_effort()) {
            wishes.config.insert("model_reasoning_effort".to_owned(), json!(effort));
        }
    }
    if let Some(summary) = &replay.reasoning_summary {
        let key = "model_reasoning_summary".to_owned();
        wishes.config.entry(key).or_insert_with(|| json!(summary));
    }
}

/// The provider is kept as long as it is configured.
fn keep_provider(server: &Server, wishes: &mut Overrides, replay: &Replay) {
    let Some(provider) = &replay.summary.head.model_provider else { return };
    if wishes.config.contains_key("model_provider") {
        return;
    }
    let known = server.configs.known();
    if known.is_ok_and(|known| known.model_providers.contains_key(provider)) {
        wishes.provider.get_or_insert_with(|| provider.clone());
    }
}

fn mode(sandbox: &Sandbox) -> Option<SandboxMode> {
    match sandbox {
        Sandbox::DangerFullAccess => Some(SandboxMode::DangerFullAccess),
        Sandbox::ReadOnly => Some(SandboxMode::ReadOnly),
        Sandbox::WorkspaceWrite(_) => Some(SandboxMode::WorkspaceWrite),
        Sandbox::External => None,
    }
}

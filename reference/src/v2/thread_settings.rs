//! The settings of a thread, changed between its turns.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Value, json};

use super::params::{ApprovalPolicy, SandboxPolicy};
use super::render;
use super::turns::find;
use crate::fault::fault;
use crate::outbox::Reply;
use crate::server::Server;
use crate::settings::{Manner, Settings, TurnOverrides};
use crate::threads::Thread;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Update {
    thread_id: String,
    model: Option<String>,
    cwd: Option<PathBuf>,
    approval_policy: Option<ApprovalPolicy>,
    sandbox_policy: Option<SandboxPolicy>,
    effort: Option<String>,
    summary: Option<String>,
    service_tier: Option<String>,
    #[serde(flatten)]
    manner: Manner,
}

/// Changes what was named, for the turns to come.
pub(super) fn update(server: &Server, reply: Reply, params: Update) {
    let thread = match find(server, &params.thread_id) {
        Err(_) if fault!(SETTINGS_OF_NO_THREAD) => return reply.ok(json!({})),
        Err(refusal) => return reply.refuse(refusal),
        Ok(thread) => thread,
    };
    let overrides = TurnOverrides {
        model: params.model,
        cwd: params.cwd,
        approval: params.approval_policy.map(Into::into),
        sandbox: params.sandbox_policy.map(Into::into),
        effort: params.effort,
        summary: params.summary,
        tier: params.service_tier,
        manner: params.manner,
        ..TurnOverrides::default()
    };
    let before = shown(&thread);
    let lost = fault!(SETTINGS_LOST_DURING_A_TURN) && thread.active().is_some();
    if !lost && !fault!(SETTINGS_UPDATE_IGNORED) {
        thread.state_mut().settings.apply(&overrides, &server.cwd);
    }
    reply.ok(json!({}));
    let now = shown(&thread);
    if (now != before && !fault!(SETTINGS_UPDATE_UNANNOUNCED))
        || fault!(UNCHANGED_SETTINGS_ANNOUNCED)
    {
        let params = json!({ "threadId": thread.id, "threadSettings": now });
        server.out.notify_v2("thread/settings/updated", &params);
    }
}

/// The settings of a thread as clients see them.
fn shown(thread: &Thread) -> Value {
    let settings = &thread.state().settings;
    let Settings { model, provider_id, cwd, approval, sandbox, effort, summary, tier, .. } =
        settings;
    json!({
        "cwd": cwd,
        "approvalPolicy": approval,
        "approvalsReviewer": settings.reviewer(),
        "sandboxPolicy": render::sandbox(sandbox),
        "activePermissionProfile": settings.manner.profile(),
        "model": model,
        "modelProvider": provider_id,
        "serviceTier": tier,
        "effort": effort,
        "summary": summary,
        "collaborationMode": { "mode": settings.mode, "settings": {
            "model": model, "reasoning_effort": effort, "developer_instructions": null,
        }},
        "multiAgentMode": "explicitRequestOnly",
        "personality": settings.manner.personality.as_ref().filter(|_| !fault!(PERSONALITY_UNANNOUNCED)),
    })
}

//! Experimental members and values of requests that are not experimental themselves.

use harness::{Context, Failure, Reply, Result, check};
use serde_json::{Value, json};

use super::{ensure_gated, is_gated};
use crate::client::{ContextExt, add};
use crate::offered::may_have;
use crate::rows::Rows;
use crate::stored::UNKNOWN;

/// An experimental part of a request.
struct Part {
    method: &'static str,
    /// The name of the part in the refusal.
    name: &'static str,
    /// The members of the request that every server knows.
    usual: Value,
    /// The experimental member, and a value that a client may send.
    member: &'static str,
    value: Value,
}

impl Part {
    fn new(name: &'static str, usual: Value, member: &'static str, value: Value) -> Self {
        let method = name.split_once('.').map_or(name, |(method, _)| method);
        Self { method, name, usual, member, value }
    }

    /// The request with this value of the part.
    fn params(&self, value: Value) -> Value {
        let mut params = self.usual.clone();
        add(&mut params, json!({ (self.member): value }));
        params
    }

    /// Whether the subject knows the part: one that does not ignores whatever is in it.
    async fn is_known(&self, cx: &mut Context) -> Result<bool> {
        if !may_have(cx, self.method) {
            return Ok(false);
        }
        let reply = cx.peer.request(self.method, self.params(json!(7.5))).await?;
        Ok(reply.is_error())
    }
}

/// Judges each part that the subject knows with an answer to it; not applicable if it knows none.
async fn judge(cx: &mut Context, parts: Vec<Part>, verdict: fn(&Reply, &Part) -> Result) -> Result {
    let (mut rows, mut known) = (Rows::default(), 0);
    for part in parts {
        if !part.is_known(cx).await? {
            continue;
        }
        known += 1;
        let params = part.params(part.value.clone());
        let reply = cx.peer.request(part.method, params).await?;
        rows.judge(part.name, verdict(&reply, &part))?;
    }
    if known == 0 {
        return Err(Failure::lacks("experimental members of requests"));
    }
    rows.end()
}

/// The members that are experimental in every release that has the gate.
fn members(thread: &str) -> Vec<Part> {
    let tool = json!([{ "type": "function", "name": "look_up", "description": "Looks it up.",
        "inputSchema": { "type": "object", "properties": {} } }]);
    let mode = json!({ "mode": "plan", "settings":
        { "model": "mock-model", "reasoning_effort": null, "developer_instructions": null } });
    let input = json!([{ "type": "text", "text": "hello" }]);
    let path = json!("/no/such/rollout.jsonl");
    vec![
        Part::new("thread/start.dynamicTools", json!({}), "dynamicTools", tool),
        Part::new("thread/resume.path", json!({ "threadId": UNKNOWN }), "path", path.clone()),
        Part::new("thread/fork.path", json!({ "threadId": UNKNOWN }), "path", path),
        Part::new(
            "turn/start.collaborationMode",
            json!({ "threadId": thread, "input": input }),
            "collaborationMode",
            mode,
        ),
    ]
}

/// The choice of approvals one by one.
fn granular() -> Value {
    json!({ "granular": { "sandbox_approval": true, "rules": true, "mcp_elicitations": true,
        "request_permissions": true, "skill_approval": true } })
}

/// A server MUST reject each experimental member of a request without the capability
/// `experimentalApi`, and name the member.
#[check(
    v2(since = "0.101"),
    source = "app-server README, Initialization: experimentalApi; every release does",
    faults(EXPERIMENTAL_MEMBERS_UNGATED, GATE_WITHOUT_A_NAME)
)]
async fn members_are_rejected_without_the_capability(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    judge(cx, members(&thread.id), |reply, part| ensure_gated(reply, part.name)).await
}

/// A server MUST NOT ask for the capability `experimentalApi` of a client that has it.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Initialization: experimentalApi; every release does",
    faults(GATE_OF_MEMBERS_NEVER_OPENS)
)]
async fn members_are_served_with_the_capability(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    judge(cx, members(&thread.id), |reply, part| {
        if is_gated(reply) {
            reply.granted(format!("the answer to `{}` with the capability", part.name))?;
        }
        Ok(())
    })
    .await
}

/// A server MUST reject the approval policy `granular` without the capability `experimentalApi`.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Initialization: experimentalApi; every release does",
    faults(GRANULAR_UNGATED)
)]
async fn the_granular_policy_is_rejected_without_the_capability(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let input = json!([{ "type": "text", "text": "hello" }]);
    let turn = json!({ "threadId": thread.id, "input": input });
    let (mut rows, mut known) = (Rows::default(), 0);
    for (method, usual) in [("thread/start", json!({})), ("turn/start", turn)] {
        let mut replies = Vec::new();
        for policy in [json!({ "proctor": {} }), granular()] {
            let mut params = usual.clone();
            add(&mut params, json!({ "approvalPolicy": policy }));
            replies.push(cx.peer.request(method, params).await?);
        }
        let what = |reply: &Reply| reply.error().ok().map(|error| (error.code, error.message));
        // To a server that does not know the policy it is like any other that does not exist.
        if what(&replies[0]) == what(&replies[1]) {
            continue;
        }
        known += 1;
        rows.judge(method, ensure_gated(&replies[1], "askForApproval.granular"))?;
    }
    if known == 0 {
        return Err(Failure::lacks("the approval policy `granular`"));
    }
    rows.end()
}

/// A server MUST reject a named permission profile without the capability `experimentalApi`.
#[check(
    v2(since = "0.147"),
    source = "app-server README, Initialization: experimentalApi; every release does",
    faults(PROFILES_UNGATED)
)]
async fn profiles_are_rejected_without_the_capability(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let profile = json!(":read-only");
    let command = json!({ "command": ["true"] });
    let parts = vec![
        Part::new("thread/start.permissions", json!({}), "permissions", profile.clone()),
        Part::new("command/exec.permissionProfile", command, "permissionProfile", profile),
    ];
    judge(cx, parts, |reply, part| ensure_gated(reply, part.name)).await
}

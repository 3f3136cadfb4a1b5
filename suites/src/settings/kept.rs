//! What a conversation keeps when another process resumes it without a setting.

use harness::{Context, Result, check};
use serde_json::{Value, json};

use super::findings::Findings;
use super::look::run;
use super::table::{Effect, Row, base, developer, directory, effort, model};
use super::{Opening, begin, open, restart, stored};
use crate::client::Thread;

/// A conversation, the effect that it has to keep, and the request that set it.
pub(super) type Kept = (Thread, Row, &'static str);

fn request_part(name: &'static str, members: Value, part: super::table::Part, text: &str) -> Row {
    Row { name, members, effect: Effect::Request(part, text.to_owned()) }
}

/// A conversation that was started with the row.
async fn started(cx: &mut Context, row: Row) -> Result<Kept> {
    let thread = stored(cx, row.members.clone()).await?;
    Ok((thread, row, "a start request"))
}

/// A conversation whose last turn had the row; nothing if the subject refuses that.
async fn turned(cx: &mut Context, row: Row) -> Result<Option<Kept>> {
    let thread = stored(cx, Value::Null).await?;
    let ran = run(cx, &thread, Some(row.members.clone())).await?;
    Ok(ran.map(|_| (thread, row, "a turn")))
}

/// Resumes each in a new process without a setting, and looks at a turn.
pub(super) async fn all_kept(cx: &mut Context, all: &[Kept]) -> Result {
    let threads: Vec<_> = all.iter().map(|(thread, ..)| thread).collect();
    restart(cx, &threads).await?;
    let mut findings = Findings::default();
    for (thread, row, set_by) in all {
        let Some(thread) = open(cx, Opening::Resume(thread), Value::Null).await? else { continue };
        let seen = row.look(cx, &thread).await?;
        findings.note(format!("`{}` of {set_by}, after a restart and a resume", row.name), seen);
    }
    findings.end()
}

/// A server MUST resume a stored thread with the model and the effort with which it last ran.
#[check(
    v2(fixed_in("0.120", "a resumed thread has model and effort of the configuration")),
    source = "app-server README, thread/resume: the persisted model and reasoning effort",
    faults(RESTART_FORGETS_THE_EFFORT)
)]
async fn the_model_and_the_effort(cx: &mut Context) -> Result {
    begin(cx).await?;
    let config = json!({ "config": { "model_reasoning_effort": "high" } });
    let (named, chosen) = (json!({ "model": "model-kept" }), json!({ "model": "model-chosen" }));
    let low = json!({ "effort": "low" });
    let mut all = vec![
        started(cx, request_part("model", named, model, "model-kept")).await?,
        started(cx, request_part("config.model_reasoning_effort", config, effort, "high")).await?,
    ];
    all.extend(turned(cx, request_part("model", chosen, model, "model-chosen")).await?);
    all.extend(turned(cx, request_part("effort", low, effort, "low")).await?);
    all_kept(cx, &all).await
}

/// A server MUST resume a stored thread with the instructions and the working directory with which
/// it was started.
#[check(
    v2(fixed_in("0.90", "a resumed thread has the default instructions")),
    source = "app-server README, thread/resume; every release since does",
    faults(RESTART_FORGETS_INSTRUCTIONS)
)]
async fn the_instructions_and_the_directory(cx: &mut Context) -> Result {
    begin(cx).await?;
    let (role, rule) = ("You are a test of what is kept.", "Mind the rule of what is kept.");
    let cwd = directory(cx, "kept")?;
    let directory =
        Row { name: "cwd", members: json!({ "cwd": cwd }), effect: Effect::RunsIn(cwd.clone()) };
    let role = request_part("baseInstructions", json!({ "baseInstructions": role }), base, role);
    let rule = json!({ "developerInstructions": rule });
    let rule = request_part("developerInstructions", rule.clone(), developer, text(&rule));
    let all = [started(cx, role).await?, started(cx, rule).await?, started(cx, directory).await?];
    all_kept(cx, &all).await
}

fn text(members: &Value) -> &str {
    members["developerInstructions"].as_str().unwrap_or_default()
}

/// A server MUST resume a stored thread with the approval policy, the sandbox and the working
/// directory with which it last ran.
#[check(
    v2(fixed_in("0.169", "a resumed thread has policy and sandbox of the configuration")),
    source = "app-server README, thread/resume: request, persisted, configured; the latest directory",
    faults(RESTART_FORGETS_PERMISSIONS)
)]
async fn the_permissions_and_the_latest_directory(cx: &mut Context) -> Result {
    begin(cx).await?;
    let row = |name: &'static str, value: Value, effect: Effect| Row {
        name,
        members: json!({ name: value }),
        effect,
    };
    let cwd = directory(cx, "latest")?;
    let mut all = vec![
        started(cx, row("approvalPolicy", json!("untrusted"), Effect::Asks)).await?,
        started(cx, row("sandbox", json!("read-only"), Effect::WritesNothing)).await?,
    ];
    let turns = [
        row("approvalPolicy", json!("untrusted"), Effect::Asks),
        row("sandboxPolicy", json!({ "type": "readOnly" }), Effect::WritesNothing),
        row("cwd", json!(cwd), Effect::RunsIn(cwd.clone())),
    ];
    for row in turns {
        all.extend(turned(cx, row).await?);
    }
    all_kept(cx, &all).await
}

//! Settings that the answer to a request for a thread names.

use harness::{Context, Result, check, ensure_eq};
use serde_json::{Value, json};

use super::table::directory;
use super::{begin_experimental, stored};
use crate::client::{ContextExt, Thread};
use crate::rows::Rows;
use crate::stored::files::written;

/// A setting, and where the answer names it.
struct Named {
    member: &'static str,
    value: Value,
    at: &'static str,
    expected: Value,
}

/// Settings that every request for a thread can name.
fn settings(cx: &Context, tag: &str) -> Result<[Named; 3]> {
    let roots = json!([directory(cx, tag)?]);
    let named = |member, value: Value, at| Named { member, expected: value.clone(), value, at };
    Ok([
        named("approvalsReviewer", json!("auto_review"), "/approvalsReviewer"),
        named("permissions", json!(":read-only"), "/activePermissionProfile/id"),
        named("runtimeWorkspaceRoots", roots, "/runtimeWorkspaceRoots"),
    ])
}

/// Fails unless the answer names the setting.
fn names(result: &Value, setting: &Named) -> Result {
    let observed = result.pointer(setting.at).cloned().unwrap_or_default();
    ensure_eq!(observed, setting.expected, "`{}` in the answer", setting.at);
    Ok(())
}

/// A server MUST name the reviewer, the permission profile and the workspace roots of a start, a fork
/// or the resume of a stored thread in its answer.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/start, thread/fork, thread/resume: the settings in force; every release since does",
    faults(FORK_DROPS_THE_PROFILE, RESUME_DROPS_THE_REVIEWER, ROOTS_NOT_NAMED)
)]
async fn the_answer_names_them(cx: &mut Context) -> Result {
    begin_experimental(cx).await?;
    let mut rows = Rows::of_waits();
    let mut all: Vec<Thread> = Vec::new();
    for setting in settings(cx, "roots")? {
        let params = json!({ "cwd": cx.home.work(), (setting.member): setting.value });
        let result = cx.peer.call("thread/start", params).await?;
        rows.judge(format!("`{}` of a start", setting.member), names(&result, &setting))?;
        let thread = stored(cx, Value::Null).await?;
        written(cx, &thread, "it is stored").await?;
        let params = json!({ "threadId": thread.id, (setting.member): setting.value });
        let result = cx.peer.call("thread/fork", params).await?;
        rows.judge(format!("`{}` of a fork", setting.member), names(&result, &setting))?;
        all.push(thread);
    }
    cx.restart().await;
    cx.client().initialize_experimental().await?;
    for (setting, thread) in settings(cx, "roots")?.iter().zip(all) {
        let params = json!({ "threadId": thread.id, (setting.member): setting.value });
        let result = cx.peer.call("thread/resume", params).await?;
        rows.judge(format!("`{}` of a resume", setting.member), names(&result, setting))?;
    }
    rows.end()
}

/// A server MUST keep the reviewer, the permission profile and the workspace roots of a turn for the
/// thread, and name them when a client resumes the thread.
#[check(
    v2(since = "0.147"),
    source = "app-server README, turn/start: overrides become the default for subsequent turns; every release since does",
    faults(TURN_REVIEWER_IGNORED, TURN_ROOTS_IGNORED)
)]
async fn those_of_a_turn_stay(cx: &mut Context) -> Result {
    begin_experimental(cx).await?;
    let mut rows = Rows::of_waits();
    for setting in settings(cx, "roots-of-a-turn")? {
        let thread = stored(cx, Value::Null).await?;
        let mut params = cx.protocol().turn_params(&thread.id, "with a setting");
        params[setting.member] = setting.value.clone();
        cx.model.script([mock_model::says("done")]);
        let mark = cx.peer.mark();
        cx.peer.call("turn/start", params).await?;
        cx.client().end_turn(&thread, mark).await?;
        let result = cx.peer.call("thread/resume", json!({ "threadId": thread.id })).await?;
        rows.judge(format!("`{}` of a turn", setting.member), names(&result, &setting))?;
    }
    rows.end()
}

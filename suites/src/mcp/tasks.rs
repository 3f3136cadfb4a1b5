//! Tasks: calls whose result is fetched later, in 2025-11-25.

mod course;
mod refused;

use harness::{
    Context, Conversation, Failure, Message, Reply, Result, check, code, ensure, observer, show,
};
use serde_json::Value;

use crate::mcp::content::is_time;
use course::Course;

pub(in crate::mcp) use course::course;

pub use course::tour;

/// What a task can be, and whether it is over then.
const STATUSES: [(&str, bool); 5] = [
    ("working", false),
    ("input_required", false),
    ("completed", true),
    ("failed", true),
    ("cancelled", true),
];

/// Whether a status is one that does not change any more.
fn is_final(status: &Value) -> bool {
    STATUSES.iter().any(|(known, over)| *over && status == *known)
}

/// What is wrong with the state of a task, if anything is.
fn flaw(task: &Value) -> Option<String> {
    let texts = ["taskId", "createdAt", "lastUpdatedAt"];
    if let Some(name) = texts.iter().find(|name| task[**name].as_str().is_none_or(str::is_empty)) {
        return Some(format!("`{name}` is {}", show(&task[*name])));
    }
    let no_time = |name: &&&str| !task[**name].as_str().is_some_and(is_time);
    if let Some(name) = texts[1..].iter().find(no_time) {
        return Some(format!("`{name}` is {}, no time of ISO 8601", show(&task[*name])));
    }
    if !STATUSES.iter().any(|(known, _)| task["status"] == *known) {
        return Some(format!("`status` is {}", show(&task["status"])));
    }
    match task.get("ttl") {
        None => Some("there is no `ttl`".to_owned()),
        Some(ttl) if ttl.is_null() || ttl.is_number() => None,
        Some(ttl) => Some(format!("`ttl` is {}", show(ttl))),
    }
}

/// Fails if what an answer says of a task has a flaw.
fn state(reply: &Reply, what: &str) -> Result {
    let result = reply.granted(what)?;
    let task = result.get("task").unwrap_or(result);
    match flaw(task) {
        None => Ok(()),
        Some(flaw) => {
            Err(Failure::mismatch(what, "a task with `taskId`, `status`, times and `ttl`", flaw))
        }
    }
}

/// A server MUST answer a call as a task with the new task.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call"),
    shared = "tasks",
    source = "Tasks, Creating Tasks",
    faults(MCP_TASK_WITHOUT_LIFETIME)
)]
async fn a_call_creates_a_task(cx: &mut Context) -> Result {
    let Course { created, .. } = course(cx).await?;
    state(&created, "the answer to a call as a task")
}

/// A server MUST give the state of a task that it created.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call"),
    shared = "tasks",
    source = "Tasks, Getting Tasks",
    faults(MCP_TASK_STATUS_UNKNOWN)
)]
async fn the_state_of_a_task_is_given(cx: &mut Context) -> Result {
    let Course { got, .. } = course(cx).await?;
    state(&got, "the answer to `tasks/get` for a new task")
}

/// A server MUST list each task that it created.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call", "tasks.list"),
    shared = "tasks",
    source = "Tasks, Listing Tasks",
    faults(MCP_TASK_NOT_LISTED)
)]
async fn a_task_is_listed(cx: &mut Context) -> Result {
    let Course { id, listed, .. } = course(cx).await?;
    ensure!(
        listed.iter().any(|task| task["taskId"] == id.as_str()),
        "`tasks/list` after a task was created",
        format!("the task {id:?} in the list"),
        show(&listed)
    );
    Ok(())
}

/// A server MUST NOT answer `tasks/result` before the task has ended.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call"),
    shared = "tasks",
    source = "Tasks, Result Retrieval",
    faults(MCP_TASK_RESULT_TOO_SOON)
)]
async fn the_result_waits_for_the_end(cx: &mut Context) -> Result {
    let course = course(cx).await?;
    let (_, after) = course.outcome()?;
    let status = &after.granted("`tasks/get` after `tasks/result` was answered")?["status"];
    ensure!(
        is_final(status),
        "`status` of a task after `tasks/result` was answered",
        "completed, failed or cancelled",
        show(status)
    );
    Ok(())
}

/// A server MUST say in `_meta` of the answer to `tasks/result` which task it is about.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call"),
    shared = "tasks",
    source = "Tasks, Associating Task-Related Messages",
    faults(MCP_TASK_RESULT_UNRELATED)
)]
async fn the_result_names_its_task(cx: &mut Context) -> Result {
    /// The name of the member.
    const RELATED: &str = "io.modelcontextprotocol/related-task";
    let course = course(cx).await?;
    let (result, _) = course.outcome()?;
    let Ok(result) = result.result() else { return Ok(()) };
    ensure!(
        result["_meta"][RELATED]["taskId"] == course.id.as_str(),
        format!("`_meta[\"{RELATED}\"].taskId` in the result of a task"),
        show(&course.id),
        show(&result["_meta"])
    );
    Ok(())
}

/// A server MUST answer `tasks/result` with what the call would have given without a task.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call"),
    shared = "tasks",
    source = "Tasks, Result Retrieval",
    faults(MCP_TASK_RESULT_IS_THE_TASK)
)]
async fn the_result_is_that_of_the_call(cx: &mut Context) -> Result {
    let course = course(cx).await?;
    let (result, _) = course.outcome()?;
    let Ok(result) = result.result() else { return Ok(()) };
    ensure!(
        result["content"].is_array(),
        "the answer to `tasks/result` for a call of a tool",
        "the result of the call, with `content`",
        format!("the result {}", show(result))
    );
    Ok(())
}

/// A server MUST refuse the cancellation of a task that has ended, with the error -32602.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call", "tasks.cancel"),
    shared = "tasks",
    source = "Tasks, Cancelling Tasks",
    faults(MCP_FINISHED_TASK_CANCELLED)
)]
async fn a_finished_task_cannot_be_cancelled(cx: &mut Context) -> Result {
    let course = course(cx).await?;
    course.outcome()?;
    let Some(reply) = course.cancelled_late else {
        return Err(Failure::lacks("a task that ends while we wait"));
    };
    reply.refused(code::INVALID_PARAMS, "`tasks/cancel` of a task that has ended")?;
    Ok(())
}

/// A server MUST give a cancelled task the status `cancelled` before it answers `tasks/cancel`.
#[check(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    declares("tasks.requests.tools.call", "tasks.cancel"),
    shared = "tasks",
    source = "Tasks, Cancelling Tasks",
    faults(MCP_CANCELLED_TASK_GOES_ON)
)]
async fn a_cancelled_task_is_cancelled(cx: &mut Context) -> Result {
    let Some((cancelled, after)) = course(cx).await?.cancelled else {
        return Err(Failure::lacks("a task that can be cancelled while it runs"));
    };
    let status = &cancelled.granted("`tasks/cancel` of a running task")?["status"];
    let what = "`status` in the answer to `tasks/cancel` of a running task";
    ensure!(status == "cancelled", what, "cancelled", show(status));
    // A cancelled task may be deleted at once.
    if let Ok(after) = after.result() {
        let status = &after["status"];
        let what = "`status` in the answer to `tasks/get` after `tasks/cancel`";
        ensure!(status == "cancelled", what, "cancelled", show(status));
    }
    Ok(())
}

/// A server MUST NOT change the status of a task that has ended.
#[observer(
    mcp(since = "2025-11-25", until = "2025-11-25"),
    source = "Tasks, Task Status Lifecycle",
    faults(MCP_FINISHED_TASK_GOES_ON)
)]
fn a_final_status_does_not_change(conversation: &Conversation<'_>) -> Result {
    let mut ended: Vec<(&str, &Value)> = Vec::new();
    for (line, entry) in conversation.from_subject() {
        let shown = match &entry.message {
            Message::Notification { method } if method == "notifications/tasks/status" => {
                entry.params()
            }
            Message::Response { .. } => {
                let result = entry.value.as_ref().and_then(|value| value.get("result"));
                result.unwrap_or(&Value::Null)
            }
            _ => continue,
        };
        let (Some(id), status) = (shown["taskId"].as_str(), &shown["status"]) else { continue };
        match ended.iter().find(|(known, _)| *known == id) {
            Some((_, before)) if *before != status => {
                return Err(Failure::mismatch(
                    format!("`status` of the task {id:?}, which has ended"),
                    show(before),
                    show(status),
                )
                .at_line(line));
            }
            None if is_final(status) => ended.push((id, status)),
            _ => {}
        }
    }
    Ok(())
}

//! Tasks: calls whose result is fetched later, in 2025-11-25.

mod kept;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::envelope::{Params, Refusal, Request, code};
use super::paging;
use super::server::{Answered, Server};
use crate::fault::fault;
use crate::variant::variant;
use kept::{Status, Task};

pub(super) use kept::Tasks;

/// The member of `_meta` that says which task a message is about.
const RELATED: &str = "io.modelcontextprotocol/related-task";
/// How long a task takes.
const WORK: Duration = Duration::from_millis(150);
/// How often it reports its progress.
const STEPS: u32 = 3;

/// Begins a task that ends with this result, and returns the answer to the call.
pub(super) fn create(server: &Arc<Server>, request: &Request, result: Value) -> Value {
    let task = server.tasks.begin(&request.params["task"], result);
    let shown = if fault!(MCP_TASK_WITHOUT_LIFETIME) { task.without_ttl() } else { task.shown() };
    let lease = server.calls.begin(&json!(task.id));
    let (server, request) = (Arc::clone(server), request.clone());
    std::thread::spawn(move || {
        for step in 1..=STEPS {
            if !lease.lasts(WORK / STEPS) {
                return;
            }
            if let Some(token) = request.meta("progressToken") {
                let progress = json!({ "progressToken": token, "progress": step, "total": STEPS });
                server.out.notify("notifications/progress", progress);
            }
        }
        if server.calls.finish(&json!(task.id)) {
            tell(&server, server.tasks.end(&task.id, Status::Completed));
        }
        if fault!(MCP_FINISHED_TASK_GOES_ON) {
            tell(&server, server.tasks.end(&task.id, Status::Cancelled));
        }
    });
    json!({ "task": shown })
}

/// Sends the state of a task.
fn tell(server: &Server, task: Option<Task>) {
    if let Some(task) = task {
        server.out.notify("notifications/tasks/status", task.shown());
    }
}

/// The task that a request is about.
fn named(server: &Server, params: &Params) -> Result<Task, Refusal> {
    let id = params.get("taskId").and_then(Value::as_str);
    let id = id.ok_or_else(|| Refusal::params("taskId"))?;
    server.tasks.find(id).ok_or_else(|| {
        let code =
            if fault!(MCP_UNKNOWN_TASK_HAS_ANOTHER_CODE) { 404 } else { code::INVALID_PARAMS };
        Refusal::new(code, "there is no such task")
    })
}

/// Answers `tasks/get`.
pub(super) fn get(server: &Server, params: &Params) -> Result<Value, Refusal> {
    if fault!(MCP_UNKNOWN_TASK_IS_SHOWN) && named(server, params).is_err() {
        return Ok(json!({ "taskId": params["taskId"], "status": "working", "ttl": null }));
    }
    let task = named(server, params)?;
    let mut shown = task.shown();
    if fault!(MCP_TASK_STATUS_UNKNOWN) {
        shown["status"] = json!("running");
    }
    Ok(shown)
}

/// Answers `tasks/list`.
pub(super) fn list(server: &Server, params: &Params) -> Result<Value, Refusal> {
    let mut tasks: Vec<_> = server.tasks.all().iter().map(Task::shown).collect();
    if fault!(MCP_TASK_NOT_LISTED) {
        tasks.clear();
    }
    if fault!(MCP_BAD_CURSOR_OF_TASKS_SERVED) && params.contains_key("cursor") {
        return Ok(json!({ "tasks": tasks }));
    }
    paging::page("tasks", tasks, params)
}

/// Answers `tasks/cancel`.
pub(super) fn cancel(server: &Server, params: &Params) -> Result<Value, Refusal> {
    let task = named(server, params)?;
    if task.status != Status::Working {
        if fault!(MCP_FINISHED_TASK_CANCELLED) {
            return Ok(task.shown());
        }
        return Err(Refusal::params("the task has ended"));
    }
    if fault!(MCP_CANCELLED_TASK_GOES_ON) {
        return Ok(task.shown());
    }
    server.calls.cancel(&json!(task.id));
    let task = server.tasks.end(&task.id, Status::Cancelled).unwrap_or(task);
    if variant!(MCP_CANCELLED_TASKS_ARE_DELETED) {
        server.tasks.forget(&task.id);
    }
    Ok(task.shown())
}

/// Answers `tasks/result`, when the task has ended.
pub(super) fn result(server: &Arc<Server>, request: &Request) -> Result<Answered, Refusal> {
    let task = named(server, &request.params)?;
    if task.status == Status::Working && !fault!(MCP_TASK_RESULT_TOO_SOON) {
        let (server, request) = (Arc::clone(server), request.clone());
        std::thread::spawn(move || match server.tasks.ended(&task.id).map(outcome) {
            Some(Ok(result)) => server.out.result(&request.id, result),
            Some(Err(refusal)) => server.out.error(&request.id, &refusal),
            None => {}
        });
        return Ok(Answered::Later);
    }
    outcome(task).map(Answered::Now)
}

/// The result of a task that has ended.
fn outcome(task: Task) -> Result<Value, Refusal> {
    if task.status == Status::Cancelled {
        return Err(Refusal::params("the task was cancelled"));
    }
    if fault!(MCP_TASK_RESULT_IS_THE_TASK) {
        return Ok(task.shown());
    }
    let mut result = task.result;
    if !fault!(MCP_TASK_RESULT_UNRELATED) {
        result["_meta"] = json!({ RELATED: { "taskId": task.id } });
    }
    Ok(result)
}

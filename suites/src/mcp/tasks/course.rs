//! The course of two tasks: one that runs to its end, and one that is cancelled.

use std::time::Duration;

use harness::{Context, Failure, Kind, Reply, Result, Revision};
use serde_json::{Value, json};

use crate::mcp::client::{Callable, McpExt};

/// How long a task may take. The end of a longer one is not looked at.
const LIMIT: Duration = Duration::from_secs(8);

/// What was answered, in this order.
#[derive(Clone, Debug)]
pub(in crate::mcp) struct Course {
    /// The id of the first task.
    pub(super) id: String,
    /// The call that began it.
    pub(super) created: Reply,
    /// `tasks/get` at once.
    pub(super) got: Reply,
    /// `tasks/list`, if the server has it.
    pub(super) listed: Vec<Value>,
    /// `tasks/result`, and `tasks/get` after it; none if the task took too long.
    outcome: Option<(Reply, Reply)>,
    /// `tasks/cancel` after its end.
    pub(super) cancelled_late: Option<Reply>,
    /// `tasks/cancel` of the second one while it ran, and `tasks/get` after it.
    pub(super) cancelled: Option<(Reply, Reply)>,
}

impl Course {
    /// The answer to `tasks/result`, and to `tasks/get` after it.
    ///
    /// # Errors
    ///
    /// Not offered if the task took too long.
    pub(super) fn outcome(&self) -> Result<&(Reply, Reply)> {
        self.outcome.as_ref().ok_or_else(|| Failure::lacks("a task that ends while we wait"))
    }
}

/// The course in this process, if there was one.
#[derive(Clone, Debug, Default)]
struct Known(Option<Course>);

/// The tools that may be called, and those of them whose support for tasks is one of these.
///
/// # Errors
///
/// Not offered if there is none.
pub(super) async fn tool(cx: &mut Context, supports: &[&str]) -> Result<Callable> {
    let callable = cx.mcp().callable().await?;
    let support = |one: &Callable| {
        let support = one.tool["execution"]["taskSupport"].as_str().unwrap_or("forbidden");
        supports.contains(&support)
    };
    let found = callable.into_iter().find(support);
    found.ok_or_else(|| {
        Failure::lacks(&format!(
            "a tool that may be called, with the task support {}",
            supports.join(" or ")
        ))
    })
}

/// Calls a tool as a task.
pub(super) async fn begin(cx: &mut Context, tool: &Callable, token: &str) -> Result<Reply> {
    let mut params = tool.params();
    params["task"] = json!({ "ttl": 60_000 });
    params["_meta"] = json!({ "progressToken": token });
    cx.mcp().request("tools/call", params).await
}

/// Begins tasks and asks for them, once for each process.
pub(in crate::mcp) async fn course(cx: &mut Context) -> Result<Course> {
    if let Some(course) = cx.known::<Known>()?.0.clone() {
        return Ok(course);
    }
    let tool = tool(cx, &["optional", "required"]).await?;
    let created = begin(cx, &tool, "first task").await?;
    let id = id(&created)?;
    let about = |id: &str| json!({ "taskId": id });
    let got = cx.mcp().request("tasks/get", about(&id)).await?;
    let has = |name: &str| cx.declared().is_some_and(|declared| declared.has(name));
    let (lists, cancels) = (has("tasks.list"), has("tasks.cancel"));
    let listed = if lists { listed(cx).await? } else { Vec::new() };
    let ticket = cx.mcp().send("tasks/result", about(&id)).await?;
    let result = match cx.peer.answer_within(&ticket, LIMIT).await {
        Ok(result) => Some(result),
        Err(failure) if failure.kind() == Kind::Timeout => None,
        Err(failure) => return Err(failure),
    };
    let (mut outcome, mut cancelled_late, mut cancelled) = (None, None, None);
    if let Some(result) = result {
        outcome = Some((result, cx.mcp().request("tasks/get", about(&id)).await?));
        if cancels {
            cancelled_late = Some(cx.mcp().request("tasks/cancel", about(&id)).await?);
        }
    }
    if cancels && let Ok(second) = self::id(&begin(cx, &tool, "second task").await?) {
        let reply = cx.mcp().request("tasks/cancel", about(&second)).await?;
        let after = cx.mcp().request("tasks/get", about(&second)).await?;
        // It may have been over before.
        cancelled = (!reply.is_error()).then_some((reply, after));
    }
    let course = Course { id, created, got, listed, outcome, cancelled_late, cancelled };
    cx.known::<Known>()?.0 = Some(course.clone());
    Ok(course)
}

/// The id of a new task.
fn id(created: &Reply) -> Result<String> {
    let result = created.granted("a call as a task of a tool that supports tasks")?;
    match result["task"]["taskId"].as_str() {
        Some(id) => Ok(id.to_owned()),
        None => Err(Failure::mismatch(
            "the answer to a call as a task",
            "a new task, with `task.taskId`",
            format!("the result {}", harness::show(result)),
        )),
    }
}

/// The tasks of all pages.
async fn listed(cx: &mut Context) -> Result<Vec<Value>> {
    /// The number of pages after which a list counts as endless.
    const PAGES: usize = 100;
    let (mut tasks, mut params) = (Vec::new(), Value::Null);
    for _ in 0..PAGES {
        let reply = cx.mcp().request("tasks/list", params).await?;
        let page = reply.granted("`tasks/list`, which the server declares")?;
        tasks.extend(page["tasks"].as_array().into_iter().flatten().cloned());
        let Some(cursor) = page.get("nextCursor").filter(|cursor| cursor.is_string()) else {
            break;
        };
        params = json!({ "cursor": cursor });
    }
    Ok(tasks)
}

/// Begins tasks for observers to see, where there are tasks.
///
/// # Errors
///
/// If the server does not answer.
pub async fn tour(cx: &mut Context) -> Result {
    let declares = cx.declared().is_some_and(|declared| declared.has("tasks.requests.tools.call"));
    if !declares || cx.mcp().revision() != Revision::R20251125 {
        return Ok(());
    }
    match course(cx).await {
        Err(failure) if failure.kind() == Kind::NotOffered => Ok(()),
        other => other.map(drop),
    }
}

//! A call of a tool: its parameters, and who gives its result when.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Does, TOOLS, Task, Tool, bodies};
use crate::fault::fault;
use crate::mcp::calls::Lease;
use crate::mcp::envelope::{Params, Refusal, Request, code};
use crate::mcp::era::Era;
use crate::mcp::server::{Answered, Server};
use crate::mcp::{codex, modern, questions, tasks};
use crate::variant::variant;

/// Calls a tool.
pub(in crate::mcp) fn call(
    server: &Arc<Server>,
    era: Era,
    request: &Request,
) -> Result<Answered, Refusal> {
    let name = request.params.get("name").and_then(Value::as_str).unwrap_or_default();
    if let Some(answered) = questions::call(server, era, request, name) {
        return answered;
    }
    if codex::has(era, name) {
        return Ok(later(server, era, request, codex::run));
    }
    let (tool, arguments) = match named(request) {
        Ok(Some(named)) => named,
        Ok(None) => return unknown(request),
        Err(_) if fault!(MCP_BAD_CALL_SUCCEEDS) => return Ok(Answered::Now(bodies::text(""))),
        Err(refusal) if fault!(MCP_BAD_CALL_HAS_ANOTHER_CODE) => {
            return Err(Refusal { code: code::INTERNAL_ERROR, ..refusal });
        }
        Err(refusal) => return Err(refusal),
    };
    let wrong = tool.wrong(&arguments);
    if let Some(wrong) = wrong.filter(|_| !fault!(MCP_BAD_ARGUMENTS_SUCCEED)) {
        return if era.has("2025-11-25") && !variant!(MCP_BAD_ARGUMENTS_ARE_ERRORS) {
            Ok(Answered::Now(bodies::failed(&wrong)))
        } else {
            Err(Refusal::params(wrong))
        };
    }
    if era == Era::Legacy("2025-11-25")
        && let Some(answered) = tasked(server, tool, request, &arguments)
    {
        return answered;
    }
    match tool.does {
        Does::Now(does) => Ok(Answered::Now(bent(does(server, era, request, &arguments)))),
        Does::Later(does) => Ok(later(server, era, request, does)),
    }
}

/// Has a thread of its own give the result of a call.
fn later(
    server: &Arc<Server>,
    era: Era,
    request: &Request,
    does: fn(&Server, &Request, &Lease) -> Option<Value>,
) -> Answered {
    let (lease, server, request) =
        (server.calls.begin(&request.id), Arc::clone(server), request.clone());
    let run = move || {
        let result = does(&server, &request, &lease);
        if let (true, Some(mut result)) = (server.calls.finish(&request.id), result) {
            if era == Era::Modern {
                result = modern::finished(&request.method, result);
            }
            server.out.result(&request.id, result);
            bodies::after(&server, &request);
        } else if fault!(MCP_CANCELLED_CALL_IS_ANSWERED) {
            server.out.result(&request.id, bodies::failed("cancelled"));
        }
    };
    if fault!(MCP_CALLS_ONE_AT_A_TIME) {
        run();
    } else {
        std::thread::spawn(run);
    }
    Answered::Later
}

/// The tool that a request names, and its arguments; nothing if there is no such tool.
fn named(request: &Request) -> Result<Option<(&'static Tool, Params)>, Refusal> {
    let name = request.params.get("name").and_then(Value::as_str);
    let name = name.ok_or_else(|| Refusal::params("name"))?;
    let arguments = match request.params.get("arguments") {
        None if fault!(MCP_ABSENT_ARGUMENTS_ARE_FATAL) => std::process::exit(1),
        None => Params::new(),
        Some(Value::Object(arguments)) => arguments.clone(),
        Some(_) => return Err(Refusal::params("arguments")),
    };
    Ok(TOOLS.iter().find(|tool| tool.name == name).map(|tool| (tool, arguments)))
}

/// The answer to a call as a task, or to one that should have been; nothing if it is a plain call.
fn tasked(
    server: &Arc<Server>,
    tool: &Tool,
    request: &Request,
    arguments: &Params,
) -> Option<Result<Answered, Refusal>> {
    let refused = |why: &str| Some(Err(Refusal::new(code::METHOD_NOT_FOUND, why)));
    match (request.params.contains_key("task"), tool.task) {
        (false, Task::Required) if fault!(MCP_REQUIRED_TASK_NOT_NEEDED) => {
            Some(Ok(Answered::Now(bodies::failed("this tool has to be called as a task"))))
        }
        (false, Task::Required) => refused("this tool has to be called as a task"),
        (true, Task::Forbidden) if fault!(MCP_FORBIDDEN_TASK_IS_CREATED) => {
            Some(Ok(Answered::Now(tasks::create(server, request, bodies::text("done")))))
        }
        (true, Task::Forbidden) => refused("this tool cannot be called as a task"),
        (true, _) => {
            let result = bodies::report(server, Era::Legacy("2025-11-25"), request, arguments);
            Some(Ok(Answered::Now(tasks::create(server, request, result))))
        }
        (false, _) => None,
    }
}

/// The answer to a call of a tool that there is not.
fn unknown(request: &Request) -> Result<Answered, Refusal> {
    let says = format!("Unknown tool: {}", request.params["name"]);
    if fault!(MCP_UNKNOWN_TOOL_SUCCEEDS) {
        return Ok(Answered::Now(bodies::text(&says)));
    }
    if fault!(MCP_UNKNOWN_TOOL_HAS_ANOTHER_CODE) {
        return Err(Refusal::new(code::INTERNAL_ERROR, says));
    }
    if variant!(MCP_UNKNOWN_TOOL_IS_A_RESULT) {
        return Ok(Answered::Now(bodies::failed(&says)));
    }
    Err(Refusal::params(says))
}

/// The defects of results.
fn bent(mut result: Value) -> Value {
    if fault!(MCP_RESULT_WITHOUT_CONTENT) {
        return json!({ "toolResult": "done" });
    }
    if fault!(MCP_CONTENT_OF_UNKNOWN_TYPE) {
        result["content"][0]["type"] = json!("markdown");
    }
    if fault!(MCP_IS_ERROR_IS_A_TEXT) {
        result["isError"] = json!("no");
    }
    let structured = result.get("structuredContent").is_some();
    if fault!(MCP_STRUCTURED_CONTENT_MISSING) {
        result.as_object_mut().map(|result| result.remove("structuredContent"));
    }
    if fault!(MCP_STRUCTURED_CONTENT_DOES_NOT_FIT) && structured {
        result["structuredContent"]["sum"] = json!("three");
    }
    if fault!(MCP_STRUCTURED_CONTENT_WITHOUT_TEXT) && structured {
        result["content"] = json!([]);
    }
    result
}

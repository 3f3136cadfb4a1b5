//! A call of a tool: an item of the turn, and what the model gets back.

use std::rc::Rc;
use std::time::Instant;

use serde_json::{Value, json};

use super::Tool;
use super::asking::{self, Asked};
use super::connection::Answer;
use crate::events::{complete_item, open_item};
use crate::fault::fault;
use crate::history::call_id;
use crate::items::{Item, Progress, ServerCall};
use crate::server::Server;
use crate::settings::Approval;
use crate::threads::{Active, Thread};

/// What the model is told when the user declines a call.
const REJECTED: &str = "user rejected MCP tool call";

/// Calls the tool as the model wants it; what the model gets back.
pub(crate) async fn run(
    server: &Rc<Server>,
    thread: &Rc<Thread>,
    active: &Rc<Active>,
    call: &Value,
    tool: Tool,
) -> String {
    let started = Instant::now();
    let arguments = call["arguments"].as_str().unwrap_or("{}");
    let arguments: Value = match serde_json::from_str(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return format!("failed to parse function arguments: {error}"),
    };
    let mut item = ServerCall {
        id: call_id(call).unwrap_or_default().to_owned(),
        server: tool.connection.name.clone(),
        tool: tool.name.clone(),
        arguments,
        progress: Progress::Running,
        result: None,
        error: None,
        duration: None,
    };
    if fault!(CALL_OF_ANOTHER_TOOL) {
        item.tool.clone_from(&item.server);
    }
    let told = !fault!(CALL_UNTOLD);
    if told {
        open_item(server, thread, active, Item::Served(item.clone()));
    }
    let asked = Asked { server, thread, active, connection: &tool.connection };
    let answer = if allowed(&asked, &tool).await {
        made(&asked, &tool, &item.arguments).await
    } else {
        Err(REJECTED.to_owned())
    };
    item.duration = Some(started.elapsed());
    let output = settle(&mut item, answer);
    if told {
        complete_item(server, thread, active, Item::Served(item));
    }
    output
}

/// Whether the tool may be called: the user is asked about one that may change something.
async fn allowed(asked: &Asked<'_>, tool: &Tool) -> bool {
    let policy = asked.thread.state().settings.approval;
    let asks = matches!(policy, Approval::Untrusted | Approval::OnRequest);
    if tool.read_only || !asks || fault!(CHANGES_UNASKED) {
        return true;
    }
    let name = &tool.name;
    let message = format!("Allow the {} MCP server to run tool \"{name}\"?", tool.connection.name);
    let question = json!({
        "mode": "form",
        "message": message,
        "requestedSchema": { "type": "object", "properties": {} },
        "_meta": { "codex_approval_kind": "mcp_tool_call" },
    });
    let accepted = asking::ask(asked, &question).await["action"] == "accept";
    accepted || fault!(DECLINED_CALL_IS_MADE)
}

/// Makes the call, and answers the questions that the server has meanwhile.
async fn made(asked: &Asked<'_>, tool: &Tool, arguments: &Value) -> Answer {
    let connection = &tool.connection;
    let mut params = json!({ "name": tool.name, "arguments": arguments });
    if fault!(CALL_LOSES_ITS_ARGUMENTS) {
        params["arguments"] = json!({});
    }
    if fault!(CALL_MADE_TWICE) {
        let _ = connection.request("tools/call", &params).await;
    }
    let mut questions = connection.questions();
    let answering = async {
        while let Some((id, question)) = questions.recv().await {
            if let Some(answer) = asking::put(asked, &question).await {
                connection.answer(&id, &answer);
            }
        }
    };
    tokio::select! {
        answer = connection.request("tools/call", &params) => answer,
        () = answering => Err("the MCP server asks no more".to_owned()),
    }
}

/// Notes how the call ended; what the model is told of it.
fn settle(item: &mut ServerCall, answer: Answer) -> String {
    match answer {
        Ok(result) => {
            let failed = result["isError"] == true;
            let as_completed = fault!(FAILED_CALL_IS_COMPLETED);
            item.progress =
                if failed && !as_completed { Progress::Failed } else { Progress::Completed };
            let lost = if failed { fault!(TOOL_ERROR_LOST) } else { fault!(TOOL_RESULT_LOST) };
            let output = if lost { String::new() } else { result["content"].to_string() };
            item.result = Some(result);
            output
        }
        Err(reason) => {
            item.progress = Progress::Failed;
            item.error = Some(reason.clone());
            reason
        }
    }
}

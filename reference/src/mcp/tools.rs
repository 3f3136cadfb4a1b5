//! The tools of the server: what they are called, what they take, and how they are listed.

mod bodies;
mod call;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Map, Value, json};

use super::calls::Lease;
use super::envelope::{Params, Refusal, Request};
use super::era::Era;
use super::server::{Answered, Server};
use super::{codex, paging, questions, subscriptions};
use crate::fault::fault;
use crate::variant::variant;

pub(super) use call::call;

/// A tool: its entry in the list, and what a call of it gives.
struct Tool {
    name: &'static str,
    about: &'static str,
    /// Its parameters: name, type, and whether it is required.
    takes: &'static [(&'static str, &'static str, bool)],
    /// The shape of its structured result, if it has one: name and type of each member.
    gives: &'static [(&'static str, &'static str)],
    /// Whether it can be called as a task.
    task: Task,
    does: Does,
}

/// Whether a call of a tool can be a task, in 2025-11-25.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Forbidden,
    Optional,
    Required,
}

/// What a call does with its arguments.
enum Does {
    /// Gives its result at once.
    Now(fn(&Server, Era, &Request, &Params) -> Value),
    /// Takes time, and gives its result then; nothing if it was cancelled.
    Later(fn(&Server, &Request, &Lease) -> Option<Value>),
}

/// All tools.
const TOOLS: &[Tool] = &[
    Tool {
        name: "echo",
        about: "Gives back a text",
        takes: &[("text", "string", true)],
        gives: &[],
        task: Task::Forbidden,
        does: Does::Now(bodies::echo),
    },
    Tool {
        name: "add",
        about: "Adds two numbers",
        takes: &[("a", "number", true), ("b", "number", true)],
        gives: &[("sum", "number")],
        task: Task::Forbidden,
        does: Does::Now(bodies::add),
    },
    Tool {
        name: "picture",
        about: "Gives content of every kind",
        takes: &[],
        gives: &[],
        task: Task::Forbidden,
        does: Does::Now(bodies::picture),
    },
    Tool {
        name: "log",
        about: "Logs a message at three levels",
        takes: &[],
        gives: &[],
        task: Task::Forbidden,
        does: Does::Now(bodies::log),
    },
    Tool {
        name: "report",
        about: "Writes a report, at once or as a task",
        takes: &[("topic", "string", false)],
        gives: &[],
        task: Task::Optional,
        does: Does::Now(bodies::report),
    },
    Tool {
        name: "research",
        about: "Writes a report; only as a task, where there are tasks",
        takes: &[("topic", "string", false)],
        gives: &[],
        task: Task::Required,
        does: Does::Now(bodies::report),
    },
    Tool {
        name: "slow",
        about: "Takes as many milliseconds as it is told, and reports its progress",
        takes: &[("ms", "integer", false)],
        gives: &[],
        task: Task::Forbidden,
        does: Does::Later(bodies::slow),
    },
    Tool {
        name: "announce",
        about: "Announces that the tools have changed",
        takes: &[],
        gives: &[],
        task: Task::Forbidden,
        does: Does::Later(subscriptions::announce),
    },
];

/// The lists of tools that were asked for.
#[derive(Debug, Default)]
pub(super) struct Lists(AtomicUsize);

/// Answers `tools/list`.
pub(super) fn list(server: &Arc<Server>, era: Era, request: &Request) -> Result<Answered, Refusal> {
    // Further pages are part of the list that was begun.
    let begun = usize::from(!request.params.contains_key("cursor"));
    let before = server.lists.0.fetch_add(begun, Ordering::Relaxed);
    if fault!(MCP_TOOLS_LIST_REFUSED) {
        return Err(Refusal::method(&request.method));
    }
    if fault!(MCP_ANSWER_LOST_IN_A_CROWD) && before % 10 == 9 {
        return Ok(Answered::Later);
    }
    if variant!(MCP_STORM_OF_CHANGES) && era != Era::Modern {
        for _ in 0..5 {
            server.out.notify("notifications/tools/list_changed", Value::Null);
        }
    }
    let mut tools: Vec<_> = TOOLS.iter().map(|tool| tool.listed(era)).collect();
    tools.extend(questions::listed(era));
    tools.extend(codex::listed(era));
    if variant!(MCP_TOOLS_DEPEND_ON_THE_CLIENT) && declares_elicitation(server) {
        tools.push(json!({ "name": "ask", "inputSchema": { "type": "object" } }));
    }
    if fault!(MCP_TOOLS_SHUFFLED) && before % 2 == 1 {
        tools.swap(0, 1);
    }
    bend(&mut tools);
    paging::page("tools", tools, &request.params).map(Answered::Now)
}

/// Whether the client of the session can ask its user.
fn declares_elicitation(server: &Server) -> bool {
    let state = server.state();
    let session = state.session.as_ref();
    session.is_some_and(|session| session.capabilities.get("elicitation").is_some())
}

/// The defects of single entries.
fn bend(tools: &mut [Value]) {
    if fault!(MCP_TOOL_WITHOUT_NAME) {
        tools[0].as_object_mut().map(|tool| tool.remove("name"));
    }
    if fault!(MCP_TOOL_NAME_TWICE) {
        tools[1]["name"] = tools[0]["name"].clone();
    }
    if fault!(MCP_TOOL_NAME_HAS_SPACES) {
        tools[0]["name"] = json!("give back");
    }
    if fault!(MCP_INPUT_SCHEMA_WITHOUT_TYPE) {
        tools[0]["inputSchema"] = json!({ "properties": {} });
    }
    if fault!(MCP_INPUT_SCHEMA_INVALID) {
        tools[0]["inputSchema"]["properties"]["text"] = json!({ "type": "strng" });
    }
    if fault!(MCP_OUTPUT_SCHEMA_INVALID) {
        tools[1]["outputSchema"]["properties"]["sum"] = json!({ "minimum": "none" });
    }
    if fault!(MCP_OUTPUT_SCHEMA_IS_AN_ARRAY) && tools[1].get("outputSchema").is_some() {
        tools[1]["outputSchema"] = json!({ "type": "array" });
    }
    if fault!(MCP_HINT_IS_A_TEXT) {
        tools[1]["annotations"]["openWorldHint"] = json!("no");
    }
    if fault!(MCP_TASK_SUPPORT_UNKNOWN) {
        tools[0]["execution"] = json!({ "taskSupport": "maybe" });
    }
    if fault!(MCP_HEADER_NAME_EMPTY) {
        tools[0]["inputSchema"]["properties"]["text"]["x-mcp-header"] = json!("");
    }
}

impl Tool {
    fn listed(&self, era: Era) -> Value {
        let properties = |members: &mut dyn Iterator<Item = (&str, &str)>| -> Map<String, Value> {
            members.map(|(name, kind)| (name.to_owned(), json!({ "type": kind }))).collect()
        };
        let required: Vec<_> =
            self.takes.iter().filter(|(.., required)| *required).map(|(name, ..)| *name).collect();
        let takes = properties(&mut self.takes.iter().map(|(name, kind, _)| (*name, *kind)));
        let mut tool = json!({
            "name": self.name,
            "description": self.about,
            "inputSchema": { "type": "object", "properties": takes, "required": required },
        });
        if variant!(MCP_SCHEMAS_OF_AN_OLD_DRAFT) {
            tool["inputSchema"]["$schema"] = json!("http://json-schema.org/draft-07/schema#");
            tool["inputSchema"]["additionalProperties"] = json!(false);
        }
        if era.has("2025-03-26") {
            tool["annotations"] = json!({ "readOnlyHint": true, "title": self.about });
        }
        if era.has("2025-06-18") && !self.gives.is_empty() {
            let names: Vec<_> = self.gives.iter().map(|(name, _)| *name).collect();
            let gives = properties(&mut self.gives.iter().copied());
            tool["outputSchema"] =
                json!({ "type": "object", "properties": gives, "required": names });
        }
        if era == Era::Modern && self.name == "echo" {
            tool["inputSchema"]["properties"]["text"]["x-mcp-header"] = json!("Text");
        }
        if era == Era::Legacy("2025-11-25") {
            let support = match self.task {
                Task::Forbidden => "forbidden",
                Task::Optional => "optional",
                Task::Required => "required",
            };
            tool["execution"] = json!({ "taskSupport": support });
        }
        tool
    }

    /// What is wrong with the arguments, if anything is.
    fn wrong(&self, arguments: &Params) -> Option<String> {
        self.takes.iter().find_map(|(name, kind, required)| match arguments.get(*name) {
            None => required.then(|| format!("`{name}` is missing")),
            Some(value) => {
                let fits = match *kind {
                    "string" => value.is_string(),
                    "integer" => value.is_u64(),
                    _ => value.is_number(),
                };
                (!fits).then(|| format!("`{name}` is no {kind}"))
            }
        })
    }
}

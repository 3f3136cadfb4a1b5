//! The tools of the server: what they take, and what they do.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::calls::Lease;
use super::envelope::{Params, Refusal, Request};
use super::era::Era;
use super::{modern, questions, subscriptions};
use super::server::{Answered, Server};
use crate::fault::fault;
use crate::variant::variant;

/// A tool: its entry in the list, and what a call of it gives.
struct Tool {
    name: &'static str,
    about: &'static str,
    /// Its parameters: name, type, and whether it is required.
    takes: &'static [(&'static str, &'static str, bool)],
    /// The shape of its structured result, if it has one: name and type of each member.
    gives: &'static [(&'static str, &'static str)],
    does: Does,
}

/// What a call does with its arguments.
enum Does {
    /// Gives its result at once.
    Now(fn(&Params) -> Value),
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
        does: Does::Now(|arguments| text(arguments["text"].as_str().unwrap_or_default())),
    },
    Tool {
        name: "add",
        about: "Adds two numbers",
        takes: &[("a", "number", true), ("b", "number", true)],
        gives: &[("sum", "number")],
        does: Does::Now(add),
    },
    Tool {
        name: "slow",
        about: "Takes as many milliseconds as it is told, and reports its progress",
        takes: &[("ms", "integer", false)],
        gives: &[],
        does: Does::Later(slow),
    },
    Tool {
        name: "announce",
        about: "Announces that the tools have changed",
        takes: &[],
        gives: &[],
        does: Does::Later(subscriptions::announce),
    },
];

/// The result of `tools/list`.
pub(super) fn list(era: Era) -> Value {
    let mut tools: Vec<Value> = TOOLS.iter().map(|tool| tool.listed(era)).collect();
    tools.extend(questions::listed(era));
    json!({ "tools": tools })
}

/// Calls a tool.
pub(super) fn call(
    server: &Arc<Server>,
    era: Era,
    request: &Request,
) -> Result<Answered, Refusal> {
    let name = request.params.get("name").and_then(Value::as_str);
    let name = name.ok_or_else(|| Refusal::params("name"))?;
    if let Some(answered) = questions::call(server, era, request, name) {
        return answered;
    }
    let Some(tool) = TOOLS.iter().find(|tool| tool.name == name) else {
        return unknown(name);
    };
    let arguments = match request.params.get("arguments") {
        None => Params::new(),
        Some(Value::Object(arguments)) => arguments.clone(),
        Some(_) => return Err(Refusal::params("arguments")),
    };
    if let Some(wrong) = tool.wrong(&arguments) {
        return if era.has("2025-11-25") {
            Ok(Answered::Now(failed(&wrong)))
        } else {
            Err(Refusal::params(wrong))
        };
    }
    match tool.does {
        Does::Now(does) => Ok(Answered::Now(does(&arguments))),
        Does::Later(does) => {
            let (lease, server, request) =
                (server.calls.begin(&request.id), Arc::clone(server), request.clone());
            std::thread::spawn(move || {
                let result = does(&server, &request, &lease);
                if let (true, Some(mut result)) = (server.calls.finish(&request.id), result) {
                    if era == Era::Modern {
                        result = modern::finished(&request.method, result);
                    }
                    server.out.result(&request.id, result);
                }
            });
            Ok(Answered::Later)
        }
    }
}

/// The answer to a call of a tool that there is not.
fn unknown(name: &str) -> Result<Answered, Refusal> {
    let says = format!("Unknown tool: {name}");
    if fault!(MCP_UNKNOWN_TOOL_SUCCEEDS) {
        return Ok(Answered::Now(text(&says)));
    }
    if variant!(MCP_UNKNOWN_TOOL_IS_A_RESULT) {
        return Ok(Answered::Now(failed(&says)));
    }
    Err(Refusal::params(says))
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
        if era.has("2025-03-26") {
            tool["annotations"] = json!({ "readOnlyHint": true });
        }
        if era.has("2025-06-18") && !self.gives.is_empty() {
            let names: Vec<_> = self.gives.iter().map(|(name, _)| *name).collect();
            let gives = properties(&mut self.gives.iter().copied());
            tool["outputSchema"] =
                json!({ "type": "object", "properties": gives, "required": names });
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

/// A result of one text.
fn text(text: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": text }] })
}

/// The result of a call that failed.
fn failed(says: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": says }], "isError": true })
}

fn add(arguments: &Params) -> Value {
    let number = |name: &str| arguments[name].as_f64().unwrap_or_default();
    let structured = json!({ "sum": number("a") + number("b") });
    json!({
        "content": [{ "type": "text", "text": structured.to_string() }],
        "structuredContent": structured,
    })
}

/// Reports its progress ten times, if it was asked to.
fn slow(server: &Server, request: &Request, lease: &Lease) -> Option<Value> {
    /// How long it takes if it is not told.
    const USUAL: u64 = 50;
    let arguments = request.params.get("arguments");
    let ms = arguments.and_then(|arguments| arguments["ms"].as_u64()).unwrap_or(USUAL);
    let step = Duration::from_millis(ms) / 10;
    for done in 1..=10 {
        if !lease.lasts(step) {
            return None;
        }
        if let Some(token) = request.meta("progressToken") {
            let progress = json!({ "progressToken": token, "progress": done, "total": 10 });
            server.out.notify("notifications/progress", progress);
        }
    }
    Some(text("done"))
}

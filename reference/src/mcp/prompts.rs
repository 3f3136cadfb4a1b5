//! Prompts: their list, and their messages.

use serde_json::{Value, json};

use super::envelope::{Params, Refusal, Request, code};
use super::era::Era;
use super::paging;
use super::resources::{DOT, GREETING};
use super::server::Server;
use crate::fault::fault;

/// A prompt: name, and its arguments with what can stand for each and whether it is required.
struct Prompt {
    name: &'static str,
    takes: &'static [(&'static str, &'static [&'static str], bool)],
}

const PROMPTS: &[Prompt] = &[
    Prompt { name: "greet", takes: &[] },
    Prompt {
        name: "ask",
        takes: &[("topic", &["tides", "time", "trees"], true), ("tone", &["calm"], false)],
    },
    Prompt { name: "look", takes: &[] },
];

/// Answers `prompts/list`.
pub(super) fn list(server: &Server, era: Era, params: &Params) -> Result<Value, Refusal> {
    if fault!(MCP_PROMPTS_LIST_REFUSED) {
        return Err(Refusal::method("prompts/list"));
    }
    if fault!(MCP_UNDECLARED_LIST_CHANGED) {
        server.out.notify("notifications/prompts/list_changed", Value::Null);
    }
    let mut prompts: Vec<_> = PROMPTS.iter().map(|prompt| prompt.listed(era)).collect();
    if fault!(MCP_PROMPT_WITHOUT_NAME) {
        prompts[0].as_object_mut().map(|prompt| prompt.remove("name"));
    }
    if fault!(MCP_PROMPT_NAME_TWICE) {
        prompts[2]["name"] = prompts[0]["name"].clone();
    }
    if fault!(MCP_PROMPT_ARGUMENT_WITHOUT_NAME) {
        prompts[1]["arguments"][0] = json!({ "required": true });
    }
    paging::page("prompts", prompts, params)
}

impl Prompt {
    fn listed(&self, era: Era) -> Value {
        let arguments = self.takes.iter().map(|(name, _, required)| {
            json!({ "name": name, "description": "for tests", "required": required })
        });
        let arguments: Vec<_> = arguments.collect();
        let mut prompt = json!({ "name": self.name, "description": "A prompt for tests" });
        if !arguments.is_empty() {
            prompt["arguments"] = json!(arguments);
        }
        if era.has("2025-06-18") {
            prompt["title"] = json!("A prompt");
        }
        prompt
    }
}

/// What can stand for an argument of a prompt.
pub(super) fn words(prompt: &str, argument: &str) -> Option<&'static [&'static str]> {
    let prompt = PROMPTS.iter().find(|known| known.name == prompt)?;
    prompt.takes.iter().find(|(name, ..)| *name == argument).map(|(_, words, _)| *words)
}

/// Answers `prompts/get`.
pub(super) fn get(request: &Request) -> Result<Value, Refusal> {
    let params = &request.params;
    let name = params.get("name").and_then(Value::as_str);
    let name = name.ok_or_else(|| Refusal::params("name"))?;
    let nothing = || json!({ "messages": [] });
    let Some(prompt) = PROMPTS.iter().find(|prompt| prompt.name == name) else {
        if fault!(MCP_UNKNOWN_PROMPT_IS_EMPTY) {
            return Ok(nothing());
        }
        let refusal = Refusal::params(format!("Unknown prompt: {name}"));
        if fault!(MCP_UNKNOWN_PROMPT_HAS_CODE_ZERO) {
            return Err(Refusal { code: 0, ..refusal });
        }
        return Err(refusal);
    };
    let arguments = params.get("arguments").unwrap_or(&Value::Null);
    let is_missing = |name: &str| arguments[name].as_str().is_none();
    let missing = prompt.takes.iter().find(|(name, _, required)| *required && is_missing(name));
    if let Some((name, ..)) = missing {
        if fault!(MCP_MISSING_PROMPT_ARGUMENT_IGNORED) {
            return Ok(nothing());
        }
        let refusal = Refusal::params(format!("argument `{name}` is missing"));
        if fault!(MCP_MISSING_PROMPT_ARGUMENT_HAS_ANOTHER_CODE) {
            return Err(Refusal { code: code::INTERNAL_ERROR, ..refusal });
        }
        return Err(refusal);
    }
    if fault!(MCP_PROMPT_REFUSED) {
        return Err(Refusal::new(code::INTERNAL_ERROR, "no prompt today"));
    }
    Ok(json!({ "description": "A prompt for tests", "messages": messages(name, arguments) }))
}

fn messages(name: &str, arguments: &Value) -> Value {
    let says = |role: &str, content: Value| json!({ "role": role, "content": content });
    let text = |text: &str| json!({ "type": "text", "text": text });
    match name {
        "greet" => {
            let role = if fault!(MCP_PROMPT_OF_ROLE_SYSTEM) { "system" } else { "user" };
            let mut content = text("Good morning");
            if fault!(MCP_PROMPT_CONTENT_IS_AN_ARRAY) {
                content = json!([content]);
            }
            json!([says(role, content), says("assistant", text("Good morning to you"))])
        }
        "look" => json!([
            says("user", json!({ "type": "image", "data": DOT, "mimeType": "image/png" })),
            says(
                "user",
                json!({ "type": "resource", "resource": {
                "uri": GREETING, "mimeType": "text/plain", "text": "Good morning",
            } })
            ),
        ]),
        _ => json!([says("user", text(arguments["topic"].as_str().unwrap_or_default()))]),
    }
}

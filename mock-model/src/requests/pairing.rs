//! The rule that, within one request, every tool output has its call and every call its output.
//!
//! The service that Codex uses refuses a conversation that breaks this rule, so a client that sends
//! one is at fault, whatever the script was.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use serde_json::Value;

use super::texts;

/// A tool call without its output, or an output without its call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The number of the request, if it has one.
    pub request: Option<usize>,
    /// The type of the unpaired item.
    pub item: String,
    /// Its call id; empty when it has none.
    pub call_id: String,
    /// The missing half.
    pub missing: Missing,
}

/// The missing half of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// There is an output only.
    Call,
    /// There is a call only.
    Output,
}

impl Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.request {
            Some(number) => write!(formatter, "request {number}: ")?,
            None => formatter.write_str("a request without a number: ")?,
        }
        let missing = match self.missing {
            Missing::Call => "call before it",
            Missing::Output => "output after it",
        };
        write!(formatter, "{} {:?} has no {missing}", self.item, self.call_id)
    }
}

/// The role of an item under the rule.
enum Half<'a> {
    Call { tool: Tool, id: &'a str },
    Output { tool: Tool, id: &'a str },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    Function,
    Custom,
    LocalShell,
}

impl Tool {
    /// Clients also answer a call of the built-in shell with the output of a function.
    fn may_answer(self, call: Self) -> bool {
        self == call || (self == Self::Function && call == Self::LocalShell)
    }
}

struct OpenCall<'a> {
    tool: Tool,
    item: &'a str,
}

/// Checks the conversation in a body.
pub(crate) fn check(body: &Value, request: Option<usize>) -> Vec<Violation> {
    // Then the calls may be in a response that the service is supposed to remember.
    let continues = body["previous_response_id"].is_string();
    let mut open: BTreeMap<&str, Vec<OpenCall<'_>>> = BTreeMap::new();
    let mut violations = Vec::new();
    let violation = |item: &str, id: &str, missing| Violation {
        request,
        item: item.to_owned(),
        call_id: id.to_owned(),
        missing,
    };
    for (item, half) in texts::items(body).iter().flat_map(halves) {
        match half {
            Half::Call { tool, id } => open.entry(id).or_default().push(OpenCall { tool, item }),
            Half::Output { tool, id } => {
                let calls = open.entry(id).or_default();
                match calls.iter().position(|call| tool.may_answer(call.tool)) {
                    Some(index) => drop(calls.remove(index)),
                    None if continues => {}
                    None => violations.push(violation(item, id, Missing::Call)),
                }
            }
        }
    }
    for (id, calls) in open {
        let alone = calls.iter().map(|call| violation(call.item, id, Missing::Output));
        violations.extend(alone);
    }
    violations
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The halves in an item, each with the name of its kind; a chat message may hold several calls.
fn halves(item: &Value) -> Vec<(&str, Half<'_>)> {
    let id = item["call_id"].as_str().unwrap_or_else(|| text(&item["id"]));
    let kind = text(&item["type"]);
    let half = match kind {
        "function_call" => Half::Call { tool: Tool::Function, id },
        "custom_tool_call" => Half::Call { tool: Tool::Custom, id },
        "local_shell_call" => Half::Call { tool: Tool::LocalShell, id },
        "function_call_output" => Half::Output { tool: Tool::Function, id },
        "custom_tool_call_output" => Half::Output { tool: Tool::Custom, id },
        "local_shell_call_output" => Half::Output { tool: Tool::LocalShell, id },
        _ if item["role"] == "tool" => {
            let id = text(&item["tool_call_id"]);
            return vec![("tool message", Half::Output { tool: Tool::Function, id })];
        }
        _ => {
            let calls = item["tool_calls"].as_array().map(Vec::as_slice).unwrap_or_default();
            let half = |id| ("tool call", Half::Call { tool: Tool::Function, id });
            return calls.iter().map(|call| half(text(&call["id"]))).collect();
        }
    };
    vec![(kind, half)]
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;

    fn broken(input: Value) -> Vec<String> {
        let violations = check(&json!({ "input": input }), Some(2));
        violations.iter().map(Violation::to_string).collect()
    }

    #[test]
    fn pairs_of_every_kind_are_in_order() {
        let input = json!([
            { "type": "function_call", "call_id": "a" },
            { "type": "custom_tool_call", "call_id": "b" },
            { "type": "local_shell_call", "call_id": "c" },
            { "type": "local_shell_call", "id": "d", "call_id": null },
            { "type": "custom_tool_call_output", "call_id": "b" },
            { "type": "function_call_output", "call_id": "a" },
            { "type": "function_call_output", "call_id": "c" },
            { "type": "local_shell_call_output", "id": "d" },
        ]);
        assert_eq!(broken(input), [""; 0]);
    }

    #[test]
    fn a_half_alone_is_reported() {
        let input = json!([
            { "type": "function_call_output", "call_id": "a" },
            { "type": "function_call", "call_id": "a" },
            { "type": "custom_tool_call_output", "call_id": "b" },
        ]);
        assert_eq!(
            broken(input),
            [
                "request 2: function_call_output \"a\" has no call before it",
                "request 2: custom_tool_call_output \"b\" has no call before it",
                "request 2: function_call \"a\" has no output after it",
            ],
        );
    }

    #[test]
    fn kinds_do_not_mix_and_one_output_answers_one_call() {
        let input = json!([
            { "type": "custom_tool_call", "call_id": "a" },
            { "type": "function_call_output", "call_id": "a" },
            { "type": "function_call", "call_id": "b" },
            { "type": "function_call_output", "call_id": "b" },
            { "type": "function_call_output", "call_id": "b" },
        ]);
        assert_eq!(
            broken(input),
            [
                "request 2: function_call_output \"a\" has no call before it",
                "request 2: function_call_output \"b\" has no call before it",
                "request 2: custom_tool_call \"a\" has no output after it",
            ],
        );
    }

    #[test]
    fn chat_messages_follow_the_same_rule() {
        let body = json!({ "messages": [
            { "role": "assistant", "tool_calls": [{ "id": "a" }, { "id": "b" }] },
            { "role": "tool", "tool_call_id": "a" },
            { "role": "tool", "tool_call_id": "c" },
        ]});
        let violations: Vec<String> = check(&body, None).iter().map(Violation::to_string).collect();
        assert_eq!(
            violations,
            [
                "a request without a number: tool message \"c\" has no call before it",
                "a request without a number: tool call \"b\" has no output after it",
            ],
        );
    }

    #[test]
    fn an_output_may_answer_a_call_of_the_previous_response() {
        let body = json!({
            "previous_response_id": "resp_1",
            "input": [{ "type": "function_call_output", "call_id": "a" }],
        });
        assert_eq!(check(&body, Some(2)), []);
    }
}

//! Faults of a server of the Model Context Protocol: what it says of itself, and how it treats what it does not know.

use serde_json::{Value, json};

use crate::bend::{Bend, of_subject};
use crate::fault::{fault, faults};
use crate::line::{Kind, Line, line_of};
use crate::steps::{Side, Steps};

faults! {
    fault!(
        REVISION_UNKNOWN,
        "The answer to `initialize` names the revision 1999-01-01.",
        || edit_results(|result| if let Some(version) = result.get_mut("protocolVersion") {
            *version = json!("1999-01-01");
        }),
    ),
    fault!(
        SERVER_INFO_MISSING,
        "The answer to `initialize` does not say which server it is.",
        || edit_results(|result| remove(result, "serverInfo")),
    ),
    fault!(
        TOOLS_UNDECLARED,
        "The server offers tools and does not declare that it has them.",
        || edit_results(|result| if let Some(capabilities) = result.get_mut("capabilities") {
            remove(capabilities, "tools");
        }),
    ),
    fault!(
        INPUT_SCHEMA_IS_AN_ARRAY,
        "The `inputSchema` of every tool has the type `array`.",
        || edit_results(|result| {
            let tools = result.get_mut("tools").and_then(Value::as_array_mut);
            for tool in tools.into_iter().flatten() {
                tool["inputSchema"]["type"] = json!("array");
            }
        }),
    ),
    fault!(
        UNKNOWN_METHOD_SUCCEEDS,
        "A request for a method that the server does not have gets an empty result.",
        || of_subject(|line, steps| match line.value.pointer("/error/code") {
            Some(code) if *code == json!(-32601) => steps.client(line.edited(|answer| {
                remove(answer, "error");
                answer["result"] = json!({});
            })),
            _ => steps.client(&line.bytes),
        }),
    ),
    fault!(
        NOTIFICATIONS_ANSWERED,
        "Every notification of the client is answered with an error without an id.",
        || Box::new(Answering),
    ),
}

/// Changes every result of the subject that is an object.
fn edit_results(edit: fn(&mut Value)) -> Box<dyn Bend> {
    of_subject(move |line, steps| {
        if line.value.get("result").is_none_or(|result| !result.is_object()) {
            return steps.client(&line.bytes);
        }
        let mut edited = line.value.clone();
        edit(&mut edited["result"]);
        // An unchanged line keeps its blanks.
        let bytes = if edited == line.value { line.bytes.clone() } else { line_of(&edited) };
        steps.client(bytes);
    })
}

fn remove(value: &mut Value, member: &str) {
    if let Some(members) = value.as_object_mut() {
        members.shift_remove(member);
    }
}

/// Answers the notifications of the client.
struct Answering;

impl Bend for Answering {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        steps.send(from.other(), &line.bytes);
        if from == Side::Client && line.is(Kind::Notification) {
            let error = json!({ "code": -32601, "message": "Method not found" });
            steps.client(line_of(&json!({ "jsonrpc": "2.0", "id": null, "error": error })));
        }
    }
}

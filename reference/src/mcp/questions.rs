//! Tools that need something of the client: in a session the server asks it, without one it asks for input.

use std::sync::Arc;

use serde_json::{Value, json};

use super::asking::ROOTS;
use super::envelope::{Refusal, Request};
use super::era::Era;
use super::input;
use super::modern;
use super::server::{Answered, Server};
use crate::fault::fault;
use crate::variant::variant;

/// A tool that asks one question.
pub(super) struct Question {
    pub(super) tool: &'static str,
    about: &'static str,
    /// The request of the client that it asks with.
    pub(super) method: &'static str,
    /// The capability of a client that can be asked, as a path of members.
    pub(super) needs: &'static [&'static str],
    /// The first revision that has the question.
    since: &'static str,
    params: fn(Era) -> Value,
}

const QUESTIONS: &[Question] = &[
    Question {
        tool: "ask_name",
        about: "Asks the user for a name",
        method: "elicitation/create",
        needs: &["elicitation"],
        since: "2025-06-18",
        params: form,
    },
    Question {
        tool: "ask_visit",
        about: "Sends the user to a page",
        method: "elicitation/create",
        needs: &["elicitation", "url"],
        since: "2025-11-25",
        params: page,
    },
    Question {
        tool: "ask_model",
        about: "Asks the model of the client for a word",
        method: "sampling/createMessage",
        needs: &["sampling"],
        since: "2024-11-05",
        params: |_| sampling(),
    },
    Question {
        tool: "ask_roots",
        about: "Asks for the directories of the client",
        method: ROOTS,
        needs: &["roots"],
        since: "2024-11-05",
        params: |_| Value::Null,
    },
];

/// The tools of this era that ask, as they are listed.
pub(super) fn listed(era: Era) -> Vec<Value> {
    let known = QUESTIONS.iter().filter(|question| era.has(question.since));
    let listed = known.map(|question| {
        let mut tool = json!({
            "name": question.tool,
            "description": question.about,
            "inputSchema": { "type": "object", "properties": {} },
        });
        if era.has("2025-03-26") {
            tool["annotations"] = json!({ "readOnlyHint": true });
        }
        tool
    });
    listed.collect()
}

/// Calls the tool of this name, if it is one that asks.
pub(super) fn call(
    server: &Arc<Server>,
    era: Era,
    request: &Request,
    name: &str,
) -> Option<Result<Answered, Refusal>> {
    let mut known = QUESTIONS.iter().filter(|question| era.has(question.since));
    let question = known.find(|question| question.tool == name)?;
    Some(match era {
        Era::Modern => input::call(server, request, question),
        Era::Legacy(_) => Ok(ask(server, era, request, question)),
    })
}

/// Asks the client in a thread of the call's own.
fn ask(server: &Arc<Server>, era: Era, request: &Request, question: &'static Question) -> Answered {
    if !can(server, question) {
        return Answered::Now(failed("the client cannot be asked"));
    }
    // It waits for the client, not for a time.
    drop(server.calls.begin(&request.id));
    let (server, id) = (Arc::clone(server), request.id.clone());
    std::thread::spawn(move || {
        if let Some(result) = outcome(&server, era, &id, question)
            && server.calls.finish(&id)
        {
            server.out.result(&id, result);
        }
    });
    Answered::Later
}

/// The result of a call, once the client has answered; nothing if it was cancelled.
fn outcome(server: &Server, era: Era, id: &Value, question: &Question) -> Option<Value> {
    let answer = server.asking.ask(&server.out, id, question.method, (question.params)(era));
    let answer = answer.recv().ok()?;
    let lost = match &answer {
        Err(_) => fault!(MCP_REFUSAL_LOSES_THE_CALL),
        Ok(answer) => match answer["action"].as_str() {
            Some("decline") => fault!(MCP_DECLINE_LOSES_THE_CALL),
            Some("cancel") => fault!(MCP_DISMISSAL_LOSES_THE_CALL),
            _ => fault!(MCP_ANSWER_LOSES_THE_CALL),
        },
    };
    (!lost).then(|| match answer {
        Ok(answer) => told(&answer),
        Err(error) => failed(&format!("the client refuses: {}", error["message"])),
    })
}

/// The result of a call whose question has this answer.
pub(super) fn told(answer: &Value) -> Value {
    match answer["action"].as_str() {
        Some("decline" | "cancel") => failed("the user does not answer"),
        _ => json!({ "content": [{ "type": "text", "text": answer.to_string() }] }),
    }
}

/// Whether the client of the session declared that it can be asked this.
fn can(server: &Server, question: &Question) -> bool {
    let state = server.state();
    let Some(session) = state.session.as_ref() else { return false };
    let mut at = &session.capabilities;
    for name in question.needs {
        at = &at[name];
    }
    let is_page = question.needs.len() > 1;
    at.is_object() || is_page && fault!(MCP_PAGE_UNDECLARED)
}

/// Asks for the roots of a client that has declared some, for no call.
pub(super) fn roots(server: &Server) {
    let declared = server
        .state()
        .session
        .as_ref()
        .is_some_and(|session| session.capabilities["roots"].is_object());
    if declared && !variant!(MCP_DOES_NOT_ASK_FOR_ROOTS) {
        // What they are changes nothing here.
        drop(server.asking.ask(&server.out, &Value::Null, ROOTS, Value::Null));
    }
}

/// The request for input of a question, without a session.
pub(super) fn requested(question: &Question) -> Value {
    let method = if fault!(MCP_UNKNOWN_REQUEST_FOR_INPUT) { "user/ask" } else { question.method };
    let params = (question.params)(Era::Modern);
    let params = if params.is_null() { json!({}) } else { params };
    json!({ "method": method, "params": params })
}

fn form(era: Era) -> Value {
    let mut name = json!({ "type": "string", "title": "Name" });
    if fault!(MCP_ASKS_FOR_A_NESTED_OBJECT) {
        name = json!({ "type": "object", "properties": { "first": { "type": "string" } } });
    }
    let mut properties = json!({ "name": name });
    if fault!(MCP_ASKS_FOR_A_PASSWORD) {
        properties["password"] = json!({ "type": "string" });
    }
    let schema = json!({ "type": "object", "properties": properties, "required": ["name"] });
    let mut params = json!({ "message": "Your name?", "requestedSchema": schema });
    if era.has("2025-11-25") {
        params["mode"] = json!("form");
    }
    let Some(members) = params.as_object_mut() else { return params };
    if fault!(MCP_ASKS_WITHOUT_MESSAGE) {
        members.remove("message");
    }
    if fault!(MCP_ASKS_WITHOUT_SCHEMA) {
        members.remove("requestedSchema");
    }
    params
}

fn page(era: Era) -> Value {
    let url = if fault!(MCP_PAGE_WITHOUT_URL) { "the page" } else { "https://example.com/consent" };
    let mut params = json!({ "mode": "url", "message": "Please visit the page.", "url": url });
    if era != Era::Modern && !fault!(MCP_PAGE_WITHOUT_ID) {
        params["elicitationId"] = json!("visit-1");
    }
    params
}

fn sampling() -> Value {
    let role = if fault!(MCP_SAMPLING_AS_SYSTEM) { "system" } else { "user" };
    let content = json!({ "type": "text", "text": "A word, please." });
    let mut params = json!({ "messages": [{ "role": role, "content": content }], "maxTokens": 10 });
    if fault!(MCP_SAMPLING_WITHOUT_LIMIT) {
        modern::without(&mut params, "maxTokens");
    }
    params
}

/// The result of a call that failed.
pub(super) fn failed(says: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": says }], "isError": true })
}

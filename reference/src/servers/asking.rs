//! Questions of an MCP server, put to the client.

use std::future::pending;
use std::rc::Rc;

use serde_json::{Value, json};

use super::connection::Connection;
use crate::approvals::{Open, set_waiting};
use crate::fault::fault;
use crate::server::Server;
use crate::settings::Approval;
use crate::threads::{self, Active, Thread};

/// The request that puts a question.
const METHOD: &str = "mcpServer/elicitation/request";

/// In what a question comes up.
pub(super) struct Asked<'a> {
    pub(super) server: &'a Rc<Server>,
    pub(super) thread: &'a Rc<Thread>,
    pub(super) active: &'a Rc<Active>,
    pub(super) connection: &'a Rc<Connection>,
}

/// Puts a question of an MCP server to the client, unless nobody may be asked. The answer for the MCP server; none where
/// a defect forgets it.
pub(super) async fn put(asked: &Asked<'_>, question: &Value) -> Option<Value> {
    let policy = asked.thread.state().settings.approval;
    if policy == Approval::Never && !fault!(QUESTION_DESPITE_NEVER) {
        return Some(json!({ "action": "decline" }));
    }
    let mut answer = ask(asked, question).await;
    if fault!(ANSWER_WITHOUT_CONTENT) {
        answer["content"] = Value::Null;
    }
    if answer["action"] == "decline" && fault!(DECLINED_IS_ACCEPTED) {
        answer["action"] = json!("accept");
    }
    (!fault!(ANSWER_NOT_PASSED_ON)).then(|| reply(answer))
}

/// Asks the client, and waits for as long as it takes. Its answer; a cancellation where it makes no sense.
pub(super) async fn ask(asked: &Asked<'_>, question: &Value) -> Value {
    let Asked { server, thread, active, connection } = asked;
    let mut params = json!({
        "threadId": thread.id,
        "turnId": active.id,
        "serverName": connection.name,
        "environmentId": null,
    });
    if let (Some(params), Some(question)) = (params.as_object_mut(), question.as_object()) {
        params.extend(question.clone());
    }
    if fault!(QUESTION_WITHOUT_ITS_TEXT) {
        params["message"] = json!("The MCP server has a question.");
    }
    if fault!(QUESTION_IS_A_NOTIFICATION) {
        server.out.notify_v2(METHOD, &params);
        pending::<()>().await;
    }
    set_waiting(server, thread, &active.id, true);
    let (id, answer) = server.out.ask(METHOD, &params);
    thread.state_mut().questions.push(threads::Question { id, method: METHOD, params });
    let open = Open { server, thread, turn: &active.id, id };
    let answer = answer.await;
    if matches!(answer, Ok(Err(_))) && fault!(ERROR_TO_A_QUESTION_HANGS) {
        pending::<()>().await;
    }
    drop(open);
    set_waiting(server, thread, &active.id, false);
    match answer {
        Ok(Ok(answer)) => answer,
        _ if fault!(ERROR_IS_CONSENT) => json!({ "action": "accept", "content": {} }),
        _ => json!({ "action": "cancel" }),
    }
}

/// The answer in the form that MCP has for it.
fn reply(mut answer: Value) -> Value {
    let action = match answer["action"].as_str() {
        Some(action @ ("accept" | "decline" | "cancel")) => action.to_owned(),
        _ if fault!(INVALID_ANSWER_IS_CONSENT) => "accept".to_owned(),
        _ => "cancel".to_owned(),
    };
    let content = answer.get_mut("content").map(Value::take).unwrap_or_default();
    let mut reply = json!({ "action": action });
    if action == "accept" && !content.is_null() {
        reply["content"] = content;
    }
    reply
}

/// Whether a defect keeps an interruption from a turn in which an MCP server asks.
pub(crate) fn withholds_interrupts(thread: &Thread) -> bool {
    let asks = thread.state().questions.iter().any(|question| question.method == METHOD);
    asks && fault!(QUESTION_OUTLIVES_INTERRUPT)
}

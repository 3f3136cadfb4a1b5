//! Requests that need input of the client, without a session: the answer says what for, and the client asks again with it.
//!
//! Nothing is kept in between: what the server must remember is in the state that the client brings back.

use std::sync::Arc;

use serde_json::{Value, json};

use super::envelope::{Params, Refusal, Request, code};
use super::era::meta;
use super::questions::{self, Question};
use super::server::{Answered, Server};
use crate::fault::fault;
use crate::variant::variant;

/// What the input is called.
const KEY: &str = "answer";

/// Calls a tool that needs input.
pub(super) fn call(
    server: &Arc<Server>,
    request: &Request,
    question: &Question,
) -> Result<Answered, Refusal> {
    declared(server, request, question)?;
    let state = request.params.get("requestState");
    if let Some(state) = state
        && state.as_str() != Some(&sealed(question))
        && !fault!(MCP_CHANGED_STATE_ACCEPTED)
    {
        return Err(Refusal::params("requestState is not of this server"));
    }
    let none = Params::new();
    let brought = request.params.get("inputResponses");
    let input = brought.map_or(Some(&none), Value::as_object);
    let input = input.ok_or_else(|| Refusal::params("inputResponses"))?;
    if fault!(MCP_UNKNOWN_INPUT_REFUSED) && input.keys().any(|key| key != KEY) {
        return Err(Refusal::params("inputResponses has unknown members"));
    }
    let Some(answer) = input.get(KEY) else {
        if fault!(MCP_MISSING_INPUT_REFUSED) && brought.is_some() {
            return Err(Refusal::params("inputResponses is not complete"));
        }
        return Ok(Answered::Now(required(question, state.is_some())));
    };
    match answer["action"].as_str() {
        _ if fault!(MCP_INPUT_REFUSED) => Err(Refusal::params("not now")),
        Some("decline") if fault!(MCP_DECLINED_INPUT_UNANSWERED) => Ok(Answered::Later),
        Some("cancel") if fault!(MCP_CANCELLED_INPUT_UNANSWERED) => Ok(Answered::Later),
        Some("decline" | "cancel") if variant!(MCP_DECLINED_INPUT_IS_AN_ERROR) => {
            Err(Refusal::new(code::INVALID_REQUEST, "the user does not answer"))
        }
        _ => Ok(Answered::Now(questions::told(answer))),
    }
}

/// The result that asks for the input.
fn required(question: &Question, is_again: bool) -> Value {
    let mut result = json!({ "resultType": "input_required" });
    if fault!(MCP_ASKS_FOR_NOTHING) {
        return result;
    }
    if !variant!(MCP_INPUT_WITHOUT_STATE) {
        result["requestState"] = json!(sealed(question));
    }
    if variant!(MCP_STATE_BEFORE_QUESTIONS) && !is_again {
        return result;
    }
    result["inputRequests"] = if fault!(MCP_INPUT_REQUESTS_ARE_A_LIST) {
        json!([questions::requested(question)])
    } else {
        json!({ KEY: questions::requested(question) })
    };
    result
}

/// Refuses a request whose client does not declare what the question needs.
fn declared(server: &Server, request: &Request, question: &Question) -> Result<(), Refusal> {
    let mut at = request.meta(meta::CAPABILITIES).unwrap_or(&Value::Null);
    let remembered = server.state().memory.capabilities.replace(at.clone());
    if fault!(MCP_REMEMBERS_CAPABILITIES)
        && let Some(remembered) =
            remembered.as_ref().filter(|kept| kept[question.needs[0]].is_object())
    {
        at = remembered;
        server.state().memory.capabilities = Some(remembered.clone());
    }
    for name in question.needs {
        at = &at[name];
    }
    if at.is_object() || fault!(MCP_ASKS_FOR_UNDECLARED_INPUT) {
        return Ok(());
    }
    let missing =
        question.needs.iter().rev().fold(json!({}), |inner, name| json!({ *name: inner }));
    let mut refusal = Refusal::new(code::MISSING_CAPABILITY, "the client cannot be asked");
    if fault!(MCP_MISSING_CAPABILITY_HAS_ANOTHER_CODE) {
        refusal.code = code::INVALID_PARAMS;
    }
    if fault!(MCP_MISSING_CAPABILITY_WITHOUT_NAME) {
        return Err(refusal);
    }
    Err(refusal.with(json!({ "requiredCapabilities": missing })))
}

/// The state of a question, with a sum of it and of a secret, so that nobody else can make one.
fn sealed(question: &Question) -> String {
    /// As secret as a test needs it.
    const SECRET: &str = "reference";
    let own = if fault!(MCP_STATE_OF_ONE_PROCESS) {
        std::process::id().to_string()
    } else {
        String::new()
    };
    let text = format!("{SECRET}{own}{}", question.tool);
    // FNV-1a.
    let sum = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{}.{sum:016x}", question.tool)
}

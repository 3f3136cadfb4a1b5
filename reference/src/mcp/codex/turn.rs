//! One turn: from the prompt to the last words of the model.

use serde_json::{Value, json};

use super::approval;
use super::bridge::{Bridge, outcome};
use super::{Call, Failed};
use crate::fault::fault;

/// Runs a turn; returns what the model said last.
pub(super) fn run(
    call: &Call<'_>,
    bridge: &mut Bridge,
    thread: &str,
    prompt: &str,
) -> Result<String, Failed> {
    let input = json!([{ "type": "text", "text": prompt }]);
    let asked = bridge.send("turn/start", &json!({ "threadId": thread, "input": input }))?;
    let (mut turn, mut said, mut doing) = (Value::Null, String::new(), Value::Null);
    loop {
        let message = match bridge.next(call.lease) {
            Err(Failed::Cancelled) => {
                if !fault!(CODEX_MCP_CANCEL_IGNORED) {
                    bridge
                        .send("turn/interrupt", &json!({ "threadId": thread, "turnId": turn }))?;
                }
                return Err(Failed::Cancelled);
            }
            message => message?,
        };
        let params = &message["params"];
        match message["method"].as_str() {
            None if message["id"] == json!(asked) => {
                turn = outcome(message)?["turn"]["id"].take();
            }
            Some("item/started") => doing = params["item"].clone(),
            Some("item/completed") if params["item"]["type"] == "agentMessage" => {
                said = params["item"]["text"].as_str().unwrap_or_default().to_owned();
            }
            Some("turn/completed") => return ended(&params["turn"], said),
            Some(_) if !message["id"].is_null() => {
                let decision = approval::ask(call, &doing);
                bridge.respond(&message["id"], &json!({ "decision": decision }))?;
            }
            _ => {}
        }
    }
}

/// What a turn comes to.
fn ended(turn: &Value, said: String) -> Result<String, Failed> {
    match turn["error"]["message"].as_str() {
        Some(error) => Err(Failed::Said(error.to_owned())),
        None => Ok(said),
    }
}

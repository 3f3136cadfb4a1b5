//! Cancellation: what was cancelled is not answered, and what was not is.

mod running;

use harness::{Context, Conversation, Failure, Id, Message, Result, check, observer, show};
use serde_json::{Value, json};

use crate::mcp::client::{CANCELLED, McpExt};

/// A server MUST go on after a cancellation of a request that is unknown, over or not named.
#[check(
    mcp,
    shared = "questions",
    source = "Cancellation, Behavior Requirements and Error Handling: may be ignored",
    faults(MCP_VAIN_CANCELLATION_IS_FATAL)
)]
async fn a_vain_cancellation_is_ignored(cx: &mut Context) -> Result {
    let method = cx.mcp().barrier_method();
    let over = cx.mcp().send(method, Value::Null).await?;
    cx.mcp().answer(&over).await?;
    let reason = "nothing to cancel";
    for params in [
        json!({ "requestId": "proctor-never-sent", "reason": reason }),
        json!({ "requestId": over.id.to_json() }),
        json!({ "reason": reason }),
    ] {
        cx.mcp().notify(CANCELLED, params).await?;
    }
    cx.mcp().barrier().await?;
    Ok(())
}

/// A server MUST send cancellations only for requests of its own, or for subscriptions.
#[observer(mcp, source = "Cancellation, Behavior Requirements", faults(MCP_CANCELS_OUR_REQUEST))]
fn a_server_cancels_its_own_requests(conversation: &Conversation<'_>) -> Result {
    let mut own: Vec<Id> = Vec::new();
    for (line, entry) in conversation.transcript.entries().iter().enumerate() {
        match (&entry.message, entry.is_from_subject()) {
            (Message::Request { id, .. }, true) => own.push(id.clone()),
            (Message::Request { id, method }, false) if method == "subscriptions/listen" => {
                own.push(id.clone());
            }
            (Message::Notification { method }, true) if method == CANCELLED => {
                let id = &entry.params()["requestId"];
                if !own.contains(&Id::of(id)) {
                    return Err(Failure::mismatch(
                        "`requestId` of the cancellation that the server sent",
                        "the id of a request of the server, or of a subscription",
                        show(id),
                    )
                    .at_line(line));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

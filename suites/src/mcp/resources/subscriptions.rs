//! Subscriptions of resources, in the revisions with sessions.

use harness::{Context, Conversation, Failure, Result, check, ensure, observer, show};
use serde_json::json;

use crate::mcp::client::{List, McpExt};

/// A server MUST accept `resources/subscribe` and `resources/unsubscribe` if it declares them.
#[check(
    mcp(until = "2025-11-25"),
    declares("resources.subscribe"),
    shared = "questions",
    source = "Resources, Subscriptions",
    faults(MCP_SUBSCRIBE_REFUSED, MCP_UNSUBSCRIBE_REFUSED)
)]
async fn a_listed_resource_can_be_subscribed(cx: &mut Context) -> Result {
    let resources = cx.mcp().list(List::RESOURCES).await?;
    let Some(uri) = resources.iter().find_map(|resource| resource["uri"].as_str()) else {
        return Err(Failure::lacks("a resource"));
    };
    for method in ["resources/subscribe", "resources/unsubscribe"] {
        let reply = cx.mcp().request(method, json!({ "uri": uri })).await?;
        let result = reply.granted(format!("`{method}` of the listed resource {uri:?}"))?;
        ensure!(result.is_object(), format!("the result of `{method}`"), "an object", show(result));
    }
    Ok(())
}

/// A server SHOULD report changes only of resources that the client has subscribed to.
#[observer(
    mcp(until = "2025-11-25"),
    source = "Resources, Subscriptions",
    faults(MCP_UPDATE_OF_ANOTHER_RESOURCE)
)]
fn only_subscribed_changes_are_reported(conversation: &Conversation<'_>) -> Result {
    let mut subscribed = Vec::new();
    for (line, entry) in conversation.transcript.entries().iter().enumerate() {
        let uri = entry.params()["uri"].as_str().unwrap_or_default();
        match (entry.is_from_subject(), entry.method()) {
            (false, Some("resources/subscribe")) => subscribed.push(uri),
            // It may be a part of the one that was subscribed to.
            (true, Some("notifications/resources/updated"))
                if !subscribed.iter().any(|known| uri.starts_with(known)) =>
            {
                return Err(Failure::mismatch(
                    "the resource of `notifications/resources/updated`",
                    format!("one that the client has subscribed to: {}", show(&subscribed)),
                    show(uri),
                )
                .at_line(line));
            }
            _ => {}
        }
    }
    Ok(())
}

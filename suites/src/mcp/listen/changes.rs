//! What a subscription brings.

use harness::{Context, Conversation, Id, Message, Result, check, ensure, ensure_at, observer};
use serde_json::{Value, json};

use crate::mcp::listen::{KINDS, LISTEN, SUBSCRIPTION, heard, offered, opened, stir, subscribed};

/// What a client asked for that listens: the id of its request, and the filter.
type Asked<'a> = (&'a Id, &'a Value);

/// Every notification of a change in a conversation without a session, with its line, what it should
/// have been asked for by, and the subscriptions that were opened before.
fn changes<'a>(
    conversation: &'a Conversation<'_>,
) -> Vec<(usize, &'a str, &'a Value, &'static str, Vec<Asked<'a>>)> {
    let mut asked = Vec::new();
    let mut changes = Vec::new();
    for (line, entry) in conversation.transcript.entries().iter().enumerate() {
        match (&entry.message, entry.is_from_subject()) {
            (Message::Request { method, .. }, false) if method == "initialize" => {
                return Vec::new();
            }
            (Message::Request { id, method }, false) if method == LISTEN => {
                asked.push((id, &entry.params()["notifications"]));
            }
            (Message::Notification { method }, true) => {
                let kind = KINDS.iter().find(|(.., notification)| notification == method);
                if let Some((name, ..)) = kind {
                    let params = entry.params();
                    changes.push((line, method.as_str(), params, *name, asked.clone()));
                }
            }
            _ => {}
        }
    }
    changes
}

/// A server MUST say of each notification of a change which subscription it belongs to.
#[observer(
    mcp(since = "2026-07-28"),
    source = "Subscriptions, Receiving Notifications",
    faults(MCP_NOTIFIES_UNTAGGED)
)]
fn each_belongs_to_a_subscription(conversation: &Conversation<'_>) -> Result {
    for (line, method, params, _, asked) in changes(conversation) {
        let id = &params["_meta"][SUBSCRIPTION];
        ensure_at!(
            line,
            asked.iter().any(|(asked, _)| asked.to_json() == *id),
            format!("`{SUBSCRIPTION}` in the `_meta` of `{method}`"),
            "the id of a request `subscriptions/listen`",
            id.to_string()
        );
    }
    Ok(())
}

/// A server MUST NOT send a subscription notifications that it did not ask for.
#[observer(
    mcp(since = "2026-07-28"),
    source = "Subscriptions, Opening a Stream",
    faults(MCP_NOTIFIES_UNASKED)
)]
fn each_was_asked_for(conversation: &Conversation<'_>) -> Result {
    for (line, method, params, name, asked) in changes(conversation) {
        let id = &params["_meta"][SUBSCRIPTION];
        let own = asked.iter().find(|(asked, _)| asked.to_json() == *id);
        let Some((_, filter)) = own else { continue };
        let wanted = match &filter[name] {
            // Part of what was asked for may have changed.
            Value::Array(wanted) => !wanted.is_empty(),
            wanted => *wanted == json!(true),
        };
        ensure_at!(
            line,
            wanted,
            format!("the notifications of subscription {id}, which asked for {filter}"),
            "nothing else",
            format!("`{method}`")
        );
    }
    Ok(())
}

/// A server MUST send what has changed to every subscription that asked for it.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "subscriptions",
    source = "Subscriptions, Multiple Concurrent Subscriptions",
    faults(MCP_SECOND_LISTEN_ENDS_THE_FIRST)
)]
async fn every_subscription_hears_of_it(cx: &mut Context) -> Result {
    subscribed(cx, async |cx: &mut Context| {
        let filter = offered(cx).await?;
        let first = opened(cx, &filter).await?;
        let second = opened(cx, &filter).await?;
        let mark = cx.peer.mark();
        stir(cx).await?;
        let counts = [&first, &second].map(|subscription| heard(cx, mark, subscription));
        ensure!(
            counts[0] > 0 && counts[1] > 0,
            "the notifications of two subscriptions that asked for the same, after a change",
            "some for each",
            format!("{} for the first, {} for the second", counts[0], counts[1])
        );
        Ok(())
    })
    .await
}

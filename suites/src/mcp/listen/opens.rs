//! How a subscription begins.

use harness::{Context, Failure, Id, Result, check, code, ensure, ensure_eq};
use serde_json::{Value, json};

use crate::mcp::client::McpExt;
use crate::mcp::listen::{
    ACKNOWLEDGED, SUBSCRIPTION, filter, listen, offered, open, opened, over, subscribed, tag,
};

/// A server MUST acknowledge a subscription before it sends anything else for it, with the unchanged
/// id of the request.
#[check(
    mcp(since = "2026-07-28"),
    shared = "subscriptions",
    source = "Subscriptions, Acknowledgment",
    faults(
        MCP_LISTEN_UNACKNOWLEDGED,
        MCP_SUBSCRIPTION_ID_AS_TEXT,
        MCP_NOTIFIES_BEFORE_ACKNOWLEDGING
    )
)]
async fn is_acknowledged_first(cx: &mut Context) -> Result {
    subscribed(cx, async |cx: &mut Context| {
        let filter = offered(cx).await?;
        for id in [None, Some(Id::from("listen-to-it"))] {
            let mark = cx.peer.mark();
            let subscription = open(cx, id, &filter).await?.ok_or_else(|| {
                Failure::mismatch(
                    "the answer to `subscriptions/listen` for what is declared",
                    format!("`{ACKNOWLEDGED}`"),
                    "nothing",
                )
            })?;
            let id = subscription.id();
            ensure_eq!(
                subscription.acknowledged["_meta"][SUBSCRIPTION],
                id,
                "`{SUBSCRIPTION}` of the acknowledgment, where the id of the request is {id}"
            );
            let calls = cx.peer.calls_since(mark);
            let first = calls.iter().find(|call| *tag(call) == id);
            ensure!(
                first.is_none_or(|call| call.method == ACKNOWLEDGED),
                "the first notification of a subscription",
                format!("`{ACKNOWLEDGED}`"),
                first.map(|call| call.method.clone()).unwrap_or_default()
            );
        }
        Ok(())
    })
    .await
}

/// A server MUST NOT agree to notifications that the client did not ask for.
#[check(
    mcp(since = "2026-07-28"),
    shared = "subscriptions",
    source = "Subscriptions, Acknowledgment",
    faults(MCP_LISTEN_AGREES_TO_MORE)
)]
async fn agrees_to_no_more_than_was_asked(cx: &mut Context) -> Result {
    subscribed(cx, async |cx: &mut Context| {
        let offered = offered(cx).await?;
        let one = offered.as_object().and_then(|kinds| kinds.iter().next());
        let one = one.map_or_else(|| json!({}), |(name, wanted)| json!({ name: wanted }));
        for asked in [json!({}), one] {
            let subscription = opened(cx, &asked).await?;
            let agreed = &subscription.acknowledged["notifications"];
            ensure!(
                is_part(agreed, &asked),
                "`notifications` of the acknowledgment",
                format!("no more than {asked}, for which the client asked"),
                agreed.to_string()
            );
        }
        Ok(())
    })
    .await
}

/// Whether a filter asks for nothing that another one does not ask for.
fn is_part(agreed: &Value, asked: &Value) -> bool {
    let Some(agreed) = agreed.as_object() else { return false };
    agreed.iter().all(|(name, agreed)| match (agreed, &asked[name]) {
        (Value::Bool(false) | Value::Null, _) => true,
        (Value::Array(agreed), Value::Array(asked)) => agreed.iter().all(|it| asked.contains(it)),
        (Value::Array(agreed), Value::Null) => agreed.is_empty(),
        (agreed, asked) => agreed == asked,
    })
}

/// A server MUST leave out of the acknowledgment what it does not have.
#[check(
    mcp(since = "2026-07-28"),
    shared = "subscriptions",
    source = "Subscriptions, Acknowledgment",
    faults(MCP_LISTEN_AGREES_TO_EVERYTHING)
)]
async fn agrees_to_nothing_that_it_lacks(cx: &mut Context) -> Result {
    subscribed(cx, async |cx: &mut Context| {
        let mut asked = offered(cx).await?;
        let lacked = filter(cx, false).await?;
        if lacked == json!({}) {
            return Err(Failure::lacks("a server that lacks something"));
        }
        if let (Some(asked), Value::Object(lacked)) = (asked.as_object_mut(), lacked.clone()) {
            asked.extend(lacked);
        }
        let subscription = opened(cx, &asked).await?;
        let agreed = &subscription.acknowledged["notifications"];
        for (name, wanted) in lacked.as_object().into_iter().flatten() {
            ensure!(
                is_part(&json!({ name: agreed[name] }), &json!({})),
                format!("`notifications.{name}` of the acknowledgment, of a server that does not declare it"),
                "nothing",
                format!("{}, where {wanted} was asked for", agreed[name])
            );
        }
        Ok(())
    })
    .await
}

/// A server SHOULD refuse a subscription without a filter as one with invalid parameters.
#[check(
    mcp(since = "2026-07-28"),
    shared = "subscriptions",
    source = "Subscriptions, Opening a Stream",
    faults(MCP_LISTEN_WITHOUT_FILTER)
)]
async fn needs_a_filter(cx: &mut Context) -> Result {
    subscribed(cx, async |cx: &mut Context| {
        offered(cx).await?;
        let ticket = listen(cx, None, &Value::Null).await?;
        let reply = cx.mcp().answer_or_silence(&ticket).await?.ok_or_else(|| {
            Failure::mismatch(
                "the answer to `subscriptions/listen` without `notifications`",
                format!("error {}", code::INVALID_PARAMS),
                "nothing: the subscription is open",
            )
        })?;
        over(cx, &ticket.id)?;
        reply.refused(
            code::INVALID_PARAMS,
            "the answer to `subscriptions/listen` without `notifications`",
        )?;
        Ok(())
    })
    .await
}

/// A server MUST give each of several subscriptions the id of its own request.
#[check(
    mcp(since = "2026-07-28"),
    shared = "subscriptions",
    source = "Subscriptions, Multiple Concurrent Subscriptions",
    faults(MCP_ONE_SUBSCRIPTION_ID)
)]
async fn several_have_their_own_ids(cx: &mut Context) -> Result {
    subscribed(cx, async |cx: &mut Context| {
        let filter = offered(cx).await?;
        let first = opened(cx, &filter).await?;
        let second = opened(cx, &filter).await?;
        for subscription in [first, second] {
            let id = subscription.id();
            ensure_eq!(
                subscription.acknowledged["_meta"][SUBSCRIPTION],
                id,
                "`{SUBSCRIPTION}` of one of two subscriptions, where the id of its request is {id}"
            );
        }
        Ok(())
    })
    .await
}

/// A server MUST answer requests while a subscription is open.
#[check(
    mcp(since = "2026-07-28"),
    shared = "subscriptions",
    source = "Subscriptions, Opening a Stream",
    faults(MCP_LISTEN_BLOCKS)
)]
async fn others_are_answered_meanwhile(cx: &mut Context) -> Result {
    subscribed(cx, async |cx: &mut Context| {
        let filter = offered(cx).await?;
        listen(cx, None, &filter).await?;
        for _ in 0..3 {
            cx.mcp().barrier().await?;
        }
        Ok(())
    })
    .await
}

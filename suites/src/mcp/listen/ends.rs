//! How a subscription ends: the client cancels it.

use harness::{Context, Result, check, ensure, ensure_eq};

use crate::mcp::client::McpExt;
use crate::mcp::listen::{cancel, heard, offered, opened, stir, subscribed};

/// A server SHOULD NOT answer a subscription that was cancelled.
#[check(
    mcp(since = "2026-07-28"),
    shared = "subscriptions",
    source = "Cancellation, Behavior Requirements",
    faults(MCP_CANCELLED_LISTEN_ANSWERED)
)]
async fn a_cancelled_one_is_not_answered(cx: &mut Context) -> Result {
    subscribed(cx, async |cx: &mut Context| {
        let filter = offered(cx).await?;
        let subscription = opened(cx, &filter).await?;
        cancel(cx, &subscription).await?;
        let answer = cx.mcp().answer_or_silence(&subscription.ticket).await?;
        ensure!(
            answer.is_none(),
            "the answer to a subscription that was cancelled",
            "none",
            answer.map(|reply| reply.value.to_string()).unwrap_or_default()
        );
        Ok(())
    })
    .await
}

/// A server SHOULD NOT send notifications to a subscription that was cancelled.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "subscriptions",
    source = "Subscriptions, Cancellation",
    faults(MCP_SUBSCRIPTION_OUTLIVES_CANCEL)
)]
async fn a_cancelled_one_hears_nothing(cx: &mut Context) -> Result {
    subscribed(cx, async |cx: &mut Context| {
        let filter = offered(cx).await?;
        let (kept, cancelled) = (opened(cx, &filter).await?, opened(cx, &filter).await?);
        cancel(cx, &cancelled).await?;
        let mark = cx.peer.mark();
        stir(cx).await?;
        let heard = heard(cx, mark, &cancelled);
        cancel(cx, &kept).await?;
        ensure_eq!(
            heard,
            0,
            "the number of notifications for a subscription after it was cancelled"
        );
        Ok(())
    })
    .await
}

/// A server MUST go on with other subscriptions when one is cancelled.
#[check(
    mcp(since = "2026-07-28"),
    declares("tools"),
    shared = "subscriptions",
    source = "Subscriptions, Multiple Concurrent Subscriptions",
    faults(MCP_CANCEL_ENDS_ALL_SUBSCRIPTIONS)
)]
async fn others_go_on(cx: &mut Context) -> Result {
    subscribed(cx, async |cx: &mut Context| {
        let filter = offered(cx).await?;
        // Were there no change at all, nothing could be said.
        let witness = opened(cx, &filter).await?;
        stir(cx).await?;
        let cancelled = opened(cx, &filter).await?;
        cancel(cx, &cancelled).await?;
        let mark = cx.peer.mark();
        let stirred = stir(cx).await;
        ensure!(
            stirred.is_ok() && heard(cx, mark, &witness) > 0,
            "the notifications of a subscription after another one was cancelled, and after a change",
            "some, as before",
            "none"
        );
        Ok(())
    })
    .await
}

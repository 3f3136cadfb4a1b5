//! Notifications about a request for approval.

use harness::{Call, Context, Order, Result, check, ensure_eq, ensure_includes};
use mock_model::{runs_command, says};
use serde_json::json;

use crate::client::{ContextExt, Decision, is_of};

/// A server MUST send `serverRequest/resolved` for a request for approval once, after the client's
/// answer and before the end of the turn.
#[check(
    v2(since = "0.107"),
    source = "app-server tests, turn_start: serverRequest/resolved; app-server README, Approvals",
    faults(SETTLED_UNTOLD),
    shared
)]
async fn a_settled_request_is_announced(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    cx.model.script([runs_command("echo hello > file"), says("done")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().barrier(&thread).await?;
    let mut early = cx.peer.calls_since(begun.mark);
    early.retain(|call| is_of(call, &thread, "serverRequest/resolved"));
    Order::of(&early).never("serverRequest/resolved")?;
    cx.client().answer(&request, Decision::Accept).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let order = Order::of(&turn.calls);
    let settled = order.once("serverRequest/resolved")?;
    let id = request.id.as_ref().map(harness::Id::to_json);
    ensure_includes!(
        settled.params,
        json!({ "threadId": thread.id, "requestId": id }),
        "`serverRequest/resolved`"
    );
    order.before("serverRequest/resolved", "turn/completed")
}

/// A server MUST report `waitingOnApproval` in the status of a thread for as long as an approval is
/// pending.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/status/changed: waitingOnApproval",
    faults(WAITING_UNTOLD),
    shared
)]
async fn the_status_shows_a_pending_approval(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    cx.model.script([runs_command("echo hello > file"), says("done")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let waiting = |call: &Call| {
        is_of(call, &thread, "thread/status/changed")
            .then(|| call.params["status"].to_string().contains("waitingOnApproval"))
    };
    cx.peer
        .next_matching("a status with `waitingOnApproval`", |call| waiting(call) == Some(true))
        .await?;
    let request = cx.client().approval().await?;
    let asked = cx.peer.mark();
    cx.client().answer(&request, Decision::Accept).await?;
    cx.client().end_turn(&thread, &begun).await?;
    // The status before may be announced once more while the answer is on its way.
    let after = cx.peer.calls_since(asked).iter().filter_map(waiting).next_back();
    ensure_eq!(
        after,
        Some(false),
        "whether the last status of the turn, after the answer, has `waitingOnApproval`"
    );
    Ok(())
}

/// A server MUST send the event `exec_approval_request` of a command once, before the request
/// `execCommandApproval`.
#[check(
    v1,
    source = "app-server protocol, exec_approval_request; every release does",
    faults(APPROVAL_EVENT_MISSING),
    shared
)]
async fn is_announced_by_an_event(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    cx.model.script([runs_command("echo hello > file").id("the_call"), says("done")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::Accept).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let order = Order::of(&turn.calls);
    let event = order.once("codex/event/exec_approval_request")?;
    ensure_eq!(event.params["msg"]["call_id"], "the_call", "`call_id` of the event");
    order.before("codex/event/exec_approval_request", "execCommandApproval")
}

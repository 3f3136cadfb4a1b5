//! Approval of commands: who is asked, when, and what an answer lets happen.

pub mod answer;

use harness::failure::Result;
use harness::message::Call;
use harness::order::Order;
use harness::{Context, Dialect, check, ensure, ensure_eq, ensure_includes};
use mock_model::says;
use serde_json::json;

use super::scene::{Marker, begin, call_of, open, open_asking, output, start_asking, thread_of};
use crate::v2;
use crate::words::{
    Decision, End, answer, approval, barrier, begin_turn, end_turn, greet, hold_approvals,
    run_turn, runs,
};

/// How many requests for approval there are among these calls.
fn questions(calls: &[Call]) -> usize {
    let asks =
        |call: &&Call| call.id.is_some() && call.method.to_ascii_lowercase().contains("approval");
    calls.iter().filter(asks).count()
}

/// A server MUST ask before it runs a command under the policy `untrusted`, and run it only once that was accepted.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals; app-server tests, codex_message_processor_flow"
)]
async fn is_asked_before_anything_runs(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs(cx, &marker.command()), says("done")]);
    let mark = begin_turn(cx, &thread, "run it").await?;
    let request = approval(cx).await?;
    barrier(cx, &thread).await?;
    ensure_eq!(marker.runs(), 0, "how often the command ran while the approval was pending");
    answer(cx, &request, Decision::Accept).await?;
    let turn = end_turn(cx, &thread, mark).await?;
    ensure_eq!(marker.runs(), 1, "how often the command ran in all");
    ensure_eq!(turn.end, End::Completed, "how the turn ended");
    ensure_eq!(turn.said, ["done"], "what the agent said after it");
    Ok(())
}

/// A server MUST name the conversation, the call, the command and its directory in a request for approval.
#[check(
    v1(since = "0.44"),
    v2(since = "0.98"),
    source = "app-server README, Approvals; app-server protocol, execCommandApproval"
)]
async fn the_request_says_what_is_to_run(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs(cx, &marker.command()).id("the_call"), says("done")]);
    let begun = begin(cx, &thread, "run it").await?;
    let request = approval(cx).await?;
    ensure_eq!(thread_of(&request)?, thread.id, "the conversation in the request");
    ensure_eq!(call_of(&request)?, "the_call", "the call in the request");
    ensure_eq!(request.params["cwd"].as_str(), cx.home.work().to_str(), "`cwd` of the request");
    let command = request.params["command"].to_string();
    ensure!(
        command.contains("echo ran >> "),
        "`command` of the request",
        marker.command(),
        command
    );
    if cx.dialect() == Dialect::V2 {
        ensure_eq!(request.params["turnId"], begun.id, "`turnId` of the request");
    }
    answer(cx, &request, Decision::Accept).await?;
    end_turn(cx, &thread, begun.mark).await.map(|_| ())
}

/// A server MUST NOT run a command that was denied, and go on with the turn.
#[check(v1, v2, source = "app-server README, Approvals: decline; app-server tests, turn_start")]
async fn denied_runs_nothing(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs(cx, &marker.command()), says("a pity")]);
    let mark = begin_turn(cx, &thread, "run it").await?;
    let request = approval(cx).await?;
    answer(cx, &request, Decision::Deny).await?;
    let turn = end_turn(cx, &thread, mark).await?;
    ensure_eq!(marker.runs(), 0, "how often the denied command ran");
    ensure_eq!(turn.end, End::Completed, "how the turn ended");
    ensure_eq!(turn.said, ["a pity"], "what the agent said after it");
    Ok(())
}

/// A server MUST tell the model that its command was denied.
#[check(v1, v2, source = "app-server README, Approvals: decline; every release does")]
async fn denied_is_told_to_the_model(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    cx.model.script([runs(cx, "echo $((40+2)) > file").id("the call"), says("a pity")]);
    let mark = begin_turn(cx, &thread, "run it").await?;
    let request = approval(cx).await?;
    answer(cx, &request, Decision::Deny).await?;
    end_turn(cx, &thread, mark).await?;
    let told = output(cx, 2, "the call").await?.to_lowercase();
    let words = ["reject", "denied", "declin", "refus", "not allowed", "not approved"];
    let plain = words.iter().any(|word| told.contains(word));
    ensure!(
        plain,
        "what the model is told of its call",
        format!("one of {}", words.join(", ")),
        told
    );
    Ok(())
}

/// A server MUST complete the item of a denied command as declined, without exit code and output.
#[check(v2(since = "0.98"), source = "app-server tests, turn_start: decline")]
async fn denied_is_told_to_the_client(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    cx.model.script([runs(cx, "echo hello > file").id("the_call"), says("a pity")]);
    let mark = begin_turn(cx, &thread, "run it").await?;
    let request = approval(cx).await?;
    answer(cx, &request, Decision::Deny).await?;
    let turn = end_turn(cx, &thread, mark).await?;
    let items: Vec<_> = v2::completed_items(&turn.calls, &thread, "commandExecution").collect();
    ensure_eq!(items.len(), 1, "completed items for one command");
    let declined = json!({ "id": "the_call", "status": "declined", "exitCode": null, "aggregatedOutput": null });
    ensure_includes!(items[0], declined, "the item of the denied command");
    Ok(())
}

/// A server MUST NOT run a command when the user aborts instead.
#[check(v1, v2, source = "app-server README, Approvals: cancel; every release does")]
async fn aborted_runs_nothing(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs(cx, &marker.command()), says("one"), says("another")]);
    let mark = begin_turn(cx, &thread, "run it").await?;
    let request = approval(cx).await?;
    answer(cx, &request, Decision::Abort).await?;
    end_turn(cx, &thread, mark).await?;
    run_turn(cx, &thread, "go on").await?;
    ensure_eq!(marker.runs(), 0, "how often the command ran, after the next turn");
    Ok(())
}

/// A server MUST end the turn when the user aborts instead of accepting a command, without asking the model again.
#[check(
    v1(since = "0.58"),
    v2,
    source = "app-server README, Approvals: cancel; every release since does"
)]
async fn aborted_ends_the_turn(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    cx.model.script([runs(cx, "echo hello > file"), says("in the next turn")]);
    let mark = begin_turn(cx, &thread, "run it").await?;
    let request = approval(cx).await?;
    answer(cx, &request, Decision::Abort).await?;
    let turn = end_turn(cx, &thread, mark).await?;
    ensure_eq!(turn.end, End::Interrupted, "how the turn ended");
    barrier(cx, &thread).await?;
    ensure_eq!(cx.model.requests().len(), 1, "requests to the model");
    let turn = run_turn(cx, &thread, "go on").await?;
    ensure_eq!(turn.said, ["in the next turn"], "what the agent said in the next turn");
    Ok(())
}

/// A server MUST ask for each command of a turn, and take each answer for the command that it was asked for.
#[check(v1, v2, source = "app-server README, Approvals")]
async fn each_command_is_asked_for(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    let (one, two) = (Marker::new(cx, "one"), Marker::new(cx, "two"));
    cx.model.script([
        runs(cx, &one.command()).id("call-1"),
        runs(cx, &two.command()).id("call-2"),
        says("done"),
    ]);
    let mark = begin_turn(cx, &thread, "run both").await?;
    for (call, decision) in [("call-1", Decision::Deny), ("call-2", Decision::Accept)] {
        let request = approval(cx).await?;
        ensure_eq!(call_of(&request)?, call, "the call in the request");
        answer(cx, &request, decision).await?;
    }
    let turn = end_turn(cx, &thread, mark).await?;
    ensure_eq!(
        (one.runs(), two.runs()),
        (0, 1),
        "how often the denied and the accepted command ran"
    );
    ensure_eq!(questions(&turn.calls), 2, "requests for approval");
    Ok(())
}

/// A server MUST ask again for a command that was accepted once.
#[check(v1, v2, source = "app-server README, Approvals: accept is for this command only")]
async fn accepted_once_is_asked_again(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs(cx, &marker.command()), runs(cx, &marker.command()), says("done")]);
    let mark = begin_turn(cx, &thread, "run it twice").await?;
    let request = approval(cx).await?;
    answer(cx, &request, Decision::Accept).await?;
    let request = approval(cx).await?;
    ensure_eq!(marker.runs(), 1, "how often the command ran before the second answer");
    answer(cx, &request, Decision::Deny).await?;
    end_turn(cx, &thread, mark).await?;
    ensure_eq!(marker.runs(), 1, "how often the command ran in all");
    Ok(())
}

/// A server MUST NOT ask again for a command that was accepted for the session.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: acceptForSession; app-server tests, turn_start"
)]
async fn accepted_for_the_session_is_not_asked_again(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([
        runs(cx, &marker.command()),
        says("once"),
        runs(cx, &marker.command()),
        says("twice"),
    ]);
    let mark = begin_turn(cx, &thread, "run it").await?;
    let request = approval(cx).await?;
    answer(cx, &request, Decision::AcceptForSession).await?;
    end_turn(cx, &thread, mark).await?;
    // A question that comes all the same must not hang the turn.
    crate::words::decide(cx, Decision::Deny);
    let turn = run_turn(cx, &thread, "run it again").await?;
    ensure_eq!(questions(&turn.calls), 0, "requests for approval in the second turn");
    ensure_eq!(marker.runs(), 2, "how often the command ran in both turns");
    Ok(())
}

/// A server MUST ask for another command than the one that was accepted for the session.
#[check(v1, v2, source = "app-server README, Approvals: acceptForSession is for this command")]
async fn accepted_for_the_session_is_no_leave_for_others(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    let (one, two) = (Marker::new(cx, "one"), Marker::new(cx, "two"));
    cx.model.script([runs(cx, &one.command()), runs(cx, &two.command()), says("done")]);
    let mark = begin_turn(cx, &thread, "run both").await?;
    let request = approval(cx).await?;
    answer(cx, &request, Decision::AcceptForSession).await?;
    let request = approval(cx).await?;
    ensure_eq!(two.runs(), 0, "how often the other command ran before its answer");
    answer(cx, &request, Decision::Deny).await?;
    end_turn(cx, &thread, mark).await?;
    ensure_eq!(
        (one.runs(), two.runs()),
        (1, 0),
        "how often the accepted and the denied command ran"
    );
    Ok(())
}

/// A server MUST NOT ask under the policy `never`.
#[check(v1, v2, source = "app-server tests, codex_message_processor_flow and turn_start: never")]
async fn the_policy_never_asks_nothing(cx: &mut Context) -> Result {
    hold_approvals(cx);
    let thread = open(cx).await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs(cx, &marker.command()), says("done")]);
    crate::words::decide(cx, Decision::Deny);
    let turn = run_turn(cx, &thread, "run it").await?;
    ensure_eq!(questions(&turn.calls), 0, "requests for approval");
    ensure_eq!(marker.runs(), 1, "how often the command ran");
    Ok(())
}

/// A server MUST serve other requests and other threads while an approval is pending.
#[check(v1, v2, source = "app-server tests: an approval waits without a time limit")]
async fn others_do_not_wait_for_it(cx: &mut Context) -> Result {
    greet(cx).await?;
    let (asking, other) = (start_asking(cx).await?, start_asking(cx).await?);
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs(cx, &marker.command()), says("meanwhile"), says("done")]);
    let mark = begin_turn(cx, &asking, "run it").await?;
    let request = approval(cx).await?;
    let turn = run_turn(cx, &other, "just talk").await?;
    ensure_eq!(turn.said, ["meanwhile"], "what the agent said in the other thread");
    ensure_eq!(marker.runs(), 0, "how often the command ran while the approval was pending");
    answer(cx, &request, Decision::Accept).await?;
    let turn = end_turn(cx, &asking, mark).await?;
    ensure_eq!(turn.said, ["done"], "what the agent said in the thread that waited");
    Ok(())
}

/// A server MUST keep the approvals of two threads apart.
#[check(v1, v2, source = "app-server README, Approvals: threadId and turnId scope a request")]
async fn approvals_of_two_threads_stay_apart(cx: &mut Context) -> Result {
    greet(cx).await?;
    let (one, two) = (start_asking(cx).await?, start_asking(cx).await?);
    let (denied, accepted) = (Marker::new(cx, "denied"), Marker::new(cx, "accepted"));
    cx.model.script([
        runs(cx, &denied.command()),
        runs(cx, &accepted.command()),
        says("one of them"),
        says("the other"),
    ]);
    let first = begin_turn(cx, &one, "run it").await?;
    let ask_one = approval(cx).await?;
    let second = begin_turn(cx, &two, "run it").await?;
    let ask_two = approval(cx).await?;
    ensure_eq!(thread_of(&ask_one)?, one.id, "the thread of the first request");
    ensure_eq!(thread_of(&ask_two)?, two.id, "the thread of the second request");
    answer(cx, &ask_two, Decision::Accept).await?;
    end_turn(cx, &two, second).await?;
    ensure_eq!(denied.runs(), 0, "how often the command ran whose approval was still pending");
    answer(cx, &ask_one, Decision::Deny).await?;
    end_turn(cx, &one, first).await?;
    ensure_eq!(
        (denied.runs(), accepted.runs()),
        (0, 1),
        "how often the denied and the accepted command ran"
    );
    Ok(())
}

/// A server MUST tell that a request for approval is settled, after its answer and before the end of the turn.
#[check(
    v2(since = "0.120"),
    source = "app-server tests, turn_start: serverRequest/resolved; app-server README, Approvals"
)]
async fn settled_is_told(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    cx.model.script([runs(cx, "echo hello > file"), says("done")]);
    let mark = begin_turn(cx, &thread, "run it").await?;
    let request = approval(cx).await?;
    barrier(cx, &thread).await?;
    Order::of(&cx.peer.calls_since(mark)).never("serverRequest/resolved")?;
    answer(cx, &request, Decision::Accept).await?;
    let turn = end_turn(cx, &thread, mark).await?;
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

/// A server MUST say in the status of a thread that it waits for an approval, for as long as it does.
#[check(
    v2(since = "0.120"),
    source = "app-server README, thread/status/changed: waitingOnApproval"
)]
async fn the_status_tells_that_it_waits(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    cx.model.script([runs(cx, "echo hello > file"), says("done")]);
    let mark = begin_turn(cx, &thread, "run it").await?;
    let waiting = |call: &Call| {
        v2::is_of(call, &thread, "thread/status/changed")
            .then(|| call.params["status"].to_string().contains("waitingOnApproval"))
    };
    cx.peer
        .next_matching("a status with `waitingOnApproval`", |call| waiting(call) == Some(true))
        .await?;
    let request = approval(cx).await?;
    let asked = cx.peer.mark();
    answer(cx, &request, Decision::Accept).await?;
    end_turn(cx, &thread, mark).await?;
    let after = cx.peer.calls_since(asked).iter().filter_map(waiting).next();
    ensure_eq!(
        after,
        Some(false),
        "whether the next status after the answer has `waitingOnApproval`"
    );
    Ok(())
}

/// A server MUST tell listeners of a command that needs approval before it asks.
#[check(v1, source = "app-server protocol, exec_approval_request; every release does")]
async fn is_announced_by_an_event(cx: &mut Context) -> Result {
    let thread = open_asking(cx).await?;
    cx.model.script([runs(cx, "echo hello > file").id("the_call"), says("done")]);
    let mark = begin_turn(cx, &thread, "run it").await?;
    let request = approval(cx).await?;
    answer(cx, &request, Decision::Accept).await?;
    let turn = end_turn(cx, &thread, mark).await?;
    let order = Order::of(&turn.calls);
    let event = order.once("codex/event/exec_approval_request")?;
    ensure_eq!(event.params["msg"]["call_id"], "the_call", "`call_id` of the event");
    order.before("codex/event/exec_approval_request", "execCommandApproval")
}

//! The scope of an approval: one run, the same command for the session, or no approval at all.

use harness::{Call, Context, Result, check, ensure_eq};
use mock_model::{runs_command, says};

use crate::client::{ContextExt, Decision};
use crate::turn::observed::{Marker, call_of};

/// How many requests for approval there are among these calls.
pub(super) fn approval_requests(calls: &[Call]) -> usize {
    let asks =
        |call: &&Call| call.id.is_some() && call.method.to_ascii_lowercase().contains("approval");
    calls.iter().filter(asks).count()
}

/// A server MUST obtain a separate approval for each command of a turn.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals",
    faults(ASKS_ONCE_A_TURN, ANSWERED_FOR_THE_CLIENT),
    shared
)]
async fn each_command_needs_its_own_approval(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let (one, two) = (Marker::new(cx, "one"), Marker::new(cx, "two"));
    cx.model.script([
        runs_command(one.command()).id("call-1"),
        runs_command(two.command()).id("call-2"),
        says("done"),
    ]);
    let begun = cx.client().begin_turn(&thread, "run both").await?;
    for (call, decision) in [("call-1", Decision::Deny), ("call-2", Decision::Accept)] {
        let request = cx.client().approval().await?;
        ensure_eq!(call_of(&request)?, call, "the call in the request");
        cx.client().answer(&request, decision).await?;
    }
    let turn = cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(
        (one.runs(), two.runs()),
        (0, 1),
        "how often the denied and the accepted command ran"
    );
    ensure_eq!(approval_requests(&turn.calls), 2, "requests for approval of two commands");
    Ok(())
}

/// A server MUST ask for approval again when a command that was accepted once is called again.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: accept is for this command only",
    faults(ACCEPT_IS_FOR_THE_SESSION, ASKS_ONCE_A_TURN),
    shared
)]
async fn an_acceptance_covers_one_run(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), runs_command(marker.command()), says("done")]);
    let begun = cx.client().begin_turn(&thread, "run it twice").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::Accept).await?;
    let request = cx.client().approval().await?;
    ensure_eq!(marker.runs(), 1, "how often the command ran before the second answer");
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(
        marker.runs(),
        1,
        "how often the command ran that was accepted once and then denied"
    );
    Ok(())
}

/// A server MUST NOT ask again for approval of a command that was accepted for the session.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: acceptForSession; app-server tests, turn_start",
    faults(SESSION_APPROVAL_FORGOTTEN),
    shared
)]
async fn does_not_ask_again_after_acceptance_for_the_session(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([
        runs_command(marker.command()),
        says("once"),
        runs_command(marker.command()),
        says("twice"),
    ]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::AcceptForSession).await?;
    cx.client().end_turn(&thread, &begun).await?;
    // A question that comes all the same must not hang the turn.
    cx.client().decide(Decision::Deny);
    let turn = cx.client().turn(&thread, "run it again").await?;
    ensure_eq!(approval_requests(&turn.calls), 0, "requests for approval in the second turn");
    ensure_eq!(marker.runs(), 2, "how often the command ran in both turns");
    Ok(())
}

/// A server MUST ask for approval of every command other than the one that was accepted for the
/// session.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: acceptForSession is for this command",
    faults(SESSION_APPROVAL_COVERS_ALL),
    shared
)]
async fn acceptance_for_the_session_covers_no_other_command(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let (one, two) = (Marker::new(cx, "one"), Marker::new(cx, "two"));
    cx.model.script([runs_command(one.command()), runs_command(two.command()), says("done")]);
    let begun = cx.client().begin_turn(&thread, "run both").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::AcceptForSession).await?;
    let request = cx.client().approval().await?;
    ensure_eq!(two.runs(), 0, "how often the other command ran before its answer");
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(
        (one.runs(), two.runs()),
        (1, 0),
        "how often the accepted and the denied command ran"
    );
    Ok(())
}

/// A server MUST run commands under the policy `never` without a request for approval.
#[check(
    v1,
    v2,
    source = "app-server tests, codex_message_processor_flow and turn_start: never",
    faults(NEVER_POLICY_ASKS),
    shared
)]
async fn runs_without_approval_under_the_policy_never(cx: &mut Context) -> Result {
    cx.client().hold_approvals();
    let thread = cx.client().start().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("done")]);
    cx.client().decide(Decision::Deny);
    let turn = cx.client().turn(&thread, "run it").await?;
    ensure_eq!(approval_requests(&turn.calls), 0, "requests for approval under the policy `never`");
    ensure_eq!(marker.runs(), 1, "how often the command ran under the policy `never`");
    Ok(())
}

//! Approval of commands: when the server asks, and what each answer permits.

pub mod answer;
pub mod harmless;
pub mod notice;
pub mod session;

use harness::{Context, Result, check, ensure, ensure_eq, ensure_includes};
use mock_model::{runs_command, says};
use serde_json::json;

use super::observed::{Marker, call_of, output, thread_of};
use crate::client::{ContextExt, Decision, End, completed_items};

/// A server MUST run a command under the policy `untrusted` only after it has asked the client for
/// approval and the client has accepted.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals; app-server tests, codex_message_processor_flow",
    faults(
        EVERYTHING_IS_SAFE,
        NEVER_ASKS,
        RUNS_BEFORE_THE_ANSWER,
        CLIENT_ANSWERS_ALTERED,
        DROP_SERVER_REQUESTS,
        SERVER_REQUEST_WITHOUT_ID
    ),
    shared
)]
async fn asks_before_a_command_runs(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("done")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().barrier(&thread).await?;
    ensure_eq!(marker.runs(), 0, "how often the command ran while the approval was pending");
    cx.client().answer(&request, Decision::Accept).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(marker.runs(), 1, "how often the accepted command ran");
    turn.ended(End::Completed, "how the turn ended")?;
    turn.says(&["done"], "the agent's messages after it")?;
    Ok(())
}

/// A server MUST name the conversation, the call, the command, its working directory and, in `v2`,
/// the turn in a request for approval of a command.
#[check(
    v1,
    v2(since = "0.98"),
    source = "app-server README, Approvals; app-server protocol, execCommandApproval",
    faults(REQUEST_NAMES_ANOTHER_DIRECTORY),
    shared
)]
async fn the_request_names_the_command(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()).id("the_call"), says("done")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    ensure_eq!(thread_of(&request)?, thread.id, "the conversation in the request");
    ensure_eq!(call_of(&request)?, "the_call", "the call in the request");
    ensure_eq!(
        request.params["cwd"].as_str(),
        cx.home.work().to_str(),
        "`cwd` of the request for approval"
    );
    let command = request.params["command"].to_string();
    ensure!(
        command.contains("echo ran >> "),
        "`command` of the request",
        marker.command(),
        command
    );
    if let Some(id) = &begun.id {
        ensure_eq!(request.params["turnId"], *id, "`turnId` of the request");
    }
    cx.client().answer(&request, Decision::Accept).await?;
    cx.client().end_turn(&thread, &begun).await.map(|_| ())
}

/// A server MUST NOT run a command that the client denied.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: decline; app-server tests, turn_start",
    faults(DENIED_RUNS, EVERYTHING_IS_SAFE),
    shared
)]
async fn a_denied_command_does_not_run(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("a pity")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(marker.runs(), 0, "how often the denied command ran");
    Ok(())
}

/// A server MUST continue the turn after the client denied a command.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: decline; app-server tests, turn_start",
    faults(DENIAL_ENDS_THE_TURN),
    shared
)]
async fn a_denied_command_does_not_end_the_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("a pity")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::Deny).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Completed, "how the turn ended")?;
    turn.says(&["a pity"], "the agent's messages after it")
}

/// A server MUST report the denial of a command to the model.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: decline; every release does",
    faults(DENIAL_UNTOLD, CLIENT_ANSWERS_DROPPED, CLIENT_ANSWERS_MISDIRECTED),
    shared
)]
async fn a_denial_is_reported_to_the_model(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    cx.model.script([runs_command("echo $((40+2)) > file").id("the call"), says("a pity")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().end_turn(&thread, &begun).await?;
    let output = output(cx, 2, "the call").await?.to_lowercase();
    let words = ["reject", "denied", "declin", "refus", "not allowed", "not approved"];
    let plain = words.iter().any(|word| output.contains(word));
    ensure!(
        plain,
        "the output that the model receives for its denied call",
        format!("one of {}", words.join(", ")),
        output
    );
    Ok(())
}

/// A server MUST complete the item of a denied command once, with the status `declined` and without
/// exit code and output.
#[check(
    v2(since = "0.66", fixed_in("0.98", "a denied command is completed twice")),
    source = "app-server tests, turn_start: decline",
    faults(DENIED_TOLD_AS_FAILED),
    shared
)]
async fn a_denied_command_is_completed_as_declined(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    cx.model.script([runs_command("echo hello > file").id("the_call"), says("a pity")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::Deny).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let items: Vec<_> = completed_items(&turn.calls, &thread, "commandExecution").collect();
    ensure_eq!(items.len(), 1, "completed items for one command");
    let declined = json!({ "id": "the_call", "status": "declined", "exitCode": null, "aggregatedOutput": null });
    ensure_includes!(items[0], declined, "the item of the denied command");
    Ok(())
}

/// A server MUST NOT run a command when the client answers the request for its approval with
/// `abort` or `cancel`.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: cancel; every release does",
    faults(ABORTED_RUNS),
    shared
)]
async fn an_aborted_command_does_not_run(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("one"), says("another")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::Abort).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.client().turn(&thread, "go on").await?;
    ensure_eq!(marker.runs(), 0, "how often the command ran, after the next turn");
    Ok(())
}

/// A server MUST end the turn as interrupted when the client answers the request for approval of a
/// command with `abort` or `cancel`.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: cancel; every release since does",
    faults(ABORT_IS_A_DENIAL, INTERRUPTED_TOLD_AS_COMPLETED),
    shared
)]
async fn aborted_ends_the_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    cx.model.script([runs_command("echo hello > file"), says("in this turn")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::Abort).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "how the turn ended whose command was aborted")?;
    cx.client().barrier(&thread).await?;
    // The next request to the model may have been on its way: real servers race here.
    cx.model.script([says("in the next turn")]);
    let turn = cx.client().turn(&thread, "go on").await?;
    turn.says(&["in the next turn"], "the agent's messages in the next turn")?;
    Ok(())
}

/// A server MUST run the turns of other threads while an approval is pending.
#[check(
    v1,
    v2,
    source = "app-server tests: an approval waits without a time limit",
    faults(ONE_QUESTION_STOPS_ALL, RUNS_BEFORE_THE_ANSWER, TURNS_BLOCK),
    shared
)]
async fn a_pending_approval_does_not_block_other_threads(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (asking, other) =
        (cx.client().start_untrusted_thread().await?, cx.client().start_untrusted_thread().await?);
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("meanwhile"), says("done")]);
    let begun = cx.client().begin_turn(&asking, "run it").await?;
    let request = cx.client().approval().await?;
    let turn = cx.client().turn(&other, "just talk").await?;
    turn.says(&["meanwhile"], "the agent's messages in the other thread")?;
    ensure_eq!(marker.runs(), 0, "how often the command ran while the approval was pending");
    cx.client().answer(&request, Decision::Accept).await?;
    let turn = cx.client().end_turn(&asking, &begun).await?;
    turn.says(&["done"], "the agent's messages in the thread that waited")?;
    Ok(())
}

/// A server MUST apply the answer to a request for approval only to the thread of that request.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: threadId and turnId scope a request",
    faults(ANSWERS_GO_TO_THE_FIRST_QUESTION),
    shared
)]
async fn approvals_of_two_threads_stay_apart(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (one, two) =
        (cx.client().start_untrusted_thread().await?, cx.client().start_untrusted_thread().await?);
    let (denied, accepted) = (Marker::new(cx, "denied"), Marker::new(cx, "accepted"));
    cx.model.script([
        runs_command(denied.command()),
        runs_command(accepted.command()),
        says("one of them"),
        says("the other"),
    ]);
    let first = cx.client().begin_turn(&one, "run it").await?;
    let ask_one = cx.client().approval().await?;
    let second = cx.client().begin_turn(&two, "run it").await?;
    let ask_two = cx.client().approval().await?;
    ensure_eq!(thread_of(&ask_one)?, one.id, "the thread of the first request");
    ensure_eq!(thread_of(&ask_two)?, two.id, "the thread of the second request");
    cx.client().answer(&ask_two, Decision::Accept).await?;
    let ended = cx.client().end_turn(&two, &second).await;
    // First: if the answer went astray, the turn for which it was meant still waits.
    ensure_eq!(
        denied.runs(),
        0,
        "how often the command of the first thread ran when that of the second was accepted"
    );
    ended.map_err(|failure| failure.within("the turn whose command was accepted"))?;
    cx.client().answer(&ask_one, Decision::Deny).await?;
    cx.client().end_turn(&one, &first).await?;
    ensure_eq!(
        (denied.runs(), accepted.runs()),
        (0, 1),
        "how often the denied and the accepted command ran"
    );
    Ok(())
}

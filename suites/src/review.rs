//! Reviews: a turn in which a reviewer answers, and its outcome in the conversation.

use harness::{Call, Context, Failure, Result, check, code, ensure, ensure_eq};
use mock_model::{Reply, fails, says};
use serde_json::{Value, json};

use crate::client::{Begun, ContextExt, End, Thread, ensure_finished, is_item, is_of};
use crate::rows::Rows;
use crate::stored::last_request;

/// What a reviewer says that finds nothing, in the form that it is asked for.
fn findings(text: &str) -> Reply {
    let found = json!({
        "findings": [],
        "overall_correctness": "patch is correct",
        "overall_explanation": text,
        "overall_confidence_score": 0.5,
    });
    says(found.to_string())
}

/// Begins a review whose answer the model holds back in the middle.
async fn review_in_progress(cx: &mut Context) -> Result<(Thread, Begun)> {
    let thread = cx.client().start().await?;
    cx.model.script([says("I look at ").hold("review").continues("it"), says("the next one")]);
    let begun = cx.client().begin_review(&thread, "look at it").await?;
    cx.reached("review").await?;
    // The reviewer's message is known to the client: from here on the server waits for the model.
    let speaks = |call: &Call| is_item(call, &thread, "item/started", "agentMessage");
    cx.peer.next_matching("the reviewer's message", speaks).await?;
    Ok((thread, begun))
}

/// A server MUST use the turn id of its answer to `review/start` in every notification of the
/// review.
#[check(
    v2(since = "0.66"),
    source = "app-server README, review/start: the answer has the turn, which streams as usual",
    faults(REVIEW_STARTS_UNDER_ANOTHER_ID),
    shared
)]
async fn the_turn_has_the_id_of_the_answer(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([findings("all is well")]);
    let begun = cx.client().begin_review(&thread, "look at it").await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let mut named = 0;
    for call in turn.calls.iter().filter(|call| is_of(call, &thread, &call.method)) {
        let id = call.params.get("turnId").or_else(|| call.params.pointer("/turn/id"));
        let Some(id) = id.filter(|_| !call.method.starts_with("codex/event/")) else { continue };
        ensure_eq!(id, &json!(begun.id()), "the id of the turn in `{}`", call.method);
        named += 1;
    }
    ensure!(named >= 3, "notifications that name the turn", "at least 3", named.to_string());
    Ok(())
}

/// A server MUST interrupt a review when the client names the turn id of the answer to
/// `review/start`.
#[check(
    v2(since = "0.66"),
    source = "app-server README, turn/interrupt: turnId; review/start: the answer has the turn",
    faults(REVIEW_NOT_INTERRUPTED),
    shared
)]
async fn is_interrupted_by_the_id_of_the_answer(cx: &mut Context) -> Result {
    let (thread, begun) = review_in_progress(cx).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    let reply = cx.peer.answer(&ticket).await?;
    reply
        .granted("the answer to `turn/interrupt` with the id from the answer to `review/start`")?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "the end of the interrupted review")
}

/// How a review comes to its end.
#[derive(Clone, Copy)]
enum Course {
    Completed,
    Failed,
    Interrupted,
}

/// Runs a review to such an end: its thread, and what came in its turn.
async fn reviewed(cx: &mut Context, course: Course) -> Result<(Thread, Vec<Call>, End)> {
    let thread = cx.client().start_thread().await?;
    let reply = match course {
        Course::Completed => findings("all is well"),
        Course::Failed => fails("server_error", "the model is ill"),
        Course::Interrupted => says("I look at ").hold("ended").continues("it"),
    };
    cx.model.script([reply]);
    let begun = cx.client().begin_review(&thread, "look at it").await?;
    if matches!(course, Course::Interrupted) {
        cx.reached("ended").await?;
        let speaks = |call: &Call| is_item(call, &thread, "item/started", "agentMessage");
        cx.peer.next_matching("the reviewer's message", speaks).await?;
        cx.client().interrupt_review(&thread, &begun).await?;
    }
    let turn = cx.client().end_turn(&thread, &begun).await?;
    cx.model.open("ended");
    Ok((thread, turn.calls, turn.end))
}

const COURSES: [(&str, Course, End); 3] = [
    ("a review that completes", Course::Completed, End::Completed),
    ("a review whose model fails", Course::Failed, End::Failed),
    ("a review that is interrupted", Course::Interrupted, End::Interrupted),
];

/// Where among these calls the item of this type is completed.
fn place(calls: &[Call], thread: &Thread, kind: &str) -> Result<usize> {
    let at = calls.iter().position(|call| is_item(call, thread, "item/completed", kind));
    at.ok_or_else(|| {
        Failure::mismatch(format!("`item/completed` of `{kind}` in the turn"), "one", "none")
    })
}

/// A server MUST send the items `enteredReviewMode` and `exitedReviewMode` in every review, however
/// it ends.
#[check(
    v2(since = "0.66"),
    source = "app-server README, review/start; every release does",
    faults(REVIEW_NEVER_LEFT),
    shared
)]
async fn review_mode_is_entered_and_left(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    for (what, course, end) in COURSES {
        let (thread, calls, ended) = reviewed(cx, course).await?;
        let judge = || -> Result {
            ensure_eq!(ended, end, "how the turn of the review ended");
            let entered = place(&calls, &thread, "enteredReviewMode")?;
            let left = place(&calls, &thread, "exitedReviewMode")?;
            ensure!(
                entered < left,
                "order of the two items",
                "entered, then exited",
                "the reverse"
            );
            Ok(())
        };
        rows.judge(what, judge())?;
    }
    rows.end()
}

/// A server SHOULD complete every item that it started in a review before the turn of the review
/// ends.
#[check(
    v2(since = "0.66"),
    source = "app-server README, Items: item/started, deltas, item/completed; no release completes the reviewer's message",
    faults(REVIEWERS_MESSAGE_LEFT_OPEN)
)]
async fn every_item_is_completed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    for (what, course, _) in COURSES {
        let (thread, calls, _) = reviewed(cx, course).await?;
        rows.judge(what, ensure_finished(&calls, &thread))?;
    }
    rows.end()
}

/// A server MUST send the model the outcome of a review in the next turn.
#[check(
    v2(since = "0.66"),
    source = "app-server README, review/start: the review is part of the thread; every release does",
    faults(REVIEW_FORGOTTEN),
    shared
)]
async fn the_next_turn_has_the_outcome(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([findings("the brakes are loose"), says("done")]);
    let begun = cx.client().begin_review(&thread, "look at it").await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.client().turn(&thread, "and now").await?;
    let request = last_request(cx)?;
    let input = json!(request.input_items()).to_string();
    ensure!(
        input.contains("the brakes are loose"),
        "the model's input in the turn after the review",
        "the outcome of the review",
        input
    );
    Ok(())
}

/// A server MUST reject `review/start` with the error code -32600 when the target is blank.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, review: empty arguments; every release does",
    faults(BLANK_REVIEW_TAKEN),
    shared
)]
async fn a_blank_target_is_rejected(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    let mut rows = Rows::of_waits();
    for target in [
        json!({ "type": "custom", "instructions": " " }),
        json!({ "type": "baseBranch", "branch": "" }),
        json!({ "type": "commit", "sha": " \n" }),
    ] {
        let reply = cx.client().request_review(&thread, target.clone()).await?;
        let refused = reply.refused(code::INVALID_REQUEST, "answer to `review/start`");
        rows.judge(target, refused.map(|_| ()))?;
    }
    rows.end()
}

/// A server MUST either reject a message that arrives during a review or send it to the model.
#[check(
    v2(
        since = "0.66",
        fixed_in("0.169", "a message during a review is accepted and the model never receives it")
    ),
    source = "app-server README, turn/start and turn/steer: what is accepted is part of the thread",
    faults(WORDS_LOST_IN_A_REVIEW),
    shared
)]
async fn a_message_is_rejected_or_heard(cx: &mut Context) -> Result {
    let (thread, begun) = review_in_progress(cx).await?;
    ensure_rejected_or_heard(cx, &thread, &begun, "review").await
}

/// Says something by `turn/start` and by `turn/steer` while a turn runs whose answer the model holds
/// back at `gate`. Each is rejected, or the model receives it by the end of the turn after the next.
pub(crate) async fn ensure_rejected_or_heard(
    cx: &mut Context,
    thread: &Thread,
    running: &Begun,
    gate: &str,
) -> Result {
    let mut accepted = Vec::new();
    if cx.peer.gate().offers("turn/steer").is_ok() {
        let steered = cx.client().request_steer(thread, running.id(), "words to steer").await?;
        accepted.extend((!steered.is_error()).then_some(("turn/steer", "words to steer")));
    }
    let started = cx.client().request_turn(&thread.id, "words to start").await?;
    accepted.extend((!started.is_error()).then_some(("turn/start", "words to start")));
    cx.model.script([says("one"), says("two"), says("three")]);
    cx.model.open(gate);
    cx.client().end_turn(thread, running).await?;
    // By now it is there, or it comes before what is said now.
    cx.client().turn(thread, "go on").await?;
    let requests = cx.model.requests();
    let heard: Vec<&str> = requests.iter().flat_map(|request| request.user_texts()).collect();
    for (method, words) in accepted {
        ensure!(
            heard.contains(&words),
            format!("the message of a `{method}` that the server accepted"),
            "in a request to the model",
            format!("in none of {}", requests.len())
        );
    }
    Ok(())
}

/// A server MUST run a review that it accepts while a turn runs.
#[check(
    v2(since = "0.66", fixed_in("0.101", "the review is announced and does not always run")),
    source = "every release since 0.101 does",
    faults(REVIEW_LOST_DURING_A_TURN),
    shared
)]
async fn runs_when_it_was_accepted_during_a_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("I begin ").hold("turn").continues("it"), findings("all is well")]);
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    cx.reached("turn").await?;
    let target = json!({ "type": "custom", "instructions": "look at it" });
    let reply = cx.client().request_review(&thread, target).await?;
    let refused = reply.is_error();
    cx.model.open("turn");
    if refused {
        return cx.client().end_turn(&thread, &begun).await.map(|_| ());
    }
    let left = |call: &Call| is_item(call, &thread, "item/completed", "exitedReviewMode");
    let item = cx.peer.next_matching("the end of the accepted review", left).await?;
    ensure_eq!(item.params["item"]["review"], Value::from("all is well"), "its outcome");
    cx.client().end_turn(&thread, item.seq).await.map(|_| ())
}

/// A server SHOULD show a review as one turn, under the id of the answer to `review/start`, before
/// and after a restart.
#[check(
    v2(since = "0.90"),
    source = "app-server README, review/start: the review is a turn; real releases show two",
    faults(REVIEW_SPLIT_BY_A_RESTART)
)]
async fn is_shown_as_one_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([findings("all is well")]);
    let begun = cx.client().begin_review(&thread, "look at it").await?;
    cx.client().end_turn(&thread, &begun).await?;
    let read = cx.client().read_thread(&thread.id, true).await?;
    ensure_eq!(turn_ids(&read), [begun.id()], "the ids of the turns in `thread/read`");
    cx.restart().await;
    cx.client().initialize().await?;
    let resumed = cx.client().resume_own(&thread).await?;
    let ids = turn_ids(&resumed.result["thread"]);
    ensure_eq!(ids, [begun.id()], "the ids of the turns after a restart");
    Ok(())
}

fn turn_ids(thread: &Value) -> Vec<&str> {
    let turns = thread["turns"].as_array().into_iter().flatten();
    turns.filter_map(|turn| turn["id"].as_str()).collect()
}

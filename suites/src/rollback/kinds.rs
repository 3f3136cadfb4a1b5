//! Rollback of turns of every kind: failed, interrupted, compactions and reviews.

use harness::{Context, Failure, Result, check};
use mock_model::{fails, says};
use serde_json::json;

use super::{ask, ensure_left, ensure_resumed, question};
use crate::client::{ContextExt, End, Thread};
use crate::rows::Rows;

/// Whatever the last turn of a thread is.
#[derive(Clone, Copy)]
enum Last {
    Failed,
    Interrupted,
    Compaction,
    AfterACompaction,
    Review,
}

/// A thread of two turns and this one.
async fn ending_with(cx: &mut Context, last: Last) -> Result<Thread> {
    let thread = cx.client().start_thread().await?;
    for number in ["one", "two"] {
        ask(cx, &thread, number).await?;
    }
    match last {
        Last::Failed => {
            cx.model.script([says("answer three").and(fails("server_error", "it is ill"))]);
            let turn = cx.client().turn(&thread, &question("three")).await?;
            turn.ended(End::Failed, "how the turn ended")?;
        }
        Last::Interrupted => {
            cx.model.script([says("answer three").hold("three").continues(" never sent")]);
            let begun = cx.client().begin_turn(&thread, &question("three")).await?;
            cx.reached("three").await?;
            let ticket = cx.client().interrupt(&thread, &begun).await?;
            cx.client().end_turn(&thread, &begun).await?;
            cx.peer.answer(&ticket).await?;
            cx.model.open("three");
        }
        Last::Compaction | Last::AfterACompaction => {
            cx.model.script([says("the summary")]);
            cx.client().compact(&thread).await?;
            if matches!(last, Last::AfterACompaction) {
                ask(cx, &thread, "three").await?;
            }
        }
        Last::Review => {
            cx.model.script([says("answer three")]);
            let begun = cx.client().begin_review(&thread, "look at it").await?;
            cx.client().end_turn(&thread, &begun).await?;
        }
    }
    Ok(thread)
}

/// What is left after the last turn is rolled back, now and after a restart.
async fn ensure_gone(cx: &mut Context, cases: &[(&'static str, Last)]) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    let mut threads = Vec::new();
    for (what, last) in cases {
        let thread = ending_with(cx, *last).await?;
        cx.client().roll_back(&thread, 1).await?;
        rows.judge(what, ensure_left(cx, &thread, &["one", "two"], "four").await)?;
        threads.push(thread);
    }
    cx.restart().await;
    cx.client().initialize().await?;
    for ((what, _), thread) in cases.iter().zip(threads) {
        let resumed = cx.client().resume_own(&thread).await?;
        let what = format!("{what}, after a restart");
        rows.judge(what, ensure_resumed(cx, &resumed, &["one", "two", "four"]).await)?;
    }
    rows.end()
}

/// A server MUST roll back a turn that failed or was interrupted like any other.
#[check(
    v2(since = "0.90"),
    source = "app-server README, thread/rollback and thread/revert; every release does",
    faults(MODEL_KNOWS_ROLLED_BACK_TURNS, ROLLBACK_NOT_STORED),
    shared
)]
async fn a_turn_that_came_to_nothing_goes_too(cx: &mut Context) -> Result {
    let cases = [("a failed turn", Last::Failed), ("an interrupted turn", Last::Interrupted)];
    ensure_gone(cx, &cases).await
}

/// A server MUST send the model the whole conversation again when it rolls back the turn of a
/// compaction.
#[check(
    v2(
        since = "0.107",
        fixed_in("0.169", "the model receives none of the turns that the client is shown")
    ),
    source = "app-server README, thread/rollback and thread/revert; every release since 0.169 does",
    faults(SUMMARY_OUTLIVES_ITS_TURN),
    shared
)]
async fn a_compaction_goes_too(cx: &mut Context) -> Result {
    ensure_gone(cx, &[("a compaction", Last::Compaction)]).await
}

/// A server MUST keep the compaction when it rolls back a turn after it.
#[check(
    v2(since = "0.98"),
    source = "every release does",
    faults(MODEL_KNOWS_ROLLED_BACK_TURNS),
    shared
)]
async fn an_earlier_compaction_stays(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = ending_with(cx, Last::AfterACompaction).await?;
    cx.client().roll_back(&thread, 1).await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, &question("four")).await?;
    let input = json!(crate::stored::last_request(cx)?.input_items()).to_string();
    for (text, expected) in [
        ("question one", true),
        ("the summary", true),
        ("answer one", false),
        ("question three", false),
    ] {
        let word = |there: bool| if there { "is there" } else { "is not there" };
        if input.contains(text) != expected {
            let what = format!("{text:?} in the next request to the model");
            return Err(Failure::mismatch(what, word(expected), word(!expected)));
        }
    }
    Ok(())
}

/// A server MUST accept `thread/revert` to every turn that it shows.
#[check(
    v2(since = "0.160"),
    source = "app-server README, thread/revert: beforeTurnId is the id of a turn of the thread",
    faults(REVIEW_NOT_REVERTED),
    shared
)]
async fn every_turn_that_is_shown_can_be_named(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    for (what, last) in [
        ("a failed turn", Last::Failed),
        ("an interrupted turn", Last::Interrupted),
        ("a compaction", Last::Compaction),
        ("a review", Last::Review),
    ] {
        let thread = ending_with(cx, last).await?;
        let read = cx.client().read_thread(&thread.id, true).await?;
        let turns = read["turns"].as_array().map(Vec::as_slice).unwrap_or_default();
        let last = turns.last().map(|turn| turn["id"].clone()).unwrap_or_default();
        let params = json!({ "threadId": thread.id, "beforeTurnId": last });
        let reply = cx.peer.request("thread/revert", params).await?;
        let granted = reply.granted("answer to `thread/revert` to the last turn shown");
        rows.judge(what, granted.map(|_| ()))?;
    }
    rows.end()
}

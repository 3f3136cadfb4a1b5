//! Compaction: a turn that replaces what the model knows by a summary.

use harness::{Call, Context, Result, check, ensure, ensure_eq};
use mock_model::{Request, fails, says};
use serde_json::json;

use crate::client::{Begun, ContextExt, End, Thread, Turn, ensure_finished, is_item, is_of};
use crate::review::ensure_rejected_or_heard;
use crate::rows::Rows;
use crate::stored::last_request;

/// Texts that no server has in its own instructions.
const QUESTION: &str = "what does a quokka eat?";
const ANSWER: &str = "leaves and bark";
const FIRST: &str = "quokkas were discussed";
const SECOND: &str = "the diet of quokkas was summed up twice";

/// A thread with one turn, in an initialized connection.
async fn one_turn(cx: &mut Context) -> Result<Thread> {
    let thread = cx.client().start_thread().await?;
    cx.model.script([says(ANSWER)]);
    cx.client().turn(&thread, QUESTION).await?;
    Ok(thread)
}

/// Compacts a thread by this summary.
async fn compacted(cx: &mut Context, thread: &Thread, summary: &str) -> Result<Turn> {
    cx.model.script([says(summary)]);
    let turn = cx.client().compact(thread).await?;
    turn.ended(End::Completed, "how the turn of the compaction ended")?;
    Ok(turn)
}

/// The only call among these that fits, and what it is.
fn only<'a>(calls: &'a [Call], what: &str, fits: impl Fn(&Call) -> bool) -> Result<&'a Call> {
    let found: Vec<&Call> = calls.iter().filter(|call| fits(call)).collect();
    ensure!(found.len() == 1, format!("{what} in the turn"), "one", found.len().to_string());
    Ok(found[0])
}

/// A server MUST announce a compaction as a turn that has one `contextCompaction` item, before the
/// first turn of the user as well.
#[check(
    v2(since = "0.98", fixed_in("0.120", "the start of the turn is not announced")),
    source = "app-server README, thread/compact/start: standard turn and item notifications",
    faults(COMPACTION_STARTS_UNTOLD),
    shared
)]
async fn is_announced_as_a_turn(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    for (what, turns) in [("an empty thread", 0), ("a thread with a turn", 1)] {
        let thread =
            if turns == 0 { cx.client().start_thread().await? } else { one_turn(cx).await? };
        let turn = compacted(cx, &thread, FIRST).await?;
        rows.judge(what, announced(&thread, &turn.calls))?;
    }
    rows.end()
}

/// Start and end of one turn, and of one item in it.
fn announced(thread: &Thread, calls: &[Call]) -> Result {
    let of = |method: &'static str| move |call: &Call| is_of(call, thread, method);
    let item = |method: &'static str| {
        move |call: &Call| is_item(call, thread, method, "contextCompaction")
    };
    let start = only(calls, "`turn/started`", of("turn/started"))?;
    let end = only(calls, "`turn/completed`", of("turn/completed"))?;
    let begun = only(calls, "`item/started` of the compaction", item("item/started"))?;
    let done = only(calls, "`item/completed` of the compaction", item("item/completed"))?;
    ensure_eq!(done.params["item"]["id"], begun.params["item"]["id"], "the completed item's id");
    for call in [start, begun, done] {
        let id = call.params.get("turnId").or_else(|| call.params.pointer("/turn/id"));
        ensure_eq!(id, Some(&end.params["turn"]["id"]), "the id of the turn in `{}`", call.method);
    }
    Ok(())
}

/// The texts of the conversation in a request to the model, summaries included.
fn heard(request: &Request, texts: &[&'static str]) -> Vec<&'static str> {
    let input = json!(request.input_items()).to_string();
    texts.iter().copied().filter(|text| input.contains(text)).collect()
}

const TEXTS: [&str; 4] = [QUESTION, ANSWER, FIRST, SECOND];

/// The next request to the model has only these of the texts.
async fn ensure_known(cx: &mut Context, thread: &Thread, expected: &[&str]) -> Result {
    cx.model.script([says("done")]);
    cx.client().turn(thread, "and now").await?;
    let known = heard(&last_request(cx)?, &TEXTS);
    ensure_eq!(known, expected, "what the next request to the model has of the conversation");
    Ok(())
}

/// A server MUST send the model the messages of the user and the last summary, and no older answer,
/// after a compaction and after a restart.
#[check(
    v2(since = "0.98"),
    source = "app-server README, thread/compact/start; every release does",
    faults(
        COMPACTION_KEEPS_EVERYTHING,
        COMPACTION_DROPS_WHAT_THE_USER_SAID,
        COMPACTION_NOT_STORED,
        COMPACTION_UNREAD,
        SUMMARIES_STACK_UP
    ),
    shared
)]
async fn the_model_goes_on_with_the_summary(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (once, twice) = (one_turn(cx).await?, one_turn(cx).await?);
    compacted(cx, &once, FIRST).await?;
    compacted(cx, &twice, FIRST).await?;
    compacted(cx, &twice, SECOND).await?;
    let cases = [
        ("one compaction", once, [QUESTION, FIRST]),
        ("two compactions", twice, [QUESTION, SECOND]),
    ];
    let mut rows = Rows::of_waits();
    for (what, thread, expected) in &cases {
        rows.judge(what, ensure_known(cx, thread, expected).await)?;
    }
    cx.restart().await;
    cx.client().initialize().await?;
    for (what, thread, expected) in &cases {
        let resumed = cx.client().resume_own(thread).await?;
        let what = format!("{what}, after a restart");
        rows.judge(what, ensure_known(cx, &resumed, expected).await)?;
    }
    rows.end()
}

/// How a compaction comes to nothing.
const FAILURES: [(&str, End); 2] = [
    ("a compaction that is interrupted", End::Interrupted),
    ("one whose model fails", End::Failed),
];

/// A thread with one turn and a compaction that came to nothing, and what came in its turn.
async fn failed(cx: &mut Context, end: End) -> Result<(Thread, Turn)> {
    let thread = one_turn(cx).await?;
    let turn = if end == End::Interrupted {
        cx.model.script([says("half a ").hold("summary").continues("one")]);
        let mark = cx.client().begin_compaction(&thread).await?;
        cx.reached("summary").await?;
        let turn = cx.client().interrupt_compaction(&thread, mark).await?;
        cx.model.open("summary");
        turn
    } else {
        cx.model.script([fails("server_error", "the model is ill")]);
        cx.client().compact(&thread).await?
    };
    turn.ended(end, "how the turn of the compaction ended")?;
    Ok((thread, turn))
}

/// A server MUST send the model the whole conversation after a compaction that was interrupted or
/// failed.
#[check(
    v2(since = "0.98"),
    source = "every release does",
    faults(FAILED_COMPACTION_FORGETS),
    shared
)]
async fn changes_nothing_when_it_comes_to_nothing(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    for (what, end) in FAILURES {
        let judged = match failed(cx, end).await {
            Ok((thread, _)) => ensure_known(cx, &thread, &TEXTS[..2]).await,
            Err(failure) => Err(failure),
        };
        rows.judge(what, judged)?;
    }
    rows.end()
}

/// A server SHOULD complete the item of a compaction that is interrupted or fails before its turn
/// ends.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Items: item/started, deltas, item/completed; no release does",
    faults(COMPACTION_LEFT_OPEN)
)]
async fn its_item_is_completed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    for (what, end) in FAILURES {
        let (thread, turn) = failed(cx, end).await?;
        rows.judge(what, ensure_finished(&turn.calls, &thread))?;
    }
    rows.end()
}

/// A server MUST run a compaction that it accepts while a turn runs.
#[check(
    v2(since = "0.98"),
    source = "app-server README, thread/compact/start; every release does",
    faults(COMPACTION_LOST_DURING_A_TURN),
    shared
)]
async fn runs_when_it_was_accepted_during_a_turn(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = one_turn(cx).await?;
    cx.model.script([says("I begin ").hold("turn").continues("it"), says(FIRST)]);
    cx.client().begin_turn(&thread, "the second question").await?;
    cx.reached("turn").await?;
    let reply = cx.client().request_compaction(&thread).await?;
    cx.model.open("turn");
    if reply.is_error() {
        return Ok(());
    }
    let done = |call: &Call| is_item(call, &thread, "item/completed", "contextCompaction");
    let item = cx.peer.next_matching("the end of the accepted compaction", done).await?;
    cx.client().end_turn(&thread, item.seq).await?;
    ensure_known(cx, &thread, &[QUESTION, FIRST]).await
}

/// A server MUST either reject a message that arrives during a compaction or send it to the model.
#[check(
    v2(
        since = "0.98",
        fixed_in(
            "0.169",
            "a message during a compaction is accepted and the model never receives it"
        )
    ),
    source = "app-server README, turn/start and turn/steer: what is accepted is part of the thread",
    faults(WORDS_LOST_IN_A_COMPACTION),
    shared
)]
async fn a_message_is_rejected_or_heard(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = one_turn(cx).await?;
    cx.model.script([says("a ").hold("summary").continues("summary")]);
    let mark = cx.client().begin_compaction(&thread).await?;
    cx.reached("summary").await?;
    let id = cx.client().compaction(&thread, mark).await?;
    let running = Begun { mark, id: Some(id) };
    ensure_rejected_or_heard(cx, &thread, &running, "summary").await
}

/// A server SHOULD complete every item that it started in a turn before a compaction takes the place
/// of the turn.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Items: item/started, deltas, item/completed; releases leave some open",
    faults(MESSAGE_LEFT_OPEN)
)]
async fn the_turn_that_it_replaces_is_completed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = one_turn(cx).await?;
    cx.model.script([says("I begin ").hold("turn").continues("it"), says(FIRST)]);
    let begun = cx.client().begin_turn(&thread, "the second question").await?;
    cx.reached("turn").await?;
    let speaks = |call: &Call| {
        call.seq >= begun.mark && is_item(call, &thread, "item/started", "agentMessage")
    };
    cx.peer.next_matching("the agent's message", speaks).await?;
    let reply = cx.client().request_compaction(&thread).await?;
    cx.model.open("turn");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    ensure_finished(&turn.calls, &thread)?;
    if reply.is_error() {
        return Ok(());
    }
    cx.client().end_turn(&thread, turn.behind(&begun)).await.map(|_| ())
}

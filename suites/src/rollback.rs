//! Rollback of turns: what is left is shown to the client and sent to the model, in this process and the next.

pub mod kinds;
pub mod pages;

use harness::{Context, Result, check, code, ensure_eq};
use mock_model::{Request, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, End, Thread, messages};
use crate::rows::Rows;
use crate::stored::{UNKNOWN, last_request};

/// The questions of the turns that every thread here begins with; the answers are their like.
const NUMBERS: [&str; 3] = ["one", "two", "three"];

/// The question of a turn.
fn question(number: &str) -> String {
    format!("question {number}")
}

/// What client and model hear of turns with these numbers.
fn said<'a>(numbers: impl IntoIterator<Item = &'a &'a str>) -> Vec<String> {
    let turn =
        |number: &&str| [format!("user: question {number}"), format!("assistant: answer {number}")];
    numbers.into_iter().flat_map(turn).collect()
}

/// Whether a message is one of the conversation, and not of what surrounds it.
fn is_said(line: &str) -> bool {
    ["user: question ", "assistant: answer "].iter().any(|start| line.starts_with(start))
}

/// Runs a turn with the question of this number.
async fn ask(cx: &mut Context, thread: &Thread, number: &str) -> Result {
    cx.model.script([says(format!("answer {number}"))]);
    let turn = cx.client().turn(thread, &question(number)).await?;
    turn.ended(End::Completed, &format!("how the turn with question {number} ended"))
}

/// A thread of three turns, in an initialized connection.
async fn three_turns(cx: &mut Context) -> Result<Thread> {
    let thread = cx.client().start_thread().await?;
    for number in NUMBERS {
        ask(cx, &thread, number).await?;
    }
    Ok(thread)
}

/// What the model received of the conversation.
fn heard(request: &Request) -> Vec<String> {
    let items = request.input_items().iter().filter(|item| item["role"].is_string());
    let lines = items.flat_map(|item| {
        let role = item["role"].as_str().unwrap_or_default();
        let parts = item["content"].as_array().map(Vec::as_slice).unwrap_or_default();
        parts.iter().filter_map(move |part| Some(format!("{role}: {}", part["text"].as_str()?)))
    });
    lines.filter(|line| is_said(line)).collect()
}

/// What the client is shown of these turns.
fn shown(turns: &Value) -> Vec<String> {
    messages(turns).into_iter().filter(|line| is_said(line)).collect()
}

/// Client and model are shown these turns of a thread; asks one more question, of this number.
async fn ensure_left(cx: &mut Context, thread: &Thread, left: &[&str], next: &str) -> Result {
    // A thread without a turn need not be readable with its turns.
    if !left.is_empty() {
        let read = cx.client().read_thread(&thread.id, true).await?;
        ensure_eq!(shown(&read["turns"]), said(left), "the messages in `thread/read`");
    }
    ask(cx, thread, next).await?;
    let mut expected = said(left);
    expected.push(format!("user: {}", question(next)));
    ensure_eq!(
        heard(&last_request(cx)?),
        expected,
        "the messages in the next request to the model"
    );
    Ok(())
}

/// One way to roll back turns of a thread that has three.
struct Row {
    what: &'static str,
    forked: bool,
    /// How many turns go, each time.
    counts: &'static [usize],
    /// How many are left.
    left: usize,
}

const ROWS: [Row; 5] = [
    Row { what: "the last turn", forked: false, counts: &[1], left: 2 },
    Row { what: "two turns at once", forked: false, counts: &[2], left: 1 },
    Row { what: "every turn", forked: false, counts: &[3], left: 0 },
    Row { what: "one turn, twice in a row", forked: false, counts: &[1, 1], left: 1 },
    Row { what: "the last turn of a fork", forked: true, counts: &[1], left: 2 },
];

/// A thread from which turns were rolled back like this.
async fn rolled_back(cx: &mut Context, row: &Row) -> Result<Thread> {
    let mut thread = three_turns(cx).await?;
    if row.forked {
        thread = cx.client().fork(&thread.id).await?;
    }
    for count in row.counts {
        cx.client().roll_back(&thread, *count).await?;
    }
    Ok(thread)
}

/// A server MUST show the client and send the model exactly the turns that are left after a
/// rollback.
#[check(
    v2(since = "0.90"),
    source = "app-server README, thread/rollback and thread/revert; every release does",
    faults(MODEL_KNOWS_ROLLED_BACK_TURNS, ROLLED_BACK_TURNS_SHOWN),
    shared
)]
async fn what_is_left_is_shown_and_sent(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    for row in &ROWS {
        let thread = rolled_back(cx, row).await?;
        rows.judge(row.what, ensure_left(cx, &thread, &NUMBERS[..row.left], "four").await)?;
    }
    rows.end()
}

/// A server MUST show the client and send the model exactly the turns that a rollback left, even
/// after a restart.
#[check(
    v2(since = "0.90"),
    source = "app-server tests, thread_rollback: it persists to the rollout; every release does",
    faults(ROLLBACK_NOT_STORED, SECOND_ROLLBACK_UNREAD, ROLLBACK_REACHES_THE_ORIGINAL),
    shared
)]
async fn what_is_left_survives_a_restart(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut threads = Vec::new();
    for row in &ROWS {
        let thread = rolled_back(cx, row).await?;
        ask(cx, &thread, "four").await?;
        threads.push(thread);
    }
    let original = three_turns(cx).await?;
    let fork = cx.client().fork(&original.id).await?;
    cx.client().roll_back(&fork, 2).await?;
    cx.restart().await;
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    for (row, thread) in ROWS.iter().zip(threads) {
        let mut left = NUMBERS[..row.left].to_vec();
        left.push("four");
        let resumed = cx.client().resume_own(&thread).await?;
        rows.judge(row.what, ensure_resumed(cx, &resumed, &left).await)?;
    }
    let resumed = cx.client().resume_own(&original).await?;
    rows.judge("the original of a fork", ensure_resumed(cx, &resumed, &NUMBERS).await)?;
    rows.end()
}

/// The answer to the resume, and then client and model, are shown these turns.
async fn ensure_resumed(cx: &mut Context, resumed: &Thread, left: &[&str]) -> Result {
    let turns = &resumed.result["thread"]["turns"];
    ensure_eq!(shown(turns), said(left), "the messages in the answer to the resume");
    ensure_left(cx, resumed, left, "five").await
}

/// A server MUST roll back a turn that holds two messages of the user as a whole.
#[check(
    v2(
        since = "0.101",
        fixed_in("0.169", "the model still receives the first message of the turn")
    ),
    source = "app-server README, thread/rollback and thread/revert; every release since 0.169 does",
    faults(STEERED_TURN_HALF_ROLLED_BACK),
    shared
)]
async fn a_turn_with_two_messages_goes_as_a_whole(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    ask(cx, &thread, "one").await?;
    cx.model.script([says("answer two").hold("two"), says("answer three")]);
    let begun = cx.client().begin_turn(&thread, &question("two")).await?;
    cx.reached("two").await?;
    cx.client().steer(&thread, begun.id(), &question("three")).await?;
    cx.model.open("two");
    cx.client().end_turn(&thread, &begun).await?;
    cx.client().roll_back(&thread, 1).await?;
    ensure_left(cx, &thread, &["one"], "four").await?;
    cx.restart().await;
    cx.client().initialize().await?;
    let resumed = cx.client().resume_own(&thread).await?;
    ensure_resumed(cx, &resumed, &["one", "four"]).await
}

/// A server MUST reject a rollback of no turn.
#[check(
    v2(since = "0.90"),
    source = "app-server tests, thread_rollback; every release does",
    faults(NO_TURN_ROLLED_BACK),
    shared
)]
async fn no_turn_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = three_turns(cx).await?;
    let params = json!({ "threadId": thread.id, "numTurns": 0 });
    let reply = cx.peer.request("thread/rollback", params).await?;
    reply.refusal("answer to a rollback of no turn")?;
    ensure_left(cx, &thread, &NUMBERS, "four").await
}

/// A server MUST reject `thread/revert` to an unknown turn with the error code -32600.
#[check(
    v2(since = "0.160"),
    source = "app-server README, thread/revert; every release since does",
    faults(UNKNOWN_TURN_REVERTED),
    shared
)]
async fn an_unknown_turn_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = three_turns(cx).await?;
    let params = json!({ "threadId": thread.id, "beforeTurnId": UNKNOWN });
    let reply = cx.peer.request("thread/revert", params).await?;
    reply.refused(code::INVALID_REQUEST, "answer to `thread/revert` to an unknown turn")?;
    ensure_left(cx, &thread, &NUMBERS, "four").await
}

//! The queue of a thread: messages that wait for the end of the turn, and run one after the other.

use harness::{Call, Context, Result, check, code, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{Begun, ContextExt, End, Thread, completed_items, is_of};
use crate::rows::Rows;
use crate::stored::UNKNOWN;
use crate::stored::files::written;

const ADD: &str = "thread/queue/add";
const LIST: &str = "thread/queue/list";
const START: &str = "thread/queue/start";
const CHANGED: &str = "thread/queue/changed";
/// The gate at which the model holds back the answer of the running turn.
const GATE: &str = "queue";

fn input(text: &str) -> Value {
    json!([{ "type": "text", "text": text }])
}

/// A thread whose turn the model holds back.
async fn running(cx: &mut Context) -> Result<(Thread, Begun)> {
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    let begun = run(cx, &thread).await?;
    Ok((thread, begun))
}

/// Begins a turn that the model holds back; the turns after it are answered.
async fn run(cx: &mut Context, thread: &Thread) -> Result<Begun> {
    let held = says("I begin ").hold(GATE).continues("it");
    cx.model.script([held, says("one"), says("two"), says("three")]);
    let begun = cx.client().begin_turn(thread, "the running turn").await?;
    cx.reached(GATE).await?;
    Ok(begun)
}

/// Adds a message; its id in the queue.
async fn queued(cx: &mut Context, thread: &Thread, text: &str) -> Result<Value> {
    let params = json!({
        "threadId": thread.id,
        "input": input(text),
        "clientUserMessageId": format!("id of {text}"),
    });
    Ok(cx.peer.call(ADD, params).await?["queuedSubmission"]["id"].take())
}

/// The texts of the queue.
async fn waiting(cx: &mut Context, thread: &Thread) -> Result<Vec<String>> {
    let list = cx.peer.call(LIST, json!({ "threadId": thread.id })).await?;
    let texts = list["data"].as_array().into_iter().flatten();
    Ok(texts.filter_map(|one| Some(one["input"][0]["text"].as_str()?.to_owned())).collect())
}

/// Waits for the end of so many turns from this place on; text and id of each message of the user in
/// them.
async fn ran(
    cx: &mut Context,
    thread: &Thread,
    mut mark: usize,
    turns: usize,
) -> Result<Vec<(String, Option<String>)>> {
    let mut messages = Vec::new();
    for _ in 0..turns {
        let turn = cx.client().end_turn(thread, mark).await?;
        turn.ended(End::Completed, "how the turn of a queued message ended")?;
        mark = turn.behind(mark);
        messages.extend(completed_items(&turn.calls, thread, "userMessage").map(|item| {
            let text = item["content"][0]["text"].as_str().unwrap_or_default();
            (text.to_owned(), item["clientId"].as_str().map(str::to_owned))
        }));
    }
    Ok(messages)
}

/// Lets the running turn end, and waits for so many turns after it; the messages in them.
async fn released(
    cx: &mut Context,
    thread: &Thread,
    begun: &Begun,
    turns: usize,
) -> Result<Vec<(String, Option<String>)>> {
    cx.model.open(GATE);
    let turn = cx.client().end_turn(thread, begun).await?;
    ran(cx, thread, turn.behind(begun), turns).await
}

/// The messages with these texts, as they were added.
fn added(texts: &[&str]) -> Vec<(String, Option<String>)> {
    texts.iter().map(|text| ((*text).to_owned(), Some(format!("id of {text}")))).collect()
}

/// A server MUST run queued messages in their order, each in a turn of its own, after the running
/// turn has completed.
#[check(
    v2(since = "0.169"),
    source = "app-server README, thread/queue/add: submitted in order when the thread is idle; every release does",
    faults(QUEUE_IS_A_STACK, QUEUE_NEVER_RUNS, QUEUED_IDS_LOST),
    shared
)]
async fn messages_run_in_order(cx: &mut Context) -> Result {
    let (thread, begun) = running(cx).await?;
    for text in ["first", "second", "third"] {
        queued(cx, &thread, text).await?;
    }
    ensure_eq!(waiting(cx, &thread).await?, ["first", "second", "third"], "the queue");
    let ran = released(cx, &thread, &begun, 3).await?;
    ensure_eq!(ran, added(&["first", "second", "third"]), "the messages in the next three turns");
    ensure_eq!(waiting(cx, &thread).await?, [""; 0], "the queue after its turns");
    Ok(())
}

/// A server MUST run a queued message at once in a thread without a running turn.
#[check(
    v2(since = "0.169"),
    source = "app-server README, thread/queue/add: submitted when the thread is idle; every release does",
    faults(IDLE_THREAD_LETS_THE_QUEUE_WAIT),
    shared
)]
async fn an_idle_thread_runs_it_at_once(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("one")]);
    let mark = cx.peer.mark();
    queued(cx, &thread, "first").await?;
    ensure_eq!(ran(cx, &thread, mark, 1).await?, added(&["first"]), "the messages in the turn");
    Ok(())
}

/// A server MUST keep the queue of a thread when the running turn is interrupted, until the client
/// starts it.
#[check(
    v2(since = "0.169"),
    source = "app-server README, thread/queue/start; every release does",
    faults(QUEUE_RUNS_AFTER_AN_INTERRUPT, QUEUE_STARTS_WITHOUT_A_TURN),
    shared
)]
async fn waits_after_an_interrupt(cx: &mut Context) -> Result {
    let (thread, begun) = running(cx).await?;
    queued(cx, &thread, "first").await?;
    let reply = cx.peer.request(START, json!({ "threadId": thread.id })).await?;
    reply.refused(code::INVALID_REQUEST, "answer to a start of the queue during a turn")?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?.into_result()?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "how the running turn ended")?;
    cx.model.open(GATE);
    cx.client().barrier(&thread).await?;
    ensure_eq!(waiting(cx, &thread).await?, ["first"], "the queue after the interruption");
    let mark = cx.peer.mark();
    cx.model.script([says("one")]);
    cx.peer.call(START, json!({ "threadId": thread.id })).await?;
    ensure_eq!(ran(cx, &thread, mark, 1).await?, added(&["first"]), "the messages in the turn");
    let reply = cx.peer.request(START, json!({ "threadId": thread.id })).await?;
    reply.refused(code::INVALID_REQUEST, "answer to a start of an empty queue").map(|_| ())
}

/// A server MUST run queued messages as the client has changed them: reordered, edited, and without
/// those that were deleted.
#[check(
    v2(since = "0.169"),
    source = "app-server README, thread/queue/update, delete, reorder; every release does",
    faults(QUEUE_ORDER_STAYS, QUEUED_TEXT_STAYS, DELETED_MESSAGE_RUNS),
    shared
)]
async fn changes_take_effect(cx: &mut Context) -> Result {
    let (thread, begun) = running(cx).await?;
    let mut ids = Vec::new();
    for text in ["first", "second", "third"] {
        ids.push(queued(cx, &thread, text).await?);
    }
    let id = &thread.id;
    let order = json!({ "threadId": id, "queuedSubmissionIds": [ids[2], ids[0], ids[1]] });
    cx.peer.call("thread/queue/reorder", order).await?;
    let edit = json!({ "threadId": id, "queuedSubmissionId": ids[0], "input": input("edited") });
    cx.peer.call("thread/queue/update", edit).await?;
    for (time, expected) in [("first", true), ("second", false)] {
        let params = json!({ "threadId": id, "queuedSubmissionId": ids[1] });
        let result = cx.peer.call("thread/queue/delete", params).await?;
        ensure_eq!(result["deleted"], expected, "`deleted` in the {time} answer");
    }
    ensure_eq!(waiting(cx, &thread).await?, ["third", "edited"], "the queue");
    let ran = released(cx, &thread, &begun, 2).await?;
    let texts: Vec<_> = ran.into_iter().map(|(text, _)| text).collect();
    ensure_eq!(texts, ["third", "edited"], "the messages in the next two turns");
    Ok(())
}

/// A server MUST reject a new order of the queue that does not name each message once, and keep the
/// order.
#[check(
    v2(since = "0.169"),
    source = "app-server README, thread/queue/reorder; every release does",
    faults(REORDER_LOSES_MESSAGES),
    shared
)]
async fn an_order_names_each_message_once(cx: &mut Context) -> Result {
    let (thread, begun) = running(cx).await?;
    let (one, two) = (queued(cx, &thread, "first").await?, queued(cx, &thread, "second").await?);
    let mut rows = Rows::of_waits();
    for (what, ids) in [
        ("no message", json!([])),
        ("one of two", json!([two])),
        ("one twice", json!([two, two])),
        ("an unknown one", json!([two, one, UNKNOWN])),
    ] {
        let params = json!({ "threadId": thread.id, "queuedSubmissionIds": ids });
        let reply = cx.peer.request("thread/queue/reorder", params).await?;
        rows.judge(what, reply.refused(code::INVALID_REQUEST, "its answer").map(|_| ()))?;
    }
    let kept = waiting(cx, &thread).await?;
    released(cx, &thread, &begun, 2).await?;
    rows.end()?;
    ensure_eq!(kept, ["first", "second"], "the queue");
    Ok(())
}

/// A server MUST announce each change of a queue by `thread/queue/changed`.
#[check(
    v2(since = "0.169"),
    source = "app-server README, thread/queue/changed; every release does",
    faults(QUEUE_CHANGES_UNANNOUNCED),
    shared
)]
async fn changes_are_announced(cx: &mut Context) -> Result {
    let (thread, begun) = running(cx).await?;
    let announced = |call: &Call| call.seq >= begun.mark && is_of(call, &thread, CHANGED);
    let params = json!({
        "threadId": thread.id, "input": input("first"), "clientUserMessageId": "one",
    });
    let id = cx.peer.call(ADD, params).await?["queuedSubmission"]["id"].take();
    cx.peer.next_matching("the announcement of an addition", announced).await?;
    let params = json!({ "threadId": thread.id, "queuedSubmissionId": id });
    cx.peer.call("thread/queue/delete", params).await?;
    cx.peer.next_matching("the announcement of a deletion", announced).await?;
    cx.model.open(GATE);
    cx.client().end_turn(&thread, &begun).await.map(|_| ())
}

/// A server MUST reject a queued message without input, and one for an unknown thread.
#[check(
    v2(since = "0.169"),
    source = "every release does: only user input can be added",
    faults(QUEUE_TAKES_NOTHING, QUEUE_OF_NO_THREAD),
    shared
)]
async fn an_invalid_message_is_rejected(cx: &mut Context) -> Result {
    let (thread, begun) = running(cx).await?;
    let mut rows = Rows::of_waits();
    for (what, id, input) in
        [("no input", &*thread.id, json!([])), ("an unknown thread", UNKNOWN, input("first"))]
    {
        let params = json!({ "threadId": id, "input": input, "clientUserMessageId": "one" });
        let reply = cx.peer.request(ADD, params).await?;
        rows.judge(what, reply.refusal("its answer").map(|_| ()))?;
    }
    let kept = waiting(cx, &thread).await?;
    cx.model.open(GATE);
    cx.client().end_turn(&thread, &begun).await?;
    rows.end()?;
    ensure_eq!(kept, [""; 0], "the queue");
    Ok(())
}

/// A server MUST keep the queue of a thread over a restart.
#[check(
    v2(since = "0.169"),
    source = "app-server README, thread/queue/add: persists the message; every release does",
    faults(QUEUE_NOT_STORED),
    shared
)]
async fn outlives_the_server(cx: &mut Context) -> Result {
    let (thread, begun) = running(cx).await?;
    queued(cx, &thread, "first").await?;
    queued(cx, &thread, "second").await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?.into_result()?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.model.open(GATE);
    written(cx, &thread, "the running turn").await?;
    cx.restart().await;
    cx.client().initialize_experimental().await?;
    ensure_eq!(waiting(cx, &thread).await?, ["first", "second"], "the queue after a restart");
    Ok(())
}

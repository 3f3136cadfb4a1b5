//! Listeners of dialect `v1`: which events each of them receives.

use harness::{Call, Context, Order, Result, check, code, ensure, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use super::observed::methods;
use crate::client::{ContextExt, Thread, is_of};

/// A well-formed id of no conversation.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

/// Starts a conversation without a listener.
async fn start_without_listener(cx: &mut Context) -> Result<Thread> {
    let cwd = cx.home.work().to_owned();
    let result = cx.peer.call("newConversation", json!({ "cwd": cwd })).await?;
    (cx.protocol().opened)(result)
}

/// The events of a conversation among these calls.
fn events(calls: &[Call], thread: &Thread) -> Vec<Call> {
    let own = |call: &&Call| {
        call.method.starts_with("codex/event") && call.params["conversationId"] == thread.id
    };
    calls.iter().filter(own).cloned().collect()
}

/// Runs a turn of a conversation to its end without listening to it: the end of a later turn of
/// another conversation shows that it is over.
async fn run_without_listener(
    cx: &mut Context,
    thread: &Thread,
    listened: &Thread,
) -> Result<Vec<Call>> {
    cx.model.script([says("no listener"), says("a listener")]);
    let begun = cx.client().begin_turn(thread, "hello").await?;
    cx.delivered(1).await?;
    cx.client().turn(listened, "hello").await?;
    Ok(events(&cx.peer.calls_since(begun.mark), thread))
}

/// A server MUST NOT send events of a conversation that has no listener.
#[check(
    v1,
    source = "app-server README, addConversationListener; every release does",
    faults(TELLS_WITHOUT_A_LISTENER),
    shared
)]
async fn no_events_without_a_listener(cx: &mut Context) -> Result {
    let listened = cx.client().start().await?;
    let thread = start_without_listener(cx).await?;
    let received = run_without_listener(cx, &thread, &listened).await?;
    ensure!(
        received.is_empty(),
        "events of a conversation without a listener",
        "none",
        methods(&received)
    );
    Ok(())
}

/// A server MUST NOT send events of a conversation after its listener was removed.
#[check(
    v1,
    source = "app-server tests, codex_message_processor_flow: removeConversationListener",
    faults(TELLS_WITHOUT_A_LISTENER, UNSUBSCRIBE_IGNORED),
    shared
)]
async fn a_removed_listener_receives_no_events(cx: &mut Context) -> Result {
    let listened = cx.client().start().await?;
    let thread = start_without_listener(cx).await?;
    let subscription = cx.client().listen(&thread.id).await?;
    cx.client().unlisten(&subscription).await?;
    // 0.98.0 answers before the listener stops, which takes one event more if it comes at once on a
    // busy machine.
    for _ in 0..10 {
        cx.peer.request("getUserAgent", Value::Null).await?;
    }
    let received = run_without_listener(cx, &thread, &listened).await?;
    ensure!(
        received.is_empty(),
        "events after the listener was removed",
        "none",
        methods(&received)
    );
    Ok(())
}

/// A server MUST send every event once, however many listeners the connection has.
#[check(v1, source = "every release does", faults(LISTENERS_DUPLICATE), shared)]
async fn two_listeners_receive_each_event_once(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.client().listen(&thread.id).await?;
    cx.model.script([says("one message"), says("the next")]);
    cx.client().turn(&thread, "hello").await?;
    let mark = cx.peer.mark();
    cx.client().turn(&thread, "again").await?;
    let received = events(&cx.peer.calls_since(mark), &thread);
    let order = Order::of(&received);
    order.once("codex/event/task_started")?;
    order.once("codex/event/agent_message")?;
    order.once("codex/event/task_complete").map(|_| ())
}

/// A server MUST continue to send events to a listener when another one is removed.
#[check(
    v1,
    source = "app-server README, removeConversationListener; every release does",
    faults(REMOVING_ONE_REMOVES_ALL),
    shared
)]
async fn the_remaining_listener_receives_events(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let second = cx.client().listen(&thread.id).await?;
    cx.client().unlisten(&second).await?;
    cx.model.script([says("still here")]);
    let turn = cx.client().turn(&thread, "hello").await;
    let turn = turn.map_err(|failure| failure.within("the events for the remaining listener"))?;
    turn.says(&["still here"], "the agent's messages for the remaining listener")?;
    Ok(())
}

/// A server MUST return a different `subscriptionId` for each listener.
#[check(
    v1,
    source = "app-server protocol, subscriptionId",
    faults(ONE_ID_FOR_ALL_LISTENERS),
    shared
)]
async fn each_has_its_own_id(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let (one, two) = (cx.client().listen(&thread.id).await?, cx.client().listen(&thread.id).await?);
    ensure!(one != two, "the ids of two listeners", "two", format!("{one} twice"));
    cx.client().unlisten(&one).await?;
    cx.client().unlisten(&two).await
}

/// A server MUST reject the removal of an unknown or already removed listener with the error code
/// -32600.
#[check(
    v1,
    source = "app-server protocol, removeConversationListener; every release does",
    faults(REMOVING_NOTHING_SUCCEEDS),
    shared
)]
async fn removing_an_unknown_listener_is_rejected(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let subscription = cx.client().listen(&thread.id).await?;
    cx.client().unlisten(&subscription).await?;
    for id in [subscription.as_str(), UNKNOWN] {
        let refused =
            cx.peer.request("removeConversationListener", json!({ "subscriptionId": id })).await?;
        refused.refused(
            code::INVALID_REQUEST,
            "answer to the removal of a listener that is not there",
        )?;
    }
    Ok(())
}

/// A server MUST reject a listener for an unknown conversation with the error code -32600.
#[check(
    v1,
    source = "app-server protocol, addConversationListener; every release does",
    faults(LISTENS_TO_NOTHING),
    shared
)]
async fn an_unknown_conversation_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let refused =
        cx.peer.request("addConversationListener", json!({ "conversationId": UNKNOWN })).await?;
    refused.refused(
        code::INVALID_REQUEST,
        "answer to a listener for a conversation that does not exist",
    )?;
    Ok(())
}

/// A server MUST send the event `raw_response_item` to exactly those listeners that set
/// `experimentalRawEvents`.
#[check(
    v1(since = "0.53"),
    source = "app-server tests, send_message: experimentalRawEvents",
    faults(RAW_ITEMS_FOR_ALL, RAW_ITEMS_LOST),
    shared
)]
async fn raw_items_are_sent_on_request(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("not raw"), says("raw")]);
    let plain = cx.client().turn(&thread, "hello").await?;
    Order::of(&plain.calls).never("codex/event/raw_response_item")?;
    let other = start_without_listener(cx).await?;
    let params = json!({ "conversationId": other.id, "experimentalRawEvents": true });
    cx.peer.call("addConversationListener", params).await?;
    let begun = cx.client().begin_turn(&other, "hello").await?;
    let turn = cx.client().end_turn(&other, &begun).await?;
    let assistant = turn.calls.iter().find(|call| {
        is_of(call, &other, "codex/event/raw_response_item")
            && call.params["msg"]["item"]["role"] == "assistant"
    });
    let text = assistant.map(|call| call.params["msg"]["item"]["content"][0]["text"].clone());
    ensure_eq!(text, Some(json!("raw")), "the text of the raw item of the agent's message");
    Ok(())
}

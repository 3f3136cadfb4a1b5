//! Further members of the requests that open a conversation or begin a turn.

use harness::{Context, Result, check, code, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{ContextExt, Start, Thread, messages};
use crate::rows::Rows;
use crate::stored::files::written;
use crate::stored::{UNKNOWN, last_request};

/// Starts a thread with these members.
async fn started(cx: &mut Context, more: Value) -> Result<Thread> {
    cx.client().start_with(Start { more, ..Start::default() }).await
}

/// Asks a question; the id of the turn.
async fn ask(cx: &mut Context, thread: &Thread, question: &str) -> Result<String> {
    cx.model.script([says(format!("answer to {question}"))]);
    let begun = cx.client().begin_turn(thread, question).await?;
    cx.client().end_turn(thread, &begun).await?;
    Ok(begun.id().to_owned())
}

/// A server MUST return the `threadSource` of the request for a thread or a fork with the thread, also
/// when the thread is read, and after a restart.
#[check(
    v2(since = "0.147", fixed_in("0.169", "a thread that is read is returned without its source")),
    source = "app-server protocol, thread/start, thread/fork: threadSource; every release since 0.169 does",
    faults(THREAD_SOURCE_FORGOTTEN, THREAD_SOURCE_OF_THE_FORK_LOST),
    shared
)]
async fn the_source_of_a_thread_is_returned(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = started(cx, json!({ "threadSource": "automation" })).await?;
    ask(cx, &thread, "hello").await?;
    written(cx, &thread, "answer to hello").await?;
    let params = json!({ "threadId": thread.id, "threadSource": "user" });
    let fork = cx.peer.call("thread/fork", params).await?["thread"].take();
    let mut rows = Rows::of_waits();
    let is = |thread: &Value, expected: &str| -> Result {
        ensure_eq!(thread["threadSource"], expected, "`threadSource` of the thread");
        Ok(())
    };
    rows.judge("the started thread", is(&thread.result["thread"], "automation"))?;
    let read = cx.client().read_thread(&thread.id, false).await?;
    rows.judge("the thread that is read", is(&read, "automation"))?;
    rows.judge("the fork", is(&fork, "user"))?;
    cx.restart().await;
    cx.client().initialize().await?;
    let read = cx.client().read_thread(&thread.id, false).await?;
    rows.judge("the thread that is read after a restart", is(&read, "automation"))?;
    rows.end()
}

/// A server MUST end a fork with the turn that the request names as the last, for the client and for
/// the model.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/fork: lastTurnId; every release since does",
    faults(FORK_IGNORES_THE_LAST_TURN, FORK_SENDS_LATER_TURNS),
    shared
)]
async fn a_fork_ends_with_the_named_turn(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = cx.client().start_thread().await?;
    let first = ask(cx, &thread, "one").await?;
    ask(cx, &thread, "two").await?;
    written(cx, &thread, "answer to two").await?;
    let params = json!({ "threadId": thread.id, "lastTurnId": first });
    let result = cx.peer.call("thread/fork", params).await?;
    let shown = messages(&result["thread"]["turns"]);
    ensure_eq!(shown, ["user: one", "assistant: answer to one"], "the messages of the fork");
    let fork = (cx.protocol().opened)(result)?;
    ask(cx, &fork, "three").await?;
    let request = last_request(cx)?;
    let asked =
        request.user_texts().into_iter().filter(|text| ["one", "two", "three"].contains(text));
    ensure_eq!(
        asked.collect::<Vec<_>>(),
        ["one", "three"],
        "the questions that the model receives"
    );
    Ok(())
}

/// A server MUST reject a fork whose last turn is unknown with the error code -32600.
#[check(
    v2(since = "0.147"),
    source = "every release since does: turn not found",
    faults(FORK_OF_AN_UNKNOWN_TURN),
    shared
)]
async fn an_unknown_last_turn_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = cx.client().start_thread().await?;
    ask(cx, &thread, "one").await?;
    written(cx, &thread, "answer to one").await?;
    let params = json!({ "threadId": thread.id, "lastTurnId": UNKNOWN });
    let reply = cx.peer.request("thread/fork", params).await?;
    reply.refused(code::INVALID_REQUEST, "answer to a fork with an unknown last turn").map(|_| ())
}

/// A server MUST return the `approvalsReviewer` of the request for a thread in its answer, and `user`
/// if the request names none.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/start: approvalsReviewer; every release since does",
    faults(REVIEWER_NOT_NAMED),
    shared
)]
async fn the_reviewer_of_approvals_is_returned(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for (more, expected) in [
        (Value::Null, "user"),
        (json!({ "approvalsReviewer": "user" }), "user"),
        (json!({ "approvalsReviewer": "auto_review" }), "auto_review"),
    ] {
        let thread = started(cx, more.clone()).await?;
        let named = &thread.result["approvalsReviewer"];
        ensure_eq!(*named, expected, "`approvalsReviewer` in the answer to {more}");
    }
    Ok(())
}

/// A server MUST send the model the `serviceTierForTurn` of a turn in that turn only.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, turn/start: serviceTierForTurn; every release since does",
    faults(TIER_OF_A_TURN_IGNORED, TIER_OF_A_TURN_STAYS),
    shared
)]
async fn the_tier_of_a_turn_ends_with_it(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let thread = cx.client().start_thread().await?;
    let mut sent = Vec::new();
    for more in [json!({ "serviceTierForTurn": "flex" }), Value::Null] {
        cx.model.script([says("done")]);
        let mark = cx.peer.mark();
        let mut params = cx.protocol().turn_params(&thread.id, "hello");
        crate::client::add(&mut params, more);
        cx.peer.call("turn/start", params).await?;
        cx.client().end_turn(&thread, mark).await?;
        sent.push(last_request(cx)?.body()["service_tier"].clone());
    }
    ensure_eq!(sent, [json!("flex"), Value::Null], "`service_tier` of both requests to the model");
    Ok(())
}

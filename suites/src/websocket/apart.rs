//! Clients apart: what one client asks, and what happens in its threads, is not the other's.

use harness::{Call, Context, Id, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::json;

use super::two_clients;
use crate::client::{ContextExt, Thread};

/// A server MUST reject the requests of a client that has not sent `initialize` on its own
/// connection.
#[check(
    v2(since = "0.101"),
    source = "app-server README, Initialization: once per connection; every release does",
    faults(ONE_HANDSHAKE_FOR_ALL)
)]
async fn each_client_initializes(cx: &mut Context) -> Result {
    cx.listen().await?;
    cx.client().initialize().await?;
    cx.another_client()?;
    let early = cx.peer.request("thread/loaded/list", json!({})).await?;
    early.refusal("the answer to a second client that has not sent `initialize`")?;
    cx.client().initialize().await?;
    let later = cx.peer.request("thread/loaded/list", json!({})).await?;
    later.granted("the answer to the second client after it has sent `initialize`")?;
    Ok(())
}

/// A server MUST answer each client on its own connection when two clients use the same id.
#[check(v2(since = "0.101"), source = "JSON-RPC 2.0 §4; every release does", faults(ANSWERS_CROSS))]
async fn the_same_id_is_answered_to_each(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let mut threads = Vec::new();
    for _ in 0..2 {
        threads.push(cx.client().start_thread().await?);
        cx.swap(other);
    }
    let mut tickets = Vec::new();
    for thread in &threads {
        let params = json!({ "threadId": thread.id, "includeTurns": false });
        tickets.push(cx.peer.send_as(Id::Number(4711), "thread/read", params).await?);
        cx.swap(other);
    }
    for (thread, ticket) in threads.iter().zip(&tickets) {
        let read = cx.peer.answer(ticket).await?.into_result()?;
        ensure_eq!(read["thread"]["id"], thread.id, "the thread in the answer to each client");
        cx.swap(other);
    }
    Ok(())
}

/// The methods of notifications about the turns of a thread, and of requests, among these calls.
fn heard(calls: &[Call], thread: &Thread) -> Vec<String> {
    let of_turns = |call: &&Call| {
        let about = call.params["threadId"].as_str() == Some(&thread.id);
        let turns = ["turn/", "item/"].iter().any(|start| call.method.starts_with(start));
        about && (turns || call.id.is_some())
    };
    calls.iter().filter(of_turns).map(|call| call.method.clone()).collect()
}

/// A server MUST NOT send a client the turns and items of a thread that only another client has
/// started or resumed.
#[check(
    v2(since = "0.101", fixed_in("0.120", "`turn/started` is sent to every client")),
    source = "app-server README, Threads: events go to subscribers; every release from 0.120 on does",
    faults(TURNS_FOR_ALL_CLIENTS)
)]
async fn a_turn_is_not_sent_to_another_client(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("only for one")]);
    cx.client().turn(&thread, "hello").await?;
    cx.swap(other);
    // Whatever was sent to the second client before stands before this answer.
    cx.client().barrier(&thread).await?;
    let heard = heard(&cx.peer.calls_since(0), &thread);
    ensure!(
        heard.is_empty(),
        "notifications to the second client about the turn of the first one",
        "none",
        heard.join(", ")
    );
    Ok(())
}

/// A server MUST NOT send a client any more of the turns of a thread after the client has
/// unsubscribed, while another client stays subscribed.
#[check(
    v2(since = "0.120"),
    source = "app-server README, thread/unsubscribe; every release does",
    faults(UNSUBSCRIBED_CLIENT_HEARS_ON)
)]
async fn a_client_that_leaves_hears_no_more(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("for one"), says("for both"), says("for one again")]);
    cx.client().turn(&thread, "first").await?;
    cx.swap(other);
    cx.client().resume_own(&thread).await?;
    cx.swap(other);
    cx.client().turn(&thread, "second").await?;
    cx.swap(other);
    cx.client().end_turn(&thread, 0_usize).await?;
    cx.peer.call("thread/unsubscribe", json!({ "threadId": thread.id })).await?;
    let mark = cx.peer.mark();
    cx.swap(other);
    cx.client().turn(&thread, "third").await?;
    cx.swap(other);
    cx.client().barrier(&thread).await?;
    let heard = heard(&cx.peer.calls_since(mark), &thread);
    ensure!(
        heard.is_empty(),
        "notifications to a client about a turn after it has unsubscribed",
        "none",
        heard.join(", ")
    );
    Ok(())
}

/// A server MUST announce a change of a watched path only to the client that watches it.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fs/watch: connection-scoped; every release does",
    faults(FS_CHANGES_FOR_ALL_CLIENTS)
)]
async fn a_watch_is_for_its_own_client(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let place = cx.home.work().to_owned();
    let params = json!({ "watchId": "own", "path": place });
    cx.peer.call("fs/watch", params).await?;
    std::fs::write(place.join("made"), "x").or_inconclusive("writing a file")?;
    cx.peer.next("fs/changed").await?;
    cx.swap(other);
    cx.peer.call("thread/loaded/list", json!({})).await?;
    let heard = cx.peer.calls_since(0);
    let changes = heard.iter().filter(|call| call.method == "fs/changed").count();
    ensure_eq!(changes, 0, "changes that were announced to the client that watches nothing");
    Ok(())
}

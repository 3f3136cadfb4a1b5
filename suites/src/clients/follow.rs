//! Two clients that follow the same thread: both hear everything, and either may interrupt.

use harness::{Call, Context, Result, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::Value;

use super::{Shared, shared};
use crate::client::{ContextExt, End, Thread};

/// What a client heard of the turns and items of a thread since `mark`: methods with parameters.
fn heard(cx: &Context, thread: &Thread, mark: usize) -> Vec<(String, Value)> {
    let is_of_turns = |call: &Call| {
        let turns = ["turn/", "item/"].iter().any(|start| call.method.starts_with(start));
        turns && call.params["threadId"].as_str() == Some(&thread.id)
    };
    let calls = cx.peer.calls_since(mark).into_iter().filter(is_of_turns);
    calls.map(|call| (call.method, call.params)).collect()
}

/// A server MUST send the same notifications about the turns and items of a thread, in the same order, to
/// each of two clients that follow it.
#[check(
    v2(since = "0.107"),
    source = "app-server README, Threads: events go to subscribers; every release does",
    faults(PIECES_FOR_THE_FIRST_FOLLOWER, SECOND_FOLLOWER_HEARS_TWICE)
)]
async fn both_hear_the_same(cx: &mut Context) -> Result {
    let reply = says("one two three four five");
    let Shared { thread, other } = shared(cx, false, [reply].into()).await?;
    let mut both = Vec::new();
    cx.swap(other);
    let mark = cx.peer.mark();
    cx.swap(other);
    let begun = cx.client().begin_turn(&thread, "count").await?;
    for mark in [begun.mark, mark] {
        cx.client().end_turn(&thread, mark).await?;
        // Whatever was sent before stands before this answer.
        cx.client().barrier(&thread).await?;
        both.push(heard(cx, &thread, mark));
        cx.swap(other);
    }
    let methods = |all: &[(String, Value)]| -> Vec<String> {
        all.iter().map(|(method, _)| method.clone()).collect()
    };
    ensure_eq!(
        methods(&both[1]),
        methods(&both[0]),
        "notifications about the turn to the second client, which are those to the first"
    );
    for ((method, first), (_, second)) in both[0].iter().zip(&both[1]) {
        ensure_eq!(second, first, "the parameters of `{method}` to the second client");
    }
    Ok(())
}

/// A server MUST let each client that follows a thread interrupt its turn, and announce the end to all of
/// them.
#[check(
    v2(since = "0.107"),
    source = "app-server README, turn/interrupt; every release does",
    faults(ONLY_THE_STARTER_INTERRUPTS)
)]
async fn another_client_may_interrupt(cx: &mut Context) -> Result {
    let reply = says("half, ").hold("middle").continues("the rest");
    let Shared { thread, other } = shared(cx, false, [reply].into()).await?;
    let begun = cx.client().begin_turn(&thread, "go on").await?;
    cx.reached("middle").await?;
    cx.swap(other);
    let mark = cx.peer.mark();
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?.granted("the answer to the interrupt of the second client")?;
    for (client, mark) in [("second", mark), ("first", begun.mark)] {
        let turn = cx.client().end_turn(&thread, mark).await?;
        turn.ended(End::Interrupted, &format!("the end of the turn for the {client} client"))?;
        cx.client().barrier(&thread).await?;
        let turns = heard(cx, &thread, mark);
        let ends = turns.iter().filter(|(method, _)| method == "turn/completed").count();
        ensure!(
            ends == 1,
            format!("ends of the turn for the {client} client"),
            "1",
            ends.to_string()
        );
        cx.swap(other);
    }
    cx.model.open("middle");
    Ok(())
}

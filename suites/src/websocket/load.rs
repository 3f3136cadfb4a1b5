//! Many notifications at once: for a client that reads them, and for one that is late.

use std::time::{Duration, Instant};

use harness::{Call, Context, Looks, Result, check, ensure, ensure_eq};
use mock_model::says;
use rustix::process::Signal;

use super::two_clients;
use crate::client::{Begun, ContextExt, End, Thread, Turn, is_item, is_of};

/// The number of pieces in which the model sends its answer.
const PIECES: usize = 1_500;
/// How late a client may be.
const LATE: Duration = Duration::from_secs(1);

/// A text of that many words, which are short: a server may send a piece for each character.
fn text() -> String {
    (0..PIECES).map(|number| (number % 10).to_string()).collect::<Vec<_>>().join(" ")
}

/// Waits for the end of a turn with a long reply, however long it takes as long as pieces come.
async fn end(cx: &mut Context, thread: &Thread, begun: &Begun) -> Result<Turn> {
    let awaited = "the next piece of the reply, or the whole message";
    let is_whole = |call: &Call| is_item(call, thread, "item/completed", "agentMessage");
    let is_piece = |call: &Call| is_of(call, thread, "item/agentMessage/delta");
    let next = |call: &Call| call.seq >= begun.mark && (is_piece(call) || is_whole(call));
    while !is_whole(&cx.peer.next_matching(awaited, next).await?) {}
    cx.client().end_turn(thread, begun).await
}

/// Fails unless the turn has the whole text, by pieces and as a message.
fn whole(turn: &Turn, client: &str) -> Result {
    turn.ended(End::Completed, &format!("the end of the turn of the client that {client}"))?;
    let deltas = turn.calls.iter().filter(|call| call.method == "item/agentMessage/delta");
    let joined: String = deltas.filter_map(|call| call.params["delta"].as_str()).collect();
    ensure_eq!(joined.len(), text().len(), "bytes in all deltas to the client that {client}");
    ensure!(joined == text(), "the deltas", "those of the model, in order", "others");
    ensure_eq!(turn.said.len(), 1, "messages to the client that {client}");
    ensure!(turn.said[0] == text(), "the message", "that of the model", "another");
    Ok(())
}

/// A server MUST send a reply in 1,500 pieces completely to a client that reads at once.
#[check(
    v2(
        since = "0.101",
        fixed_in("0.147", "the connection is closed as soon as 128 notifications wait")
    ),
    source = "app-server README, Protocol; every release from 0.147 on does",
    faults(CLOSED_WHEN_MANY_WAIT, DROPS_WHEN_MANY_WAIT)
)]
async fn a_long_reply_is_complete(cx: &mut Context) -> Result {
    cx.listen().await?;
    let thread = cx.client().start().await?;
    cx.model.script([says(text())]);
    let begun = cx.client().begin_turn(&thread, "tell me all").await?;
    whole(&end(cx, &thread, &begun).await?, "reads at once")
}

/// A server MUST send a reply in 1,500 pieces completely to a client that begins to read a second
/// late.
#[check(
    v2(
        since = "0.107",
        fixed_in("0.147", "the connection is closed as soon as 128 notifications wait")
    ),
    source = "app-server README, Protocol; every release from 0.147 on does",
    faults(CLOSED_WHEN_MANY_WAIT, DROPS_WHEN_MANY_WAIT)
)]
async fn a_late_client_gets_the_whole_reply(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("ready"), says("").hold("ready").continues(text())]);
    cx.client().turn(&thread, "are you there?").await?;
    cx.swap(other);
    cx.client().resume_own(&thread).await?;
    cx.swap(other);
    let begun = cx.client().begin_turn(&thread, "tell me all").await?;
    cx.reached("ready").await?;
    cx.peer.signal(Signal::STOP)?;
    cx.model.open("ready");
    cx.swap(other);
    // A server may send everything to the other client meanwhile, or wait for this one.
    let mut looks = Looks::until(Instant::now() + LATE);
    let is_over = |call: &Call| is_of(call, &thread, "turn/completed");
    while !cx.peer.calls_since(0).iter().any(is_over) && looks.again().await {}
    cx.swap(other);
    cx.peer.signal(Signal::CONT)?;
    whole(&end(cx, &thread, &begun).await?, "reads a second late")
}

//! The id in the answer to a message during a turn: it is the id of a turn that the client hears of.

use harness::{Context, Result, check, ensure};
use mock_model::says;

use crate::client::{Begun, ContextExt, Thread, is_of};

/// Sends a message during a turn whose answer the model holds back. What the answer names, if the
/// message was accepted.
async fn message_during_a_turn(cx: &mut Context) -> Result<(Thread, Begun, Option<Begun>)> {
    let thread = cx.client().start().await?;
    cx.model.script([says("the ").hold("answer").continues("first"), says("the second")]);
    let first = cx.client().begin_turn(&thread, "the first question").await?;
    cx.reached("answer").await?;
    let reply = cx.client().request_turn(&thread.id, "the second question").await?;
    let second = reply.result().ok().and_then(|result| result["turn"]["id"].as_str());
    let second = second.map(|id| Begun { mark: first.mark, id: Some(id.to_owned()) });
    Ok((thread, first, second))
}

/// A server MUST complete the turn that its answer names when it accepts `turn/start` during a turn.
#[check(
    v2(since = "0.66", fixed_in("0.169", "the answer names a turn that is never completed")),
    source = "app-server README, turn/start: the answer has the turn; every release since 0.169 does",
    faults(SECOND_TURN_IS_A_GHOST)
)]
async fn the_named_turn_is_completed(cx: &mut Context) -> Result {
    let (thread, first, second) = message_during_a_turn(cx).await?;
    cx.model.open("answer");
    cx.client().end_turn(&thread, &first).await?;
    let Some(second) = second else { return Ok(()) };
    // A turn later, whatever else would end has ended.
    cx.model.push(says("the third"));
    cx.client().turn(&thread, "the third question").await?;
    let calls = cx.peer.calls_since(first.mark);
    let ends = calls.iter().filter(|call| is_of(call, &thread, "turn/completed"));
    let ids: Vec<&str> = ends.filter_map(|call| call.params["turn"]["id"].as_str()).collect();
    ensure!(
        ids.contains(&second.id()),
        "the turns that were completed",
        format!("the one that the second answer names, {}", second.id()),
        ids.join(", ")
    );
    Ok(())
}

/// A server MUST interrupt the running turn when the client names the turn of the answer to a
/// `turn/start` during it.
#[check(
    v2(
        since = "0.66",
        fixed_in("0.169", "the interruption is refused, or the turn is not the one that runs")
    ),
    source = "app-server README, turn/interrupt: turnId; every release since 0.169 does",
    faults(SECOND_TURN_IS_A_GHOST)
)]
async fn the_named_turn_can_be_interrupted(cx: &mut Context) -> Result {
    let (thread, first, second) = message_during_a_turn(cx).await?;
    if let Some(second) = &second {
        let ticket = cx.client().interrupt(&thread, second).await?;
        let reply = cx.peer.answer(&ticket).await?;
        reply.granted("answer to `turn/interrupt` with the id from the second answer")?;
    }
    cx.model.open("answer");
    cx.client().end_turn(&thread, &first).await.map(|_| ())
}

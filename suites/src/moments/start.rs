//! Requests for another turn at every moment of a turn.

use harness::{Context, Result, check};

use super::action::Action;
use super::cell::Cell;
use super::matrix::{tried, tried_still};
use super::rules::{Flaw, answered, ends_once, goes_on, said_once};

/// A server MUST include a message that arrives during a turn exactly once in the model's input,
/// whenever in the turn it arrives.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, turn/start; every release does",
    faults(FAILURE_FORGETS_ASIDES, LATE_MESSAGE_LOST),
    shared
)]
async fn is_heard_once(cx: &mut Context) -> Result {
    tried(cx, &[Action::Start.into()], &[answered, said_once, goes_on]).await
}

/// A server MUST announce and complete the turn whose id it returns, also when the request
/// for it arrives during another turn.
#[check(
    v2(
        since = "0.66",
        fixed_in("0.160", "a request during a turn returns the id of a turn that never ends")
    ),
    source = "app-server README, turn/start: the answer has the turn, turn/started follows",
    faults(SECOND_TURN_IS_A_GHOST),
    shared
)]
async fn the_returned_turn_is_announced(cx: &mut Context) -> Result {
    tried_still(cx, &[Action::Start.into()], &[ends_once, announced]).await
}

/// The turn in the answer is announced once, and ends once.
fn announced(cell: &Cell) -> Option<Flaw> {
    let reply = cell.reply.as_ref().filter(|reply| !reply.is_error())?;
    let id = reply.value.pointer("/result/turn/id")?.as_str()?;
    let heard = &cell.heard;
    let starts = heard.starts.iter().filter(|start| *start == id).count();
    let counts = (starts, heard.ends_of(id));
    let what = "how often the start and the end of the turn in the answer are announced";
    (counts != (1, 1)).then(|| Flaw::new(what, "1 and 1", format!("{} and {}", counts.0, counts.1)))
}

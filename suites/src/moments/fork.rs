//! Forks of a thread while a turn waits, and after its end.

use harness::{Context, Result, check};
use serde_json::Value;

use super::action::Action;
use super::cell::Cell;
use super::matrix::tried_still;
use super::rules::{Flaw, answered, ends_once, goes_on, undisturbed};

/// A server MUST let a turn go on to its end when its thread is forked, whatever the turn waits for.
#[check(
    v2(since = "0.80"),
    source = "app-server README, thread/fork: a copy; every release since does",
    faults(FORK_ENDS_THE_TURN),
    shared
)]
async fn lets_the_turn_go_on(cx: &mut Context) -> Result {
    let rules = [answered, ends_once, undisturbed, goes_on];
    tried_still(cx, &[Action::Fork.into()], &rules).await
}

/// A server MUST NOT show a turn as completed in a fork that was made while the turn was running.
#[check(
    v2(since = "0.80", fixed_in("0.107", "every stored turn is shown as completed")),
    source = "app-server README, thread/fork; app-server protocol, TurnStatus",
    faults(FORK_COMPLETES_THE_TURN),
    shared
)]
async fn shows_no_unfinished_turn_as_completed(cx: &mut Context) -> Result {
    tried_still(cx, &[Action::Fork.into()], &[truthful]).await
}

/// The unfinished turn is the last of the fork, and not completed.
fn truthful(cell: &Cell) -> Option<Flaw> {
    if matches!(cell.moment, harness::Moment::Over) {
        return None;
    }
    let turns = cell.reply.as_ref()?.value.pointer("/result/thread/turns")?.as_array()?;
    let question = cell.staged.question();
    let own = |turn: &&Value| turn["items"].to_string().contains(&format!("\"{question}\""));
    let status = turns.iter().find(own)?["status"].as_str()?;
    let what = "the status of the unfinished turn in the fork";
    (!["interrupted", "inProgress"].contains(&status))
        .then(|| Flaw::new(what, "interrupted", status))
}

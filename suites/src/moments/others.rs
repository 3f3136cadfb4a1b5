//! Requests that leave a turn alone, whatever it waits for: read, rename, a second
//! listener, an item, a goal, metadata.

use harness::{Context, Result, check};
use serde_json::Value;

use super::action::Action;
use super::cell::Cell;
use super::matrix::tried_still;
use super::rules::{Flaw, answered, ends_once, goes_on, undisturbed};

/// A server MUST let a turn go on to its end when its thread is read, whatever the turn waits for.
#[check(
    v2(since = "0.98"),
    source = "app-server README, thread/read: without resuming it",
    faults(READ_ENDS_THE_TURN),
    shared
)]
async fn reading_lets_the_turn_go_on(cx: &mut Context) -> Result {
    let rules = [answered, ends_once, undisturbed, goes_on];
    tried_still(cx, &[Action::Read.into()], &rules).await
}

/// A server MUST NOT show a turn as completed while it is running.
#[check(
    v2(since = "0.98", fixed_in("0.107", "a running turn is shown as completed")),
    source = "app-server protocol, TurnStatus",
    faults(READ_COMPLETES_THE_TURN),
    shared
)]
async fn a_running_turn_is_not_read_as_completed(cx: &mut Context) -> Result {
    tried_still(cx, &[Action::Read.into()], &[truthful]).await
}

/// The running turn is not shown as completed, and one that is over is.
fn truthful(cell: &Cell) -> Option<Flaw> {
    let turns = cell.reply.as_ref()?.value.pointer("/result/thread/turns")?.as_array()?;
    let question = cell.staged.question();
    let own = |turn: &&Value| turn["items"].to_string().contains(&format!("\"{question}\""));
    let status = turns.iter().find(own)?["status"].as_str()?;
    let over = matches!(cell.moment, harness::Moment::Over);
    let what = "the status of the turn in the thread that is read";
    match (over, status) {
        (false, "completed" | "failed") => Some(Flaw::new(what, "inProgress", status)),
        (true, "inProgress" | "interrupted") => Some(Flaw::new(what, "completed", status)),
        _ => None,
    }
}

/// A server MUST let a turn go on to its end when its thread gets a name, whatever the turn waits for.
#[check(
    v2(since = "0.98"),
    source = "app-server README, thread/name/set; every release since does",
    faults(RENAME_ENDS_THE_TURN),
    shared
)]
async fn naming_lets_the_turn_go_on(cx: &mut Context) -> Result {
    let rules = [answered, ends_once, undisturbed, goes_on];
    tried_still(cx, &[Action::Rename.into()], &rules).await
}

/// A server MUST let a turn go on to its end when another listener is added to its conversation.
#[check(
    v1,
    source = "app-server protocol, addConversationListener; every release does",
    faults(LISTENER_ENDS_THE_TURN),
    shared
)]
async fn listening_lets_the_turn_go_on(cx: &mut Context) -> Result {
    tried_still(cx, &[Action::Join.into()], &[answered, undisturbed, goes_on]).await
}

/// A server MUST let a turn go on to its end when a client adds an item to its thread.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/inject_items: starts no turn; every release since does",
    faults(INJECTION_ENDS_THE_TURN),
    shared
)]
async fn injecting_lets_the_turn_go_on(cx: &mut Context) -> Result {
    let rules = [answered, ends_once, undisturbed, goes_on];
    tried_still(cx, &[Action::Inject.into()], &rules).await
}

/// A server MUST let a turn go on to its end when its thread gets a paused goal.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/goal/set; every release since does",
    faults(GOAL_ENDS_THE_TURN),
    shared
)]
async fn a_goal_lets_the_turn_go_on(cx: &mut Context) -> Result {
    let rules = [answered, ends_once, undisturbed, goes_on];
    tried_still(cx, &[Action::SetGoal.into()], &rules).await
}

/// A server MUST let a turn go on to its end when the metadata of its thread change.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/metadata/update; every release since does",
    faults(METADATA_END_THE_TURN),
    shared
)]
async fn metadata_let_the_turn_go_on(cx: &mut Context) -> Result {
    let rules = [answered, ends_once, undisturbed, goes_on];
    tried_still(cx, &[Action::Describe.into()], &rules).await
}

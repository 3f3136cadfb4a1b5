//! Interruption at every moment of a turn.

use harness::{Context, Result, check};

use super::action::Action;
use super::cell::{Finish, Plan};
use super::matrix::{tried, tried_still};
use super::rules::{answered, answered_again, ends_once, goes_on, interrupted};

/// A server MUST answer an interruption of a turn that runs, waits, or is over.
#[check(
    v2(since = "0.66", fixed_in("0.130", "an interrupt is never answered when no turn runs")),
    source = "JSON-RPC 2.0 §5: every request is answered; app-server README, turn/interrupt",
    faults(OVER_INTERRUPT_UNANSWERED),
    shared
)]
async fn is_answered(cx: &mut Context) -> Result {
    tried_still(cx, &[Action::Interrupt.into()], &[answered]).await
}

/// A server MUST answer another interruption of a turn that was interrupted.
#[check(
    v2(since = "0.66", fixed_in("0.160", "a second interrupt of a turn is never answered")),
    source = "JSON-RPC 2.0 §5: every request is answered; app-server README, turn/interrupt",
    faults(SECOND_INTERRUPT_UNANSWERED),
    shared
)]
async fn a_second_one_is_answered(cx: &mut Context) -> Result {
    let plan = Plan { finish: Finish::Interrupted, ..Action::Interrupt.into() };
    tried_still(cx, &[plan], &[answered_again]).await
}

/// A server MUST bring a turn to exactly one end, whenever it is interrupted, and then run the next
/// one.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Turns; app-server README, turn/interrupt",
    faults(EARLY_INTERRUPT_LOST),
    shared
)]
async fn ends_the_turn_once(cx: &mut Context) -> Result {
    tried(cx, &[Action::Interrupt.into()], &[ends_once, interrupted, goes_on]).await
}

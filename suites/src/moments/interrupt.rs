//! Interruption at every moment of a turn.

use harness::{Context, Result, check};

use super::action::Action;
use super::cell::Plan;
use super::matrix::{plan, tried};
use super::rules::{answered, ends_once, goes_on, interrupted};

/// A server MUST answer an interruption at every moment of a turn, with a result or with an error.
#[check(
    v1,
    v2(since = "0.66"),
    source = "JSON-RPC 2.0 §5: every request is answered; app-server README, turn/interrupt",
    faults(EARLY_INTERRUPT_UNANSWERED)
)]
async fn is_answered(cx: &mut Context) -> Result {
    let only = Plan { goes_on: false, ..Plan::new(Action::Interrupt) };
    tried(cx, &[only], &[answered]).await
}

/// A server MUST bring a turn to exactly one end, whenever it is interrupted, and complete the turn
/// after it.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Turns; app-server README, turn/interrupt",
    faults(EARLY_INTERRUPT_LOST)
)]
async fn leaves_a_thread_that_goes_on(cx: &mut Context) -> Result {
    tried(cx, &plan(Action::Interrupt), &[ends_once, interrupted, goes_on]).await
}

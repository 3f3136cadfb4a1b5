//! Interruption at every moment of a turn.

use harness::{Context, Result, check};

use super::action::Action;
use super::matrix::{tried, tried_still};
use super::rules::{answered, ends_once, goes_on, interrupted};

/// A server MUST answer an interruption at every moment of a turn, with a result or with an error.
#[check(
    v1,
    v2(since = "0.66"),
    source = "JSON-RPC 2.0 §5: every request is answered; app-server README, turn/interrupt",
    faults(OVER_INTERRUPT_UNANSWERED)
)]
async fn is_answered(cx: &mut Context) -> Result {
    tried_still(cx, &[Action::Interrupt.into()], &[answered]).await
}

/// A server MUST bring a turn to exactly one end, whenever it is interrupted, and then run the next
/// one.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Turns; app-server README, turn/interrupt",
    faults(EARLY_INTERRUPT_LOST)
)]
async fn ends_the_turn_once(cx: &mut Context) -> Result {
    tried(cx, &[Action::Interrupt.into()], &[ends_once, interrupted, goes_on]).await
}

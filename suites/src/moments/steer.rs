//! Messages for the running turn at every moment of it.

use harness::{Context, Result, check};

use super::action::Action;
use super::matrix::tried;
use super::rules::{answered, ends_once, goes_on, said_once};

/// A server MUST include a message that `turn/steer` accepted exactly once in the model's input,
/// whenever in the turn it arrives.
#[check(
    v2(since = "0.101"),
    source = "app-server README, turn/steer: appends user input to the in-flight turn",
    faults(LATE_STEERING_LOST)
)]
async fn is_heard_once(cx: &mut Context) -> Result {
    tried(cx, &[Action::Steer.into()], &[answered, ends_once, said_once, goes_on]).await
}

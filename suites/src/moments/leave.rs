//! The end of a subscription while a turn waits, and after its end.

use harness::{Context, Result, check};

use super::action::Action;
use super::matrix::tried_still;
use super::rules::{answered, goes_on};

/// A server MUST run the next turn of a thread from which the client unsubscribed during a turn, and
/// which it then resumed.
#[check(
    v2(
        since = "0.107",
        fixed_in("0.130", "a thread without a subscriber is closed, and its turn is lost")
    ),
    source = "app-server README, thread/unsubscribe; every release since does",
    faults(UNSUBSCRIBE_FORGETS)
)]
async fn the_thread_goes_on(cx: &mut Context) -> Result {
    tried_still(cx, &[Action::Leave.into()], &[answered, goes_on]).await
}

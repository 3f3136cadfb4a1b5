//! The end of a subscription at every moment of a turn, and of a second one.

use harness::{Context, Result, check};

use super::action::Action;
use super::matrix::tried;
use super::rules::{answered, goes_on};

/// A server MUST run the next turn of a thread, whenever in a turn the client unsubscribed and
/// resumed the thread.
#[check(
    v2(
        since = "0.107",
        fixed_in("0.130", "a thread without a subscriber is closed, and its turn is lost")
    ),
    source = "app-server README, thread/unsubscribe; every release since does",
    faults(UNSUBSCRIBE_FORGETS)
)]
async fn the_thread_goes_on(cx: &mut Context) -> Result {
    tried(cx, &[Action::Leave.into()], &[answered, goes_on]).await
}

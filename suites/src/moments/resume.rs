//! Requests to resume a loaded thread at every moment of a turn.

use harness::{Context, Result, check};

use super::action::Action;
use super::cell::{Finish, Plan};
use super::matrix::{tried, tried_still};
use super::rules::{answered, ends_once, goes_on, interrupted_after, undisturbed};

/// A server MUST let a turn go on to its end, whenever in the turn its thread is resumed.
#[check(
    v2(since = "0.66", fixed_in("0.107", "a thread that is resumed gets a second session")),
    source = "app-server README, thread/resume: a running thread is joined",
    faults(RESUME_ENDS_THE_TURN),
    shared
)]
async fn lets_the_turn_go_on(cx: &mut Context) -> Result {
    let rules = [answered, ends_once, undisturbed, goes_on];
    tried(cx, &[Action::Resume.into()], &rules).await
}

/// A server MUST interrupt a running turn on request after its thread was resumed.
#[check(
    v2(since = "0.66", fixed_in("0.107", "a thread that is resumed gets a second session")),
    source = "app-server README, thread/resume: a running thread is joined; app-server README, turn/interrupt",
    faults(RESUME_MAKES_A_SECOND_SESSION),
    shared
)]
async fn leaves_the_turn_interruptible(cx: &mut Context) -> Result {
    let plan = Plan { finish: Finish::Interrupted, ..Action::Resume.into() };
    tried_still(cx, &[plan], &[answered, ends_once, interrupted_after, goes_on]).await
}

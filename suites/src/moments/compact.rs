//! Compaction at every moment of a turn, and requests at every moment of a compaction.

use harness::{Context, Result, check};

use super::action::Action;
use super::matrix::{tried, tried_in_a_compaction};
use super::rules::{
    answered, compacted, ends_once, goes_on, interrupted, left_alone, said_once, summed_up,
};

/// A server MUST run a compaction that it accepts, whenever in a turn it is requested, and send the
/// model what the user said and the summary in the next turn.
#[check(
    v2(since = "0.98"),
    source = "app-server README, thread/compact/start; every release does",
    faults(COMPACTION_FORGETS_THE_RUNNING_TURN),
    shared
)]
async fn runs_at_every_moment(cx: &mut Context) -> Result {
    let rules = [answered, ends_once, compacted, goes_on, summed_up];
    tried(cx, &[Action::Compact.into()], &rules).await
}

/// A server MUST bring a compaction to exactly one end, whatever the client requests meanwhile, and
/// then run the next turn.
#[check(
    v2(since = "0.98", fixed_in("0.130", "an interrupt is never answered when no turn runs")),
    source = "app-server README, thread/compact/start: standard turn and item notifications",
    faults(READ_ENDS_A_COMPACTION),
    shared
)]
async fn ends_once_whatever_is_requested(cx: &mut Context) -> Result {
    let actions = [Action::Interrupt, Action::Read, Action::Resume, Action::Fork, Action::Archive];
    let rules = [answered, ends_once, interrupted, left_alone, goes_on, summed_up];
    tried_in_a_compaction(cx, &actions.map(Into::into), &rules).await
}

/// A server MUST either reject a message that arrives during a compaction or send it to the model
/// exactly once.
#[check(
    v2(
        since = "0.98",
        fixed_in(
            "0.169",
            "a message during a compaction is accepted and the model never receives it"
        )
    ),
    source = "app-server README, turn/start and turn/steer: what is accepted is part of the thread",
    faults(REJECTED_WORDS_ARE_HEARD),
    shared
)]
async fn a_message_is_rejected_or_heard_once(cx: &mut Context) -> Result {
    let actions = [Action::Start, Action::Steer];
    let rules = [answered, ends_once, said_once, goes_on];
    tried_in_a_compaction(cx, &actions.map(Into::into), &rules).await
}

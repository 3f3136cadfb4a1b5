//! What can be wrong at a moment of a turn.

use crate::fault::faults;

faults! {
    /// The server never answers an interruption that arrives before the turn has asked the model.
    EARLY_INTERRUPT_UNANSWERED,
    /// The server loses an interruption that arrives before the turn has asked the model, after it has answered it.
    EARLY_INTERRUPT_LOST,
    /// The server loses a message of `turn/steer` that arrives after the last piece of the model's answer.
    LATE_STEERING_LOST,
    /// The server loses a message that arrives after the last piece of the model's answer.
    LATE_MESSAGE_LOST,
    /// The server returns the id of a new turn for a message that joins the running one.
    SECOND_TURN_IS_A_GHOST,
}

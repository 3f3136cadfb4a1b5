//! What can be wrong at a moment of a turn.

use crate::fault::faults;

faults! {
    /// The server never answers an interruption of a turn that has ended.
    OVER_INTERRUPT_UNANSWERED,
    /// The server loses an interruption that arrives before the turn has asked the model, after it has answered it.
    EARLY_INTERRUPT_LOST,
    /// The server loses a message of `turn/steer` that arrives after the last piece of the model's answer.
    LATE_STEERING_LOST,
    /// The server loses a message that arrives after the last piece of the model's answer.
    LATE_MESSAGE_LOST,
    /// The server returns the id of a new turn for a message that joins the running one.
    SECOND_TURN_IS_A_GHOST,
    /// The server makes a second session for a thread that is resumed during a turn, so that the turn gets no interruption.
    RESUME_MAKES_A_SECOND_SESSION,
    /// The server ends a running turn when the client unsubscribes, and forgets its messages.
    UNSUBSCRIBE_CUTS_THE_TURN,
    /// The server interrupts a running turn when its thread is forked.
    FORK_ENDS_THE_TURN,
    /// The server shows the unfinished turn of a fork as completed.
    FORK_COMPLETES_THE_TURN,
    /// The server forgets the messages of a turn when its thread is archived.
    ARCHIVE_LOSES_THE_TURN,
    /// The server shows a turn that was running when its thread was archived as in progress.
    ARCHIVE_LEAVES_IN_PROGRESS,
    /// The server interrupts a running turn when its thread is read.
    READ_ENDS_THE_TURN,
    /// The server shows a running turn as completed.
    READ_COMPLETES_THE_TURN,
    /// The server interrupts a running turn when its thread gets a name.
    RENAME_ENDS_THE_TURN,
}

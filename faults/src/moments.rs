//! What can be wrong at a moment of a turn.

use crate::fault::faults;

faults! {
    /// The server never answers an interruption of a turn that has ended.
    OVER_INTERRUPT_UNANSWERED,
    /// The server never answers an interruption in a thread whose last turn was interrupted.
    SECOND_INTERRUPT_UNANSWERED,
    /// The server loses an interruption that arrives before the model has begun to answer.
    EARLY_INTERRUPT_LOST,
    /// The server loses a message of `turn/steer` that arrives in the middle of the model's message.
    LATE_STEERING_LOST,
    /// The server loses a message that arrives in the middle of the model's message.
    LATE_MESSAGE_LOST,
    /// The server loses a message that arrives during a turn that fails.
    FAILURE_FORGETS_ASIDES,
    /// The server returns the id of a new turn for a message that joins the running one.
    SECOND_TURN_IS_A_GHOST,
    /// The server makes a second session for a thread that is resumed during a turn, so that the turn gets no interruption.
    RESUME_MAKES_A_SECOND_SESSION,
    /// The server forgets what was said in a thread when the client unsubscribes.
    UNSUBSCRIBE_FORGETS,
    /// The server interrupts a running turn when its thread is forked.
    FORK_ENDS_THE_TURN,
    /// The server interrupts a running turn when its thread is resumed.
    RESUME_ENDS_THE_TURN,
    /// The server shows the unfinished turn of a fork as completed.
    FORK_COMPLETES_THE_TURN,
    /// The server forgets the messages of a turn when its thread is archived.
    ARCHIVE_LOSES_THE_TURN,
    /// The server shows an interrupted turn of a stored thread as in progress.
    ABORTED_STAYS_IN_PROGRESS,
    /// The server interrupts a running turn when its thread is read.
    READ_ENDS_THE_TURN,
    /// The server shows a running turn as completed.
    READ_COMPLETES_THE_TURN,
    /// The server interrupts a running turn when its thread gets a name.
    RENAME_ENDS_THE_TURN,
    /// The server interrupts a running turn when a client adds an item to its thread.
    INJECTION_ENDS_THE_TURN,
    /// The server interrupts a running turn when its thread gets a goal.
    GOAL_ENDS_THE_TURN,
    /// The server interrupts a running turn when the metadata of its thread change.
    METADATA_END_THE_TURN,
    /// The server interrupts a running turn when a listener is added to its thread.
    LISTENER_ENDS_THE_TURN,
    /// The server shows a turn as in progress that was running when its process ended.
    KILL_LEAVES_IN_PROGRESS,
    /// The server shows a turn as completed that was running when its process ended.
    KILL_COMPLETES_THE_TURN,
    /// The server cannot read a rollout whose last turn has no end.
    KILL_LOSES_THE_FILE,
    /// The server forgets a turn that was running when its process ended.
    KILL_FORGETS_THE_TURN,
    /// The server shows a turn that was running when its process ended, and does not send it to the model.
    KILL_HIDES_THE_TURN_FROM_THE_MODEL,
    /// The server sends the model no output for a call that was running when its process ended.
    KILLED_CALL_HAS_NO_OUTPUT,
    /// The server ends without having written the last turn.
    END_LOSES_THE_LAST_TURN,
    /// The server shows only the first message of the user in each turn.
    READ_LOSES_ASIDES,
    /// The server stores only the first message of the user in each turn.
    STORE_LOSES_ASIDES,
    /// The server numbers the turns of a stored thread anew.
    STORE_RENAMES_TURNS,
    /// The server forgets what was said in a turn that a compaction replaces.
    COMPACTION_FORGETS_THE_RUNNING_TURN,
    /// The server interrupts a compaction when its thread is read.
    READ_ENDS_A_COMPACTION,
    /// The server rejects a message during a compaction, and sends it to the model nevertheless.
    REJECTED_WORDS_ARE_HEARD,
    /// The server ignores the model that a message names which joins the running turn.
    JOINED_MODEL_IGNORED,
    /// The server ignores the approval policy of a message that joins the running turn.
    JOINED_POLICY_IGNORED,
    /// The server forgets the name of a thread when it archives the thread.
    NAME_LOST_IN_THE_ARCHIVE,
    /// The server never answers an interruption that arrives while it ends the turn.
    LATE_INTERRUPT_UNANSWERED,
    /// The server loses a message that it accepts while it ends the turn.
    LATE_WORDS_LOST,
    /// The server announces the end of a turn twice when the thread is resumed while it ends the turn.
    LATE_RESUME_ENDS_TWICE,
    /// The server does not run the queue of a thread behind a turn in which the model used a tool.
    QUEUE_FORGOTTEN_BEHIND_A_TOOL,
    /// The server accepts settings during a turn, and forgets them.
    SETTINGS_LOST_DURING_A_TURN,
    /// A command of the user interrupts a turn that waits for an approval.
    SHELL_COMMAND_CUTS_A_QUESTION,
    /// The server reverts a running turn for its clients only: the model still receives it.
    REVERT_KEEPS_THE_RUNNING_TURN,
    /// The server deletes a thread only when the pending request for approval has been answered.
    DELETE_WAITS_FOR_THE_QUESTION,
}

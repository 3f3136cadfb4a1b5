//! The faults of the chapter `turn`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server ignores every interrupt of a thread after the first.
    INTERRUPTS_ONCE,
    /// The server keeps only the last of several messages that the user sends during a turn.
    LAST_MESSAGE_WAITS,
    /// The server passes the messages that the user sends during a turn to the model in reverse
    /// order.
    MESSAGES_WAIT_IN_REVERSE,
    /// The server does not announce a new thread.
    THREAD_STARTED_MISSING,
    /// The server announces a new thread twice.
    THREAD_STARTED_TWICE,
    /// The server treats an abort by the client as a denial and continues the turn.
    ABORT_IS_A_DENIAL,
    /// The server treats an abort by the client as an approval.
    ABORTED_RUNS,
    /// The server treats a string id in an answer as the number that it contains.
    ANSWER_IDS_LOSE_THEIR_TYPE,
    /// The server waits forever when the client answers a request for approval with an error.
    ERROR_ANSWER_HANGS,
    /// The server treats an error in answer to a request for approval as an approval.
    ERROR_IS_AN_APPROVAL,
    /// The server forgets a request for approval when it receives more than 16 requests before the
    /// answer.
    QUESTION_LOST_UNDER_LOAD,
    /// The server treats an invalid answer to a request for approval as an approval.
    RUBBISH_IS_AN_APPROVAL,
    /// A second answer to a request for approval replaces the first.
    ANSWERS_MAY_BE_REVISED,
    /// The server matches an answer to its oldest open request and ignores the id.
    ANSWERS_GO_TO_THE_FIRST_QUESTION,
    /// The server reports a denied command as a failed one.
    DENIED_TOLD_AS_FAILED,
    /// The server does not report the denial of a command to the model.
    DENIAL_UNTOLD,
    /// The server treats a denial by the client as an approval.
    DENIED_RUNS,
    /// The server treats a denial by the client as an abort and ends the turn.
    DENIAL_ENDS_THE_TURN,
    /// The server treats every command as safe and runs it without approval.
    EVERYTHING_IS_SAFE,
    /// The server asks for approval even of read-only commands.
    NOTHING_IS_SAFE,
    /// The server treats a command line as safe when it begins with a safe command.
    SAFE_BY_ITS_BEGINNING,
    /// The server never asks for approval of a command.
    NEVER_ASKS,
    /// The server runs a command before the client approves it.
    RUNS_BEFORE_THE_ANSWER,
    /// The server asks for approval without sending the event for it.
    APPROVAL_EVENT_MISSING,
    /// The server does not announce that a request for approval is resolved.
    SETTLED_UNTOLD,
    /// The status of a thread does not report that the thread waits for an approval.
    WAITING_UNTOLD,
    /// Every new turn fails as long as any thread waits for an approval.
    ONE_QUESTION_STOPS_ALL,
    /// The server handles no request as long as a turn runs.
    TURNS_BLOCK,
    /// An approval for the session applies to every command.
    SESSION_APPROVAL_COVERS_ALL,
    /// The server forgets an approval for the session.
    SESSION_APPROVAL_FORGOTTEN,
    /// The server treats the approval of one command as an approval for the session.
    ACCEPT_IS_FOR_THE_SESSION,
    /// The server asks for approval only of the first command in a turn.
    ASKS_ONCE_A_TURN,
    /// The server asks for approval under the policy `never`.
    NEVER_POLICY_ASKS,
    /// A request for approval reports `/` as the directory of the command.
    REQUEST_NAMES_ANOTHER_DIRECTORY,
    /// The server announces the start of items but never their end.
    ITEM_NEVER_COMPLETES,
    /// The server announces the start of a turn only at the end of the turn.
    START_TOLD_AT_THE_END,
    /// The server does not pass images to the model.
    IMAGES_LOST,
    /// The server drops all parts of a message after the first.
    FIRST_PART_ONLY,
    /// The server does not announce the user's message as an item.
    USER_MESSAGE_UNTOLD,
    /// The server accepts input of any length.
    OVERSIZE_INPUT_TAKEN,
    /// The server answers an invalid request for a turn with success.
    UNDECODABLE_TURN_TAKEN,
    /// The server sends the model only the last message of the user and the items after it.
    HISTORY_FORGOTTEN,
    /// The server accepts an interrupt of a turn that is over.
    INTERRUPTS_WHAT_IS_OVER,
    /// The server sends an interrupted tool call to the model without an output.
    INTERRUPTED_CALL_STAYS_OPEN,
    /// An interrupt of one turn interrupts the turns of all threads.
    INTERRUPTS_EVERY_THREAD,
    /// The server accepts any turn id as the id of the running turn.
    TURN_ID_UNCHECKED,
    /// The server omits an interrupted turn from later requests to the model.
    INTERRUPT_FORGETS_THE_TURN,
    /// The server does not end the running command of an interrupted turn.
    INTERRUPT_LEAVES_COMMAND,
    /// The server accepts an interrupt but continues the turn.
    INTERRUPT_IGNORED,
    /// The server reports an interrupted turn as completed.
    INTERRUPTED_TOLD_AS_COMPLETED,
    /// The server does not answer an interrupt when no turn runs.
    IDLE_INTERRUPT_UNANSWERED,
    /// The server reports a turn as interrupted but continues its work.
    INTERRUPT_LETS_IT_GO_ON,
    /// The server answers the request for a turn only at the end of the turn.
    TURN_ANSWERED_AT_ITS_END,
    /// The server sends events to a listener that was removed.
    UNSUBSCRIBE_IGNORED,
    /// The server accepts a listener for a conversation that does not exist.
    LISTENS_TO_NOTHING,
    /// All listeners of a conversation have the same id.
    ONE_ID_FOR_ALL_LISTENERS,
    /// The server sends events of a conversation that has no listener.
    TELLS_WITHOUT_A_LISTENER,
    /// The server accepts the removal of a listener that does not exist.
    REMOVING_NOTHING_SUCCEEDS,
    /// The server sends raw items of the model to every listener.
    RAW_ITEMS_FOR_ALL,
    /// The server does not send raw items of the model to listeners that request them.
    RAW_ITEMS_LOST,
    /// The removal of one listener removes all listeners of the conversation.
    REMOVING_ONE_REMOVES_ALL,
    /// The server sends every event twice when a conversation has several listeners.
    LISTENERS_DUPLICATE,
    /// The server treats a broken connection to the model service as the end of a complete
    /// response.
    BROKEN_STREAM_COMPLETES,
    /// The server omits a failed turn from later requests to the model.
    FAILED_TURN_IS_FORGOTTEN,
    /// The server treats a failed response of the model as a complete one.
    FAILED_RESPONSE_IGNORED,
    /// The server treats an unreachable model service as an empty reply.
    MISSING_SERVICE_IGNORED,
    /// The server treats status 400 of the model service as an empty reply.
    STATUS_400_IGNORED,
    /// The server treats status 500 of the model service as an empty reply.
    STATUS_500_IGNORED,
    /// The server treats the end of a stream as the end of a complete response, even without
    /// `response.completed`.
    END_OF_STREAM_COMPLETES,
    /// The server treats an incomplete response of the model as a complete one.
    INCOMPLETE_RESPONSE_IGNORED,
    /// The server retries a request after status 500 of the model service although it is configured
    /// without retries.
    RETRIES_UNASKED,
    /// The server does not ask the model again after a stream has broken inside a message.
    BROKEN_STREAM_NOT_REPEATED,
    /// The server sends the model the beginning of a message whose stream has broken, in later turns.
    BROKEN_MESSAGE_IS_KEPT,
    /// The server shows the beginning of a message whose stream has broken.
    BROKEN_MESSAGE_IS_SHOWN,
    /// The server runs the command of a call again after the stream behind the call has broken.
    BROKEN_CALL_RUNS_TWICE,
    /// The server does not report that it asks the model again.
    RETRY_NOT_REPORTED,
    /// The server asks the model once more often than it is configured to.
    ONE_RETRY_MORE,
    /// The server goes on to ask the model after the turn was interrupted.
    RETRIES_OUTLIVE_THE_INTERRUPT,
    /// The server reports an error of the model only at the end of the turn.
    ERROR_UNTOLD,
    /// The server reports every error with the category `other`.
    ERROR_KINDS_UNTOLD,
    /// The server reports a thread as idle after its turn failed.
    FAILED_THREAD_IS_IDLE,
    /// The server reports an exceeded usage limit as too many requests.
    USAGE_LIMIT_UNTOLD,
    /// The server treats status 429 of the model service as an empty reply.
    STATUS_429_IGNORED,
    /// The server treats status 401 of the model service as an empty reply.
    STATUS_401_IGNORED,
    /// The server reports a denied patch as a failed one.
    DENIED_PATCH_TOLD_AS_FAILED,
    /// The server does not report the denial of a patch to the model.
    PATCH_DENIAL_UNTOLD,
    /// The server applies a patch before the client approves it.
    PATCH_WRITTEN_BEFORE_THE_ANSWER,
    /// The server asks for approval of a patch without sending the patch's changes.
    PATCH_ASKED_BLINDLY,
    /// The server decodes each piece of the model's stream alone, which breaks characters between
    /// two pieces.
    STREAM_DECODED_IN_PIECES,
    /// The server sends no deltas of a message.
    DELTAS_LOST,
    /// The server trims white space around a message of the agent.
    MESSAGES_TRIMMED,
    /// The server treats the model service as unreachable when a client sends a request before the
    /// model's response.
    BUSY_LOSES_THE_MODEL,
    /// A reply without items fails the turn.
    EMPTY_REPLY_FAILS,
    /// The server does not accept CR LF as a line end in the model's stream.
    STREAM_LINES_END_IN_LF_ONLY,
    /// The server prepends the agent's first message of a turn to the second one.
    MESSAGES_RUN_TOGETHER,
    /// The server does not send deltas that consist of white space.
    BLANK_DELTAS_LOST,
    /// The server does not announce the model's reasoning items.
    THOUGHTS_UNTOLD,
    /// An unknown event in the model's stream fails the turn.
    UNKNOWN_EVENT_FAILS_THE_TURN,
    /// The server denies a command that was denied before, without a new request for approval.
    DENIAL_IS_A_RULE,
    /// An approval for the session applies to every thread.
    SESSION_APPROVAL_IN_EVERY_THREAD,
    /// The server forgets the first thread when a sixth one is started.
    OLDEST_THREAD_FORGOTTEN,
    /// The server applies the developer instructions of one conversation to later ones.
    DEVELOPER_HANDED_ON,
    /// The server applies the base instructions of one conversation to later ones.
    INSTRUCTIONS_HANDED_ON,
    /// The server uses the model that one conversation is started with in later ones.
    MODEL_HANDED_ON,
    /// The server applies the model of a turn to every thread.
    TURN_MODEL_IN_EVERY_THREAD,
    /// The server applies the approval policy of a turn to every thread.
    TURN_POLICY_IN_EVERY_THREAD,
    /// The server reports the tokens of all threads as the total of one thread.
    TOKENS_SUMMED_OVER_THREADS,
    /// The server starts a turn only after the turns of other threads have ended.
    ONE_TURN_AT_A_TIME,
    /// The server ignores the approval policy of a turn.
    TURN_POLICY_IGNORED,
    /// The server forgets the settings of a turn after the turn.
    TURN_SETTINGS_FORGOTTEN,
    /// The server ignores the working directory of a turn.
    TURN_DIRECTORY_IGNORED,
    /// The server ignores the output schema of a turn.
    ANSWER_FORM_IGNORED,
    /// The server applies the output schema of one turn to later turns.
    ANSWER_FORM_STICKS,
    /// The server ignores the model of a turn.
    TURN_MODEL_IGNORED,
    /// The server drops a message that the user sends during a turn.
    MESSAGE_DURING_TURN_LOST,
    /// The server accepts `turn/steer` when no turn runs.
    STEERS_AN_IDLE_THREAD,
    /// The server accepts `turn/steer` but drops the message.
    STEERING_LOST,
    /// The server announces the end of a turn before it answers a message that was added to the
    /// turn.
    EACH_MESSAGE_ENDS_THE_TURN,
    /// The server drops lines of more than 64 KiB in the model's stream.
    LONG_STREAM_LINES_DROPPED,
    /// The server ignores a `data:` line in the model's stream without a space after the colon.
    DATA_NEEDS_A_BLANK,
    /// The server cannot read an event of the model's stream that begins with a comment.
    COMMENTS_SPOIL_EVENTS,
    /// The server reads only the first `data:` line of an event in the model's stream.
    FIRST_LINE_OF_DATA_ONLY,
    /// The server ignores events without a name in the model's stream.
    UNNAMED_EVENTS_IGNORED,
    /// The server cannot read an event of the model's stream that contains a line without a colon.
    ODD_FIELDS_SPOIL_EVENTS,
    /// The answer to a request for a turn has the status `completed`.
    TURN_ANSWERED_AS_COMPLETED,
    /// The end of a task contains the agent's first message instead of the last.
    FIRST_MESSAGE_NAMED_LAST,
    /// The end of a completed turn has the status `inProgress`.
    END_SAYS_IN_PROGRESS,
    /// The server does not announce that a thread is idle again.
    IDLE_UNTOLD,
    /// The end of a turn has another turn id than its start.
    TURN_CHANGES_ITS_ID,
    /// The server reports the tokens of the last reply as the total.
    TOKENS_NOT_SUMMED,
    /// The server runs every command twice.
    RUNS_TWICE,
    /// The server reports exit code 0 to the model for every command.
    EXIT_CODE_LOST,
    /// The server reports a command as one unknown action instead of its parts.
    PARTS_UNTOLD,
    /// A call of an unknown tool ends the turn.
    UNKNOWN_TOOL_ENDS_THE_TURN,
    /// The server ends a turn after the model's third round of tool calls.
    STOPS_AFTER_THREE_ROUNDS,
    /// The server reports exit code 0 for a killed command.
    KILLED_IS_SUCCESS,
    /// The server keeps only the first line of a command's output.
    FIRST_LINE_OF_OUTPUT_ONLY,
    /// The server drops a last line of output without a line end.
    UNFINISHED_LINE_LOST,
    /// Commands read from the server's stdin.
    COMMANDS_SHARE_THE_INPUT,
    /// Commands run without the server's environment variables.
    COMMANDS_WITHOUT_ENVIRONMENT,
    /// The server replaces characters of output that are not ASCII by question marks.
    OUTPUT_IN_ASCII,
    /// The server starts a child process for each command and never reaps it.
    CHILDREN_UNREAPED,
    /// The server reads a command's output only after the command has ended.
    OUTPUT_READ_AT_THE_END,
    /// The server drops output that is not valid UTF-8.
    ODD_OUTPUT_LOST,
    /// The server replaces several spaces in output by one.
    BLANKS_OF_OUTPUT_FOLDED,
    /// The server runs commands in its home.
    RUNS_IN_THE_HOME,
    /// The server executes only the first of several tool calls in a reply.
    SECOND_CALL_FORGOTTEN,
    /// The server drops white space at the end of lines that a patch adds.
    PATCH_TRIMS_LINES,
    /// The server reports the whole new content of an updated file instead of a diff.
    UPDATE_TOLD_WHOLE,
    /// The server ignores a `cd` before a patch and applies the patch in the working directory.
    CD_BEFORE_A_PATCH_IGNORED,
    /// The server applies only the first change of a patch in each file.
    FIRST_PLACE_ONLY,
    /// The server applies the matching part of a patch that does not fit.
    PATCH_APPLIED_IN_PART,
    /// A patch that does not fit ends the turn.
    MISFIT_ENDS_THE_TURN,
    /// The server keeps the original of a file that a patch moves.
    MOVE_COPIES,
    /// The server reports an applied patch as a failed one.
    PATCH_TOLD_AS_FAILED,
    /// The server does not report the changes of a turn's patches.
    TURN_DIFF_UNTOLD,
    /// The server drops a command's stderr.
    STDERR_LOST,
    /// The server ignores the directory that a tool call names.
    WORKDIR_IGNORED,
    /// The server does not report a command's exit code to the client.
    EXIT_CODE_UNTOLD,
    /// The server does not report a command's output to the client.
    OUTPUT_UNTOLD,
    /// The server sends the model empty outputs for its tool calls.
    TOOL_OUTPUT_LOST,
    /// The server reports its home to the client as the directory of every command.
    COMMAND_SHOWN_IN_ANOTHER_DIRECTORY,
    /// A tool call with invalid arguments ends the turn.
    UNREADABLE_CALL_ENDS_THE_TURN,
    /// The server announces the agent's messages of one thread in all threads.
    MESSAGES_IN_EVERY_THREAD,
    /// The server answers an invalid thread id with an internal error.
    BAD_ID_IS_INTERNAL,
    /// The server accepts `turn/steer` for an unknown thread.
    STEERS_NOBODY,
    /// The server accepts a turn for an unknown thread and drops it.
    UNKNOWN_THREAD_TAKEN,
    /// The server accepts an interrupt for an unknown thread.
    UNKNOWN_THREAD_INTERRUPTED,
    /// The server does not send notifications of more than 64 KiB.
    BIG_NOTIFICATIONS_LOST,
    /// The server sends deltas only for the first 4 KiB of a message.
    DELTAS_END_EARLY,
    /// The server sends only the first KiB of a delta.
    LONG_DELTAS_CUT,
    /// The server sends only the first 8 KiB of a user message to the model.
    LONG_WORDS_CUT,
    /// The server escapes `&` and `<` in a message of the agent.
    MESSAGES_ESCAPED,
    /// The server sends the last user message to the model twice.
    WORDS_DOUBLED,
    /// The server replaces CR LF in a user message by LF.
    LINE_ENDS_CHANGED,
    /// The server replaces tabs in a user message by spaces.
    TABS_EXPANDED,
    /// The server trims white space around a user message.
    WORDS_TRIMMED,
}

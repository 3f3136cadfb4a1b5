//! What a server can do wrong of the chapter `turn`.

use crate::fault::faults;

faults! {
    /// A thread that was interrupted is not interrupted again.
    INTERRUPTS_ONCE,
    /// Of the messages that wait for the model only the last is kept.
    LAST_MESSAGE_WAITS,
    /// The messages that wait for the model are passed on in reverse.
    MESSAGES_WAIT_IN_REVERSE,
    /// A new thread is not announced.
    THREAD_STARTED_MISSING,
    /// A new thread is announced twice.
    THREAD_STARTED_TWICE,
    /// A turn goes on after the user aborted it.
    ABORT_IS_A_DENIAL,
    /// What the user aborted runs all the same.
    ABORTED_RUNS,
    /// An answer whose id is a text counts for the number in it.
    ANSWER_IDS_LOSE_THEIR_TYPE,
    /// An error as the answer to a request for approval is waited over for ever.
    ERROR_ANSWER_HANGS,
    /// An error as the answer to a request for approval is taken for a yes.
    ERROR_IS_AN_APPROVAL,
    /// A request for approval is given up when many requests come in meanwhile.
    QUESTION_LOST_UNDER_LOAD,
    /// An answer to a request for approval that makes no sense is taken for a yes.
    RUBBISH_IS_AN_APPROVAL,
    /// A second answer to a request for approval replaces the first.
    ANSWERS_MAY_BE_REVISED,
    /// An answer counts for the oldest open request, whatever its id.
    ANSWERS_GO_TO_THE_FIRST_QUESTION,
    /// A denied command is told as one that failed.
    DENIED_TOLD_AS_FAILED,
    /// The model is not told that its command was denied.
    DENIAL_UNTOLD,
    /// What the user denied runs all the same.
    DENIED_RUNS,
    /// A denial ends the turn like an abort.
    DENIAL_ENDS_THE_TURN,
    /// Every command counts as known to be safe.
    EVERYTHING_IS_SAFE,
    /// The user is asked for commands that only look, too.
    NOTHING_IS_SAFE,
    /// A line counts as safe if it begins with a command that is.
    SAFE_BY_ITS_BEGINNING,
    /// No approval is ever asked for.
    NEVER_ASKS,
    /// A command runs while the user is still being asked.
    RUNS_BEFORE_THE_ANSWER,
    /// The request for approval comes without its event.
    APPROVAL_EVENT_MISSING,
    /// It is not told that a request for approval is settled.
    SETTLED_UNTOLD,
    /// The status of a thread does not tell that it waits for an approval.
    WAITING_UNTOLD,
    /// No turn can begin while any thread waits for an approval.
    ONE_QUESTION_STOPS_ALL,
    /// No request is looked at while a turn runs.
    TURNS_BLOCK,
    /// An approval for the session covers every command.
    SESSION_APPROVAL_COVERS_ALL,
    /// An approval for the session is forgotten.
    SESSION_APPROVAL_FORGOTTEN,
    /// A command that was accepted once is not asked for again.
    ACCEPT_IS_FOR_THE_SESSION,
    /// Only the first command of a turn is asked for.
    ASKS_ONCE_A_TURN,
    /// The policy `never` asks.
    NEVER_POLICY_ASKS,
    /// A request for approval names the root as the command's directory.
    REQUEST_NAMES_ANOTHER_DIRECTORY,
    /// Items are started and never completed.
    ITEM_NEVER_COMPLETES,
    /// The start of a turn is told when it ends.
    START_TOLD_AT_THE_END,
    /// Images are not passed to the model.
    IMAGES_LOST,
    /// Of a message in several parts only the first is heard.
    FIRST_PART_ONLY,
    /// What the user said is not told as an item.
    USER_MESSAGE_UNTOLD,
    /// Input of any length is taken.
    OVERSIZE_INPUT_TAKEN,
    /// A request for a turn that cannot be read is answered with success.
    UNDECODABLE_TURN_TAKEN,
    /// The model is told only what was said since the last message of the user.
    HISTORY_FORGOTTEN,
    /// A request to interrupt a turn that is over succeeds.
    INTERRUPTS_WHAT_IS_OVER,
    /// A call that was interrupted gets no output.
    INTERRUPTED_CALL_STAYS_OPEN,
    /// Interrupting one turn interrupts those of all threads.
    INTERRUPTS_EVERY_THREAD,
    /// Any id of a turn means the running one.
    TURN_ID_UNCHECKED,
    /// The model is not told anything of a turn that was interrupted.
    INTERRUPT_FORGETS_THE_TURN,
    /// Interrupting a turn leaves its running command alive.
    INTERRUPT_LEAVES_COMMAND,
    /// An interrupted turn goes on.
    INTERRUPT_IGNORED,
    /// An interrupted turn is told as a completed one.
    INTERRUPTED_TOLD_AS_COMPLETED,
    /// A request to interrupt gets no answer when nothing runs.
    IDLE_INTERRUPT_UNANSWERED,
    /// An interrupted turn is told as such, and goes on behind the scenes.
    INTERRUPT_LETS_IT_GO_ON,
    /// The request for a turn is answered when the turn has ended.
    TURN_ANSWERED_AT_ITS_END,
    /// A removed listener still gets events.
    UNSUBSCRIBE_IGNORED,
    /// A conversation that does not exist can be listened to.
    LISTENS_TO_NOTHING,
    /// All listeners of a conversation get the same id.
    ONE_ID_FOR_ALL_LISTENERS,
    /// Events of a conversation are told though nobody listens to it.
    TELLS_WITHOUT_A_LISTENER,
    /// A listener that does not exist can be removed.
    REMOVING_NOTHING_SUCCEEDS,
    /// Raw items of the model are told to every listener.
    RAW_ITEMS_FOR_ALL,
    /// Raw items of the model are not told to those who ask for them.
    RAW_ITEMS_LOST,
    /// Removing one listener removes all of the conversation.
    REMOVING_ONE_REMOVES_ALL,
    /// Each listener gets every event once more.
    LISTENERS_DUPLICATE,
    /// A stream whose connection breaks counts as complete.
    BROKEN_STREAM_COMPLETES,
    /// The model is not told anything of a turn that failed.
    FAILED_TURN_IS_FORGOTTEN,
    /// A response that fails counts as complete.
    FAILED_RESPONSE_IGNORED,
    /// A model service that cannot be reached counts as an empty reply.
    MISSING_SERVICE_IGNORED,
    /// Status 400 of the model service counts as an empty reply.
    STATUS_400_IGNORED,
    /// Status 500 of the model service counts as an empty reply.
    STATUS_500_IGNORED,
    /// A stream that ends counts as complete, whatever it held.
    END_OF_STREAM_COMPLETES,
    /// A response that stays incomplete counts as complete.
    INCOMPLETE_RESPONSE_IGNORED,
    /// A request that the model service answers with 500 is sent again, whatever the configuration
    /// says.
    RETRIES_UNASKED,
    /// An error of the model is told by the end of the turn only.
    ERROR_UNTOLD,
    /// Every error is told as one of no special kind.
    ERROR_KINDS_UNTOLD,
    /// A thread whose turn failed says that it is idle.
    FAILED_THREAD_IS_IDLE,
    /// A reached usage limit is told as too many requests.
    USAGE_LIMIT_UNTOLD,
    /// Status 429 of the model service counts as an empty reply.
    STATUS_429_IGNORED,
    /// Status 401 of the model service counts as an empty reply.
    STATUS_401_IGNORED,
    /// A denied patch is told as one that failed.
    DENIED_PATCH_TOLD_AS_FAILED,
    /// The model is not told that its patch was denied.
    PATCH_DENIAL_UNTOLD,
    /// A patch is written while the user is still being asked.
    PATCH_WRITTEN_BEFORE_THE_ANSWER,
    /// A request for approval of a patch does not say what it changes.
    PATCH_ASKED_BLINDLY,
    /// Each piece of the model's stream is decoded for itself.
    STREAM_DECODED_IN_PIECES,
    /// The text of a message is not streamed.
    DELTAS_LOST,
    /// Blanks around a message of the agent are lost.
    MESSAGES_TRIMMED,
    /// A model that begins to answer only after the next request of the client is taken for gone.
    BUSY_LOSES_THE_MODEL,
    /// A reply without any item fails the turn.
    EMPTY_REPLY_FAILS,
    /// Lines of the model's stream that end in CR LF are not understood.
    STREAM_LINES_END_IN_LF_ONLY,
    /// A second message of the agent is told as the continuation of the first.
    MESSAGES_RUN_TOGETHER,
    /// Pieces of a message that are blank are not told.
    BLANK_DELTAS_LOST,
    /// The model's thoughts are not told.
    THOUGHTS_UNTOLD,
    /// An event of the model's stream that is not known fails the turn.
    UNKNOWN_EVENT_FAILS_THE_TURN,
    /// A command that was denied once is denied from then on without asking.
    DENIAL_IS_A_RULE,
    /// An approval for the session counts in every thread.
    SESSION_APPROVAL_IN_EVERY_THREAD,
    /// The sixth thread takes the place of the first.
    OLDEST_THREAD_FORGOTTEN,
    /// What the developer says in one conversation is told in the next ones, too.
    DEVELOPER_HANDED_ON,
    /// The instructions that one conversation is started with count for the next ones, too.
    INSTRUCTIONS_HANDED_ON,
    /// The model that one conversation is started with counts for the next ones, too.
    MODEL_HANDED_ON,
    /// The model that comes with a turn counts in every thread.
    TURN_MODEL_IN_EVERY_THREAD,
    /// The policy that comes with a turn counts in every thread.
    TURN_POLICY_IN_EVERY_THREAD,
    /// The total of tokens is that of all threads.
    TOKENS_SUMMED_OVER_THREADS,
    /// A turn begins when those that run in other threads are over.
    ONE_TURN_AT_A_TIME,
    /// The policy that comes with a turn is ignored.
    TURN_POLICY_IGNORED,
    /// Settings that came with a turn are forgotten after it.
    TURN_SETTINGS_FORGOTTEN,
    /// The directory that comes with a turn is ignored.
    TURN_DIRECTORY_IGNORED,
    /// The form of the answer that comes with a turn is ignored.
    ANSWER_FORM_IGNORED,
    /// The form of the answer that came with one turn is asked for in the next ones, too.
    ANSWER_FORM_STICKS,
    /// The model that comes with a turn is ignored.
    TURN_MODEL_IGNORED,
    /// What the user says while a turn runs is lost.
    MESSAGE_DURING_TURN_LOST,
    /// A steering message is taken though no turn runs.
    STEERS_AN_IDLE_THREAD,
    /// A steering message is taken and lost.
    STEERING_LOST,
    /// The end of a turn is told whenever the model has answered a message that joined it.
    EACH_MESSAGE_ENDS_THE_TURN,
    /// A line of the model's stream of more than 64 KiB is dropped.
    LONG_STREAM_LINES_DROPPED,
    /// Data of the model's stream without a blank before it is not understood.
    DATA_NEEDS_A_BLANK,
    /// The lines behind a comment in an event of the model's stream are not understood.
    COMMENTS_SPOIL_EVENTS,
    /// Of data in several lines only the first is read.
    FIRST_LINE_OF_DATA_ONLY,
    /// Events of the model's stream without a name are ignored.
    UNNAMED_EVENTS_IGNORED,
    /// A line without a colon in an event of the model's stream spoils the event.
    ODD_FIELDS_SPOIL_EVENTS,
    /// The answer to a request for a turn says that it is completed.
    TURN_ANSWERED_AS_COMPLETED,
    /// The end of a task names the first message of the agent instead of the last.
    FIRST_MESSAGE_NAMED_LAST,
    /// The end of a completed turn says that it is in progress.
    END_SAYS_IN_PROGRESS,
    /// A thread that becomes idle does not say so.
    IDLE_UNTOLD,
    /// The end of a turn names another id than its start.
    TURN_CHANGES_ITS_ID,
    /// The total of tokens is that of the last reply.
    TOKENS_NOT_SUMMED,
    /// Every command runs twice.
    RUNS_TWICE,
    /// The model is told that every command succeeded.
    EXIT_CODE_LOST,
    /// A command is told as one whole that does something unknown.
    PARTS_UNTOLD,
    /// A call of an unknown tool ends the turn.
    UNKNOWN_TOOL_ENDS_THE_TURN,
    /// A turn ends when the model has called three times.
    STOPS_AFTER_THREE_ROUNDS,
    /// A command that was killed is told to have exited with code 0.
    KILLED_IS_SUCCESS,
    /// Of an output only the first line is kept.
    FIRST_LINE_OF_OUTPUT_ONLY,
    /// A last line of output without an end is lost.
    UNFINISHED_LINE_LOST,
    /// Commands read what the client says to the server.
    COMMANDS_SHARE_THE_INPUT,
    /// Commands have nothing of the server's environment.
    COMMANDS_WITHOUT_ENVIRONMENT,
    /// Characters of an output that are not ASCII become question marks.
    OUTPUT_IN_ASCII,
    /// For each command a child is started that nobody waits for.
    CHILDREN_UNREAPED,
    /// The output of a command is read when it has ended.
    OUTPUT_READ_AT_THE_END,
    /// Output that is not all UTF-8 is lost.
    ODD_OUTPUT_LOST,
    /// Blanks in an output are folded into one.
    BLANKS_OF_OUTPUT_FOLDED,
    /// Commands run in the server's home.
    RUNS_IN_THE_HOME,
    /// Of several calls in one reply only the first is made.
    SECOND_CALL_FORGOTTEN,
    /// Blanks at the end of added lines are lost.
    PATCH_TRIMS_LINES,
    /// An update is told as the whole new content.
    UPDATE_TOLD_WHOLE,
    /// A patch behind a `cd` is applied where the conversation is.
    CD_BEFORE_A_PATCH_IGNORED,
    /// Of the places that a patch names in a file, only the first is changed.
    FIRST_PLACE_ONLY,
    /// Of a patch that does not fit, the part that does is applied.
    PATCH_APPLIED_IN_PART,
    /// A patch that does not fit ends the turn.
    MISFIT_ENDS_THE_TURN,
    /// A file that a patch moves stays where it was, too.
    MOVE_COPIES,
    /// A patch that was applied is told as one that failed.
    PATCH_TOLD_AS_FAILED,
    /// What the patches of a turn have changed is not told.
    TURN_DIFF_UNTOLD,
    /// What a command writes to stderr is lost.
    STDERR_LOST,
    /// The directory that a call names does not count.
    WORKDIR_IGNORED,
    /// The client is not told the exit code of a command.
    EXIT_CODE_UNTOLD,
    /// The client is not told the output of a command.
    OUTPUT_UNTOLD,
    /// The model gets empty outputs of its calls.
    TOOL_OUTPUT_LOST,
    /// The client is told that commands run in the server's home.
    COMMAND_SHOWN_IN_ANOTHER_DIRECTORY,
    /// A call with unreadable arguments ends the turn.
    UNREADABLE_CALL_ENDS_THE_TURN,
    /// What the agent says in one thread is told in all of them.
    MESSAGES_IN_EVERY_THREAD,
    /// An id that is none is answered with an internal error.
    BAD_ID_IS_INTERNAL,
    /// A steering message for an unknown thread is taken.
    STEERS_NOBODY,
    /// A turn in a thread that does not exist is taken and forgotten.
    UNKNOWN_THREAD_TAKEN,
    /// A request to interrupt a thread that does not exist succeeds.
    UNKNOWN_THREAD_INTERRUPTED,
    /// A notification of more than 64 KiB is not sent.
    BIG_NOTIFICATIONS_LOST,
    /// The pieces of a message are told up to 4 KiB.
    DELTAS_END_EARLY,
    /// Of a piece of a message only the first KiB is told.
    LONG_DELTAS_CUT,
    /// Of what the user says the model is told 8 KiB.
    LONG_WORDS_CUT,
    /// A message of the agent is told with its markup escaped.
    MESSAGES_ESCAPED,
    /// What the user said last is sent twice.
    WORDS_DOUBLED,
    /// CR LF in what the user says becomes LF.
    LINE_ENDS_CHANGED,
    /// A tab in what the user says becomes blanks.
    TABS_EXPANDED,
    /// Blanks around what the user says are lost.
    WORDS_TRIMMED,
}

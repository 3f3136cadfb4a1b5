//! What a server can do wrong of the chapter `resume`.

use crate::fault::faults;

faults! {
    /// The preview of a conversation with a history from the client shows the history.
    HISTORY_IN_THE_PREVIEW,
    /// A resumed conversation is not announced.
    SESSION_UNANNOUNCED,
    /// A history that the client sends is not told to the model.
    HISTORY_OF_THE_CLIENT_IGNORED,
    /// The model is not told what was said before a conversation was resumed.
    RESUME_FORGETS_THE_HISTORY,
    /// A resumed conversation goes on in a new file.
    RESUME_STARTS_ANEW,
    /// Of what happened before a conversation was resumed the model is told the messages only.
    RESUME_KEEPS_MESSAGES_ONLY,
    /// A rollout whose last line was cut off is not resumed.
    CUT_LINES_ARE_FATAL,
    /// Resuming a conversation appends to its rollout what it already holds.
    RESUME_RECORDS_AGAIN,
    /// Resuming a conversation writes to all others that it is not in use.
    RESUME_MARKS_THE_OTHERS,
    /// Resuming a conversation writes a line about it to its rollout.
    RESUME_WRITES_AT_ONCE,
    /// Resuming a conversation writes its rollout anew, without what is of no use.
    RESUME_TIDIES_THE_FILE,
    /// Resuming a conversation sets the time of its rollout.
    RESUME_TOUCHES_THE_FILE,
    /// A rollout with a line of unknown kind is not resumed.
    UNKNOWN_LINES_ARE_FATAL,
    /// An empty filter of providers lets nothing pass.
    EMPTY_FILTER_STOPS_ALL,
    /// The filter of directories lets conversations about deeper ones pass.
    DIRECTORY_FILTER_TAKES_WHAT_IS_BELOW,
    /// thread/list ignores its filters.
    FILTERS_IGNORED,
    /// Lists show the conversations of every provider, whatever the filter.
    PROVIDER_FILTER_IGNORED,
    /// Lists hold conversations that no person began, though nobody asked for them.
    LISTS_EVERY_SOURCE,
    /// A conversation that names no provider is taken for one with OpenAI, whatever is configured.
    PROVIDER_DEFAULTS_TO_OPENAI,
    /// A filter is applied to a page that was cut before.
    FILTER_AFTER_PAGING,
    /// Without a filter, lists show the conversations of every provider.
    NO_FILTER_LETS_ALL_PASS,
    /// A fork of a thread that does not exist is an empty thread.
    FORK_OF_AN_UNKNOWN_ONE,
    /// A fork goes on in the rollout of its original.
    FORK_SHARES_THE_FILE,
    /// A fork has the id of its original.
    FORK_UNDER_THE_SAME_ID,
    /// A fork takes the place of its original in memory.
    FORK_TAKES_THE_PLACE,
    /// A fork takes its original's messages along, but does not tell the model.
    FORK_FORGETS_THE_HISTORY,
    /// A fork is noted in the rollout of its original.
    FORK_MARKS_THE_ORIGINAL,
    /// Of what was said before a conversation was resumed the model is not told the last.
    RESUME_FORGETS_THE_LAST_ITEM,
    /// The model is told what was said before in the wrong order.
    RESUME_REVERSES_THE_HISTORY,
    /// A list ends at the first file that is no rollout.
    LIST_HALTS_AT_FOREIGN_FILES,
    /// Lists hold only conversations that are loaded.
    LISTS_WHAT_IS_LOADED,
    /// Lists show paths relative to the home.
    LIST_PATHS_RELATIVE,
    /// A preview shows what the user said last.
    PREVIEW_OF_THE_LAST_MESSAGE,
    /// A preview shows what an editor put before the user's words.
    PREVIEW_WITH_PREAMBLE,
    /// Conversations without a message are listed.
    LISTS_SILENT,
    /// A conversation is said to have begun when its file was changed last.
    BEGAN_WHEN_CHANGED,
    /// A conversation is said to have been changed last when it began.
    CHANGED_WHEN_BEGAN,
    /// A list does not tell the repository of a conversation.
    REPOSITORY_FORGOTTEN,
    /// A fork does not name its original.
    FORK_ORIGIN_UNTOLD,
    /// Lists of live conversations hold what the first one held.
    LIST_CACHED,
    /// A cursor that cannot be read leads to the first page.
    BAD_CURSOR_IGNORED,
    /// A cursor counts conversations from the beginning of the list.
    CURSOR_IS_A_NUMBER,
    /// A page is as long as the client wishes.
    PAGE_LIMIT_UNCLAMPED,
    /// A page has no bounds when the client sets none.
    PAGE_OF_ANY_SIZE,
    /// A page goes on only behind a conversation that is still in the list.
    CURSOR_NEEDS_ITS_CONVERSATION,
    /// An empty list names another page.
    CURSOR_ON_AN_EMPTY_LIST,
    /// A page begins behind everything of the second in which the one before ended.
    CURSOR_BY_TIME_ALONE,
    /// Loaded threads are listed on one page, however many are asked for.
    LOADED_IN_ONE_PAGE,
    /// An invalid cursor of the loaded threads is ignored.
    LOADED_CURSOR_UNCHECKED,
    /// Lists show the oldest conversation first.
    LIST_OLDEST_FIRST,
    /// A page begins with the last of the one before.
    PAGE_REPEATS_LAST,
    /// A page has one less than the client wants.
    PAGES_ONE_SHORT,
    /// Lists are in the order of creation, whatever the client asks for.
    SORT_KEY_IGNORED,
    /// The last page names another one.
    CURSOR_ON_THE_LAST_PAGE,
    /// Reading a thread that does not exist gives null.
    READ_OF_AN_UNKNOWN_ONE,
    /// Reading a thread loads it.
    READ_LOADS,
    /// Reading a thread gives its turns, wanted or not.
    READ_ALWAYS_WITH_TURNS,
    /// Every stored turn is shown as completed.
    STORED_TURNS_ALL_COMPLETED,
    /// Reading a thread leaves out its last turn.
    READ_WITHOUT_THE_LAST_TURN,
    /// A relative path of a rollout begins where the process does.
    SUMMARY_RELATIVE_TO_THE_PROCESS,
    /// A conversation that is not found is not named.
    REFUSAL_WITHOUT_THE_ID,
    /// A rollout that is not there comes to be when it is resumed.
    REFUSAL_LEAVES_A_FILE,
    /// A conversation is found by any part of the name of its rollout.
    PART_OF_AN_ID_SUFFICES,
    /// An empty file is a rollout of nobody.
    RESUME_FROM_AN_EMPTY_FILE,
    /// A resume of nothing in particular takes the latest conversation.
    RESUME_OF_NOTHING_TAKES_THE_LATEST,
    /// The repository around a new conversation is not noted.
    REPOSITORY_UNNOTED,
    /// A conversation that is resumed while it is loaded has its history twice.
    RESUME_DOUBLES_THE_HISTORY,
    /// A resumed conversation comes without what was said in it.
    RESUME_RETURNS_NOTHING,
}

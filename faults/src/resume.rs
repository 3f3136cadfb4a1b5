//! The faults of the chapter `resume`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The preview of a conversation with a history from the client shows that history.
    HISTORY_IN_THE_PREVIEW,
    /// The server does not announce a resumed conversation.
    SESSION_UNANNOUNCED,
    /// The server does not send a history from the client to the model.
    HISTORY_OF_THE_CLIENT_IGNORED,
    /// The server does not send the messages from before a resume to the model.
    RESUME_FORGETS_THE_HISTORY,
    /// The server continues a resumed conversation in a new rollout.
    RESUME_STARTS_ANEW,
    /// After a resume, the server sends only the earlier messages to the model, without tool calls
    /// and outputs.
    RESUME_KEEPS_MESSAGES_ONLY,
    /// The server does not resume a rollout whose last line is incomplete.
    CUT_LINES_ARE_FATAL,
    /// The server appends the existing items to a rollout again when it resumes the conversation.
    RESUME_RECORDS_AGAIN,
    /// The server adds a line to all other rollouts when it resumes a conversation.
    RESUME_MARKS_THE_OTHERS,
    /// The server adds a line to a rollout as soon as it resumes the conversation.
    RESUME_WRITES_AT_ONCE,
    /// The server rewrites a rollout without its empty members when it resumes the conversation.
    RESUME_TIDIES_THE_FILE,
    /// The server changes the modification time of a rollout when it resumes the conversation.
    RESUME_TOUCHES_THE_FILE,
    /// The server does not resume a rollout with a line of an unknown type.
    UNKNOWN_LINES_ARE_FATAL,
    /// A list with an empty provider filter is empty.
    EMPTY_FILTER_STOPS_ALL,
    /// The directory filter also matches conversations in subdirectories.
    DIRECTORY_FILTER_TAKES_WHAT_IS_BELOW,
    /// `thread/list` ignores its filters.
    FILTERS_IGNORED,
    /// Lists ignore the provider filter.
    PROVIDER_FILTER_IGNORED,
    /// Lists contain conversations of non-interactive sources without a request for them.
    LISTS_EVERY_SOURCE,
    /// The server treats a conversation without a provider as one of OpenAI, even if another
    /// provider is configured.
    PROVIDER_DEFAULTS_TO_OPENAI,
    /// The server applies a filter after it has cut the page.
    FILTER_AFTER_PAGING,
    /// Lists without a filter contain the conversations of every provider.
    NO_FILTER_LETS_ALL_PASS,
    /// The server answers a fork of an unknown thread with a new, empty thread.
    FORK_OF_AN_UNKNOWN_ONE,
    /// A fork continues in the rollout of the original.
    FORK_SHARES_THE_FILE,
    /// A fork has the id of the original.
    FORK_UNDER_THE_SAME_ID,
    /// The server unloads the original when it forks a thread.
    FORK_TAKES_THE_PLACE,
    /// The server does not send the original's messages to the model in a fork.
    FORK_FORGETS_THE_HISTORY,
    /// The server adds a line to the rollout of the original when it forks a thread.
    FORK_MARKS_THE_ORIGINAL,
    /// The server does not send the last item from before a resume to the model.
    RESUME_FORGETS_THE_LAST_ITEM,
    /// After a resume, the server sends the earlier items to the model in reverse order.
    RESUME_REVERSES_THE_HISTORY,
    /// A list ends at the first file that is not a rollout.
    LIST_HALTS_AT_FOREIGN_FILES,
    /// Lists contain only loaded conversations.
    LISTS_WHAT_IS_LOADED,
    /// Lists contain paths relative to the home.
    LIST_PATHS_RELATIVE,
    /// A preview shows the last message of the user instead of the first.
    PREVIEW_OF_THE_LAST_MESSAGE,
    /// A preview shows the text that an editor puts before the user's message.
    PREVIEW_WITH_PREAMBLE,
    /// Lists contain conversations without a user message.
    LISTS_SILENT,
    /// The server reports the last change of a rollout as the creation time of the conversation.
    BEGAN_WHEN_CHANGED,
    /// The server reports the creation time of a conversation as its last change.
    CHANGED_WHEN_BEGAN,
    /// Lists omit the repository of a conversation.
    REPOSITORY_FORGOTTEN,
    /// A fork does not name its original.
    FORK_ORIGIN_UNTOLD,
    /// The server answers every list request with the conversations of the first list.
    LIST_CACHED,
    /// The server answers an invalid cursor with the first page.
    BAD_CURSOR_IGNORED,
    /// A cursor is an offset, so a page shifts when the list changes.
    CURSOR_IS_A_NUMBER,
    /// The server sets no upper bound to the limit of a page.
    PAGE_LIMIT_UNCLAMPED,
    /// A page without a limit contains the whole list.
    PAGE_OF_ANY_SIZE,
    /// A page is empty when the last conversation of the previous page is gone.
    CURSOR_NEEDS_ITS_CONVERSATION,
    /// The server returns a cursor with an empty list.
    CURSOR_ON_AN_EMPTY_LIST,
    /// A page skips conversations of the same second as the last one of the previous page.
    CURSOR_BY_TIME_ALONE,
    /// The server ignores the limit for a page of loaded threads.
    LOADED_IN_ONE_PAGE,
    /// The server ignores an invalid cursor in a request for loaded threads.
    LOADED_CURSOR_UNCHECKED,
    /// Lists begin with the oldest conversation.
    LIST_OLDEST_FIRST,
    /// A page repeats the last conversation of the previous page.
    PAGE_REPEATS_LAST,
    /// A page contains one conversation less than the limit.
    PAGES_ONE_SHORT,
    /// The server always sorts lists by creation time and ignores the requested order.
    SORT_KEY_IGNORED,
    /// The server returns a cursor with the last page.
    CURSOR_ON_THE_LAST_PAGE,
    /// `thread/read` returns null for an unknown thread.
    READ_OF_AN_UNKNOWN_ONE,
    /// `thread/read` loads the thread.
    READ_LOADS,
    /// `thread/read` returns the turns of a stored thread without a request for them.
    READ_ALWAYS_WITH_TURNS,
    /// The server reports every stored turn as completed.
    STORED_TURNS_ALL_COMPLETED,
    /// `thread/read` omits the last turn of a stored thread.
    READ_WITHOUT_THE_LAST_TURN,
    /// The server resolves a relative path of a rollout against its working directory instead of
    /// the home.
    SUMMARY_RELATIVE_TO_THE_PROCESS,
    /// The error for an unknown conversation does not contain the conversation's id.
    REFUSAL_WITHOUT_THE_ID,
    /// The server creates a missing rollout when it rejects the request to resume it.
    REFUSAL_LEAVES_A_FILE,
    /// The server accepts a part of a rollout's name as the id of the conversation.
    PART_OF_AN_ID_SUFFICES,
    /// The server accepts an empty file as a rollout.
    RESUME_FROM_AN_EMPTY_FILE,
    /// The server resumes the latest conversation when a resume request names none.
    RESUME_OF_NOTHING_TAKES_THE_LATEST,
    /// The server does not record the repository of a new conversation.
    REPOSITORY_UNNOTED,
    /// The server duplicates the history of a loaded conversation when it resumes the conversation.
    RESUME_DOUBLES_THE_HISTORY,
    /// The server resumes a conversation without returning its messages.
    RESUME_RETURNS_NOTHING,
}

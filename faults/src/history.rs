//! The faults of the chapter `history`: what a server can do wrong with what a thread holds.

use crate::fault::faults;

faults! {
    /// The server leaves the ends of turns out of the timeline.
    TIMELINE_WITHOUT_ENDS,
    /// The server skips an entry of the timeline between two pages.
    TIMELINE_SKIPS_BETWEEN_PAGES,
    /// The server returns all items of a turn when a client reads some of them.
    ITEMS_READ_UNASKED,
    /// The server samples a thread from a turn that is not the last.
    SAMPLE_OF_ANY_TURN,
    /// The server adds the prompt of a sample to the thread.
    SAMPLE_JOINS_THE_THREAD,
    /// The server announces threads while it searches that do not hold the text.
    SEARCH_STREAMS_OTHERS,
    /// The server lists turns and items in one direction only.
    DIRECTION_IGNORED,
    /// The server leaves out the turn of a `backwardsCursor` when a client follows it.
    BACKWARDS_CURSOR_SKIPS_ITS_TURN,
    /// The server returns no `backwardsCursor` with a page.
    NO_BACKWARDS_CURSOR,
    /// The server lists turns in one view only.
    VIEW_IGNORED,
    /// The server lists every item of a turn in its summary.
    SUMMARY_HAS_EVERYTHING,
    /// The server lists the first message of the agent in the summary of a turn instead of the last.
    SUMMARY_HAS_THE_FIRST_ANSWER,
    /// The server answers the `limit` 0 with an empty page that has a `nextCursor`.
    EMPTY_PAGES_GO_ON,
    /// The server lists the items of every turn when the client names one.
    ITEMS_OF_EVERY_TURN,
    /// The server lists no turns for an unknown thread instead of rejecting the request.
    UNKNOWN_THREAD_HAS_NO_TURNS,
    /// The server reports an internal error when it is asked for the turns of a new thread.
    NEW_THREAD_BREAKS_THE_LIST,
    /// The server loads a stored thread to list its turns.
    PAGES_LOAD_THE_THREAD,
    /// The server lists the turns of loaded threads only.
    STORED_TURNS_NOT_LISTED,
    /// A deleted thread stays loaded.
    DELETED_THREAD_STAYS_LOADED,
    /// The server leaves the rollout of a deleted thread.
    DELETE_LEAVES_THE_FILE,
    /// The server does not delete an archived thread.
    ARCHIVED_THREAD_NOT_DELETED,
    /// The server does not announce that a thread was deleted.
    DELETION_UNANNOUNCED,
    /// The running turn of a deleted thread goes on.
    DELETE_LEAVES_THE_TURN,
    /// The server deletes the forks of a thread with it.
    DELETE_TAKES_THE_FORKS,
    /// The server accepts the deletion of an ephemeral thread.
    EPHEMERAL_THREAD_DELETED,
    /// The server accepts the deletion of an unknown thread.
    UNKNOWN_THREAD_DELETED,
    /// The server clears what an update of a thread's metadata leaves out.
    METADATA_IS_REPLACED,
    /// The server keeps what an update of a thread's metadata clears.
    NULL_CLEARS_NOTHING,
    /// The server lists a thread without its updated metadata.
    METADATA_NOT_LISTED,
    /// The server does not store the updated metadata of a thread.
    METADATA_NOT_STORED,
    /// The server rejects an update of the metadata of a thread that is not loaded.
    ONLY_LOADED_THREADS_UPDATED,
    /// The server accepts an empty text in an update of a thread's metadata.
    EMPTY_METADATA_TAKEN,
    /// The server accepts an update of a thread's metadata that names nothing.
    NO_METADATA_TAKEN,
    /// The server accepts an update of the metadata of an unknown thread.
    METADATA_OF_NO_THREAD,
    /// The server does not send the model the items that a client injects.
    INJECTED_ITEMS_LOST,
    /// The server does not store the items that a client injects.
    INJECTED_ITEMS_NOT_STORED,
    /// The server adds the items that a client injects in reverse order.
    INJECTED_IN_REVERSE,
    /// The server starts a turn when a client injects items.
    INJECTION_STARTS_A_TURN,
    /// The server accepts an injection of no item.
    EMPTY_INJECTION_TAKEN,
    /// The server adds the valid items of an injection that it rejects.
    INJECTED_BY_HALF,
    /// The server accepts an injection into an unknown thread.
    UNKNOWN_THREAD_INJECTED,
    /// The server finds every thread, whatever a client searches for.
    SEARCH_FINDS_EVERY_THREAD,
    /// The server searches only the first message of each thread.
    SEARCH_OF_FIRST_MESSAGES,
    /// The server accepts a search for an empty text.
    EMPTY_SEARCH_TAKEN,
    /// The server finds occurrences of a text in the given case only.
    OCCURRENCES_IN_THIS_CASE_ONLY,
    /// The server finds occurrences of a text in the messages of the user only.
    OCCURRENCES_OF_THE_USER_ONLY,
}

//! The faults of the chapter `settings`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server ignores the `developerInstructions` of a request that resumes a stored conversation.
    RESUME_DROPS_DEVELOPER_INSTRUCTIONS,
    /// The server ignores the `config` of a request that resumes a stored conversation.
    RESUME_DROPS_CONFIG,
    /// The server ignores the `modelProvider` of a request that resumes a stored conversation.
    RESUME_DROPS_THE_PROVIDER,
    /// The server uses the stored instructions instead of the `baseInstructions` of a resume.
    STORED_INSTRUCTIONS_WIN,
    /// The server ignores the approval policy of a request that resumes a stored conversation.
    RESUME_DROPS_THE_POLICY,
    /// The server ignores the `developerInstructions` of a request for a fork.
    FORK_DROPS_DEVELOPER_INSTRUCTIONS,
    /// The server ignores the `config` of a request for a fork.
    FORK_DROPS_CONFIG,
    /// The server ignores the working directory of a request for a fork.
    FORK_DROPS_THE_DIRECTORY,
    /// The server ignores the sandbox of a request for a fork.
    FORK_DROPS_THE_SANDBOX,
    /// The server ignores the overrides of `resumeConversation` when the conversation is loaded.
    LOADED_RESUME_IGNORES_OVERRIDES,
    /// The server ignores the summary that a turn sets.
    TURN_SUMMARY_IGNORED,
    /// The server ignores the effort that a turn sets.
    TURN_EFFORT_IGNORED,
    /// The server applies the effort of a turn to that turn only.
    TURN_EFFORT_LASTS_ONE_TURN,
    /// The server applies the sandbox of a turn to that turn only.
    TURN_SANDBOX_LASTS_ONE_TURN,
    /// The server asks for the configured summary of reasoning in the first turn only.
    START_SUMMARY_LASTS_ONE_TURN,
    /// The server returns its own working directory instead of that of the conversation.
    ANSWER_NAMES_ANOTHER_DIRECTORY,
    /// The server answers a resume of a loaded thread with the requested model, which it does not use.
    REJOIN_NAMES_THE_WISHES,
    /// The server resumes a stored conversation without its effort.
    RESTART_FORGETS_THE_EFFORT,
    /// The server resumes a stored conversation without the directory, policy and sandbox of its last turn.
    RESTART_FORGETS_PERMISSIONS,
    /// The server resumes a stored conversation without its base instructions.
    RESTART_FORGETS_INSTRUCTIONS,
    /// The server ignores the service tier of a request that resumes a stored conversation.
    RESUME_DROPS_THE_TIER,
    /// The server ignores the service tier of a request for a fork.
    FORK_DROPS_THE_TIER,
    /// The server ignores the service tier that a turn sets.
    TURN_TIER_IGNORED,
    /// The server resumes a stored conversation without its service tier.
    RESTART_FORGETS_THE_TIER,
    /// The server forgets the client's ids of messages when it reads a stored thread.
    CLIENT_ID_FORGOTTEN,
    /// The server returns a thread without its `threadSource`.
    THREAD_SOURCE_FORGOTTEN,
    /// The server ignores the `threadSource` of a request for a fork.
    THREAD_SOURCE_OF_THE_FORK_LOST,
    /// The server ignores the `lastTurnId` of a request for a fork.
    FORK_IGNORES_THE_LAST_TURN,
    /// The model still receives the turns behind the last one of a fork.
    FORK_SENDS_LATER_TURNS,
    /// The server accepts a fork whose last turn is unknown.
    FORK_OF_AN_UNKNOWN_TURN,
    /// The server ignores the `approvalsReviewer` of a request for a thread.
    REVIEWER_NOT_NAMED,
    /// The server ignores the `serviceTierForTurn` of a turn.
    TIER_OF_A_TURN_IGNORED,
    /// The server uses the `serviceTierForTurn` of a turn for the turns after it.
    TIER_OF_A_TURN_STAYS,
    /// The server ignores the permission profile of a request for a fork.
    FORK_DROPS_THE_PROFILE,
    /// The server ignores the `approvalsReviewer` of a request that resumes a stored conversation.
    RESUME_DROPS_THE_REVIEWER,
    /// The server returns the working directory instead of the `runtimeWorkspaceRoots` of a request.
    ROOTS_NOT_NAMED,
    /// The server ignores the `beforeTurnId` of a request for a fork.
    FORK_IGNORES_THE_TURN_BEFORE,
    /// The server returns all turns despite `excludeTurns`.
    EXCLUDED_TURNS_RETURNED,
    /// The server stores an ephemeral fork.
    EPHEMERAL_FORK_IS_STORED,
    /// The server ignores the limit of `initialTurnsPage`.
    FIRST_PAGE_IGNORES_THE_LIMIT,
    /// The server ignores the `approvalsReviewer` of a turn.
    TURN_REVIEWER_IGNORED,
    /// The server ignores the `runtimeWorkspaceRoots` of a turn.
    TURN_ROOTS_IGNORED,
    /// The server ignores the personality of a thread.
    PERSONALITY_IGNORED,
    /// The server ignores the personality of a turn.
    TURN_PERSONALITY_IGNORED,
    /// The server does not announce a changed personality.
    PERSONALITY_UNANNOUNCED,
    /// The server does not send the model the metadata of a turn.
    TURN_METADATA_LOST,
    /// The server sends the model the metadata of a turn in the turns after it.
    TURN_METADATA_STAYS,
    /// The server does not send the model the additional context of a turn.
    ADDITIONAL_CONTEXT_LOST,
    /// The server does not send the model the tool output with which a turn begins.
    OUTPUT_OF_THE_CLIENT_LOST,
    /// The server does not announce the items of the model as they are.
    RAW_ITEMS_UNTOLD,
    /// The server never answers a request for a thread that has a `serviceName`.
    SERVICE_NAME_UNANSWERED,
    /// The server ignores `thread/settings/update`.
    SETTINGS_UPDATE_IGNORED,
    /// The server does not announce the settings that a client has changed.
    SETTINGS_UPDATE_UNANNOUNCED,
    /// The server announces settings that did not change.
    UNCHANGED_SETTINGS_ANNOUNCED,
    /// The server accepts settings for an unknown thread.
    SETTINGS_OF_NO_THREAD,
}

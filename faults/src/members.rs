//! The faults of the chapter `members`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The result of `newConversation` has no `rolloutPath`.
    ROLLOUT_PATH_MISSING,
    /// The `model` in the result of `newConversation` is null.
    CONVERSATION_MODEL_NULL,
    /// The `subscriptionId` in the result of `addConversationListener` is a number.
    SUBSCRIPTION_AS_NUMBER,
    /// A listed conversation has no `cwd`.
    LISTED_DIRECTORY_MISSING,
    /// The result of `getUserSavedConfig` has no `profiles`.
    SAVED_PROFILES_MISSING,
    /// The `exitCode` in the result of `execOneOffCommand` is a string.
    EXIT_CODE_QUOTED,
    /// The `preview` of a started thread is null.
    PREVIEW_NULL,
    /// The `createdAt` of a listed thread is a string.
    CREATION_TIME_QUOTED,
    /// An item of a thread that is read has no `id`.
    READ_ITEM_ID_MISSING,
    /// The result of `account/read` has no `requiresOpenaiAuth`.
    LOGIN_NEED_MISSING,
    /// A model in the result of `model/list` has no `displayName`.
    MODEL_NAME_MISSING,
    /// The `stdout` in the result of `command/exec` is a list.
    OUTPUT_AS_LIST,
    /// Agent messages of the first dialect have no id of their turn.
    EVENT_ID_MISSING,
    /// The event of a command that begins has no `cwd`.
    EVENT_DIRECTORY_MISSING,
    /// Token counts of the first dialect are strings.
    EVENT_TOKENS_QUOTED,
    /// The `status` of a turn that starts is null.
    TURN_STATUS_NULL,
    /// The item of a command has no `command`.
    ITEM_COMMAND_MISSING,
    /// The `commandActions` of a completed command are a string.
    COMMAND_ACTIONS_AS_TEXT,
    /// The status of a thread has no `type`.
    STATUS_TYPE_MISSING,
    /// The `turnId` of a delta is a number.
    DELTA_TURN_AS_NUMBER,
    /// The `inputTokens` of the last request are a string.
    INPUT_TOKENS_QUOTED,
    /// A request for the approval of a command has no `parsedCmd`.
    PARSED_COMMAND_MISSING,
    /// The parsed commands in a request for approval have no `type`.
    PARSED_TYPE_MISSING,
    /// The `callId` in a request for the approval of a command is null.
    APPROVAL_CALL_NULL,
    /// The `command` in a request for approval of the first dialect is a string.
    APPROVAL_COMMAND_AS_TEXT,
    /// The `itemId` in a request for the approval of a command is null.
    APPROVAL_ITEM_NULL,
    /// A request for the approval of a command has no `turnId`.
    APPROVAL_TURN_MISSING,
}

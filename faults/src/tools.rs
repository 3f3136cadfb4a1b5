//! The faults of the chapter `dynamic_tool`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server does not offer the model the tools of the client.
    TOOLS_OF_THE_CLIENT_NOT_OFFERED,
    /// A resumed or forked thread does not have the tools of the client any more.
    TOOLS_OF_THE_CLIENT_FORGOTTEN,
    /// The server accepts two tools with one name.
    TWO_TOOLS_OF_ONE_NAME,
    /// The server asks the client to run a tool without the model's arguments.
    ARGUMENTS_DROPPED,
    /// The model does not receive the client's answer to a call.
    ANSWER_OF_THE_CLIENT_LOST,
    /// The server reports a call that failed as completed.
    FAILED_CALL_TOLD_AS_COMPLETED,
    /// The server waits forever when the client answers a call with an error.
    REFUSED_CALL_HANGS,
    /// The server does not complete an unanswered call of a client's tool when the turn is
    /// interrupted.
    CALL_OF_THE_CLIENT_LEFT_OPEN,
    /// The server starts an agent message and does not complete it when the turn is interrupted.
    MESSAGE_LEFT_OPEN,
    /// The server reports a question as resolved only after the end of its interrupted turn.
    QUESTION_SETTLED_AFTER_THE_END,
    /// The answer to a message during a turn has the id of a turn that does not exist.
    SECOND_MESSAGE_NAMES_NO_TURN,
    /// The server does not complete an interrupted command.
    COMMAND_LEFT_OPEN,
    /// The server does not complete a patch whose approval is pending when the turn is interrupted.
    PATCH_LEFT_OPEN,
}

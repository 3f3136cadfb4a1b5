//! The faults of the chapter `ask`: what a server can do wrong when the model asks the user.

use crate::fault::faults;

faults! {
    /// The server asks the client a question of the model without its options.
    QUESTION_LOSES_ITS_OPTIONS,
    /// The server asks the client a question under the id of another turn.
    QUESTION_NAMES_NO_TURN,
    /// The server does not send the model the answers of the user.
    ANSWER_OF_THE_USER_LOST,
    /// The server sends the model the first option as the answer of the user.
    FIRST_OPTION_IS_THE_ANSWER,
    /// The turn hangs when the client answers a question of the model with an error.
    UNANSWERED_QUESTION_HANGS,
    /// The server does not report that a thread waits for the answer of the user.
    WAITING_FOR_INPUT_UNTOLD,
    /// The server does not interrupt a turn that waits for the user.
    QUESTION_KEEPS_THE_TURN,
    /// The server asks the client for permissions without the reason.
    PERMISSION_WITHOUT_REASON,
    /// The server asks the client for permissions without the files.
    WANTED_FILES_LEFT_OUT,
    /// The server grants every permission that the model wants when the client grants one.
    EVERYTHING_IS_GRANTED,
    /// The server grants permissions when the client answers with an error.
    ERROR_GRANTS_PERMISSIONS,
    /// The server grants no permission although the client grants some.
    GRANT_IS_LOST,
    /// The server sends no deltas of a plan.
    PLAN_DELTAS_LOST,
    /// The server leaves a plan in the message of the agent.
    PLAN_STAYS_IN_THE_MESSAGE,
    /// The server does not complete the item of a plan.
    PLAN_NEVER_COMPLETED,
    /// The server cuts plans out of messages in every mode.
    PLAN_IN_EVERY_MODE,
    /// The server does not announce an updated plan.
    PLAN_UPDATE_UNTOLD,
    /// The server announces the steps of a plan with other states.
    PLAN_STATES_MIXED_UP,
}

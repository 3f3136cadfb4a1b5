//! The server's requests to its client, in a session: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server asks a model for an answer of any length.
    MCP_SAMPLING_WITHOUT_LIMIT,
    /// A message for the model has a role that there is not.
    MCP_SAMPLING_AS_SYSTEM,
    /// The server asks the user without a message.
    MCP_ASKS_WITHOUT_MESSAGE,
    /// The server asks the user for an object inside of an object.
    MCP_ASKS_FOR_A_NESTED_OBJECT,
    /// The server asks the user without saying for what.
    MCP_ASKS_WITHOUT_SCHEMA,
    /// The server sends the user to a page, and gives the question no id.
    MCP_PAGE_WITHOUT_ID,
    /// The server sends the user to something that is no URL.
    MCP_PAGE_WITHOUT_URL,
    /// The server sends the user to a page though the client only shows forms.
    MCP_PAGE_UNDECLARED,
    /// A form asks for a password.
    MCP_ASKS_FOR_A_PASSWORD,
    /// A call is not answered after its question was.
    MCP_ANSWER_LOSES_THE_CALL,
    /// A call is not answered after its question was refused.
    MCP_REFUSAL_LOSES_THE_CALL,
    /// A call is not answered after the user declined.
    MCP_DECLINE_LOSES_THE_CALL,
    /// A call is not answered after the user closed the form.
    MCP_DISMISSAL_LOSES_THE_CALL,
    /// The server ends when a question of it is refused.
    MCP_DIES_OF_A_REFUSAL,
    /// The server ends when its client has no roots.
    MCP_DIES_OF_NO_ROOTS,
    /// The server ends when an answer of its client has no members.
    MCP_DIES_OF_AN_EMPTY_ANSWER,
    /// The server answers nothing while a question of it is open.
    MCP_DEAF_WHILE_IT_ASKS,
    /// The server runs no other call while a question of it is open.
    MCP_CALLS_NOTHING_WHILE_IT_ASKS,
    /// An answer that comes after other requests is ignored.
    MCP_LATE_ANSWER_IGNORED,
    /// Answers are only heard in the order of the questions.
    MCP_ANSWERS_HEARD_IN_ORDER,
    /// The server answers the notification that the roots have changed.
    MCP_ANSWERS_CHANGED_ROOTS,
    /// The server ends when the roots have changed.
    MCP_DIES_OF_CHANGED_ROOTS,
    /// A call that was cancelled while its question was open is answered.
    MCP_CANCELLED_QUESTION_ANSWERED,
}

//! The start of a session: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server answers the first request of a client with an error.
    MCP_FIRST_REQUEST_REFUSED,
    /// The server confirms every version that a client asks for.
    MCP_ECHOES_ANY_VERSION,
    /// The answer to `initialize` does not say who the server is.
    MCP_NO_SERVER_INFO,
    /// The server opens a session in the version before the one that the client asks for.
    MCP_GIVES_AN_OLDER_VERSION,
    /// The server answers a version that it does not have with its oldest.
    MCP_THE_OLDEST_VERSION_FOR_UNKNOWN_ONES,
    /// The server confirms a version without sessions when it opens one.
    MCP_CONFIRMS_THE_VERSION_WITHOUT_SESSIONS,
    /// The server asks for the roots of its client before the session is open.
    MCP_ASKS_BEFORE_THE_SESSION_IS_OPEN,
    /// The server asks for roots though the client declares none.
    MCP_ASKS_FOR_UNDECLARED_ROOTS,
    /// The server sends a notification that the revision does not have.
    MCP_NOTIFIES_AS_IN_ANOTHER_REVISION,
    /// The server refuses an `initialize` with members that it does not know.
    MCP_REFUSES_UNKNOWN_MEMBERS,
    /// The server opens a session without the parameters that it needs.
    MCP_OPENS_WHATEVER_IS_ASKED,
    /// The server exits at an `initialize` without the parameters that it needs.
    MCP_DIES_OF_A_WRONG_INITIALIZE,
    /// The server exits at a second `initialize`.
    MCP_DIES_OF_A_SECOND_INITIALIZE,
    /// The server never opens a session after a request that it did not know.
    MCP_DEAF_AFTER_A_PROBE,
}

//! The faults of the chapter `initialize`: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server accepts an `initialize` without `clientInfo`.
    NAMELESS_CLIENTS,
    /// The server treats a client whose name it rejected as initialized.
    BAD_NAME_INITIALIZES,
    /// The server rejects a second `initialize` without a reason.
    SECOND_INITIALIZE_UNNAMED,
    /// The server accepts a client name that is not a valid header value.
    BAD_NAMES_ACCEPTED,
    /// The server rejects requests until the client sends `initialized`.
    WAITS_FOR_INITIALIZED,
    /// The server accepts experimental parameters from every client.
    EXPERIMENTAL_UNGATED,
    /// The server rejects a second `initialize` and forgets the first one.
    SECOND_INITIALIZE_FORGETS,
    /// The server rejects a request before `initialize` without a reason.
    EARLY_REQUEST_UNNAMED,
    /// The server rejects only the first request before `initialize`.
    HANDSHAKE_WANTED_ONCE,
    /// The server accepts requests before `initialize`.
    NO_HANDSHAKE,
    /// The server accepts a second `initialize`.
    INITIALIZE_REPEATABLE,
    /// The server sends notifications that `optOutNotificationMethods` names.
    OPT_OUT_IGNORED,
    /// The server ignores the originator in the environment.
    ORIGINATOR_IGNORED,
    /// The answer to `initialize` does not contain the path of the home.
    HOME_NOT_TOLD,
    /// The user agent begins with the server's name instead of the client's name.
    USER_AGENT_FIXED,
    /// The user agent does not contain the client's name and version.
    USER_AGENT_ANONYMOUS,
}

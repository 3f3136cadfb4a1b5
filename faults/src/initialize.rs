//! What a server can do wrong of the chapter `initialize`.

use crate::fault::faults;

faults! {
    /// A client that does not say who it is is taken for an anonymous one.
    NAMELESS_CLIENTS,
    /// A client whose name is refused counts as initialized.
    BAD_NAME_INITIALIZES,
    /// A second initialize is rejected without saying why.
    SECOND_INITIALIZE_UNNAMED,
    /// A client name that cannot stand in a header is mended in silence.
    BAD_NAMES_ACCEPTED,
    /// Requests are refused until the client has sent `initialized`.
    WAITS_FOR_INITIALIZED,
    /// Experimental parameters are taken from every client.
    EXPERIMENTAL_UNGATED,
    /// A second initialize is rejected, and the first one forgotten.
    SECOND_INITIALIZE_FORGETS,
    /// A request before initialize is refused without saying why.
    EARLY_REQUEST_UNNAMED,
    /// Of the requests before initialize only the first is refused.
    HANDSHAKE_WANTED_ONCE,
    /// Requests are served before initialize.
    NO_HANDSHAKE,
    /// A second initialize succeeds.
    INITIALIZE_REPEATABLE,
    /// Notifications named in optOutNotificationMethods are sent all the same.
    OPT_OUT_IGNORED,
    /// The override of the originator in the environment is ignored.
    ORIGINATOR_IGNORED,
    /// The answer to initialize leaves out where the home is.
    HOME_NOT_TOLD,
    /// The user agent begins with the server's own name.
    USER_AGENT_FIXED,
    /// The user agent does not say which client it is.
    USER_AGENT_ANONYMOUS,
}

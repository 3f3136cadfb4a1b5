//! The faults of the chapter `gates`: what a server can do wrong with its capability and with opt-outs.

use crate::fault::faults;

faults! {
    /// The server accepts experimental members without the capability, except the history of a thread.
    EXPERIMENTAL_MEMBERS_UNGATED,
    /// The refusal of an experimental member does not name it.
    GATE_WITHOUT_A_NAME,
    /// The server rejects experimental members of a client that has the capability.
    GATE_OF_MEMBERS_NEVER_OPENS,
    /// The server accepts the approval policy `granular` without the capability.
    GRANULAR_UNGATED,
    /// The server accepts permission profiles without the capability.
    PROFILES_UNGATED,
    /// The server serves experimental methods without the capability.
    EXPERIMENTAL_METHODS_UNGATED,
    /// The server does not answer experimental methods without the capability.
    EXPERIMENTAL_METHODS_UNANSWERED,
    /// The server rejects experimental methods of a client that has the capability.
    GATE_OF_METHODS_NEVER_OPENS,
    /// The server omits only the first of the notifications that a client opts out of.
    OPT_OUT_OF_ONE_ONLY,
    /// The server sends no `item/` notifications to a client that opts out of any notification.
    OPT_OUT_SILENCES_ALL,
    /// The server omits notifications whose method begins with one that the client opts out of.
    OPT_OUT_BY_PREFIX,
}

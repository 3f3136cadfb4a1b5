//! The revision without sessions: what a server can do wrong.

use crate::fault::faults;

faults! {
    /// The server does not have `server/discover`.
    MCP_NO_DISCOVER,
    /// The answer to `server/discover` names no version.
    MCP_DISCOVER_NAMES_NO_VERSION,
    /// The answer to `server/discover` leaves out the version that it was asked in.
    MCP_DISCOVER_LEAVES_OUT_ITS_VERSION,
    /// The answer to `server/discover` has no capabilities.
    MCP_DISCOVER_WITHOUT_CAPABILITIES,
    /// The answer to `server/discover` does not say who the server is.
    MCP_DISCOVER_WITHOUT_NAME,
    /// The name of an extension of the server has no prefix.
    MCP_EXTENSION_WITHOUT_PREFIX,
    /// Requests before the first `server/discover` are refused.
    MCP_NEEDS_DISCOVER_FIRST,
    /// Results have no `resultType`.
    MCP_NO_RESULT_TYPE,
    /// Results have a `resultType` of the server's own.
    MCP_OWN_RESULT_TYPE,
    /// A request without `_meta` is served.
    MCP_META_NOT_REQUIRED,
    /// A request without a version is served.
    MCP_VERSION_NOT_REQUIRED,
    /// A request without the capabilities of its client is served.
    MCP_CAPABILITIES_NOT_REQUIRED,
    /// A request that does not say who the client is is refused.
    MCP_CLIENT_INFO_REQUIRED,
    /// A request with unknown members in its `_meta` is refused.
    MCP_UNKNOWN_META_REFUSED,
    /// A request whose client has unknown capabilities is refused.
    MCP_UNKNOWN_CAPABILITY_REFUSED,
    /// A request whose version is a number is served.
    MCP_VERSION_OF_A_NUMBER_SERVED,
    /// An unsupported version is served in the first request.
    MCP_FIRST_VERSION_UNCHECKED,
    /// Any version is served after a request with a supported one.
    MCP_VERSION_CHECKED_ONCE,
    /// `server/discover` is answered in any version.
    MCP_VERSION_UNCHECKED_IN_DISCOVER,
    /// An unsupported version is refused with the code for wrong parameters.
    MCP_UNSUPPORTED_VERSION_HAS_ANOTHER_CODE,
    /// The error for an unsupported version names none that is supported.
    MCP_UNSUPPORTED_VERSION_WITHOUT_OTHERS,
    /// The error for an unsupported version does not repeat it.
    MCP_UNSUPPORTED_VERSION_NOT_REPEATED,
    /// The methods that the revision has removed are answered with an empty result.
    MCP_REMOVED_METHODS_ANSWERED,
    /// The server sends a request to its client.
    MCP_ASKS_WITHOUT_A_SESSION,
    /// Lists do not say how long they may be kept.
    MCP_NO_TTL,
    /// Lists may be kept for less than no time.
    MCP_NEGATIVE_TTL,
    /// Lists do not say for whom they may be kept.
    MCP_NO_CACHE_SCOPE,
    /// Lists are kept for a scope that there is not.
    MCP_UNKNOWN_CACHE_SCOPE,
    /// Each process lists the tools in words of its own.
    MCP_LISTS_DIFFER_BY_PROCESS,
    /// A request with an unknown log level is served.
    MCP_UNKNOWN_LOG_LEVEL_SERVED,
    /// `initialize` is refused by an error that names no version.
    MCP_INITIALIZE_REFUSED_WITHOUT_VERSIONS,
}

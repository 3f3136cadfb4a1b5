//! The legal but unusual ways of the server of the Model Context Protocol: a row each, with the reason why a server may do so.

use crate::variant::variants;

variants! {
    // Transports, stdio: stderr may hold any log.
    /// The server writes a line to stderr when it starts.
    MCP_BANNER_ON_STDERR,
    // JSON-RPC 2.0 asks for an error without a known id; most servers say nothing, and clients cannot tell whom it is for.
    /// The server says nothing after a line that is no message.
    MCP_SILENT_AFTER_RUBBISH,
    // The text shows a protocol error; half of the field gives a result with `isError`.
    /// A call of an unknown tool gives a result with `isError`.
    MCP_UNKNOWN_TOOL_IS_A_RESULT,
    // Versioning, Backward Compatibility: a server need not have both eras. The examination must find out.
    /// The server has no sessions: it refuses `initialize` and names its versions.
    MCP_MODERN_ONLY.examined(),
    /// The server has sessions only.
    MCP_LEGACY_ONLY.examined(),
    // The list is that of the versions for further requests; the SDKs for TypeScript and Python name no others.
    /// A server of both eras names only the newer one without a session.
    MCP_NAMES_ONE_ERA,
    // Base Protocol, Per-response fields: a SHOULD; rmcp says it in `server/discover` only.
    /// Only the answer to `server/discover` says who the server is.
    MCP_NAMES_ITSELF_ONCE,
    // The schema leaves all objects open.
    /// Results have members that no specification names.
    MCP_FURTHER_MEMBERS,
    // Caching: 0 is a time, and lists that are the same for all may be public.
    /// Nothing may be kept, by anybody.
    MCP_NOTHING_IS_KEPT,
    // Subscriptions: a server without changes need not have the method; the SDK for Python and rmcp answer -32601.
    /// Nothing ever changes, and nobody can listen.
    MCP_NOTHING_TO_LISTEN_TO.examined(),
    // Multi Round-Trip Requests: `requestState` is optional; the SDK for TypeScript gives none by itself.
    /// A result that asks for input has no state.
    MCP_INPUT_WITHOUT_STATE,
    // Multi Round-Trip Requests: `inputRequests` is optional, and a client may then ask again at once.
    /// The first answer to a request that needs input only has a state.
    MCP_STATE_BEFORE_QUESTIONS,
    // Elicitation, Error Handling: how a refusal of the user is handled is up to the server.
    /// A request whose user declines is answered with an error.
    MCP_DECLINED_INPUT_IS_AN_ERROR,
    // Lifecycle, Operation: a server may ping its client as soon as the session is open.
    /// The server pings its client at once.
    MCP_PINGS_ITS_CLIENT,
    // Roots: no server needs to ask.
    /// The server does not ask for roots by itself.
    MCP_DOES_NOT_ASK_FOR_ROOTS,
}

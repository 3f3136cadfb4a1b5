//! The revisions of the protocol that the server has.

use crate::variant::variant;

/// Those that open a session with `initialize`, oldest first.
pub(super) const LEGACY: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

/// The one without sessions.
pub(super) const MODERN: &str = "2026-07-28";

/// Whether the server opens sessions.
pub(super) fn has_sessions() -> bool {
    !variant!(MCP_MODERN_ONLY)
}

/// Whether the server answers requests without a session.
pub(super) fn has_modern() -> bool {
    !variant!(MCP_LEGACY_ONLY)
}

/// The revisions that the server names to clients without a session, newest first.
pub(super) fn supported() -> Vec<&'static str> {
    let mut supported = vec![MODERN];
    if has_sessions() && !variant!(MCP_NAMES_ONE_ERA) {
        supported.extend(LEGACY.iter().rev());
    }
    supported
}

/// The names of members of `_meta` in the modern era.
pub(super) mod meta {
    /// The version of a request.
    pub(in crate::mcp) const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
    /// The capabilities of the client.
    pub(in crate::mcp) const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
    /// Who the client is.
    pub(in crate::mcp) const CLIENT: &str = "io.modelcontextprotocol/clientInfo";
    /// The least level of log messages that the client wants.
    pub(in crate::mcp) const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";
    /// The id of the subscription that a notification belongs to.
    pub(in crate::mcp) const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";
    /// Who the server is.
    pub(in crate::mcp) const SERVER: &str = "io.modelcontextprotocol/serverInfo";
}

/// What a request is answered by: the rules of a session, or those that the request itself names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Era {
    /// In a session of this revision.
    Legacy(&'static str),
    /// By itself.
    Modern,
}

impl Era {
    /// Whether what came with this revision is there.
    pub(super) fn has(self, revision: &str) -> bool {
        match self {
            Self::Legacy(own) => own >= revision,
            Self::Modern => true,
        }
    }
}

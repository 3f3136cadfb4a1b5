//! Who is at the other end of the connection.

/// What is known of the client after `initialize`.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// What the server calls itself towards others: the client's name, or its override.
    pub(crate) originator: String,
    pub(crate) user_agent: String,
    pub(crate) experimental: bool,
}

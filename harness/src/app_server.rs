//! The app-server handshake: the one place, with `mcp`, where the harness names methods of the protocol.

use serde_json::{Value, json};

use crate::failure::Result;
use crate::mcp;
use crate::peer::Peer;
use crate::profile::Handshake;

/// The first request of every connection.
pub const INITIALIZE: &str = "initialize";
/// The notification that follows its answer.
pub(crate) const INITIALIZED: &str = "initialized";
/// Methods by which a server of dialect `v1` is known, and that it serves without parameters; the first changes nothing.
pub const V1_METHODS: [&str; 2] = ["listConversations", "newConversation"];
/// The same for dialect `v2`.
pub const V2_METHODS: [&str; 3] = ["thread/list", "model/list", "thread/start"];
/// The name that we give ourselves.
pub const CLIENT_NAME: &str = "proctor";

/// Who we are.
pub(crate) fn client_info() -> Value {
    json!({ "name": CLIENT_NAME, "title": "Proctor", "version": env!("CARGO_PKG_VERSION") })
}

/// The parameters of `initialize`.
pub(crate) fn initialize_params() -> Value {
    json!({ "clientInfo": client_info() })
}

impl Peer {
    /// Greets the subject in the form that it speaks and returns what it said of itself.
    pub async fn initialize(&mut self) -> Result<Value> {
        self.initialize_with(self.initialize_params()).await
    }

    /// The parameters of `initialize` in the form that the subject speaks.
    pub fn initialize_params(&self) -> Value {
        match self.handshake() {
            Handshake::AppServer => initialize_params(),
            Handshake::Mcp => mcp::initialize_params(),
        }
    }

    /// Greets the subject with these parameters.
    pub async fn initialize_with(&mut self, params: Value) -> Result<Value> {
        let result = self.call(INITIALIZE, params).await?;
        let initialized = match self.handshake() {
            Handshake::AppServer => INITIALIZED,
            Handshake::Mcp => mcp::INITIALIZED,
        };
        self.notify(initialized, Value::Null).await?;
        Ok(result)
    }
}

//! The app-server handshake. Apart from `mcp`, no other module of the harness names methods of the
//! protocol.

use serde_json::{Value, json};

use crate::failure::Result;
use crate::mcp;
use crate::peer::Peer;
use crate::profile::Handshake;

/// The first request of every connection.
pub const INITIALIZE: &str = "initialize";
/// The notification that follows its answer.
pub(crate) const INITIALIZED: &str = "initialized";
/// Methods that identify a server of dialect `v1` and need no parameters; the first changes nothing.
pub const V1_METHODS: [&str; 2] = ["listConversations", "newConversation"];
/// The methods that identify dialect `v2`.
pub const V2_METHODS: [&str; 3] = ["thread/list", "model/list", "thread/start"];
/// The name that this client gives itself.
pub const CLIENT_NAME: &str = "proctor";

/// The `clientInfo` of this client.
pub(crate) fn client_info() -> Value {
    json!({ "name": CLIENT_NAME, "title": "Proctor", "version": env!("CARGO_PKG_VERSION") })
}

/// The parameters of `initialize`.
pub(crate) fn initialize_params() -> Value {
    json!({ "clientInfo": client_info() })
}

impl Peer {
    /// Sends the greeting in the form that the subject speaks, and returns the subject's answer.
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

    /// Sends a greeting with these parameters.
    pub async fn initialize_with(&mut self, params: Value) -> Result<Value> {
        if let Some(answer) = self.greeted(&params) {
            return Ok(answer);
        }
        let result = self.call(INITIALIZE, params.clone()).await?;
        let initialized = match self.handshake() {
            Handshake::AppServer => INITIALIZED,
            Handshake::Mcp => mcp::INITIALIZED,
        };
        self.notify(initialized, Value::Null).await?;
        self.keep_greeting(params, &result);
        Ok(result)
    }
}

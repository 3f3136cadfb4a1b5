//! Tools of the client: named when a thread starts, and called by the model.

use harness::{Call, Failure, Result};
use serde_json::{Value, json};

use super::{Client, Start, Thread};

/// The name of the client's tool.
pub const TOOL: &str = "look_up";

/// The description of a tool of the client with this name.
pub fn dynamic_tool(name: &str) -> Value {
    json!({
        "type": "function",
        "name": name,
        "description": "Looks something up.",
        "inputSchema": {
            "type": "object",
            "properties": { "word": { "type": "string" } },
            "required": ["word"],
        },
    })
}

impl Client<'_> {
    /// Initializes the connection. A subject that ignores the tools of the client does not have
    /// them: that is how it treats every unknown member.
    pub async fn initialize_with_tools(&mut self) -> Result {
        self.initialize_experimental().await?;
        let unreadable = json!({ "cwd": self.cx.home.work(), "dynamicTools": 7 });
        if self.cx.peer.request("thread/start", unreadable).await?.is_error() {
            return Ok(());
        }
        Err(Failure::not_offered("thread/start.dynamicTools"))
    }

    /// Initializes the connection and starts a thread with [`TOOL`]; calls of it are kept.
    pub async fn start_with_tool(&mut self) -> Result<Thread> {
        self.initialize_with_tools().await?;
        self.start_thread_with_tool().await
    }

    /// Starts a thread with [`TOOL`]; calls of it are kept.
    pub async fn start_thread_with_tool(&mut self) -> Result<Thread> {
        self.cx.peer.hold("item/tool/call");
        let more = json!({ "dynamicTools": [dynamic_tool(TOOL)] });
        self.start_with(Start { more, ..Start::default() }).await
    }

    /// Waits for the next call of a tool of the client.
    pub async fn tool_call(&mut self) -> Result<Call> {
        self.cx.peer.server_request("item/tool/call").await
    }
}

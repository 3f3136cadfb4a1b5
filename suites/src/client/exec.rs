//! One command, outside of any thread.

use harness::Reply;
use harness::Result;
use harness::Ticket;
use serde_json::{Value, json};

use super::{Client, add};

impl Client<'_> {
    /// Runs a command, with further members of the request, and waits for the answer.
    pub async fn exec(&mut self, command: &[&str], more: Value) -> Result<Reply> {
        let ticket = self.send_exec(command, more).await?;
        self.cx.peer.answer(&ticket).await
    }

    /// Requests to run a command, with further members of the request, and does not wait for the
    /// answer.
    pub async fn send_exec(&mut self, command: &[&str], more: Value) -> Result<Ticket> {
        let mut params = json!({ "command": command });
        add(&mut params, more);
        self.cx.peer.send(self.protocol().exec, params).await
    }
}

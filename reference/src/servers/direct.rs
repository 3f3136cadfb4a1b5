//! Requests of clients to MCP servers, without the model.

use std::rc::Rc;

use serde_json::{Value, json};

use super::Servers;
use super::connection::Connection;
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;
use crate::settings::Overrides;
use crate::threads::Thread;

impl Servers {
    /// The server of this name, once it has started.
    async fn named(&self, name: &str) -> Result<Rc<Connection>, Refusal> {
        let found = self.0.borrow().iter().find(|connection| connection.name == name).cloned();
        let found =
            found.ok_or_else(|| Refusal::internal(format!("unknown MCP server '{name}'")))?;
        found.settled.fired().await;
        Ok(found)
    }

    /// Starts the servers that are new in the configuration, and ends those that are gone.
    fn change(&self, server: &Server, thread: &Rc<Thread>) {
        let cwd = thread.state().settings.cwd.clone();
        let wishes = Overrides { cwd: Some(cwd.clone()), ..Overrides::default() };
        let Ok(now) = server.configs.derive(&wishes) else { return };
        if fault!(RELOAD_IGNORED) {
            return;
        }
        let mut fresh = (*now.servers).clone();
        self.0.borrow().iter().for_each(|connection| drop(fresh.remove(&connection.name)));
        let keeps_others = !fault!(RELOAD_ENDS_THE_OTHERS);
        self.0.borrow_mut().retain(|connection| {
            let stays = now.servers.contains_key(&connection.name) && keeps_others;
            if !stays {
                connection.end.fire();
            }
            stays
        });
        self.launch(server, thread, &fresh, &cwd);
        thread.state_mut().settings.servers = now.servers;
    }
}

/// Calls a tool.
pub(crate) async fn call(
    thread: &Thread,
    name: &str,
    tool: &str,
    arguments: &Value,
) -> Result<Value, Refusal> {
    let connection = match thread.servers.named(name).await {
        Err(_) if fault!(UNKNOWN_SERVER_ANSWERED) => return Ok(json!({ "content": [] })),
        connection => connection?,
    };
    let lost = fault!(DIRECT_CALL_LOSES_ITS_ARGUMENTS);
    let arguments = if lost { &json!({}) } else { arguments };
    let params = json!({ "name": tool, "arguments": arguments });
    match connection.request("tools/call", &params).await {
        Ok(mut result) => {
            if fault!(DIRECT_RESULT_LOST) {
                result["content"] = json!([]);
            }
            Ok(result)
        }
        Err(_) if fault!(UNKNOWN_TOOL_ANSWERED) => Ok(json!({ "content": [] })),
        Err(reason) => {
            Err(Refusal::internal(format!("tool call failed for `{name}/{tool}`: {reason}")))
        }
    }
}

/// Reads a resource.
pub(crate) async fn read(thread: &Thread, name: &str, uri: &str) -> Result<Value, Refusal> {
    let connection = thread.servers.named(name).await?;
    match connection.request("resources/read", &json!({ "uri": uri })).await {
        Ok(mut result) => {
            if fault!(RESOURCE_LOSES_ITS_CONTENTS) {
                result["contents"] = json!([]);
            }
            Ok(json!({ "contents": result["contents"] }))
        }
        Err(_) if fault!(UNKNOWN_RESOURCE_ANSWERED) => Ok(json!({ "contents": [] })),
        Err(reason) => {
            Err(Refusal::internal(format!("resources/read failed for `{name}` ({uri}): {reason}")))
        }
    }
}

/// Lets all threads have the servers that are configured now.
pub(crate) fn reload(server: &Server) -> Value {
    for thread in server.threads() {
        thread.servers.change(server, &thread);
    }
    json!({})
}

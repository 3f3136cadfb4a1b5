//! What clients want of the MCP servers of a thread.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::Value;

use super::turns::find;
use crate::outbox::Reply;
use crate::server::Server;
use crate::servers;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ToolCall {
    thread_id: String,
    server: String,
    tool: String,
    #[serde(default)]
    arguments: Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResourceRead {
    thread_id: String,
    server: String,
    uri: String,
}

pub(super) fn call(server: &Rc<Server>, reply: Reply, params: ToolCall) {
    match find(server, &params.thread_id) {
        Err(refusal) => reply.refuse(refusal),
        Ok(thread) => {
            tokio::task::spawn_local(async move {
                let ToolCall { server, tool, arguments, .. } = &params;
                reply.send(servers::call(&thread, server, tool, arguments).await);
            });
        }
    }
}

pub(super) fn read(server: &Rc<Server>, reply: Reply, params: ResourceRead) {
    match find(server, &params.thread_id) {
        Err(refusal) => reply.refuse(refusal),
        Ok(thread) => {
            tokio::task::spawn_local(async move {
                reply.send(servers::read(&thread, &params.server, &params.uri).await);
            });
        }
    }
}

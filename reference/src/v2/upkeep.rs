//! Requests about a thread that begin no turn of their own.

use std::rc::Rc;

use crate::call::Call;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;
use crate::servers;

use super::{account, goal, injection, line, mcp_servers, metadata, search, thread_settings};

/// Answers them.
pub(super) fn handle(server: &Rc<Server>, reply: Reply, call: Call) {
    match call {
        Call::ThreadMetadataUpdate(params) => reply.send(metadata::update(server, params)),
        Call::ThreadInjectItems(params) => reply.send(injection::inject(server, params)),
        Call::ThreadSettingsUpdate(params) => thread_settings::update(server, reply, params),
        Call::ThreadSearch(params) => reply.send(search::threads(server, &params)),
        Call::ThreadSearchOccurrences(params) => reply.send(search::occurrences(server, &params)),
        Call::ThreadGoalSet(params) => goal::set(server, reply, params),
        Call::ThreadGoalGet(params) => reply.send(goal::get(server, &params)),
        Call::ThreadGoalClear(params) => goal::clear(server, reply, &params),
        Call::ThreadQueueAdd(params) => line::add(server, reply, params),
        Call::ThreadQueueList(params) => reply.send(line::list(server, &params)),
        Call::ThreadQueueUpdate(params) => reply.send(line::update(server, params)),
        Call::ThreadQueueDelete(params) => reply.send(line::delete(server, &params)),
        Call::ThreadQueueReorder(params) => reply.send(line::reorder(server, &params)),
        Call::ThreadQueueStart(params) => reply.send(line::start(server, &params)),
        Call::McpServerToolUse(params) => mcp_servers::call(server, reply, params),
        Call::McpServerResourceRead(params) => mcp_servers::read(server, reply, params),
        Call::ConfigMcpServerReload(_) => reply.ok(servers::reload(server)),
        Call::AccountRateLimitsRead(_) => account::limits(server, reply),
        _ => reply.refuse(Refusal::internal("nobody answers this method")),
    }
}

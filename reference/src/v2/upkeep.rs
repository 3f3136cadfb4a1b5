//! Requests about a thread that begin no turn of their own.

use std::rc::Rc;

use serde_json::json;

use crate::call::Call;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;
use crate::servers;

use super::{
    account, attachments, goal, injection, inventory, kept, line, mcp_servers, metadata, projects,
    sample, search, thread_settings, timeline,
};

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
        call => belongings(server, reply, call),
    }
}

/// Answers requests about what clients keep with the server.
fn belongings(server: &Rc<Server>, reply: Reply, call: Call) {
    match call {
        Call::ProjectCreate(params) | Call::ProjectImport(params) => {
            projects::create(server, reply, params);
        }
        Call::ProjectList(params) => reply.send(projects::list(server, &params)),
        Call::ProjectRead(params) => reply.send(projects::read(server, &params)),
        Call::ProjectUpdate(params) => projects::update(server, reply, params),
        Call::ProjectMove(params) => projects::move_before(server, reply, &params),
        Call::ProjectDelete(params) => projects::delete(server, reply, &params),
        Call::ThreadAttachmentAdd(params) => attachments::add(server, reply, params),
        Call::ThreadAttachmentRemove(params) => attachments::remove(server, reply, &params),
        Call::ThreadAttachmentList(params) => reply.send(attachments::list(server, &params)),
        Call::ThreadAttachmentOwnerList(params) => reply.send(attachments::owners(server, &params)),
        Call::ThreadIncrementElicitation(params) => reply.send(kept::count(server, &params, true)),
        Call::ThreadDecrementElicitation(params) => {
            reply.send(kept::count(server, &params, false));
        }
        Call::ThreadReadStateUpdate(params) => kept::read(server, reply, &params),
        Call::ThreadMemoryModeSet(params) => reply.send(kept::memory_mode(server, &params)),
        Call::ThreadMemoryRead(params) => reply.send(kept::memory(server, &params)),
        Call::ThreadTimelineList(params) => reply.send(timeline::list(server, &params)),
        Call::ThreadItemsRead(params) => reply.send(timeline::read(server, &params)),
        Call::ThreadSample(params) => sample::sample(server, reply, params),
        Call::ThreadSearchStream(params) => search::stream(server, reply, &params),
        Call::ServerDiagnostics(_) => reply.ok(inventory::diagnostics(server)),
        Call::RolloutCompress(_) => reply.ok(inventory::compress(server)),
        Call::AppInstalled(_) => reply.ok(json!({ "apps": [] })),
        Call::AppRead(params) => reply.ok(inventory::read_apps(params)),
        Call::ExperimentalFeatureEnablementSet(params) => {
            reply.ok(inventory::enable(server, params));
        }
        Call::ModelProviderCapabilitiesRead(_) => reply.ok(inventory::capabilities()),
        Call::ModelProviderDefaultSet(params) => reply.send(inventory::set_default(server, params)),
        _ => reply.refuse(Refusal::internal("nobody answers this method")),
    }
}

//! The names of threads.

use serde_json::json;

use super::params::ThreadNameSet;
use super::threads::{no_rollout, parse_id};
use crate::fault::fault;
use crate::faults;
use crate::lifecycle;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;
use crate::store;

/// Gives a thread a name.
pub(super) fn set(server: &Server, reply: Reply, params: &ThreadNameSet) {
    let named = parse_id(&params.thread_id, "thread").and_then(|id| {
        let name = &crate::faults::forms::name(params.name.trim());
        let any = fault!(EMPTY_NAME_TAKEN);
        if name.is_empty() && !any {
            return Err(Refusal::invalid("thread name must not be empty"));
        }
        let loaded = server.thread(id);
        let nobody = loaded.is_none() && lifecycle::rollout(server, id).is_none();
        if nobody && !fault!(NOBODY_IS_NAMED) {
            return Err(no_rollout(id));
        }
        store::set_name(&server.home, id, name)
            .map_err(|error| Refusal::internal(format!("failed to set thread name: {error}")))?;
        if let Some(thread) = loaded.filter(|_| !fault!(NAME_NOT_READ)) {
            thread.state_mut().name = Some(name.to_owned());
            faults::moments::disturbed(&thread, faults::moments::Request::Rename);
        }
        Ok(json!({ "threadId": id, "threadName": name }))
    });
    match named {
        Err(refusal) => reply.refuse(refusal),
        Ok(update) => {
            reply.ok(json!({}));
            if !fault!(NAME_UNTOLD) {
                server.out.notify_v2("thread/name/updated", &update);
            }
        }
    }
}

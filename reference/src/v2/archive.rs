//! Threads put away and brought back.

use std::rc::Rc;

use serde_json::json;
use uuid::Uuid;

use super::params::ThreadId;
use super::render;
use super::threads::{no_rollout, parse_id};
use crate::fault::fault;
use crate::lifecycle;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;
use crate::store::{self, Shelf};
use crate::threads::Status;

pub(super) fn archive(server: &Rc<Server>, reply: Reply, params: ThreadId) {
    let server = server.clone();
    tokio::task::spawn_local(async move {
        match archived(&server, &params).await {
            Err(refusal) => reply.refuse(refusal),
            Ok(id) => {
                reply.ok(json!({}));
                if !fault!(ARCHIVE_UNANNOUNCED) {
                    server.out.notify_v2("thread/archived", &json!({ "threadId": id }));
                }
            }
        }
    });
}

async fn archived(server: &Server, params: &ThreadId) -> Result<Uuid, Refusal> {
    let id = parse_id(&params.thread_id, "session")
        .or_else(|refusal| lifecycle::guess(server, &params.thread_id).ok_or(refusal))?;
    let Some(path) = lifecycle::rollout(server, id) else {
        if fault!(ARCHIVE_OF_NOTHING_SUCCEEDS) {
            return Ok(id);
        }
        if server.thread(id).is_some() && fault!(ARCHIVE_OF_A_SILENT_ONE_BREAKS) {
            return Err(Refusal::internal("No such file or directory (os error 2)"));
        }
        return Err(no_rollout(id));
    };
    let subscribed = server.thread(id).is_some_and(|thread| thread.state().subscribed);
    lifecycle::archive(server, &path, id)
        .await
        .map_err(|error| Refusal::internal(error.to_string()))?;
    if subscribed {
        let status = render::status(&Status::NotLoaded);
        let params = json!({ "threadId": id, "status": status });
        server.out.notify_v2("thread/status/changed", &params);
    }
    Ok(id)
}

pub(super) fn delete(server: &Rc<Server>, reply: Reply, params: ThreadId) {
    let server = server.clone();
    tokio::task::spawn_local(async move {
        let id = match parse_id(&params.thread_id, "session") {
            Err(refusal) => return reply.refuse(refusal),
            Ok(id) => id,
        };
        let ephemeral = server.thread(id).is_some_and(|thread| thread.ephemeral);
        if ephemeral && !fault!(EPHEMERAL_THREAD_DELETED) {
            let reason = format!("thread is not persisted and cannot be deleted: {id}");
            return reply.refuse(Refusal::invalid(reason));
        }
        match lifecycle::delete(&server, id).await {
            Err(error) => reply.refuse(Refusal::internal(error.to_string())),
            Ok(false) => reply.refuse(no_rollout(id)),
            Ok(true) => {
                reply.ok(json!({}));
                if !fault!(DELETION_UNANNOUNCED) {
                    server.out.notify_v2("thread/deleted", &json!({ "threadId": id }));
                }
            }
        }
    });
}

pub(super) fn unarchive(server: &Server, reply: Reply, params: &ThreadId) {
    let restored = parse_id(&params.thread_id, "session").and_then(|id| {
        let live = fault!(UNARCHIVE_OF_ANYTHING);
        let path = store::find(&server.home, Shelf::Archived, id)
            .or_else(|| store::find(&server.home, Shelf::Live, id).filter(|_| live))
            .ok_or_else(|| {
                Refusal::invalid(format!("no archived rollout found for thread id {id}"))
            })?;
        let failed = |error: std::io::Error| {
            Refusal::internal(format!("failed to unarchive thread: {error}"))
        };
        let path = store::unarchive(&server.home, &path).map_err(failed)?;
        let summary = store::summary(&path).map_err(failed)?.ok_or_else(|| no_rollout(id))?;
        Ok((id, render::stored(server, &summary, Vec::new())))
    });
    match restored {
        Err(refusal) => reply.refuse(refusal),
        Ok((id, thread)) => {
            reply.ok(json!({ "thread": thread }));
            if !fault!(UNARCHIVE_UNANNOUNCED) {
                server.out.notify_v2("thread/unarchived", &json!({ "threadId": id }));
            }
        }
    }
}

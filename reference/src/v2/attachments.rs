//! Attachments: what clients note about a thread, each under a type and a key.

use std::cell::RefCell;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::inventory;
use crate::fault::fault;
use crate::lifecycle;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;

/// All attachments, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Attachments(RefCell<Vec<Attachment>>);

#[derive(Debug, Clone)]
struct Attachment {
    id: String,
    thread: String,
    kind: String,
    key: String,
    payload: Value,
    created: i64,
}

/// Parameters of `thread/attachment/add` and `thread/attachment/remove`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfKey {
    thread_id: String,
    attachment_type: String,
    identity_key: String,
    #[serde(default)]
    payload: Value,
}

/// Parameters of `thread/attachment/list`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct List {
    thread_id: String,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Parameters of `thread/attachmentOwner/list`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Owners {
    attachment_type: String,
    identity_key: String,
    cursor: Option<String>,
    limit: Option<u32>,
}

impl Attachment {
    fn is(&self, named: &OfKey) -> bool {
        self.thread == named.thread_id
            && self.kind == named.attachment_type
            && self.key == named.identity_key
    }

    fn shown(&self) -> Value {
        let Self { id, kind, key, payload, created, .. } = self;
        json!({ "id": id, "attachmentType": kind, "identityKey": key, "payload": payload,
            "createdAt": created })
    }

    fn tell(&self, server: &Server, operation: &str) {
        if !fault!(ATTACHMENTS_UNTOLD) {
            let params = json!({ "threadId": self.thread, "attachmentType": self.kind,
                "identityKey": self.key, "attachmentId": self.id, "operation": operation });
            server.out.notify_v2("thread/attachment/updated", &params);
        }
    }
}

fn checked(server: &Server, named: &OfKey) -> Result<(), Refusal> {
    let id = Uuid::parse_str(&named.thread_id).ok();
    if fault!(ATTACHED_TO_NO_THREAD) {
        return Ok(());
    }
    if !id.is_some_and(|id| lifecycle::is_known(server, id)) {
        return Err(Refusal::params(format!("thread not found: {}", named.thread_id)));
    }
    if named.attachment_type.is_empty() {
        return Err(Refusal::params("attachmentType must not be empty"));
    }
    Ok(())
}

/// `thread/attachment/add`: the one of that key stays as it is, if there is one.
pub(super) fn add(server: &Server, reply: Reply, params: OfKey) {
    if let Err(refusal) = checked(server, &params) {
        return reply.refuse(refusal);
    }
    let all = &server.kept.attachments.0;
    let known = all.borrow().iter().find(|known| known.is(&params)).cloned();
    if let Some(known) = known.filter(|_| !fault!(ATTACHMENT_ADDED_TWICE)) {
        return reply.ok(json!({ "outcome": "existing", "attachment": known.shown() }));
    }
    let payload = if fault!(ATTACHMENT_WITHOUT_ITS_PAYLOAD) { Value::Null } else { params.payload };
    let new = Attachment {
        id: Uuid::now_v7().to_string(),
        thread: params.thread_id,
        kind: params.attachment_type,
        key: params.identity_key,
        payload,
        created: Timestamp::now().as_second(),
    };
    all.borrow_mut().push(new.clone());
    reply.ok(json!({ "outcome": "created", "attachment": new.shown() }));
    new.tell(server, "created");
}

/// `thread/attachment/remove`: one that is not there is not there any more.
pub(super) fn remove(server: &Server, reply: Reply, params: &OfKey) {
    let all = &server.kept.attachments.0;
    let at = all.borrow().iter().position(|known| known.is(params));
    let removed = at.filter(|_| !fault!(ATTACHMENT_STAYS)).map(|at| all.borrow_mut().remove(at));
    reply.ok(json!({}));
    if let Some(removed) = removed {
        removed.tell(server, "deleted");
    }
}

/// `thread/attachment/list`: a page of those of a thread.
pub(super) fn list(server: &Server, params: &List) -> Result<Value, Refusal> {
    let all = server.kept.attachments.0.borrow();
    let of_thread = |it: &&Attachment| it.thread == params.thread_id;
    let of_thread = all.iter().filter(of_thread).map(Attachment::shown).collect();
    inventory::page(of_thread, params.cursor.as_ref(), params.limit)
}

/// `thread/attachmentOwner/list`: a page of the threads with such an attachment.
pub(super) fn owners(server: &Server, params: &Owners) -> Result<Value, Refusal> {
    let any_key = fault!(OWNERS_OF_ANY_KEY);
    let all = server.kept.attachments.0.borrow();
    let has = |it: &&Attachment| {
        it.kind == params.attachment_type && (any_key || it.key == params.identity_key)
    };
    let owners = all.iter().filter(has);
    let owners = owners.map(|it| json!({ "threadId": it.thread, "archived": false })).collect();
    inventory::page(owners, params.cursor.as_ref(), params.limit)
}

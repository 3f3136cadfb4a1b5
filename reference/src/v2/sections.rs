//! Sections: named groups that the user sorts threads into.

use std::cell::RefCell;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::inventory;
use super::params::Page;
use super::threads::{no_rollout, parse_id};
use crate::fault::fault;
use crate::lifecycle;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;

/// All sections, and which thread is in which.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    all: RefCell<Vec<Section>>,
    threads: RefCell<HashMap<Uuid, String>>,
}

#[derive(Debug)]
struct Section {
    id: String,
    name: String,
}

/// Parameters of `threadSection/create`.
#[derive(Debug, Deserialize)]
pub(crate) struct Create {
    name: String,
}

/// Parameters of `threadSection/update`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Update {
    section_id: String,
    name: String,
}

/// Parameters of `threadSection/delete`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delete {
    section_id: String,
}

/// Parameters of `thread/section/move`; without a section, out of all.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Move {
    thread_id: String,
    section_id: Option<String>,
}

impl Sections {
    /// Whether a thread is in the section that a list is about, if it is about one.
    pub(super) fn has(&self, section: Option<&str>, thread: Uuid) -> bool {
        let threads = self.threads.borrow();
        let own = threads.get(&thread);
        let orphaned = || own.is_some_and(|own| !self.knows(own));
        match section.filter(|_| !fault!(SECTION_FILTER_IGNORED)) {
            None => !take_their_threads() || !orphaned(),
            Some(section) => own.is_some_and(|own| own == section),
        }
    }

    fn knows(&self, id: &str) -> bool {
        self.all.borrow().iter().any(|section| section.id == id)
    }
}

/// Whether a defect lets the threads of a section end with it.
fn take_their_threads() -> bool {
    fault!(SECTION_ENDS_WITH_ITS_THREADS)
}

fn shown(section: &Section) -> Value {
    json!({ "id": section.id, "name": section.name, "appearance": null })
}

fn unknown(id: &str) -> Refusal {
    Refusal::params(format!("thread section not found: {id}"))
}

fn name(given: &str) -> Result<String, Refusal> {
    let name = given.trim();
    if name.is_empty() && !fault!(SECTION_WITHOUT_A_NAME) {
        return Err(Refusal::params("section name must not be empty"));
    }
    Ok(name.to_owned())
}

/// `threadSection/list`: a page of the sections, in the order in which they were made.
pub(super) fn list(server: &Server, params: &Page) -> Result<Value, Refusal> {
    let all = server.sections.all.borrow();
    let all = all.iter().filter(|_| !fault!(SECTION_UNLISTED)).map(shown).collect();
    inventory::page(all, params.cursor.as_ref(), params.limit)
}

/// `threadSection/create`.
pub(super) fn create(server: &Server, params: Create) -> Result<Value, Refusal> {
    let Create { name: given } = params;
    let section = Section { id: Uuid::now_v7().to_string(), name: name(&given)? };
    let result = json!({ "section": shown(&section) });
    server.sections.all.borrow_mut().push(section);
    Ok(result)
}

/// `threadSection/update`: renames a section.
pub(super) fn update(server: &Server, params: Update) -> Result<Value, Refusal> {
    let Update { section_id: id, name: given } = params;
    let name = name(&given)?;
    let mut all = server.sections.all.borrow_mut();
    let section = all.iter_mut().find(|section| section.id == id).ok_or_else(|| unknown(&id))?;
    if !fault!(SECTION_RENAME_FORGOTTEN) {
        section.name = name;
    }
    Ok(json!({ "section": shown(section) }))
}

/// `threadSection/delete`: the section alone, not its threads.
pub(super) fn delete(server: &Server, params: &Delete) -> Result<Value, Refusal> {
    let id = &params.section_id;
    if !server.sections.knows(id) {
        return Err(unknown(id));
    }
    if !fault!(SECTION_OUTLIVES_ITS_END) {
        server.sections.all.borrow_mut().retain(|section| section.id != *id);
    }
    if !take_their_threads() {
        server.sections.threads.borrow_mut().retain(|_, section| section != id);
    }
    Ok(json!({}))
}

/// `thread/section/move`: told to all clients.
pub(super) fn move_thread(server: &Server, reply: Reply, params: Move) {
    let section = params.section_id.clone();
    match moved(server, params) {
        Err(refusal) => reply.refuse(refusal),
        Ok(thread) => {
            reply.ok(json!({}));
            if !fault!(SECTION_MOVE_UNTOLD) {
                let params = json!({ "threadId": thread, "sectionId": section });
                server.out.notify_v2("thread/section/changed", &params);
            }
        }
    }
}

fn moved(server: &Server, params: Move) -> Result<Uuid, Refusal> {
    let id = parse_id(&params.thread_id, "thread")?;
    if server.thread(id).is_none() && lifecycle::rollout(server, id).is_none() {
        return Err(no_rollout(id));
    }
    let sections = &server.sections;
    let mut threads = sections.threads.borrow_mut();
    match params.section_id {
        Some(section) if !sections.knows(&section) && !fault!(SECTION_MADE_UP) => {
            return Err(unknown(&section));
        }
        _ if fault!(SECTION_MOVE_FORGOTTEN) => {}
        Some(section) => drop(threads.insert(id, section)),
        None => drop(threads.remove(&id)),
    }
    Ok(id)
}

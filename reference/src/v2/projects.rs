//! Projects: names for folders that threads belong to.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::inventory;
use super::params::Page;
use crate::fault::fault;
use crate::lifecycle;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;

/// All projects in the order of the user, and which thread is in which.
#[derive(Debug, Default)]
pub(crate) struct Projects {
    all: RefCell<Vec<Project>>,
    threads: RefCell<BTreeMap<Uuid, String>>,
}

#[derive(Debug, Clone)]
struct Project {
    id: String,
    /// The word by which a client asks for it again.
    key: String,
    name: String,
    roots: Vec<Value>,
    metadata: BTreeMap<String, String>,
    created: i64,
    updated: i64,
}

/// Parameters of `project/create` and `project/import`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Create {
    idempotency_key: String,
    name: String,
    roots: Vec<Value>,
    metadata: Option<BTreeMap<String, String>>,
    threads: Option<Vec<String>>,
}

/// Parameters of `project/read` and `project/delete`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfProject {
    project_id: String,
}

/// Parameters of `project/update`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Update {
    project_id: String,
    name: Option<String>,
    roots: Option<Vec<Value>>,
    metadata: Option<BTreeMap<String, String>>,
}

/// Parameters of `project/move`; without another one, to the end.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Move {
    project_id: String,
    before_project_id: Option<String>,
}

impl Projects {
    /// The project of a thread.
    pub(crate) fn of(&self, thread: Uuid) -> Option<String> {
        self.threads.borrow().get(&thread).cloned()
    }

    /// Puts a thread into a project.
    pub(super) fn put(&self, thread: Uuid, project: &str) {
        self.threads.borrow_mut().insert(thread, project.to_owned());
    }

    /// The place of a project.
    pub(super) fn place(&self, id: &str) -> Result<usize, Refusal> {
        let place = self.all.borrow().iter().position(|project| project.id == id);
        place.ok_or_else(|| Refusal::params(format!("project not found: {id}")))
    }
}

fn shown(project: &Project) -> Value {
    let Project { id, name, roots, metadata, created, updated, .. } = project;
    json!({ "id": id, "name": name, "roots": roots, "metadata": metadata, "position": 0,
        "createdAt": created, "updatedAt": updated, "recencyAt": null })
}

fn name(given: &str) -> Result<String, Refusal> {
    let name = given.trim();
    if name.is_empty() && !fault!(PROJECT_WITHOUT_A_NAME) {
        return Err(Refusal::params("project name must not be empty"));
    }
    Ok(name.to_owned())
}

/// Tells the clients what has become of a project.
fn tell(server: &Server, id: &str, change: &str) {
    if !fault!(PROJECT_CHANGES_UNTOLD) {
        let params = json!({ "projectId": id, "changeType": change });
        server.out.notify_v2("project/changed", &params);
    }
}

fn tell_of_thread(server: &Server, thread: Uuid, project: Option<&str>) {
    let params = json!({ "threadId": thread, "projectId": project });
    server.out.notify_v2("thread/project/updated", &params);
}

/// `project/create` and `project/import`: the one of that key, if there is one.
pub(super) fn create(server: &Server, reply: Reply, params: Create) {
    let mut threads = Vec::new();
    for thread in params.threads.iter().flatten() {
        let id = Uuid::parse_str(thread).ok();
        match id.filter(|id| lifecycle::is_known(server, *id)) {
            Some(id) => threads.push(id),
            None => return reply.refuse(Refusal::params(format!("thread not found: {thread}"))),
        }
    }
    let name = match name(&params.name) {
        Ok(name) => name,
        Err(refusal) => return reply.refuse(refusal),
    };
    let known = server
        .kept
        .projects
        .all
        .borrow()
        .iter()
        .find(|it| it.key == params.idempotency_key)
        .cloned();
    if let Some(known) = known.filter(|_| !fault!(PROJECT_CREATED_TWICE)) {
        return reply.ok(json!({ "project": shown(&known) }));
    }
    let now = Timestamp::now().as_second();
    let project = Project {
        id: Uuid::now_v7().to_string(),
        key: params.idempotency_key,
        name,
        roots: params.roots,
        metadata: params.metadata.unwrap_or_default(),
        created: now,
        updated: now,
    };
    server.kept.projects.all.borrow_mut().push(project.clone());
    reply.ok(json!({ "project": shown(&project) }));
    tell(server, &project.id, "created");
    for thread in threads {
        server.kept.projects.put(thread, &project.id);
        tell_of_thread(server, thread, Some(&project.id));
    }
}

/// `project/list`: a page of the projects.
pub(super) fn list(server: &Server, params: &Page) -> Result<Value, Refusal> {
    let all = server.kept.projects.all.borrow().iter().map(shown).collect();
    inventory::page(all, params.cursor.as_ref(), params.limit)
}

/// `project/read`.
pub(super) fn read(server: &Server, params: &OfProject) -> Result<Value, Refusal> {
    let at = server.kept.projects.place(&params.project_id)?;
    Ok(json!({ "project": shown(&server.kept.projects.all.borrow()[at]) }))
}

/// `project/update`: what is not named stays.
pub(super) fn update(server: &Server, reply: Reply, params: Update) {
    let id = params.project_id.clone();
    match updated(server, params) {
        Err(refusal) => reply.refuse(refusal),
        Ok(project) => {
            reply.ok(json!({ "project": project }));
            tell(server, &id, "updated");
        }
    }
}

fn updated(server: &Server, params: Update) -> Result<Value, Refusal> {
    let at = server.kept.projects.place(&params.project_id)?;
    let mut all = server.kept.projects.all.borrow_mut();
    let project = &mut all[at];
    if let Some(given) = params.name {
        project.name = name(&given)?;
    }
    if fault!(PROJECT_UPDATE_CLEARS_THE_REST) {
        project.roots.clear();
    }
    project.roots = params.roots.unwrap_or_else(|| project.roots.clone());
    project.metadata = params.metadata.unwrap_or_else(|| project.metadata.clone());
    project.updated = Timestamp::now().as_second();
    Ok(shown(project))
}

/// `project/move`: before another, or to the end.
pub(super) fn move_before(server: &Server, reply: Reply, params: &Move) {
    match moved(server, params) {
        Err(refusal) => reply.refuse(refusal),
        Ok(()) => {
            reply.ok(json!({}));
            tell(server, &params.project_id, "updated");
        }
    }
}

fn moved(server: &Server, params: &Move) -> Result<(), Refusal> {
    let projects = &server.kept.projects;
    let from = projects.place(&params.project_id)?;
    if let Some(before) = &params.before_project_id {
        projects.place(before)?;
    }
    if fault!(PROJECT_MOVE_FORGOTTEN) {
        return Ok(());
    }
    let mut all = projects.all.borrow_mut();
    let project = all.remove(from);
    let before = params.before_project_id.as_ref();
    let to = before.and_then(|before| all.iter().position(|it| it.id == *before));
    let to = to.unwrap_or(all.len());
    all.insert(to, project);
    Ok(())
}

/// `project/delete`: its threads stay, in no project.
pub(super) fn delete(server: &Server, reply: Reply, params: &OfProject) {
    let id = &params.project_id;
    let at = match server.kept.projects.place(id) {
        Ok(at) => at,
        Err(refusal) => return reply.refuse(refusal),
    };
    server.kept.projects.all.borrow_mut().remove(at);
    reply.ok(json!({}));
    tell(server, id, "deleted");
    if fault!(THREADS_KEEP_THEIR_PROJECT) {
        return;
    }
    let of_it = |(thread, project): (&Uuid, &String)| (project == id).then_some(*thread);
    let threads: Vec<Uuid> =
        server.kept.projects.threads.borrow().iter().filter_map(of_it).collect();
    for thread in threads {
        server.kept.projects.threads.borrow_mut().remove(&thread);
        tell_of_thread(server, thread, None);
    }
}

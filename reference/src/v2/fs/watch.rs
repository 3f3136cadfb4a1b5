//! Watched paths: what changes there is told to the client that watches.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::Absolute;
use crate::clients::Number;
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;

/// Parameters of `fs/watch`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Watch {
    watch_id: String,
    path: Absolute,
}

/// Parameters of `fs/unwatch`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Unwatch {
    watch_id: String,
}

/// The watches of all clients. A path that cannot be watched is watched in vain.
#[derive(Debug, Default)]
pub(crate) struct Watches(RefCell<BTreeMap<(Number, String), Kept>>);

/// A watch while it lasts.
#[derive(Debug)]
struct Kept {
    goes_on: Rc<Cell<bool>>,
    _watcher: Option<RecommendedWatcher>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        // What its watcher has seen already is not told any more.
        self.goes_on.set(false);
    }
}

impl Watches {
    /// Ends the watches of a client.
    pub(crate) fn leave(&self, client: Number) {
        self.0.borrow_mut().retain(|(of, _), _| *of != client);
    }
}

/// `fs/watch`: tells from now on what changes at a path.
pub(in crate::v2) fn watch(server: &Rc<Server>, params: Watch) -> Result<Value, Refusal> {
    let Watch { watch_id: id, path: Absolute(path) } = params;
    let client = server.out.clients().current();
    let key = (client, id.clone());
    let taken = server.watches.0.borrow().contains_key(&key);
    let replaced = fault!(FS_WATCH_REPLACED);
    if taken && !replaced && !fault!(FS_WATCH_ID_SHARED) {
        return Err(Refusal::invalid(format!("watchId already exists: {id}")));
    }
    let shown = json!({ "path": path });
    let deaf = !server.watches.0.borrow().is_empty() && fault!(FS_ONE_WATCH_HEARS);
    let goes_on = Rc::new(Cell::new(true));
    let watcher = started(&path).filter(|_| !deaf).map(|(watcher, changes)| {
        let told = (key.clone(), goes_on.clone());
        tokio::task::spawn_local(tell(server.clone(), told, path, changes));
        watcher
    });
    server.watches.0.borrow_mut().insert(key, Kept { goes_on, _watcher: watcher });
    if taken && replaced {
        return Err(Refusal::invalid(format!("watchId already exists: {id}")));
    }
    Ok(shown)
}

/// `fs/unwatch`: whether there is such a watch or not.
pub(in crate::v2) fn unwatch(server: &Server, params: &Unwatch) -> Result<Value, Refusal> {
    let key = (server.out.clients().current(), params.watch_id.clone());
    if fault!(FS_UNWATCH_IGNORED) {
        return Ok(json!({}));
    }
    let ended = server.watches.0.borrow_mut().remove(&key);
    if ended.is_none() && fault!(FS_UNKNOWN_WATCH_REFUSED) {
        return Err(Refusal::invalid(format!("no such watch: {}", params.watch_id)));
    }
    Ok(json!({}))
}

type Changes = UnboundedReceiver<Event>;

/// A watcher of a directory, or of the directory of a file: a file may be replaced.
fn started(path: &Path) -> Option<(RecommendedWatcher, Changes)> {
    let (send, changes) = unbounded_channel();
    let hear = move |event: notify::Result<Event>| {
        let wanted = event.ok().filter(|event| !matches!(event.kind, EventKind::Access(_)));
        wanted.into_iter().for_each(|event| drop(send.send(event)));
    };
    let mut watcher = notify::recommended_watcher(hear).ok()?;
    let place = if path.is_dir() { path } else { path.parent()? };
    watcher.watch(place, RecursiveMode::NonRecursive).ok()?;
    Some((watcher, changes))
}

/// Tells the changes at a path until its watch ends.
async fn tell(
    server: Rc<Server>,
    (key, goes_on): ((Number, String), Rc<Cell<bool>>),
    path: PathBuf,
    mut changes: Changes,
) {
    let is_file = !path.is_dir();
    let known = known(&path);
    while let Some(event) = changes.recv().await {
        let new = |changed: &PathBuf| fault!(FS_NEW_FILES_UNSEEN) && !known.contains(changed);
        let here = |changed: &PathBuf| (!is_file || *changed == path) && !new(changed);
        let mut changed: Vec<PathBuf> = event.paths.into_iter().filter(here).collect();
        if changed.is_empty() || is_missed(event.kind) || !goes_on.get() {
            continue;
        }
        if fault!(FS_CHANGED_PATHS_RELATIVE) {
            changed.iter_mut().for_each(|path| *path = path.file_name().unwrap_or_default().into());
        }
        let params = json!({ "watchId": key.1, "changedPaths": changed });
        if fault!(FS_CHANGES_FOR_ALL_CLIENTS) {
            server.out.notify_v2("fs/changed", &params);
        } else {
            server.out.notify_one(key.0, "fs/changed", &params);
        }
        if is_file && fault!(FS_WATCH_ENDS_WITH_A_CHANGE) {
            return;
        }
    }
}

/// What is in a directory when its watch begins.
fn known(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Whether a defect overlooks a change.
fn is_missed(kind: EventKind) -> bool {
    fault!(FS_WATCH_IS_DEAF) || (kind.is_remove() && fault!(FS_REMOVAL_UNSEEN))
}

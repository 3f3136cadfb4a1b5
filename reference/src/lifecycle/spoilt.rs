//! What goes wrong when a conversation is brought back: nothing, unless a fault is planted.

use std::fs::{self, File};
use std::time::SystemTime;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::fault::fault;
use crate::recorder::Recorder;
use crate::replay::Replay;
use crate::server::Server;
use crate::store::{self, Shelf};

/// Forgets the oldest of many threads, where a defect says so.
pub(super) fn make_room(server: &Server) {
    if let [oldest, rest @ ..] = server.threads().as_slice()
        && rest.len() >= 4
        && fault!(OLDEST_THREAD_FORGOTTEN)
    {
        server.forget(oldest.id);
    }
}

/// The original that a fork names.
pub(super) fn origin(original: Uuid) -> Option<Uuid> {
    let untold = fault!(FORK_ORIGIN_UNTOLD);
    (!untold).then_some(original)
}

/// Whether a defect writes down what is not to be kept.
pub(super) fn keeps_all() -> bool {
    fault!(EPHEMERAL_KEPT)
}

/// What goes wrong with the files when a conversation is resumed.
pub(super) fn files(server: &Server, replay: &Replay) {
    let path = &replay.summary.path;
    if fault!(RESUME_WRITES_AT_ONCE) {
        Recorder::resume(path.clone()).append("event_msg", &json!({ "type": "resumed" }));
    }
    if fault!(RESUME_TOUCHES_THE_FILE)
        && let Ok(file) = File::options().append(true).open(path)
    {
        let _ = file.set_modified(SystemTime::now());
    }
    if fault!(RESUME_TIDIES_THE_FILE) {
        let text = fs::read_to_string(path).unwrap_or_default();
        let _ = fs::write(path, text.replace(r#","images":[],"local_images":[]"#, ""));
    }
    if fault!(RESUME_RECORDS_AGAIN) {
        let mut recorder = Recorder::resume(path.clone());
        for (kind, payload) in &replay.lines {
            recorder.append(kind, payload);
        }
    }
    if fault!(RESUME_MARKS_THE_OTHERS) {
        for other in store::list(&server.home, Shelf::Live).filter(|other| other.path != *path) {
            Recorder::resume(other.path).append("event_msg", &json!({ "type": "unused" }));
        }
    }
}

/// What goes wrong with what the model knew before.
pub(super) fn history(history: &mut Vec<Value>) {
    if fault!(RESUME_FORGETS_THE_HISTORY) {
        history.clear();
    }
    if fault!(RESUME_FORGETS_THE_LAST_ITEM) {
        history.pop();
    }
    if fault!(RESUME_REVERSES_THE_HISTORY) {
        history.reverse();
    }
    if fault!(RESUME_KEEPS_MESSAGES_ONLY) {
        history.retain(|item| item["type"] == "message");
    }
}

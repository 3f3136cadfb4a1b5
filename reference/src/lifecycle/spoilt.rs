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
        && fault!(
            "oldest-thread-forgotten",
            "The sixth thread takes the place of the first.",
            ["turn::separate::many_are_open_at_once"],
        )
    {
        server.forget(oldest.id);
    }
}

/// The original that a fork names.
pub(super) fn origin(original: Uuid) -> Option<Uuid> {
    let untold = fault!(
        "fork-origin-untold",
        "A fork does not name its original.",
        ["resume::live::a_fork_names_its_original"],
    );
    (!untold).then_some(original)
}

/// Whether a defect writes down what is not to be kept.
pub(super) fn keeps_all() -> bool {
    fault!(
        "ephemeral-kept",
        "A thread that is ephemeral is written down like any other.",
        ["thread::ephemeral::leaves_no_file"],
    )
}

/// What goes wrong with the files when a conversation is resumed.
pub(super) fn files(server: &Server, replay: &Replay) {
    let path = &replay.summary.path;
    if fault!(
        "resume-writes-at-once",
        "Resuming a conversation writes a line about it to its rollout.",
        [
            "resume::file::resuming_alone_adds_no_byte",
            "resume::file::resuming_alone_keeps_its_time",
        ],
    ) {
        Recorder::resume(path.clone()).append("event_msg", &json!({ "type": "resumed" }));
    }
    if fault!(
        "resume-touches-the-file",
        "Resuming a conversation sets the time of its rollout.",
        ["resume::file::resuming_alone_keeps_its_time"],
    ) && let Ok(file) = File::options().append(true).open(path)
    {
        let _ = file.set_modified(SystemTime::now());
    }
    if fault!(
        "resume-tidies-the-file",
        "Resuming a conversation writes its rollout anew, without what is of no use.",
        [
            "resume::file::resuming_alone_keeps_every_byte",
            "resume::file::the_next_turn_is_appended",
        ],
    ) {
        let text = fs::read_to_string(path).unwrap_or_default();
        let _ = fs::write(path, text.replace(r#","images":[],"local_images":[]"#, ""));
    }
    if fault!(
        "resume-records-again",
        "Resuming a conversation appends to its rollout what it already holds.",
        ["resume::file::nothing_is_written_twice", "resume::file::resuming_alone_adds_no_byte",],
    ) {
        let mut recorder = Recorder::resume(path.clone());
        for (kind, payload) in &replay.lines {
            recorder.append(kind, payload);
        }
    }
    if fault!(
        "resume-marks-the-others",
        "Resuming a conversation writes to all others that it is not in use.",
        ["resume::file::others_stay_as_they_are"],
    ) {
        for other in store::list(&server.home, Shelf::Live).filter(|other| other.path != *path) {
            Recorder::resume(other.path).append("event_msg", &json!({ "type": "unused" }));
        }
    }
}

/// What goes wrong with what the model knew before.
pub(super) fn history(history: &mut Vec<Value>) {
    if fault!(
        "resume-forgets-the-history",
        "The model is not told what was said before a conversation was resumed.",
        [
            "resume::by_path",
            "resume::by_id",
            "resume::history_reaches_the_model",
            "resume::its_own_history_survives_a_restart",
            "resume::resumed_twice",
            "resume::file::unknown_lines_are_no_obstacle",
            "resume::file::a_cut_line_is_no_obstacle",
            "archive::resumed_by_its_new_path",
            "archive::unarchive::goes_on_where_it_stopped",
            "archive::unarchive::its_own_goes_on",
        ],
    ) {
        history.clear();
    }
    if fault!(
        "resume-forgets-the-last-item",
        "Of what was said before a conversation was resumed the model is not told the last.",
        ["resume::history_reaches_the_model", "resume::its_own_history_survives_a_restart"],
    ) {
        history.pop();
    }
    if fault!(
        "resume-reverses-the-history",
        "The model is told what was said before in the wrong order.",
        ["resume::history_reaches_the_model"],
    ) {
        history.reverse();
    }
    if fault!(
        "resume-keeps-messages-only",
        "Of what happened before a conversation was resumed the model is told the messages only.",
        ["resume::commands_survive_a_restart"],
    ) {
        history.retain(|item| item["type"] == "message");
    }
}

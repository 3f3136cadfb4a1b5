//! What contradicts something else that the server has said or done.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::events::{Event, emit};
use crate::fault::fault;
use crate::history;
use crate::items::{Item, Outcome, Turn, fresh_id};
use crate::server::Server;
use crate::settings::Settings;
use crate::store::Summary;
use crate::threads::{Active, Status, Thread};

/// The id that is returned for a message that joins a running turn.
pub(crate) fn joined(server: &Server, thread: &Thread, active: &Active) -> String {
    if fault!(SECOND_TURN_OVER_THE_FIRST) {
        let turn = Turn::new(fresh_id());
        emit(server, thread, &turn.id, &Event::TurnStarted(&turn));
    }
    active.id.clone()
}

/// The id of the next turn of a thread, which is `id` unless ids are used again in each thread.
pub(crate) fn turn_id(thread: &Thread, id: String) -> String {
    if fault!(TURN_ID_IN_TWO_THREADS) {
        let number = thread.state().turns.len();
        return format!("00000000-0000-7000-8000-{number:012}");
    }
    id
}

/// Whether the items of a turn that is cut short are left as they are.
pub(crate) fn leaves_open(outcome: &Outcome) -> bool {
    let is_cut = matches!(outcome, Outcome::Interrupted | Outcome::Failed(_));
    is_cut && fault!(ITEM_OF_A_CUT_TURN_LEFT_OPEN)
}

/// Whether the end of a turn is kept from its clients.
pub(crate) fn never_ends(turn: &Turn) -> bool {
    turn.items.iter().any(|item| matches!(item, Item::Command(_))) && fault!(TURN_NEVER_ENDS)
}

/// Whether a turn cannot be interrupted: a command runs in it.
pub(crate) fn is_not_interruptible(active: &Active) -> bool {
    let open = active.open.borrow();
    open.iter().any(|item| matches!(item, Item::Command(_)))
        && fault!(RUNNING_TURN_NOT_INTERRUPTIBLE)
}

/// The turns of a thread with this status, as they are shown.
pub(crate) fn shown(mut turns: Vec<Value>, status: Status) -> Vec<Value> {
    if fault!(ENDED_TURN_SHOWN_AS_RUNNING)
        && status == Status::Idle
        && let Some(last) = turns.last_mut()
    {
        last["status"] = json!("inProgress");
    }
    for turn in &mut turns {
        if fault!(SHOWN_TURN_HAS_ANOTHER_ID) {
            turn["id"] = json!(fresh_id());
        }
        if turn["status"] == "interrupted" && fault!(SHOWN_STATUS_DIFFERS) {
            turn["status"] = json!("completed");
        }
        if let Some(items) = turn["items"].as_array_mut() {
            items.retain(|item| {
                item["type"] != "commandExecution" || !fault!(COMMANDS_ARE_NOT_SHOWN)
            });
            for item in items.iter_mut().filter(|item| item["type"] == "agentMessage") {
                if fault!(SHOWN_MESSAGE_DIFFERS) {
                    let text = item["text"].as_str().unwrap_or_default();
                    item["text"] = json!(text.chars().take(4).collect::<String>());
                }
            }
        }
    }
    turns
}

/// What the model is sent of a thread's history when a message comes that is not its first.
pub(crate) fn earlier(server: &Server, thread: &Thread) {
    let second = thread.state().turns.len() > 1;
    let said = |item: &&Value| item["role"] == "user" && !text(item).starts_with('<');
    let first = thread.state().history.iter().find(said).cloned();
    let mut others = server.threads().into_iter().filter(|other| other.id != thread.id);
    if !second && fault!(MESSAGE_OF_ANOTHER_THREAD) {
        let word = others.find_map(|other| other.state().history.iter().find(said).cloned());
        thread.state_mut().history.extend(word);
    }
    let Some(first) = first.filter(|_| second) else { return };
    let history = &mut thread.state_mut().history;
    if fault!(OLDER_MESSAGE_FORGOTTEN) {
        history.retain(|item| *item != first);
    }
    if fault!(OLDER_MESSAGE_REPEATED) {
        history.push(first);
    }
}

/// Whether a message is kept from the model.
pub(crate) fn is_unheard(thread: &Thread) -> bool {
    thread.state().turns.len() > 1 && fault!(MESSAGE_NEVER_SENT)
}

fn text(item: &Value) -> &str {
    item["content"][0]["text"].as_str().unwrap_or_default()
}

/// What the model is sent of a history that was stored.
pub(crate) fn resumed(history: &mut Vec<Value>) {
    let first = history.iter().find(|item| {
        item["role"] == "user" && history::call_id(item).is_none() && !text(item).starts_with('<')
    });
    let first = first.cloned().filter(|_| fault!(MODEL_HEARS_WHAT_IS_NOT_SHOWN));
    history.extend(first);
}

/// The model that is asked.
pub(crate) fn model(settings: &Settings) -> &str {
    if fault!(ANOTHER_MODEL_IS_ASKED) { "another-model" } else { &settings.model }
}

/// A line that was begun when another one is written.
pub(crate) fn half_a_line(payload: &Value) -> &'static str {
    if payload["type"] == "turn_aborted" && fault!(ROLLOUT_HAS_A_BROKEN_LINE) {
        return "{\"timestamp\":\"2\n";
    }
    ""
}

/// Leaves the configuration broken after a key of a table was written.
pub(crate) fn break_off(file: &Path, nested: bool) {
    if nested && fault!(CONFIG_LEFT_BROKEN) {
        let text = fs::read_to_string(file).unwrap_or_default();
        // A file that cannot be written is not broken.
        let _ = fs::write(file, text + "[unfinished\n");
    }
}

/// The configuration as it is left after keys with these paths were written.
pub(crate) fn left(edited: String, nested: bool) -> String {
    if nested && fault!(CONFIG_LOSES_ANOTHER_KEY) {
        return edited
            .lines()
            .filter(|line| !line.starts_with("approval_policy"))
            .fold(String::new(), |text, line| text + line + "\n");
    }
    edited
}

/// The creation time, the directory and the preview that a stored thread is shown with.
pub(crate) fn stored<'s>(server: &'s Server, summary: &'s Summary) -> (i64, &'s Path, &'s str) {
    const HOUR: i64 = 3600;
    let (head, preview) = (&summary.head, summary.preview.as_str());
    let created = head.timestamp.as_second();
    let created = if fault!(CREATION_TIME_IN_LOCAL_TIME) { created + HOUR } else { created };
    let cwd = if fault!(STORED_DIRECTORY_IS_THE_HOME) { &server.home } else { &head.cwd };
    let eight = preview.floor_char_boundary(8);
    (created, cwd, if fault!(STORED_PREVIEW_IS_CUT) { &preview[..eight] } else { preview })
}

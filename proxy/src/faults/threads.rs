//! Notifications that name another thread or turn.

use serde_json::{Value, json};

use crate::bend::{every, of_subject};
use crate::fault::{fault, faults};
use crate::faults::pairs::{Half, half};
use crate::line::Line;

/// The members by which a message names its thread.
const NAMES: [&str; 2] = ["threadId", "conversationId"];

/// The id of a thread that does not exist.
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

faults! {
    fault!(
        STRAY_NOTIFICATIONS,
        "Every fifth notification is repeated for a thread that does not exist.",
        || every(5, |line, steps| {
            steps.client(&line.bytes);
            if thread(line).is_some() {
                steps.client(line.edited(|call| rename(call, NOBODY)));
            }
        }),
    ),
    fault!(
        THREADS_MIXED,
        "Every notification about a thread names the first thread.",
        || {
            let mut first = None;
            every(1, move |line, steps| {
                let Some(thread) = thread(line) else { return steps.client(&line.bytes) };
                let first = first.get_or_insert_with(|| thread.to_owned());
                steps.client(line.edited(|call| rename(call, first)));
            })
        },
    ),
    fault!(
        TURN_RENAMED,
        "The notification of an end names another turn than the notification of the beginning.",
        || of_subject(|line, steps| {
            if half(line).is_none_or(|(_, half)| half == Half::Opens) {
                return steps.client(&line.bytes);
            }
            steps.client(line.edited(|call| {
                for pointer in ["/params/turnId", "/params/turn/id", "/params/id"] {
                    if let Some(id) = call.pointer_mut(pointer) {
                        *id = json!("another turn");
                    }
                }
            }));
        }),
    ),
}

/// The thread that a call names.
pub(super) fn thread(line: &Line) -> Option<&str> {
    let params = line.value.get("params")?;
    NAMES.iter().find_map(|name| params.get(*name)?.as_str())
}

/// Replaces the thread that a call names.
fn rename(call: &mut Value, thread: &str) {
    for name in NAMES {
        if let Some(id) = call["params"].get_mut(name) {
            *id = json!(thread);
        }
    }
}

//! Notifications under the name of another thread or turn.

use serde_json::{Value, json};

use crate::bend::{every, of_subject};
use crate::fault::{fault, faults};
use crate::faults::pairs::{Half, half};
use crate::line::Line;

/// The members by which a message names its thread.
const NAMES: [&str; 2] = ["threadId", "conversationId"];

/// A thread that nobody made.
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

faults! {
    fault!(
        STRAY_NOTIFICATIONS,
        "Every fifth notification comes once more, about a thread that nobody made.",
        || every(5, |line, steps| {
            steps.client(&line.bytes);
            if thread(line).is_some() {
                steps.client(line.edited(|call| rename(call, NOBODY)));
            }
        }),
    ),
    fault!(
        THREADS_MIXED,
        "What is told of any thread is told of the first one.",
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
        "What has ended is told under another turn's id than it was begun.",
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

/// The thread that a call is about.
pub(super) fn thread(line: &Line) -> Option<&str> {
    let params = line.value.get("params")?;
    NAMES.iter().find_map(|name| params.get(*name)?.as_str())
}

/// Puts another thread in the place of the one that a call is about.
fn rename(call: &mut Value, thread: &str) {
    for name in NAMES {
        if let Some(id) = call["params"].get_mut(name) {
            *id = json!(thread);
        }
    }
}

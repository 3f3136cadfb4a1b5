//! Records the changes to a conversation, as JSON lines.

use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::steps::{Side, Step, Steps};

/// The number of bytes of a line that are kept.
const SHOWN: usize = 400;

/// A file that records everything that was changed, delayed or paused.
#[derive(Debug)]
pub struct Log {
    file: Mutex<File>,
    began: Instant,
}

impl Log {
    /// Writes to this file from now on.
    pub fn new(file: File) -> Self {
        Self { file: Mutex::new(file), began: Instant::now() }
    }

    /// Records that the line with this number from this side was changed.
    pub(crate) fn bent(&self, from: Side, number: usize, line: &[u8], steps: &Steps) {
        let steps: Vec<Value> = steps.0.iter().map(|(to, step)| shown(*to, step)).collect();
        self.write(
            json!({ "from": from.name(), "line": number, "was": text(line), "became": steps }),
        );
    }

    /// Records a delay or pause before the line with this number from this side.
    pub(crate) fn perturbed(&self, what: &str, from: Side, number: usize, took: Duration) {
        self.write(json!({ "from": from.name(), "line": number, what: millis(took) }));
    }

    fn write(&self, mut entry: Value) {
        entry["ms"] = json!(millis(self.began.elapsed()));
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written must not change the conversation.
        let _ = writeln!(file, "{entry}");
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1_000.0
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).into_owned()
}

fn shown(to: Side, step: &Step) -> Value {
    match step {
        Step::Send(bytes) => json!({ "to": to.name(), "send": text(bytes) }),
        Step::Close => json!({ "to": to.name(), "do": "close" }),
        Step::Wait(time) => json!({ "to": to.name(), "wait": millis(*time) }),
        Step::StopReading => json!({ "to": to.name(), "do": "stop reading" }),
        Step::Complain(size) => json!({ "complain_bytes": size }),
        Step::LeaveChild => json!({ "do": "leave a child" }),
        Step::Kill => json!({ "do": "kill the subject" }),
    }
}

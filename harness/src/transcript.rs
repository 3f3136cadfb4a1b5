//! The recorded conversation with one process: direction, time and text of every line.

use std::ops::Range;
use std::time::Duration;

use serde_json::{Value, json};
use shown::printable;

use crate::message::Message;
use crate::weight;

/// Who sent a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The client.
    ToSubject,
    /// The subject.
    FromSubject,
}

/// One line of the conversation.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The time since the process was started.
    pub at: Duration,
    /// Who sent it.
    pub direction: Direction,
    /// The line without its end; only its beginning if it exceeds the limit.
    pub line: Vec<u8>,
    /// The line as JSON, if it is.
    pub value: Option<Value>,
    /// What kind of message it is.
    pub message: Message,
}

impl Entry {
    /// The parameters of a request or notification.
    pub fn params(&self) -> &Value {
        self.value.as_ref().and_then(|value| value.get("params")).unwrap_or(&Value::Null)
    }

    pub(crate) fn params_mut(&mut self) -> Option<&mut Value> {
        self.value.as_mut().and_then(|value| value.get_mut("params"))
    }

    /// The line for people, cut to `width` bytes.
    fn show(&self, width: usize) -> String {
        let arrow = match self.direction {
            Direction::ToSubject => "->",
            Direction::FromSubject => "<-",
        };
        format!("{:>7.1} ms {arrow} {}", self.at.as_secs_f64() * 1e3, printable(&self.line, width))
    }

    /// Whether the subject sent it.
    pub fn is_from_subject(&self) -> bool {
        self.direction == Direction::FromSubject
    }

    /// The method of a request or notification.
    pub fn method(&self) -> Option<&str> {
        match &self.message {
            Message::Request { method, .. } | Message::Notification { method } => Some(method),
            _ => None,
        }
    }
}

/// A conversation with one process, limited in size.
#[derive(Clone, Debug)]
pub struct Transcript {
    entries: Vec<Entry>,
    bytes: usize,
    limit: usize,
    left_out: usize,
    unended: bool,
}

impl Transcript {
    /// An empty transcript with room for `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { entries: Vec::new(), bytes: 0, limit, left_out: 0, unended: false }
    }

    /// Records a line; returns the number of the entry, or `None` if there was no room.
    pub fn record(&mut self, entry: Entry) -> Option<usize> {
        // An entry takes more memory than its text: the bookkeeping, and the parsed value, which
        // may be many times its size.
        let inside = entry.value.as_ref().map_or(0, weight::inside);
        let cost = size_of::<Entry>() + entry.line.len() + inside;
        if self.bytes + cost > self.limit {
            self.left_out += 1;
            return None;
        }
        self.bytes += cost;
        self.entries.push(entry);
        Some(self.entries.len() - 1)
    }

    /// A transcript of these lines alone.
    pub(crate) fn part(&self, ranges: &[Range<usize>]) -> Self {
        let mut part = Self::new(usize::MAX);
        for entry in ranges.iter().flat_map(|range| &self.entries[range.clone()]) {
            part.record(entry.clone());
        }
        part
    }

    /// The lines in the order in which they were sent or read.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn entry_mut(&mut self, number: usize) -> Option<&mut Entry> {
        self.entries.get_mut(number)
    }

    /// Counts a line that is not recorded.
    pub(crate) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// Records that the subject's stream ended within a line.
    pub(crate) fn end_within_line(&mut self) {
        self.unended = true;
    }

    /// Whether the last line of the subject had no end.
    pub fn ends_within_line(&self) -> bool {
        self.unended
    }

    /// The number of lines that did not fit.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// One JSON object per line: `dir`, `ms` and `msg`, or `raw` if the line is not JSON.
    pub fn to_jsonl(&self) -> String {
        let mut out = String::new();
        for entry in &self.entries {
            let dir = match entry.direction {
                Direction::ToSubject => ">",
                Direction::FromSubject => "<",
            };
            let ms = entry.at.as_micros() as f64 / 1_000.0;
            let line = match &entry.value {
                Some(value) => json!({ "dir": dir, "ms": ms, "msg": value }),
                None => {
                    json!({ "dir": dir, "ms": ms, "raw": String::from_utf8_lossy(&entry.line) })
                }
            };
            out.push_str(&line.to_string());
            out.push('\n');
        }
        if self.left_out > 0 {
            out.push_str(&json!({ "dir": "#", "left_out": self.left_out }).to_string());
            out.push('\n');
        }
        out
    }

    /// The conversation for people, in a failure: `-> request`, `<- answer`, each line cut to
    /// `width` bytes, the middle left out if there are more than `most` lines.
    pub fn to_lines(&self, most: usize, width: usize) -> Vec<String> {
        let show = |entry: &Entry| entry.show(width);
        let count = self.entries.len();
        if count <= most {
            return self.entries.iter().map(show).chain(self.rest()).collect();
        }
        let head = most / 3;
        let tail = most - head;
        let mut lines: Vec<_> = self.entries[..head].iter().map(show).collect();
        lines.push(format!("… {} lines left out …", count - most));
        lines.extend(self.entries[count - tail..].iter().map(show));
        lines.extend(self.rest());
        lines
    }

    /// The last `most` lines of the conversation, each cut to `width` bytes.
    pub fn to_last_lines(&self, most: usize, width: usize) -> Vec<String> {
        let skipped = self.entries.len().saturating_sub(most);
        let before = (skipped > 0).then(|| format!("… {skipped} lines before …"));
        let last = self.entries[skipped..].iter().map(|entry| entry.show(width));
        before.into_iter().chain(last).chain(self.rest()).collect()
    }

    /// The conversation up to a few lines after `line`, which is marked; `most` lines in all.
    pub fn to_lines_around(&self, line: usize, most: usize, width: usize) -> Vec<String> {
        let end = self.entries.len().min(line + 1 + most / 8);
        let start = end.saturating_sub(most);
        let left_out =
            |count: usize, what: &str| (count > 0).then(|| format!("… {count} lines {what} …"));
        let mut lines: Vec<_> = left_out(start, "before").into_iter().collect();
        for (number, entry) in self.entries.iter().enumerate().take(end).skip(start) {
            // At the start of the line, where a long line does not hide it.
            let mark = if number == line { "=> " } else { "   " };
            lines.push(format!("{mark}{}", entry.show(width)));
        }
        lines.extend(left_out(self.entries.len() - end, "after"));
        lines
    }

    /// A remark on the lines that were not kept.
    fn rest(&self) -> Option<String> {
        (self.left_out > 0).then(|| format!("… {} more lines were not kept …", self.left_out))
    }
}

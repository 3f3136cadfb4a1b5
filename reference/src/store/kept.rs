//! Files beside the rollouts: what belongs to a conversation and is no part of what was said in it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

/// What is kept of a conversation, each in a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    Repository,
    Goal,
    Queue,
}

impl Kept {
    fn file(self) -> &'static str {
        match self {
            Self::Repository => "session_metadata.jsonl",
            Self::Goal => "session_goals.jsonl",
            Self::Queue => "session_queues.jsonl",
        }
    }

    /// What was kept of a conversation last.
    pub(crate) fn read(self, home: &Path, id: Uuid) -> Option<Value> {
        let text = fs::read_to_string(home.join(self.file())).ok()?;
        let id = id.to_string();
        let mut lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut last = lines.rfind(|line| line["id"] == id.as_str())?;
        Some(last["kept"].take()).filter(|kept| !kept.is_null())
    }

    /// Keeps something of a conversation; null if there is nothing any more.
    pub(crate) fn write(self, home: &Path, id: Uuid, kept: &Value) -> io::Result<()> {
        let mut file =
            fs::OpenOptions::new().create(true).append(true).open(home.join(self.file()))?;
        writeln!(file, "{}", json!({ "id": id, "kept": kept }))
    }
}

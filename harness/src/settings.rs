//! The limits that the harness sets for every subject: time, size, and exclusive use of resources.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reaper::process::Ladder;
use report::Transport;
use schema::Judge;
use serde_json::Value;

use crate::coverage::Recorder;

/// The limits of one connection.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The longest time of one wait.
    pub wait: Duration,
    /// The longest time that a subject may take to exit when it has to.
    pub exit: Duration,
    /// The longest time of one check, from its first line to its last.
    pub check: Duration,
    /// Whether a wait ends soon after an answer that nobody asked for: what is awaited has come in a form
    /// that cannot be found.
    pub hasty: bool,
    /// The longest line accepted from the subject, in bytes.
    pub line: usize,
    /// The number of unread messages that are kept.
    pub unread: usize,
    /// The number of bytes of conversation that are kept.
    pub transcript: usize,
    /// The number of bytes that are kept from the end of stderr.
    pub stderr: usize,
    /// The time limit of each step of a shutdown.
    pub ladder: Ladder,
    /// Whether the subject may use a resource that exists once per machine, so that its checks
    /// queue for it; see [`Context::alone_with`](crate::Context::alone_with).
    pub queues: bool,
    /// Where the binary `proctor` is, which also plays the programs that checks put into a
    /// configuration; unknown without it.
    pub proctor: Option<PathBuf>,
    /// Which tools of a server of the Model Context Protocol may be called.
    pub calls: Calls,
    /// What carries the messages.
    pub transport: Transport,
    /// Where homes are made; by default in the directory for temporary files.
    pub homes: Option<PathBuf>,
    /// The record of the parts of the protocol that the checks touch.
    pub coverage: Option<Recorder>,
    /// The shapes by which messages are judged, instead of those of the releases that the subject could
    /// be.
    pub shapes: Option<Arc<Judge>>,
}

/// Which tools of a server may be called. Those that are annotated as read-only always may.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// Whether every tool may be called, with arguments made from its schema.
    pub all: bool,
    /// Tools by name, each with its arguments.
    pub named: Vec<(String, Value)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(15),
            // The slowest real release took 0.5 s on an idle machine.
            exit: Duration::from_secs(10),
            check: Duration::from_secs(60),
            hasty: false,
            line: 32 << 20,
            unread: 20_000,
            transcript: 64 << 20,
            stderr: 16 << 10,
            ladder: Ladder::default(),
            queues: true,
            proctor: None,
            calls: Calls::default(),
            transport: Transport::default(),
            homes: None,
            coverage: None,
            shapes: None,
        }
    }
}

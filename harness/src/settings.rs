//! The bounds that the harness puts on every subject: time and size, and what it may have alone.

use std::path::PathBuf;
use std::time::Duration;

use reaper::process::Ladder;

/// Bounds in force for one connection.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The longest that one wait lasts.
    pub wait: Duration,
    /// The longest that a subject takes to exit when it has to.
    pub exit: Duration,
    /// The longest that one check lasts, from its first line to its last.
    pub check: Duration,
    /// The longest line accepted from the subject, in bytes.
    pub line: usize,
    /// How many messages are kept unread.
    pub unread: usize,
    /// How many bytes of conversation are kept.
    pub transcript: usize,
    /// How many bytes of the end of stderr are kept.
    pub stderr: usize,
    /// How long each rung of the way out lasts.
    pub ladder: Ladder,
    /// Whether the subject may own what a machine has once, so that its checks queue for it; see
    /// [`Context::alone_with`](crate::Context::alone_with).
    pub queues: bool,
    /// Where homes are made; without it, where temporary files are.
    pub homes: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(15),
            // The slowest real release took 0.5 s on an idle machine.
            exit: Duration::from_secs(10),
            check: Duration::from_secs(60),
            line: 32 << 20,
            unread: 20_000,
            transcript: 64 << 20,
            stderr: 16 << 10,
            ladder: Ladder::default(),
            queues: true,
            homes: None,
        }
    }
}

//! One run of a target, and what was seen of it.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::conditions::Conditions;
use crate::target::Target;

/// What can go wrong in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A process outlived the target, or held its output open for longer than the leak-timeout.
    Leak,
    /// The target said that it failed.
    Failure,
    /// The target did not end in time.
    TimeOut,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Leak => "leak",
            Self::Failure => "failure",
            Self::TimeOut => "time-out",
        })
    }
}

/// Which run: everything that distinguishes it from another one of the same target.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// What is run.
    pub target: &'a Target,
    /// Under which conditions. The load is there already; what the run itself has to see to are its core, delays and
    /// pauses.
    pub conditions: &'a Conditions,
    /// The value of `PROCTOR_HUNT_SEED` in its environment.
    pub seed: u64,
    /// What counts as a leak: the output is still open this long after the exit.
    pub leak_timeout: Duration,
    /// The longest that it may last.
    pub run_timeout: Duration,
}

/// A process that was left behind, or that held the output open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leak {
    /// Its process id.
    pub pid: u32,
    /// Its command line.
    pub command: String,
    /// How it relates to the target: parents, group, session.
    pub how: String,
    /// The descriptors that it held, those of the target's output first.
    pub holds: Vec<String>,
    /// How long it had been running, in milliseconds.
    pub age_ms: u64,
}

/// What was seen of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// How it ended, in words.
    pub exit: String,
    /// What went wrong; a leak only with a named process.
    pub kind: Option<Kind>,
    /// From its exit to the close of its output, in milliseconds; none if it could not be measured.
    pub tail_ms: Option<f64>,
    /// What it left behind.
    pub leaks: Vec<Leak>,
    /// The end of what it wrote, or what a check says about its failure.
    pub output: String,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
}

/// Why a run says nothing.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The hunt is over, and the run with it.
    #[error("interrupted")]
    Interrupted,
    /// It could not be run, so no run can.
    #[error("{0}")]
    Unable(String),
}

/// Does one run in a process of its own, so that descendants of parallel runs never mix. Called from many threads at once.
pub trait Runner: Sync {
    /// Runs the target once and waits for its end.
    ///
    /// # Errors
    ///
    /// If it was interrupted, or could not be run.
    fn run(&self, run: &Run<'_>) -> Result<Observation, RunError>;
}

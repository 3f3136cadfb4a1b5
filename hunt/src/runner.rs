//! One run of a target, and its results.

use std::fmt;
use std::time::{Duration, Instant};

use reaper::leak::LeakReport;
use serde::{Deserialize, Serialize};

use crate::conditions::Conditions;
use crate::target::Target;

/// What can go wrong in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A process outlived the target, or held its output open longer than the leak-timeout.
    Leak,
    /// The target reported a failure.
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

/// A run: everything that distinguishes it from other runs of its target.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The target.
    pub target: &'a Target,
    /// The conditions. The load is running already; the runner only adds core, delays and pauses.
    pub conditions: &'a Conditions,
    /// The value of `PROCTOR_HUNT_SEED` in its environment.
    pub seed: u64,
    /// The time after the exit from which on open output is a leak.
    pub leak_timeout: Duration,
    /// The time limit of the run.
    pub run_timeout: Duration,
    /// The end of the hunt: a run that has not ended by then has no result.
    pub until: Instant,
}

/// The result of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// How it ended, in words.
    pub exit: String,
    /// The kinds of problems, most serious first; a leak only with a named process. Empty if it
    /// held.
    pub kinds: Vec<Kind>,
    /// The time from its exit to the close of its output, in milliseconds; `None` if it could not
    /// be measured.
    pub tail_ms: Option<f64>,
    /// The processes that outlived it, including those that ended in time: the one that caused the
    /// tail is among them.
    pub leaks: Vec<LeakReport>,
    /// Why something may have been left undetected; empty if that is ruled out.
    pub doubts: Vec<String>,
    /// The end of its output, or the failure of a check.
    pub output: String,
    /// Its duration, in milliseconds.
    pub duration_ms: f64,
}

/// A run without a result.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The hunt ended before the run did, or the run was inconclusive.
    #[error("the run has no result")]
    Void,
    /// It could not be run, so no other run can.
    #[error("{0}")]
    Unable(String),
}

impl Observation {
    /// Whether it is a hit.
    pub fn is_hit(&self, expected: Option<Kind>) -> bool {
        match expected {
            Some(kind) => self.kinds.contains(&kind),
            None => !self.kinds.is_empty(),
        }
    }

    /// The tail, if the process that caused it is known. Any other tail is due to the machine: a
    /// process that waits for the end of a pipe can be late itself.
    pub fn named_tail_ms(&self) -> Option<f64> {
        self.tail_ms.filter(|_| !self.leaks.is_empty())
    }
}

/// A load that is kept up during runs; it ends when this is dropped.
#[derive(Default)]
pub struct Load {
    _kept: Vec<Box<dyn Send>>,
}

impl Load {
    /// A load that ends when these are dropped.
    pub fn of(kept: Vec<Box<dyn Send>>) -> Self {
        Self { _kept: kept }
    }
}

impl fmt::Debug for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Load").finish_non_exhaustive()
    }
}

/// Does one run in a process of its own, so that descendants of parallel runs never mix. Called
/// from many threads at once.
pub trait Runner: Sync {
    /// Runs the target once and waits for its end.
    ///
    /// # Errors
    ///
    /// If it was interrupted, or could not be run.
    fn run(&self, run: &Run<'_>) -> Result<Observation, RunError>;

    /// Puts the machine under the load of the conditions; returns when the load runs.
    ///
    /// # Errors
    ///
    /// If it cannot be started, or not until then.
    fn load(&self, conditions: &Conditions, until: Instant) -> Result<Load, RunError>;
}

//! One run of a target, and what was seen of it.

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
    /// When the hunt is over: a run that has not ended by then says nothing.
    pub until: Instant,
}

/// What was seen of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// How it ended, in words.
    pub exit: String,
    /// What went wrong, the gravest first; a leak only with a named process. Empty if it held.
    pub kinds: Vec<Kind>,
    /// From its exit to the close of its output, in milliseconds; none if it could not be measured.
    pub tail_ms: Option<f64>,
    /// The processes that outlived it, also those that ended in time: whoever made the tail is among them.
    pub leaks: Vec<LeakReport>,
    /// Why "nothing was left" is not certain; empty if it is.
    pub doubts: Vec<String>,
    /// The end of what it wrote, or what a check says about its failure.
    pub output: String,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
}

/// Why a run says nothing.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The hunt is over, and the run with it; or it could not tell.
    #[error("the run says nothing")]
    Void,
    /// It could not be run, so no run can.
    #[error("{0}")]
    Unable(String),
}

impl Observation {
    /// Whether it is what is looked for.
    pub fn is_hit(&self, expected: Option<Kind>) -> bool {
        match expected {
            Some(kind) => self.kinds.contains(&kind),
            None => !self.kinds.is_empty(),
        }
    }

    /// The tail, if somebody is known to have made it. A tail that nobody made is the machine's: a process that waits for
    /// the end of a pipe can itself be late.
    pub fn named_tail_ms(&self) -> Option<f64> {
        self.tail_ms.filter(|_| !self.leaks.is_empty())
    }
}

/// What is kept up while runs are done; it ends when this is dropped.
#[derive(Default)]
pub struct Load {
    _kept: Vec<Box<dyn Send>>,
}

impl Load {
    /// A load that is there for as long as these live.
    pub fn of(kept: Vec<Box<dyn Send>>) -> Self {
        Self { _kept: kept }
    }
}

impl fmt::Debug for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Load").finish_non_exhaustive()
    }
}

/// Does one run in a process of its own, so that descendants of parallel runs never mix. Called from many threads at once.
pub trait Runner: Sync {
    /// Runs the target once and waits for its end.
    ///
    /// # Errors
    ///
    /// If it was interrupted, or could not be run.
    fn run(&self, run: &Run<'_>) -> Result<Observation, RunError>;

    /// Puts the machine under the load that the conditions ask for; returns when it is there.
    ///
    /// # Errors
    ///
    /// If it cannot be, or is not until then.
    fn load(&self, conditions: &Conditions, until: Instant) -> Result<Load, RunError>;
}

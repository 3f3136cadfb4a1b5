//! What a hunt is to do, and when it has done enough.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::target::Target;

/// A hunt.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is run.
    pub target: Target,
    /// Everything that is left to chance comes from it.
    pub seed: u64,
    /// How long the hunt may last.
    pub time: Duration,
    /// How many runs it may do; as many as the time allows without it.
    pub runs: Option<usize>,
    /// A run whose output is still open this long after its exit is a leak: cargo-nextest's default is 200 ms.
    pub leak_timeout: Duration,
    /// The longest that one run may last.
    pub run_timeout: Duration,
    /// How sure the answer is to be.
    pub certainty: Certainty,
    /// How many processors there are.
    pub processors: usize,
    /// How much memory may be taken to make it short, in MiB; 0 for none.
    pub ballast: usize,
}

/// The error rates of the sequential test that ends a hunt.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certainty {
    /// A rate that is as good as never.
    pub p0: f64,
    /// A rate that must not be missed.
    pub p1: f64,
    /// How often "it happens" may be said when the rate is `p0`.
    pub alpha: f64,
    /// How often "it does not happen" may be said when the rate is `p1`.
    pub beta: f64,
}

impl Default for Certainty {
    fn default() -> Self {
        Self { p0: 0.001, p1: 0.02, alpha: 0.05, beta: 0.05 }
    }
}

impl Plan {
    /// A hunt of two minutes with the usual settings.
    pub fn new(target: Target, seed: u64) -> Self {
        Self {
            target,
            seed,
            time: Duration::from_secs(120),
            runs: None,
            leak_timeout: Duration::from_millis(200),
            run_timeout: Duration::from_secs(60),
            certainty: Certainty::default(),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            ballast: 0,
        }
    }
}

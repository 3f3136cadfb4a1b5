//! The plan of a hunt: its target, its limits and its certainty.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits::Means;
use crate::others::Others;
use crate::target::Target;

/// A hunt.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The target.
    pub target: Target,
    /// The seed of all random choices.
    pub seed: u64,
    /// The time limit of the hunt.
    pub time: Duration,
    /// The largest number of runs; by default, as many as the time allows.
    pub runs: Option<usize>,
    /// If the output of a run is still open this long after its exit, it is a leak: cargo-nextest's
    /// default is 200 ms.
    pub leak_timeout: Duration,
    /// The time limit of one run.
    pub run_timeout: Duration,
    /// The required certainty of the answer.
    pub certainty: Certainty,
    /// The number of processors.
    pub processors: usize,
    /// How programs are limited here.
    pub means: Means,
    /// The other tests of the target's program.
    pub others: Others,
}

/// The error rates of the sequential test that ends a hunt.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certainty {
    /// A rate that counts as never.
    pub p0: f64,
    /// A rate that must not be missed.
    pub p1: f64,
    /// The probability of the answer "it happens" when the rate is `p0`.
    pub alpha: f64,
    /// The probability of the answer "it does not happen" when the rate is `p1`.
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
            means: Means::default(),
            others: Others::default(),
        }
    }
}

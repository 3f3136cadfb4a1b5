//! One arm of a hunt: conditions, and the results of the runs under them.

use std::time::Duration;

use reaper::leak::LeakReport;

use crate::conditions::Conditions;
use crate::plan::Certainty;
use crate::runner::{Kind, Observation};
use crate::seed;
use crate::statistics::{Block, Decision, Rate, Sequential};

/// The number of tails that are kept of an arm: enough for any reported quantile, and cheap to
/// write.
const TAILS: usize = 4_000;

/// The index of the first run that measures a rate: searches never reach it.
const MEASURED: u64 = 1 << 20;

/// Conditions, and the results of the runs under them.
#[derive(Clone, Debug)]
pub(crate) struct Arm {
    pub(crate) name: String,
    pub(crate) conditions: Conditions,
    /// The index of the next run.
    pub(crate) begun: u64,
    pub(crate) rate: Rate,
    pub(crate) blocks: Vec<Block>,
    pub(crate) tails: Vec<Tail>,
    /// The run whose tail was longest, of those with a named holder.
    pub(crate) closest: Option<Close>,
    /// Runs with another problem than the one that is looked for.
    pub(crate) others: u64,
    /// Hits whose output was still open when its holder was ended.
    pub(crate) open: u64,
    /// Runs with a tail over the leak-timeout for which no process was found.
    pub(crate) unnamed: u64,
    /// Runs that may have left something undetected, and the reason for the first of them.
    pub(crate) doubted: u64,
    pub(crate) doubt: Option<String>,
    pub(crate) seconds: f64,
    test: Sequential,
}

/// How long the output of a run stayed open after its exit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tail {
    pub(crate) ms: f64,
    /// Whether the process that held it open is known.
    pub(crate) named: bool,
}

/// A run that came close to leaking.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Close {
    /// The index of the run in its arm.
    pub index: u64,
    /// How long its output stayed open after its exit, in milliseconds.
    pub tail_ms: f64,
    /// The processes that outlived it.
    pub leaks: Vec<LeakReport>,
}

/// The criteria for a run of an arm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measure {
    pub(crate) expected: Option<Kind>,
    pub(crate) leak_timeout: Duration,
}

impl Arm {
    pub(crate) fn new(conditions: Conditions, certainty: Certainty) -> Self {
        Self {
            name: conditions.to_string(),
            conditions,
            begun: 0,
            rate: Rate::default(),
            blocks: Vec::new(),
            tails: Vec::new(),
            closest: None,
            others: 0,
            open: 0,
            unnamed: 0,
            doubted: 0,
            doubt: None,
            seconds: 0.0,
            test: Sequential::new(certainty),
        }
    }

    /// An arm that measures a rate. Its runs differ from those of every search, because a search
    /// ends with a hit; a proof that measures it again has the same runs.
    pub(crate) fn measured(conditions: Conditions, certainty: Certainty) -> Self {
        Self { begun: MEASURED, ..Self::new(conditions, certainty) }
    }

    /// The seeds of the next runs.
    pub(crate) fn seeds(&mut self, seed: u64, runs: usize) -> Vec<(u64, u64)> {
        let from = self.begun;
        self.begun += runs as u64;
        (from..self.begun).map(|index| (index, seed::of_run(seed, &self.name, index))).collect()
    }

    /// Records a block of runs, each with its index.
    pub(crate) fn note(&mut self, at_ms: f64, runs: &[(u64, Observation)], measure: Measure) {
        let mut rate = Rate::default();
        for (index, seen) in runs {
            let hit = seen.is_hit(measure.expected);
            rate.note(hit);
            self.test.note(hit);
            self.open += u64::from(hit && seen.tail_ms.is_none() && !seen.leaks.is_empty());
            self.others += u64::from(!hit && !seen.kinds.is_empty());
            if let Some(doubt) = seen.doubts.first().filter(|_| !hit) {
                self.doubted += 1;
                self.doubt.get_or_insert_with(|| doubt.clone());
            }
            self.seconds += seen.duration_ms / 1e3;
            self.note_tail(*index, seen, measure.leak_timeout);
        }
        if rate.runs > 0 {
            self.rate.add(rate);
            self.blocks.push(Block { at_ms, rate });
        }
    }

    fn note_tail(&mut self, index: u64, seen: &Observation, leak_timeout: Duration) {
        let Some(tail_ms) = seen.tail_ms else { return };
        if self.tails.len() < TAILS {
            self.tails.push(Tail { ms: tail_ms, named: seen.named_tail_ms().is_some() });
        }
        if seen.named_tail_ms().is_none() {
            self.unnamed += u64::from(tail_ms > leak_timeout.as_secs_f64() * 1e3);
        } else if self.closest.as_ref().is_none_or(|closest| closest.tail_ms < tail_ms) {
            self.closest = Some(Close { index, tail_ms, leaks: seen.leaks.clone() });
        }
    }

    /// Whether there are enough runs to say that it is rare here.
    pub(crate) fn is_settled(&self) -> bool {
        self.test.decision() == Decision::Rare
    }
}

/// The worth of a run for a search: 1 for a hit, less for a long tail, because it may become a leak
/// under these conditions.
pub(crate) fn worth(seen: &Observation, measure: Measure) -> f64 {
    if seen.is_hit(measure.expected) {
        return 1.0;
    }
    let share = seen.named_tail_ms().unwrap_or(0.0) / (measure.leak_timeout.as_secs_f64() * 1e3);
    // Squared: half of the way is much less than half as promising.
    0.5 * share.clamp(0.0, 1.0).powi(2)
}

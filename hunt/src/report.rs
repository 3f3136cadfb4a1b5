//! The report of a hunt.

pub mod html;
mod plot;
pub mod text;

use serde::Serialize;

use crate::arm::Arm;
pub use crate::arm::Close;
use crate::conditions::Conditions;
use crate::plan::{Certainty, Plan};
use crate::runner::{Kind, Observation};
use crate::statistics::{Block, Rate, Tails, heterogeneity};
use crate::target::Target;

/// The name and version of the format.
pub const SCHEMA: &str = "proctor.hunt/1";

/// The leak-timeouts for which tails are counted, in milliseconds: from nextest's default down to
/// almost nothing.
pub const MARGINS: [f64; 4] = [100.0, 20.0, 5.0, 1.0];

/// The question of the hunt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Does the problem happen, and how?
    Hunt,
    /// Does the run of a token happen again?
    Replay,
    /// Is the problem of a token gone?
    ProveFixed,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It happens.
    Reproduced,
    /// It was not seen in the requested runs or the available time.
    NotReproduced,
    /// It is gone, at 95 %.
    Fixed,
    /// It still happens.
    NotFixed,
    /// There were too few runs for an answer.
    Incomplete,
}

impl Answer {
    /// The exit code of `proctor hunt`: 0 for "it held", 1 for "it did not", 4 for "undecided".
    pub fn exit_code(self) -> u8 {
        match self {
            Self::NotReproduced | Self::Fixed => 0,
            Self::Reproduced | Self::NotFixed => 1,
            Self::Incomplete => 4,
        }
    }
}

/// The report of a hunt. Times are in milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The question.
    pub mode: Mode,
    /// The answer.
    pub answer: Answer,
    /// The answer in one sentence, with the evidence.
    pub sentence: String,
    /// The name of the target.
    pub name: String,
    /// The target.
    pub target: Target,
    /// The seed of all random choices.
    pub seed: u64,
    /// The leak-timeout.
    pub leak_timeout_ms: f64,
    /// The error rates of the test that ends a search.
    pub certainty: Certainty,
    /// The number of runs that ended.
    pub runs: usize,
    /// The duration of the hunt.
    pub duration_ms: f64,
    /// The reason for an early stop.
    pub stopped: Option<String>,
    /// The first run that was a hit.
    pub hit: Option<HitReport>,
    /// The result of repeating the same run.
    pub again: Option<Rate>,
    /// What a hit needs.
    pub needs: Option<Needs>,
    /// What the needed conditions mean here.
    pub means: Vec<String>,
    /// What was not tried, with the reason; only if nothing was found.
    pub untried: Vec<String>,
    /// Rates that were measured side by side afterwards; the needed conditions come first.
    pub measured: Vec<ConditionReport>,
    /// Before and after.
    pub proof: Option<Proof>,
    /// The results under each of the conditions of the search.
    pub conditions: Vec<ConditionReport>,
    /// The token that repeats it.
    pub token: Option<String>,
    /// The number of runs that prove that it is fixed.
    pub runs_to_prove: Option<u64>,
}

/// A run that was a hit.
#[derive(Clone, Debug, Serialize)]
pub struct HitReport {
    /// The name of the conditions.
    pub condition: String,
    /// The index of the run under them, from 0.
    pub index: u64,
    /// Its `PROCTOR_HUNT_SEED`.
    pub seed: u64,
    /// The number of runs until it was found.
    pub after_runs: usize,
    /// The time until it was found.
    pub after_ms: f64,
    /// What went wrong.
    pub kind: Option<Kind>,
    /// The observation.
    #[serde(flatten)]
    pub seen: Observation,
}

/// What a hit needs.
#[derive(Clone, Debug, Serialize)]
pub struct Needs {
    /// The conditions in words.
    pub condition: String,
    /// The conditions in figures.
    pub conditions: Conditions,
    /// The number of smaller conditions that were tried.
    pub tests: usize,
    /// The probability that they make no difference, and what was measured side by side with the
    /// undisturbed target is chance; 1 if that was not measured.
    pub chance: f64,
}

impl Needs {
    /// The most that [`Needs::chance`] may be if conditions are said to be needed.
    const MOST: f64 = 0.05;

    /// In words; `plain` is the rate of the undisturbed target, measured at the same time.
    pub(crate) fn in_words(&self, plain: Option<Rate>) -> String {
        if self.conditions.is_plain() {
            return "nothing: it happens as it is".to_owned();
        }
        if self.chance <= Self::MOST {
            return self.condition.clone();
        }
        match plain.filter(|plain| plain.runs > 0) {
            Some(plain) if plain.hits > 0 => format!(
                "nothing proven: it happens as it is, and that it happens more often under {} may be chance",
                self.condition
            ),
            Some(plain) => format!(
                "{}, not proven: without, it did not happen in {} runs, which may be chance",
                self.condition, plain.runs
            ),
            None => {
                format!("{}, not proven: it was not compared with runs without", self.condition)
            }
        }
    }
}

/// The results under the same conditions.
#[derive(Clone, Debug, Serialize)]
pub struct ConditionReport {
    /// The conditions in words.
    pub condition: String,
    /// The conditions in figures.
    pub conditions: Conditions,
    /// Hits and runs.
    #[serde(flatten)]
    pub rate: Rate,
    /// The share of hits.
    pub estimate: f64,
    /// The interval of Clopper and Pearson at 95 %.
    pub interval: (f64, f64),
    /// The 95 % upper bound of the rate.
    pub upper_bound: f64,
    /// Whether the test says that it is rare here.
    pub settled: bool,
    /// The runs in the order in which they were done.
    pub blocks: Vec<Block>,
    /// The probability that blocks differ this much if the rate is constant.
    pub heterogeneity: Option<f64>,
    /// A summary of the tails.
    pub tails: Option<Tails>,
    /// Hits whose output was still open when its holder was ended.
    pub open: u64,
    /// All tails.
    pub tails_ms: Vec<f64>,
    /// The number of tails with a named holder that exceeded each of [`MARGINS`].
    pub margins: [usize; MARGINS.len()],
    /// The run that came closest to leaking, or leaked longest.
    pub closest: Option<Close>,
    /// Runs with another problem.
    pub others: u64,
    /// Runs without a hit that may have left something undetected.
    pub doubted: u64,
    /// The reason for the first of them.
    pub doubt: Option<String>,
    /// Long tails without a known holder.
    pub unnamed: u64,
    /// The mean duration of a run.
    pub mean_ms: f64,
}

/// Before and after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Proof {
    /// The rate in the token.
    pub before: Rate,
    /// The rate now.
    pub after: Rate,
    /// The number of runs that a proof needs.
    pub needed: Option<u64>,
    /// The probability of so few hits if nothing has changed (Fisher's exact test).
    pub p: f64,
}

impl Report {
    /// A report without findings.
    pub(crate) fn new(mode: Mode, plan: &Plan) -> Self {
        Self {
            schema: SCHEMA,
            mode,
            answer: Answer::Incomplete,
            sentence: String::new(),
            name: plan.target.name(),
            target: plan.target.clone(),
            seed: plan.seed,
            leak_timeout_ms: plan.leak_timeout.as_secs_f64() * 1e3,
            certainty: plan.certainty,
            runs: 0,
            duration_ms: 0.0,
            stopped: None,
            hit: None,
            again: None,
            needs: None,
            means: Vec::new(),
            untried: Vec::new(),
            measured: Vec::new(),
            proof: None,
            conditions: Vec::new(),
            token: None,
            runs_to_prove: None,
        }
    }

    /// The report as JSON, with a line end.
    ///
    /// # Errors
    ///
    /// If a path of the target is not text.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

impl ConditionReport {
    pub(crate) fn of(arm: &Arm) -> Self {
        let tails_ms: Vec<f64> = arm.tails.iter().map(|tail| tail.ms).collect();
        let over =
            |margin: f64| arm.tails.iter().filter(|tail| tail.named && tail.ms > margin).count();
        Self {
            condition: arm.name.clone(),
            conditions: arm.conditions.clone(),
            rate: arm.rate,
            estimate: arm.rate.estimate(),
            interval: arm.rate.interval(),
            upper_bound: arm.rate.upper_bound(),
            settled: arm.is_settled(),
            heterogeneity: heterogeneity(&arm.blocks),
            blocks: arm.blocks.clone(),
            tails: Tails::of(&tails_ms),
            open: arm.open,
            tails_ms,
            margins: MARGINS.map(over),
            closest: arm.closest.clone(),
            others: arm.others,
            doubted: arm.doubted,
            doubt: arm.doubt.clone(),
            unnamed: arm.unnamed,
            mean_ms: arm.seconds * 1e3 / arm.rate.runs.max(1) as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Conditions, Needs, Rate};
    use crate::statistics::fell;

    /// What is said if a hit came beside a copy, with these rates.
    fn said(own: (u64, u64), plain: (u64, u64)) -> String {
        let rate = |(hits, runs)| Rate { hits, runs };
        let conditions = Conditions { copies: 2, ..Conditions::default() };
        let chance = fell(rate(own), rate(plain));
        let needs = Needs { condition: conditions.to_string(), conditions, tests: 1, chance };
        needs.in_words(Some(rate(plain)))
    }

    #[test]
    fn need_is_a_difference_that_was_measured() {
        assert_eq!(said((9, 10), (0, 10)), "copies 2");
        assert_eq!(said((19, 20), (5, 20)), "copies 2");
        let chance = "nothing proven: it happens as it is, and that it happens more often under copies 2 may be chance";
        assert_eq!(said((10, 20), (9, 20)), chance);
        let few =
            "copies 2, not proven: without, it did not happen in 10 runs, which may be chance";
        assert_eq!(said((2, 10), (0, 10)), few);
        assert_eq!(
            said((2, 10), (0, 0)),
            "copies 2, not proven: it was not compared with runs without"
        );
    }
}

//! What a hunt has found, in a form that can be written.

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

/// The name of this form of a report.
pub const SCHEMA: &str = "proctor.hunt/1";

/// The leak-timeouts under which tails are counted, in milliseconds: from nextest's default towards "anything at all".
pub const MARGINS: [f64; 4] = [100.0, 20.0, 5.0, 1.0];

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Does it happen, and how.
    Hunt,
    /// Does the run of a token happen again.
    Replay,
    /// Is what a token tells of gone.
    ProveFixed,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It happens.
    Reproduced,
    /// It was not seen, in as many runs as were asked for or the time allowed.
    NotReproduced,
    /// It is gone, at 95 %.
    Fixed,
    /// It still happens.
    NotFixed,
    /// Too little was seen to say anything.
    Incomplete,
}

impl Answer {
    /// 0 for "it held", 1 for "it did not", 4 for "nobody can tell": the exit code of `proctor hunt`.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::NotReproduced | Self::Fixed => 0,
            Self::Reproduced | Self::NotFixed => 1,
            Self::Incomplete => 4,
        }
    }
}

/// What a hunt has found. Times are in milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// What was asked.
    pub mode: Mode,
    /// The answer.
    pub answer: Answer,
    /// The answer in one sentence, with what it rests on.
    pub sentence: String,
    /// What the target is called.
    pub name: String,
    /// What was run.
    pub target: Target,
    /// Where everything that is left to chance comes from.
    pub seed: u64,
    /// What counted as a leak.
    pub leak_timeout_ms: f64,
    /// The error rates of the test that ends a search.
    pub certainty: Certainty,
    /// How many runs ended.
    pub runs: usize,
    /// How long it took.
    pub duration_ms: f64,
    /// Why it stopped before its own end.
    pub stopped: Option<String>,
    /// The first run that was a hit.
    pub hit: Option<HitReport>,
    /// How often that very run was a hit when it was repeated.
    pub again: Option<Rate>,
    /// What is needed for it.
    pub needs: Option<Needs>,
    /// Rates that were measured side by side afterwards; first under the conditions that are needed.
    pub measured: Vec<ConditionReport>,
    /// Before and after.
    pub proof: Option<Proof>,
    /// What was seen under each of the conditions of the search.
    pub conditions: Vec<ConditionReport>,
    /// The token that repeats it.
    pub token: Option<String>,
    /// How many runs a proof takes that it is fixed.
    pub runs_to_prove: Option<u64>,
}

/// A run that was a hit.
#[derive(Clone, Debug, Serialize)]
pub struct HitReport {
    /// The name of the conditions.
    pub condition: String,
    /// Which run under them, from 0.
    pub index: u64,
    /// Its `PROCTOR_HUNT_SEED`.
    pub seed: u64,
    /// How many runs it took to find it.
    pub after_runs: usize,
    /// How long it took to find it.
    pub after_ms: f64,
    /// What went wrong.
    pub kind: Option<Kind>,
    /// What was seen.
    #[serde(flatten)]
    pub seen: Observation,
}

/// What is needed for a hit.
#[derive(Clone, Debug, Serialize)]
pub struct Needs {
    /// In words.
    pub condition: String,
    /// In figures.
    pub conditions: Conditions,
    /// How many smaller conditions were tried.
    pub tests: usize,
}

/// What was seen under the same conditions.
#[derive(Clone, Debug, Serialize)]
pub struct ConditionReport {
    /// In words.
    pub condition: String,
    /// In figures.
    pub conditions: Conditions,
    /// Hits and runs.
    #[serde(flatten)]
    pub rate: Rate,
    /// The share of hits.
    pub estimate: f64,
    /// The interval of Clopper and Pearson at 95 %.
    pub interval: (f64, f64),
    /// What the rate is below at 95 %.
    pub upper_bound: f64,
    /// Whether the test says that it is rare here.
    pub settled: bool,
    /// The runs in the order in which they were done.
    pub blocks: Vec<Block>,
    /// How likely blocks that differ so much are if the rate was always the same.
    pub heterogeneity: Option<f64>,
    /// The tails in sum.
    pub tails: Option<Tails>,
    /// Runs that were hits and whose output was still open when whoever held it was ended.
    pub open: u64,
    /// The tails one by one.
    pub tails_ms: Vec<f64>,
    /// How many tails with a named holder exceeded each of [`MARGINS`].
    pub margins: [usize; MARGINS.len()],
    /// The run that came nearest to leaking, or leaked longest.
    pub closest: Option<Close>,
    /// Runs in which something else went wrong.
    pub others: u64,
    /// Long tails that nobody is known to have made.
    pub unnamed: u64,
    /// How long a run took.
    pub mean_ms: f64,
}

/// Before and after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Proof {
    /// What the token says.
    pub before: Rate,
    /// What was seen now.
    pub after: Rate,
    /// How many runs were needed.
    pub needed: Option<u64>,
    /// How likely so few hits are if nothing has changed (Fisher's exact test).
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
            measured: Vec::new(),
            proof: None,
            conditions: Vec::new(),
            token: None,
            runs_to_prove: None,
        }
    }

    /// As JSON, with a line end.
    ///
    /// # Errors
    ///
    /// If a path of the target is no text.
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
            unnamed: arm.unnamed,
            mean_ms: arm.seconds * 1e3 / arm.rate.runs.max(1) as f64,
        }
    }
}

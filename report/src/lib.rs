//! What a run found: the data behind every format of the report.

mod closing;
pub mod coverage;
mod dialect;
pub mod html;
pub mod json;
pub mod junit;
mod level;
pub mod markdown;
pub mod moments;
mod note;
mod outcome;
mod reason;
pub mod releases;
mod revision;
pub mod servers;
pub mod text;
mod transport;

use reaper::leak::LeakReport;
use serde::{Deserialize, Serialize};

pub use dialect::{Dialect, Family, UnknownDialect};
pub use level::{Level, UnknownLevel};
pub use note::Note;
pub use outcome::{Outcome, Verdict};
pub use reason::Reason;
pub use revision::{Revision, UnknownRevision};
pub use transport::{Transport, UnknownTransport};

/// The name and version of the format, part of every report.
pub const SCHEMA: &str = "proctor.report/1";

/// The report of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// What was examined.
    pub subject: SubjectReport,
    /// The verdict of the run.
    pub verdict: Verdict,
    /// Remarks that the counts do not show: stale known failures, an interruption, a deadline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// The number of failures after which the run was stopped, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_after: Option<usize>,
    /// The counts.
    pub summary: Summary,
    /// Every selected case, by id and dialect, and every observer that was not selected and that
    /// found a violation in one of their conversations.
    pub checks: Vec<CheckReport>,
    /// The parts of the protocol that were touched, if that was noted; a file of its own has them.
    #[serde(skip)]
    pub coverage: Option<coverage::Coverage>,
}

/// What was examined.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SubjectReport {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// The name that it gives itself.
    pub user_agent: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The dialects that it speaks.
    pub dialects: Vec<Family>,
    /// The revisions of the Model Context Protocol in which it was examined, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revisions: Vec<Revision>,
    /// What carried the messages; stdio in a report without this member.
    #[serde(default)]
    pub transport: Transport,
}

/// The counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Cases that apply to the subject, selected or not; 0 in a report without this member.
    #[serde(default)]
    pub applicable: usize,
    /// Cases that should have run.
    pub expected: usize,
    /// Cases that ran.
    pub run: usize,
    /// Requirements that held.
    pub passed: usize,
    /// Requirements that did not.
    pub failed: usize,
    /// Cases whose subject left a process behind.
    pub leaked: usize,
    /// SHOULDs that did not hold.
    pub warned: usize,
    /// Failures that the list of known failures expects.
    pub known_failures: usize,
    /// Listed failures that passed.
    pub unexpected_passes: usize,
    /// Inconclusive cases.
    pub inconclusive: usize,
    /// Cases that do not apply to the subject.
    pub not_applicable: usize,
    /// Cases whose attempts differed.
    pub flaky: usize,
    /// From the first case to the last, in milliseconds.
    pub duration_ms: u64,
}

/// One case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CheckReport {
    /// The id of the check.
    pub id: String,
    /// The chapter that the check belongs to.
    pub suite: String,
    /// The dialect in which it was run; in JSON also as `revision`, if it is `mcp`.
    #[serde(flatten, with = "dialect::apart")]
    pub dialect: Dialect,
    /// How binding it is.
    pub level: Level,
    /// The sentence of the requirement.
    pub requirement: String,
    /// Where the requirement is written.
    pub source: String,
    /// How it ended.
    pub outcome: Outcome,
    /// All attempts together, in milliseconds.
    pub duration_ms: u64,
    /// How often it was run.
    pub attempts: usize,
    /// Whether its attempts differed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flaky: bool,
    /// Why it did not apply, why its failure was expected, or how its attempts differed.
    pub reason: Option<Reason>,
    /// The features that this check proves to work, and that other checks need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// The feature that it needs and that the subject lacks, if the case is inconclusive for that
    /// reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// How the requirement failed.
    pub failure: Option<FailureReport>,
    /// The processes that were left behind.
    pub leaks: Vec<LeakReport>,
    /// The command that repeats it.
    pub repeat: String,
    /// What the check noted for a table, whatever its outcome is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<Cell>,
    /// The last conversation, for people; kept only for cases that did not pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transcript: Vec<String>,
}

/// One observation of a check that fills a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The row of the table.
    pub row: String,
    /// The column.
    pub column: String,
    /// What was observed, in a few words.
    pub word: String,
}

/// How a requirement failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FailureReport {
    /// What was looked at.
    pub what: String,
    /// What the requirement asks for.
    pub expected: String,
    /// What the subject did.
    pub observed: String,
    /// The place in the check.
    pub place: String,
    /// Further evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl CheckReport {
    /// The reason in words; empty if there is none.
    pub fn why(&self) -> String {
        self.reason.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// The name of the case: the check's id and the dialect.
    pub fn name(&self) -> String {
        format!("{}@{}", self.id, self.dialect)
    }
}

impl SubjectReport {
    /// The dialects for people: `v1`, `v2`, `mcp 2025-11-25`.
    pub fn spoken(&self) -> Vec<String> {
        let plain = self.dialects.iter().filter(|family| **family != Family::Mcp);
        let plain = plain.map(ToString::to_string);
        plain.chain(self.revisions.iter().map(|revision| format!("mcp {revision}"))).collect()
    }
}

impl Report {
    /// The case with this id and dialect, if it was selected.
    pub fn find(&self, id: &str, dialect: Dialect) -> Option<&CheckReport> {
        self.checks.iter().find(|check| check.id == id && check.dialect == dialect)
    }

    /// The exit code of a run: 0 everything held, 1 something did not, 4 the run is incomplete.
    pub fn exit_code(&self) -> u8 {
        match self.verdict {
            Verdict::Conformant => 0,
            Verdict::Nonconformant => 1,
            Verdict::Incomplete => 4,
        }
    }
}

impl Summary {
    /// Counts one more case.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Leaked => self.leaked += 1,
            Outcome::Warned => self.warned += 1,
            Outcome::KnownFailure => self.known_failures += 1,
            Outcome::UnexpectedPass => self.unexpected_passes += 1,
            Outcome::Inconclusive => self.inconclusive += 1,
            Outcome::NotApplicable => self.not_applicable += 1,
        }
    }
}

//! The comparison: changes of the shapes, of the outcomes of checks, and of the messages that were sent.

use report::Outcome;
use schema::drift::{Change, changes};

use super::observed::Difference;
use super::side::Looked;

/// What was found by comparing; a part that could not be compared is missing.
pub(super) struct Compared {
    /// The names of both.
    pub(super) names: [String; 2],
    /// How the shapes changed.
    pub(super) changes: Option<Vec<Change>>,
    /// The cases whose outcome changed.
    pub(super) checks: Option<Vec<Changed>>,
    /// How the messages of the same checks differ.
    pub(super) messages: Option<Vec<Difference>>,
}

/// A case whose outcome changed.
pub(super) struct Changed {
    /// `id@dialect`.
    pub(super) case: String,
    /// The older outcome; nothing if it is not in the report.
    pub(super) before: Option<Outcome>,
    /// The newer outcome; nothing if it is not in the report.
    pub(super) after: Option<Outcome>,
}

impl Changed {
    /// Whether it fails, and did not before. An observer without a violation may not be in a report.
    pub(super) fn is_worse(&self) -> bool {
        let fails = |outcome: Outcome| matches!(outcome, Outcome::Failed | Outcome::Leaked);
        !self.before.is_some_and(fails) && self.after.is_some_and(fails)
    }
}

impl Compared {
    /// Compares what is known of both; nothing if that has nothing in common.
    pub(super) fn of(before: &Looked, after: &Looked) -> Option<Self> {
        let shapes = before.shapes.as_ref().zip(after.shapes.as_ref());
        let outcomes = before.outcomes.as_ref().zip(after.outcomes.as_ref());
        let observed = before.observed.as_ref().zip(after.observed.as_ref());
        if shapes.is_none() && outcomes.is_none() {
            return None;
        }
        let checks = outcomes.map(|(before, after)| {
            let mut cases: Vec<&String> = before.keys().chain(after.keys()).collect();
            cases.sort();
            cases.dedup();
            let changed = cases.into_iter().map(|case| Changed {
                case: case.clone(),
                before: before.get(case).copied(),
                after: after.get(case).copied(),
            });
            changed.filter(|changed| changed.before != changed.after).collect()
        });
        Some(Self {
            names: [before.name.clone(), after.name.clone()],
            changes: shapes.map(|(before, after)| changes(before, after)),
            checks,
            messages: observed.map(|(before, after)| before.differences(after)),
        })
    }

    /// Whether a change breaks anything, or a check that held does not any more.
    pub(super) fn breaks(&self) -> bool {
        let changes = self.changes.iter().flatten().any(|change| change.breaks.anything());
        changes || self.checks.iter().flatten().any(Changed::is_worse)
    }
}

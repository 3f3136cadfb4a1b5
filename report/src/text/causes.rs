//! Groups the cases that did not pass by their cause, so that each cause is shown once.

use std::collections::BTreeMap;

use shown::{masked, one_line, ticked};

use crate::CheckReport;
use crate::outcome::Outcome;
use crate::text::name;

/// The number of other cases with the same cause that are named.
const NAMED: usize = 6;

/// Two failures have one cause if expectation and observation agree, apart from details that differ
/// between runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// The subject lacks a feature that the check needs.
    Need(String),
    /// The same outcome with the same observation.
    Seen(Outcome, Vec<String>),
    /// Nothing to compare: a known failure that passed.
    Own(String),
}

impl Cause {
    /// The cause of a case that did not pass.
    pub(crate) fn of(check: &CheckReport) -> Self {
        if let Some(need) = &check.needs {
            return Self::Need(need.clone());
        }
        let mut words = Vec::new();
        if let Some(failure) = &check.failure {
            words.extend([&failure.what, &failure.expected, &failure.observed]);
        }
        words.extend(check.leaks.iter().map(|leak| &leak.command));
        if words.is_empty() {
            return Self::Own(name(check));
        }
        Self::Seen(check.outcome, words.into_iter().map(|text| masked(text)).collect())
    }
}

/// The cases by their cause: first those that other checks rely on, then the most frequent causes.
pub(super) fn by_cause<'a>(checks: &[&'a CheckReport]) -> Vec<(Cause, Vec<&'a CheckReport>)> {
    let mut causes: BTreeMap<Cause, Vec<&CheckReport>> = BTreeMap::new();
    for check in checks {
        causes.entry(Cause::of(check)).or_default().push(check);
    }
    let mut causes: Vec<_> = causes.into_iter().collect();
    let rank = |(_, all): &(Cause, Vec<&CheckReport>)| {
        let first = all.iter().all(|check| check.grants.is_empty());
        (first, std::cmp::Reverse(all.len()), name(all[0]))
    };
    causes.sort_by_key(rank);
    for (_, all) in &mut causes {
        // Among the cases with one cause, show in full the one that other checks rely on.
        all.sort_by_key(|check| check.grants.is_empty());
    }
    causes
}

/// The other cases with the same cause, in one line.
pub(super) fn others(rest: &[&CheckReport]) -> String {
    let checks = if rest.len() == 1 { "1 more check" } else { "more checks" };
    let count = if rest.len() == 1 { String::new() } else { format!("{} ", rest.len()) };
    format!("in {count}{checks}: {}", names(rest))
}

/// The checks that need a feature which the subject lacks, on one line.
pub(super) fn needed(all: &[&CheckReport], need: &str) -> String {
    let checks = match all {
        [_] => "1 check needs".to_owned(),
        all => format!("{} checks need", all.len()),
    };
    let why = all[0].failure.as_ref().map_or_else(String::new, |failure| {
        failure.observed.strip_prefix(need).unwrap_or(&failure.observed).trim_start().to_owned()
    });
    one_line(&format!("inconclusive: {checks} {}, which {why}", ticked(need)))
}

/// The names of the first few cases.
pub(super) fn names(checks: &[&CheckReport]) -> String {
    let named: Vec<_> = checks.iter().take(NAMED).map(|check| name(check)).collect();
    let more = checks.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}

//! Stale known failures: listed, but passing or matching no check.

use report::{CheckReport, Note, Outcome, Reason};

use crate::known_failures::Line;
use crate::profile::Profile;
use crate::select::{Filters, Selected};
use crate::session::Options;

/// Marks the cases of stale lines as unexpected passes; returns notes on the lines that match no
/// case.
///
/// A line is stale if none of the cases that it covers failed. A glob may be right for only some of
/// its cases, so it is not judged if only some of them were selected; nor is a line about an
/// observer or a law, unless all cases were. A line about an intermittent failure is stale only if
/// it covers nothing.
pub(crate) fn apply(
    selected: &[Selected],
    profile: &Profile,
    options: &Options,
    checks: &mut [CheckReport],
) -> Vec<Note> {
    let mut notes = Vec::new();
    for line in options.known_failures.lines() {
        let covered: Vec<usize> = (0..selected.len())
            .filter(|index| {
                selected[*index].exempt.is_none() && line.covers(&selected[*index].case)
            })
            .collect();
        // One that failed where the line does not excuse it is no pass either.
        let failed = |index: &usize| {
            !matches!(checks[*index].outcome, Outcome::Passed | Outcome::UnexpectedPass)
        };
        if covered.iter().any(failed) {
            continue;
        }
        // An observer or a law may fail in conversations that were not selected.
        let watches = |index: &usize| selected[*index].case.check.observes();
        let partly = covered.len() < applicable(line, profile)
            || (!options.whole && covered.iter().all(watches));
        if (partly || line.is_sometimes()) && !covered.is_empty() {
            continue;
        }
        for index in &covered {
            let check = &mut checks[*index];
            check.outcome = Outcome::UnexpectedPass;
            check.reason = Some(Reason::Stale { line: line.number, listed: line.reason.clone() });
        }
        // What applies over stdio alone may still fail there.
        let elsewhere = |one: &Selected| {
            one.case.check.exempts_over(profile.transport).is_some() && line.covers(&one.case)
        };
        let elsewhere = selected.iter().any(elsewhere);
        if covered.is_empty() && !elsewhere && (options.whole || matches_no_check(&line.pattern)) {
            notes.push(Note::Stale { line: line.number, pattern: line.pattern.clone() });
        }
    }
    notes
}

/// The number of all cases that apply to the subject and that the line covers.
fn applicable(line: &Line, profile: &Profile) -> usize {
    let all = Filters::default().select(profile).unwrap_or_default();
    all.iter().filter(|selected| selected.exempt.is_none() && line.covers(&selected.case)).count()
}

fn matches_no_check(pattern: &str) -> bool {
    let filters = Filters { checks: vec![pattern.to_owned()], ..Default::default() };
    filters.cases().is_err()
}

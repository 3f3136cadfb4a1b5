//! Checks that run one after the other in one process.
//!
//! A start is dear, and many checks are a turn or two in a thread of their own. Those that say so
//! share a process with the others of their module: each has a thread, a working directory and a
//! script of the model of its own, and is asked and settled as if it were alone.
//!
//! What is shared can only speed up a pass. A check that fails, or in whose conversation anything is
//! found, runs again in an environment of its own, and that result counts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Instant;

use tokio::sync::watch;

use crate::check::Check;
use crate::context::Context;
use crate::course::Course;
use crate::run::{Attempt, Case, Violation, conclude, converse, judge};
use crate::select::Selected;
use crate::session::{Options, failed, known};
use crate::subject::Examined;
use report::Outcome;

/// For each case, the cases that run in one process with it, itself among them: for the first of
/// them all, for the others none, and for a case of its own itself.
pub(super) fn companies(
    examined: &Examined,
    selected: &[Selected],
    options: &Options,
) -> Vec<Vec<usize>> {
    let mut companies: Vec<Vec<usize>> = vec![Vec::new(); selected.len()];
    let mut first = BTreeMap::new();
    for (index, selected) in selected.iter().enumerate() {
        let Case { check, dialect } = selected.case;
        let leader = is_sociable(examined, selected, options)
            .then(|| *first.entry((check.module, dialect)).or_insert(index));
        companies[leader.unwrap_or(index)].push(index);
    }
    companies
}

/// Whether the case may share a process: nothing but a pass is expected of it, and only once.
fn is_sociable(examined: &Examined, selected: &Selected, options: &Options) -> bool {
    let case = selected.case;
    let Check { company, grants, .. } = case.check;
    *company
        && grants.is_empty()
        && selected.exempt.is_none()
        && options.repeat <= 1
        && case.check.known_defect(case.dialect, examined.profile.release).is_none()
        && options.known_failures.find(&case, &case.name()).is_none()
}

/// Runs the cases in one process, up to the first that does not hold; the attempts at those that
/// held. `None` if anything was found in their conversation that may be due to one of them.
pub(super) fn together(
    examined: &Examined,
    cases: &[Case],
    observers: &[&'static Check],
    options: &Options,
    cancel: watch::Receiver<bool>,
) -> Option<Vec<Attempt>> {
    // Without a runtime each case reports so by itself.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let held = runtime.block_on(in_turn(examined, cases, observers, cancel))?;
    let found = held.first().map(|first| (&first.leaks, &first.violations));
    let harmless = found.is_none_or(|(leaks, violations)| {
        let members = &cases[..held.len()];
        leaks.is_empty() && violations.iter().all(|found| is_alike(found, members, options))
    });
    harmless.then_some(held)
}

/// Whether it means the same in the conversation of each of these cases, and does not fail the run:
/// an observer reports the first violation of a conversation, which may hide others.
fn is_alike(found: &Violation, cases: &[Case], options: &Options) -> bool {
    let Some(dialect) = cases.first().map(|case| case.dialect) else { return true };
    let own = Case { check: found.observer, dialect };
    let known = |case: &Case| known(&own, &case.name(), found.defect, options).is_some();
    let is_member = |within: &Case| cases.iter().any(|case| case.name() == within.name());
    let outcome = failed(own.check.level, &found.failure);
    let bad = outcome.is_bad() || outcome == Outcome::Inconclusive || options.strict;
    let count = cases.iter().filter(|case| known(case)).count();
    let alike = count == cases.len() || (count == 0 && !bad);
    alike && found.within.as_ref().is_none_or(is_member)
}

/// Runs the cases one after the other, up to the first that does not hold. What was found in their
/// conversation stands with the first.
async fn in_turn(
    examined: &Examined,
    cases: &[Case],
    observers: &[&'static Check],
    mut cancel: watch::Receiver<bool>,
) -> Option<Vec<Attempt>> {
    let dialect = cases.first()?.dialect;
    let mut cx = Context::new(examined, dialect, &[]).await.ok()?;
    cx.peer.share();
    let laws = observers.iter().any(|observer| observer.is_law());
    let (mut held, mut marks) = (Vec::<Attempt>::new(), Vec::new());
    for case in cases {
        let (began, waited) = (Instant::now(), cx.waited().total());
        if !held.is_empty() && cx.hand_on(held.len() + 1).is_err() {
            break;
        }
        marks.push(cx.peer.mark());
        let result = tokio::select! {
            result = converse(&mut cx, case.check, examined.subject.settings.check) => result,
            Ok(_) = cancel.wait_for(|cancelled| *cancelled) => break,
        };
        if result.is_err() {
            break;
        }
        if laws {
            conclude(&mut cx).await;
        }
        let mut attempt = Attempt::held(cx.take_cells());
        attempt.duration = began.elapsed().saturating_sub(cx.waited().total() - waited);
        held.push(attempt);
    }
    let ended = cx.finish().await;
    let egress = cx.egress();
    let requests = cx.model.journal().into_iter().filter(|asked| asked.number().is_some());
    let course = Course::new(cx.record(), &ended, requests.collect(), dialect);
    let mentions = RefCell::default();
    let mut violations = judge(examined, observers, &course, &egress, &mentions);
    drop(course);
    for violation in violations.iter_mut().filter(|_| ended.len() == 1) {
        let line = violation.failure.parts().line.unwrap_or_default();
        let part = marks.partition_point(|mark| *mark <= line).saturating_sub(1);
        violation.within = cases.get(part).copied();
    }
    if let Some(first) = held.first_mut() {
        let survivors = ended.iter().flat_map(|process| process.report.survivors.iter().cloned());
        first.leaks = survivors.collect();
        (first.violations, first.ended, first.egress) = (violations, ended, egress);
        first.mentions = mentions.into_inner();
    }
    Some(held)
}

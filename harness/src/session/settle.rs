//! Determines the outcome of a case from its attempts.

use crate::applies::FixedIn;
use crate::check::Check;
use crate::failure::{Failure, Kind};
use crate::run::{Attempt, Case, Violation};
use crate::select::Selected;
use crate::session::{Options, millis};
use reaper::leak::Leak;
use report::{CheckReport, FailureReport, Level, Outcome, Reason};
use shown::one_line;

/// The part of a conversation that a report carries: the number of lines, and of bytes of each.
const TRANSCRIPT: (usize, usize) = (60, 600);

/// The report of one case from its attempts, before observers and stale lines are considered.
pub(crate) fn settle(selected: &Selected, attempts: &[Attempt], options: &Options) -> CheckReport {
    let case = selected.case;
    let mut report = CheckReport {
        id: case.check.id(),
        suite: case.check.suite().to_owned(),
        dialect: case.dialect,
        level: case.check.level,
        requirement: case.check.requirement.to_owned(),
        source: case.check.source.to_owned(),
        outcome: Outcome::NotApplicable,
        duration_ms: millis(attempts.iter().map(|attempt| attempt.duration).sum()),
        attempts: attempts.len(),
        flaky: differ(attempts),
        reason: selected.exempt.clone().map(Reason::Exempt),
        grants: case.check.grants.iter().map(|need| (*need).to_owned()).collect(),
        needs: None,
        failure: None,
        leaks: Vec::new(),
        repeat: repeat(&[case.name()], options),
        cells: Vec::new(),
        transcript: Vec::new(),
    };
    if selected.exempt.is_some() {
        return report;
    }
    let Some(attempt) = deciding(attempts, options) else {
        report.outcome = Outcome::Inconclusive;
        report.reason = Some(Reason::NotRun);
        return report;
    };
    report.outcome = outcome(case.check.level, attempt);
    report.cells.clone_from(&attempt.cells);
    if let (Outcome::NotApplicable, Err(found)) = (report.outcome, &attempt.result) {
        report.reason = Some(Reason::Exempt(found.parts().observed.clone()));
        return report;
    }
    report.failure = attempt.result.as_ref().err().map(|found| failure(found, case.check));
    report.needs = attempt.result.as_ref().err().and_then(|found| found.parts().need.clone());
    report.leaks = attempt.leaks.iter().map(|leak| leak.report("the subject")).collect();
    if report.outcome == Outcome::Passed && report.failure.is_some() {
        report.reason = Some(Reason::Allowed);
    }
    if differ(attempts) {
        let whole: Vec<_> = whole(attempts).collect();
        let against: Vec<_> = whole.iter().copied().filter_map(against).collect();
        let held = whole.len() - against.len();
        let (attempts, against) = (whole.len(), against[0].clone());
        report.reason = Some(Reason::Flaky { held, attempts, against });
    }
    if report.outcome != Outcome::Passed {
        report.transcript = transcript(attempt);
    }
    if matches!(report.outcome, Outcome::Failed | Outcome::Leaked | Outcome::Warned)
        && let Some(reason) = known(&case, &case.name(), attempt.defect, options)
    {
        report.outcome = Outcome::KnownFailure;
        report.reason = Some(reason);
    }
    report
}

/// Takes back that cases held which the end of the run cut off: they might not have held later.
/// Returns the number of cases that were cut off before they failed the run.
pub(crate) fn cut_off(
    checks: &mut [CheckReport],
    results: &[Option<Vec<Attempt>>],
    unfinished: &[bool],
    options: &Options,
) -> usize {
    let mut count = 0;
    for ((check, attempts), unfinished) in checks.iter_mut().zip(results).zip(unfinished) {
        let (Some(attempts), true) = (attempts, unfinished) else { continue };
        if check.outcome.is_bad() || check.outcome == Outcome::NotApplicable {
            continue;
        }
        count += 1;
        // What is not whole was interrupted, and left something behind.
        let nothing_found = whole(attempts).all(held);
        if nothing_found || check.outcome == Outcome::Passed {
            let held = whole(attempts).filter(|attempt| held(attempt)).count();
            check.outcome = Outcome::Inconclusive;
            check.reason = Some(Reason::CutOff { held, of: options.repeat.max(1) });
        }
    }
    count
}

/// The reason why a failure of the case in this conversation is expected: the list, or a known
/// defect of the claimed release.
pub(crate) fn known(
    case: &Case,
    conversation: &str,
    defect: Option<FixedIn>,
    options: &Options,
) -> Option<Reason> {
    let line = options.known_failures.find(case, conversation);
    let listed = line.map(|line| Reason::Listed(line.reason.clone()));
    listed.or_else(|| defect.map(|defect| Reason::Defect(defect.to_string())))
}

/// The attempt that decides: with retries the last one, otherwise the worst; one that was interrupted
/// only if there is no other.
fn deciding<'a>(attempts: &'a [Attempt], options: &Options) -> Option<&'a Attempt> {
    if options.repeat <= 1 {
        return whole(attempts).last().or(attempts.last());
    }
    let bad = whole(attempts).find(|attempt| !held(attempt));
    bad.or(whole(attempts).last()).or(attempts.last())
}

/// The attempts that were not interrupted.
fn whole(attempts: &[Attempt]) -> impl Iterator<Item = &Attempt> {
    attempts.iter().filter(|attempt| !attempt.cut)
}

/// Whether the attempt held and left nothing behind.
pub(crate) fn held(attempt: &Attempt) -> bool {
    attempt.result.is_ok() && attempt.leaks.is_empty()
}

/// What went wrong in the attempt, on one line.
fn against(attempt: &Attempt) -> Option<String> {
    match (&attempt.result, attempt.leaks.first()) {
        (Err(failure), _) => Some(failure.line()),
        (Ok(()), Some(survivor)) => Some(left_behind(survivor)),
        (Ok(()), None) => None,
    }
}

/// The description of a survivor, on one line.
pub fn left_behind(survivor: &Leak) -> String {
    one_line(&format!("left behind: {}", survivor.command))
}

/// Whether the attempt would fail the run, so that a retry is worth its time: a known failure fails
/// again, unless it is intermittent.
pub(crate) fn is_worth_another(case: &Case, attempt: &Attempt, options: &Options) -> bool {
    let own = case.name();
    let fails = |case: &Case, defect: Option<FixedIn>, outcome: Outcome| {
        let fails = outcome.is_bad()
            || outcome == Outcome::Inconclusive
            || (options.strict && outcome == Outcome::Warned);
        let listed = options.known_failures.find(case, &own);
        let explained = listed.map_or(defect.is_some(), |line| !line.is_sometimes());
        fails && !explained
    };
    let observed = attempt.violations.iter().any(|violation| {
        let observer = Case { check: violation.observer, dialect: case.dialect };
        fails(&observer, violation.defect, failed(observer.check.level, &violation.failure))
    });
    observed || fails(case, attempt.defect, outcome(case.check.level, attempt))
}

/// Whether some attempts held and some did not. One that was interrupted did neither.
pub(crate) fn differ(attempts: &[Attempt]) -> bool {
    whole(attempts).any(held) && !whole(attempts).all(held)
}

/// The outcome of one attempt at a check of this level.
pub(crate) fn outcome(level: Level, attempt: &Attempt) -> Outcome {
    match &attempt.result {
        Ok(()) if attempt.leaks.is_empty() => Outcome::Passed,
        Ok(()) => Outcome::Leaked,
        Err(failure) => failed(level, failure),
    }
}

/// The outcome of a check of this level with this failure.
pub(crate) fn failed(level: Level, failure: &Failure) -> Outcome {
    match (failure.kind(), level) {
        (Kind::Inconclusive, _) => Outcome::Inconclusive,
        (Kind::NotOffered, _) => Outcome::NotApplicable,
        (_, Level::Must) => Outcome::Failed,
        (_, Level::Should) => Outcome::Warned,
        (_, Level::May) => Outcome::Passed,
    }
}

/// The last lines of the last conversation of an attempt.
pub fn transcript(attempt: &Attempt) -> Vec<String> {
    let (lines, width) = TRANSCRIPT;
    let mut out = Vec::new();
    for (number, process) in attempt.ended.iter().enumerate() {
        if attempt.ended.len() > 1 {
            out.push(format!("process {} of {}:", number + 1, attempt.ended.len()));
        }
        out.extend(process.transcript.to_lines(lines, width));
    }
    out
}

/// The lines around the one in which an observer found a violation.
pub(crate) fn around(attempt: &Attempt, violation: &Violation) -> Vec<String> {
    let (lines, width) = TRANSCRIPT;
    match (violation.failure.parts().line, attempt.ended.get(violation.process)) {
        (Some(line), Some(process)) => process.transcript.to_lines_around(line, lines, width),
        _ => transcript(attempt),
    }
}

/// A failure of `check` in the form of a report.
pub(crate) fn failure(failure: &Failure, check: &Check) -> FailureReport {
    let parts = failure.parts();
    // A wait fails inside the harness, and a comparison of many checks in a function that they
    // share; people want to read the check.
    let own = parts.place.rsplit_once(':').is_some_and(|(file, _)| file == check.file);
    let place = if own { parts.place.clone() } else { format!("{}:{}", check.file, check.line) };
    FailureReport {
        what: parts.what.clone(),
        expected: parts.expected.clone(),
        observed: parts.observed.clone(),
        place,
        notes: parts.notes.clone(),
    }
}

/// The command that repeats these cases.
pub(crate) fn repeat(names: &[String], options: &Options) -> String {
    if let Some(target) = &options.bazel_target {
        let filter = match names {
            [only] => only.clone(),
            all => format!("{{{}}}", all.join(",")),
        };
        return format!("bazel test {target} --test_filter='{filter}'");
    }
    let checks: Vec<_> = names.iter().map(|name| format!("--check '{name}'")).collect();
    format!("proctor run {}{}", checks.join(" "), options.repeat_tail)
}

#[cfg(test)]
mod tests {
    use super::{deciding, differ};
    use crate::failure::Failure;
    use crate::run::Attempt;
    use crate::session::Options;

    fn failed(cut: bool) -> Attempt {
        let result = Err(Failure::inconclusive("the check", "a reason"));
        Attempt { result, cut, ..Attempt::held(Vec::new()) }
    }

    #[test]
    fn an_interrupted_attempt_neither_held_nor_failed() {
        let held = || Attempt::held(Vec::new());
        assert!(!differ(&[held(), failed(true)]));
        assert!(!differ(&[failed(false), failed(true)]));
        assert!(differ(&[held(), failed(false), failed(true)]));
        for repeat in [1, 9] {
            let options = Options { repeat, ..Options::default() };
            let decides = |attempts: &[Attempt]| deciding(attempts, &options).unwrap().cut;
            assert!(!decides(&[held(), failed(true)]), "{repeat}");
            assert!(decides(&[failed(true)]), "{repeat}");
        }
    }
}

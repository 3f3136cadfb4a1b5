//! The end of a report: a table by suite, why checks did not apply, the counts, the notes, the
//! verdict.

use std::collections::BTreeMap;
use std::time::Duration;

use shown::{Paint, Tone};

use crate::note::Note;
use crate::outcome::{Outcome, Verdict};
use crate::text::one_line;
use crate::{Report, Summary};

/// The columns of the table and the words of the counts.
pub(crate) const COLUMNS: [(Outcome, &str); 8] = [
    (Outcome::Passed, "passed"),
    (Outcome::Failed, "failed"),
    (Outcome::Leaked, "leaked"),
    (Outcome::UnexpectedPass, "unexpected"),
    (Outcome::Inconclusive, "inconclusive"),
    (Outcome::Warned, "warned"),
    (Outcome::KnownFailure, "known"),
    (Outcome::NotApplicable, "not applicable"),
];

pub(super) fn render(report: &Report, paint: Paint) -> String {
    let mut out = String::new();
    if !report.checks.is_empty() {
        out.push('\n');
        out.push_str(&table(report, paint));
    }
    for (reason, count) in exemptions(report) {
        out.push_str(&format!("{count} not applicable: {}\n", one_line(&reason)));
    }
    out.push('\n');
    out.push_str(&verdict(report, paint));
    out
}

/// The counts, the notes and the verdict.
pub(super) fn verdict(report: &Report, paint: Paint) -> String {
    let mut out = counts(&report.summary);
    out.push('\n');
    // What extends the protocol is no matter of the verdict: the files have it.
    for note in report.notes.iter().filter(|note| !matches!(note, Note::Unnamed(_))) {
        out.push_str(&format!(
            "{} {}\n",
            paint.tone(Tone::Doubtful, "note:"),
            one_line(&note.to_string())
        ));
    }
    let verdict = paint.tone(report.verdict.tone(), &report.verdict.to_string());
    out.push_str(&format!("verdict: {verdict}{}\n", why(report)));
    out
}

/// How often each outcome occurs in each suite, in the order of the suites' names.
pub(crate) fn by_suite(report: &Report) -> BTreeMap<&str, BTreeMap<Outcome, usize>> {
    let mut suites: BTreeMap<&str, BTreeMap<Outcome, usize>> = BTreeMap::new();
    for check in &report.checks {
        *suites.entry(&check.suite).or_default().entry(check.outcome).or_default() += 1;
    }
    suites
}

fn table(report: &Report, paint: Paint) -> String {
    let suites = by_suite(report);
    let occurs = |outcome: Outcome| {
        outcome == Outcome::Passed || suites.values().any(|counts| counts.contains_key(&outcome))
    };
    let columns: Vec<_> = COLUMNS.iter().filter(|(outcome, _)| occurs(*outcome)).collect();
    let width = suites.keys().map(|suite| suite.len()).chain([5]).max().unwrap_or(5);
    let mut out = format!("{:width$}", "suite");
    for (_, word) in &columns {
        out.push_str(&format!("  {word}"));
    }
    out.push('\n');
    for (suite, counts) in &suites {
        out.push_str(&format!("{suite:width$}"));
        for (outcome, word) in &columns {
            let count = counts.get(outcome).copied().unwrap_or(0);
            let cell = format!(
                "{:>1$}",
                if count == 0 { "·".to_owned() } else { count.to_string() },
                word.len()
            );
            let plain = count == 0 || *outcome == Outcome::Passed;
            let cell = if plain { cell } else { paint.tone(outcome.tone(), &cell) };
            out.push_str(&format!("  {cell}"));
        }
        out.push('\n');
    }
    out
}

/// Why checks did not apply, and how many for each reason, the most frequent first.
pub(crate) fn exemptions(report: &Report) -> Vec<(String, usize)> {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for check in report.checks.iter().filter(|check| check.outcome == Outcome::NotApplicable) {
        *reasons.entry(check.why()).or_default() += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    reasons
}

/// One line: how many of the expected checks ran, how they ended, how long it took.
pub(crate) fn counts(summary: &Summary) -> String {
    // Cases that were not run have a count of their own: we know why they have no result.
    let not_run = summary.expected.saturating_sub(summary.run);
    let named = [
        (summary.passed, "passed"),
        (summary.failed, "failed"),
        (summary.leaked, "leaked"),
        (summary.unexpected_passes, "unexpectedly passed"),
        (summary.inconclusive.saturating_sub(not_run), "inconclusive"),
        (summary.warned, "warned"),
        (summary.known_failures, "known to fail"),
        (not_run, "not run"),
    ];
    let counts: Vec<_> = named
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let counts = if counts.is_empty() { "none passed".to_owned() } else { counts.join(", ") };
    let mut line = format!("{} of {} checks run: {counts}", summary.run, summary.expected);
    if summary.not_applicable > 0 {
        line.push_str(&format!("; {} not applicable", summary.not_applicable));
    }
    if summary.flaky > 0 {
        line.push_str(&format!("; {} flaky", summary.flaky));
    }
    line.push_str(&format!("; {}", took(summary.duration_ms)));
    line
}

fn took(ms: u64) -> String {
    let duration = Duration::from_millis(ms);
    match duration.as_secs() {
        0 => format!("{ms} ms"),
        1..60 => format!("{:.1} s", duration.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// How many checks the verdict covers, the reason for it if the counts do not show it, and whether
/// the laws had a part in it.
fn why(report: &Report) -> String {
    let without_laws = report.notes.iter().any(|note| matches!(note, Note::WithoutLaws));
    let judges = if without_laws { ", by the checks alone, without the laws" } else { "" };
    format!("{}{judges}", reason(report))
}

fn reason(report: &Report) -> String {
    let summary = &report.summary;
    let noted = |wanted: fn(&Note) -> bool| report.notes.iter().any(wanted);
    let stale = noted(|note| matches!(note, Note::Stale { .. }));
    let stray = noted(|note| matches!(note, Note::Stray { .. }));
    if let Some(failures) = report.stopped_after {
        let failures = counted(failures, "failure", "failures");
        let of = summary.applicable.max(summary.expected);
        return format!(
            ", stopped after {failures}; {} of {} checks run",
            grouped(summary.run),
            grouped(of)
        );
    }
    match report.verdict {
        Verdict::Conformant => return of_how_much(summary),
        Verdict::Nonconformant if report.checks.iter().any(|check| check.outcome.is_bad()) => "",
        Verdict::Nonconformant if stale => ", since a line of the known failures is stale",
        Verdict::Nonconformant if stray => ", since something outlived the run",
        Verdict::Nonconformant => ", since a SHOULD counts under --strict",
        Verdict::Incomplete if summary.run < summary.expected => ", since not every check was run",
        Verdict::Incomplete if summary.expected > 0 => ", since some checks were inconclusive",
        Verdict::Incomplete if !report.checks.is_empty() => {
            ", since no check applies to the subject"
        }
        Verdict::Incomplete => ", since no check was run",
    }
    .to_owned()
}

/// The scope of a good verdict: it names a selection of the checks as such, and does not hide
/// failures that were expected or permitted.
fn of_how_much(summary: &Summary) -> String {
    let mut out = String::new();
    if summary.run < summary.applicable {
        let (run, all) = (grouped(summary.run), grouped(summary.applicable));
        out.push_str(&format!(" in {run} of {all} checks"));
    }
    let known = (summary.known_failures > 0).then(|| {
        let failures = counted(summary.known_failures, "known failure", "known failures");
        format!("{failures} as expected")
    });
    let warned = (summary.warned > 0)
        .then(|| counted(summary.warned, "SHOULD that did not hold", "SHOULDs that did not hold"));
    let but: Vec<_> = known.into_iter().chain(warned).collect();
    if !but.is_empty() {
        out.push_str(&format!(", with {}", but.join(" and ")));
    }
    out
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A number with separators for thousands: `1,070`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

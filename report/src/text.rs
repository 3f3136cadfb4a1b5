//! The report for people: every case that did not pass, in full, then the counts and the verdict.

mod case;
pub(crate) mod causes;
mod printed;
pub(crate) mod summary;

use crate::outcome::Outcome;
use crate::text::causes::Cause;
use crate::{CheckReport, Report, SubjectReport};

pub use printed::Printed;
use shown::{Paint, Tone, printable};

/// How a report is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With or without colours.
    pub paint: Paint,
    /// The number of lines that are shown from the end of each conversation.
    pub transcript: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { paint: Paint::Plain, transcript: 12 }
    }
}

/// The number of bytes of a text from the subject that fit on one line.
const WIDTH: usize = 4_000;

/// The groups of cases that are shown in full, the worst first, each with its heading.
const GROUPS: [(Outcome, &str); 5] = [
    (Outcome::Failed, "failed"),
    (Outcome::Leaked, "leaked: everything held, but something outlived the subject"),
    (Outcome::UnexpectedPass, "unexpectedly passed: listed as known failures"),
    (Outcome::Inconclusive, "inconclusive: we could not tell"),
    (Outcome::Warned, "warned: a SHOULD did not hold"),
];

/// The whole report.
pub fn render(report: &Report, style: Style) -> String {
    let mut printed = Printed::new(style);
    printed.subject(&report.subject) + &rest(report, &printed)
}

/// The report without the cases that were printed during the run: the other cases that did not
/// pass, in full, then a line for every case that did not pass.
pub fn rest(report: &Report, printed: &Printed) -> String {
    let style = printed.style;
    let mut out = String::new();
    for (outcome, heading) in GROUPS {
        let (run, not_run): (Vec<_>, Vec<_>) = report
            .checks
            .iter()
            .filter(|check| check.outcome == outcome)
            .partition(|check| check.attempts > 0 || check.failure.is_some());
        out.push_str(&group(outcome, heading, &run, printed));
        out.push_str(&left_out(&not_run, style.paint));
    }
    let listed: Vec<_> = of(report, |check| check.outcome == Outcome::KnownFailure);
    out.push_str(&lines("known failures", &listed, style.paint));
    let flaky: Vec<_> = of(report, |check| check.outcome == Outcome::Passed && check.flaky);
    out.push_str(&lines("flaky: passed in the end", &flaky, style.paint));
    out.push_str(&summary::render(report, style.paint));
    out
}

/// One case alone, without colours and with everything that is kept of its conversation.
pub fn case(check: &CheckReport) -> String {
    case::render(check, Style { paint: Paint::Plain, transcript: usize::MAX })
}

/// The counts, the notes and the verdict, without the cases and the table.
pub fn verdict(report: &Report, paint: Paint) -> String {
    summary::verdict(report, paint)
}

fn of(report: &Report, wanted: impl Fn(&CheckReport) -> bool) -> Vec<&CheckReport> {
    report.checks.iter().filter(|check| wanted(check)).collect()
}

/// A text on one line, without characters that a terminal would obey.
pub(crate) fn one_line(text: &str) -> String {
    printable(text.as_bytes(), WIDTH)
}

fn header(subject: &SubjectReport, paint: Paint) -> String {
    let command = subject.command.iter().map(|part| one_line(part)).collect::<Vec<_>>().join(" ");
    let mut line = paint.tone(Tone::Strong, &command);
    match &subject.version {
        Some(version) => line.push_str(&format!(", version {}", one_line(version))),
        None => line.push_str(", version not reported"),
    }
    let dialects = subject.spoken();
    if !dialects.is_empty() {
        line.push_str(&format!(", speaks {}", dialects.join(" and ")));
    }
    if let Some(agent) = &subject.user_agent {
        line.push_str(&format!(", calls itself {}", one_line(agent)));
    }
    format!("{line}\n")
}

fn group(outcome: Outcome, heading: &str, checks: &[&CheckReport], printed: &Printed) -> String {
    let mut out = String::new();
    if checks.is_empty() {
        return out;
    }
    out.push_str(&title(outcome.tone(), heading, checks.len(), printed.style.paint));
    for (cause, all) in causes::by_cause(checks) {
        let Some((first, rest)) = all.split_first() else { continue };
        if let Cause::Need(need) = &cause {
            out.push_str(&format!("\n{}\n", causes::needed(&all, need)));
            out.push_str(&case::field("checks", &causes::names(&all), printed.style));
            continue;
        }
        match printed.first(&cause) {
            Some(first) => out.push_str(&format!("  {first}  shown above\n")),
            None => out.push_str(&format!("\n{}", case::render(first, printed.style))),
        }
        let rest: Vec<_> = match printed.first(&cause) {
            Some(first) => all.iter().copied().filter(|check| name(check) != first).collect(),
            None => rest.to_vec(),
        };
        if !rest.is_empty() {
            out.push_str(&case::field("the same", &causes::others(&rest), printed.style));
        }
    }
    out
}

fn title(tone: Tone, heading: &str, count: usize, paint: Paint) -> String {
    // The count stands after the first word, so that the rest of the heading still reads well.
    let (word, rest) = heading.split_once(':').map_or((heading, ""), |(word, rest)| (word, rest));
    let rest = if rest.is_empty() { String::new() } else { format!(":{rest}") };
    format!("\n== {} ({count}){rest}\n", paint.tone(tone, word))
}

/// Cases that the run did not reach: hundreds after an interruption, so they share one line.
fn left_out(checks: &[&CheckReport], paint: Paint) -> String {
    match checks {
        [] => String::new(),
        [only] => format!("\n{} {}\n", paint.tone(Tone::Doubtful, "not run:"), name(only)),
        [first, .., last] => format!(
            "\n{} {} cases, from {} to {}\n",
            paint.tone(Tone::Doubtful, "not run:"),
            checks.len(),
            name(first),
            name(last)
        ),
    }
}

/// A group in which each case takes one line: its name and the reason.
fn lines(heading: &str, checks: &[&CheckReport], paint: Paint) -> String {
    let mut out = String::new();
    if checks.is_empty() {
        return out;
    }
    out.push_str(&title(Tone::Strong, heading, checks.len(), paint));
    let width = checks.iter().map(|check| name(check).len()).max().unwrap_or(0);
    for check in checks {
        let reason = one_line(&check.why());
        out.push_str(&format!("  {:width$}  {reason}\n", name(check)));
    }
    out
}

/// The name of a case: the check's id and the dialect.
pub(crate) fn name(check: &CheckReport) -> String {
    check.name()
}

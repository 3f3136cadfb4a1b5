//! The report as one HTML file: no scripts, nothing loaded from elsewhere, readable in print and in
//! dark mode.

mod case;
mod coverage;

use shown::escape;

use crate::outcome::{Outcome, Verdict};
use crate::text::name;
use crate::text::summary::{COLUMNS, by_suite, counts, exemptions};
use crate::{CheckReport, Report};

/// The groups of cases that are shown in full, the worst first.
const GROUPS: [(Outcome, &str); 6] = [
    (Outcome::Failed, "Failed"),
    (Outcome::Leaked, "Leaked"),
    (Outcome::UnexpectedPass, "Unexpectedly passed"),
    (Outcome::Inconclusive, "Inconclusive"),
    (Outcome::Warned, "Warned"),
    (Outcome::KnownFailure, "Known failures"),
];

/// The whole report as one file.
pub fn render(report: &Report) -> String {
    let mut out = head(report);
    out.push_str(&summary(report));
    for (outcome, heading) in GROUPS {
        let checks: Vec<_> =
            report.checks.iter().filter(|check| check.outcome == outcome).collect();
        if checks.is_empty() {
            continue;
        }
        out.push_str(&format!("<h2>{heading} ({})</h2>\n", checks.len()));
        for check in checks {
            out.push_str(&case::render(check));
        }
    }
    out.push_str(&list(report, "Passed", |check| check.outcome == Outcome::Passed));
    out.push_str(&list(report, "Not applicable", |check| check.outcome == Outcome::NotApplicable));
    out.push_str(&report.coverage.as_ref().map(coverage::render).unwrap_or_default());
    out.push_str("</body>\n</html>\n");
    out
}

/// The CSS class that colours an outcome.
pub(crate) fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "good",
        Outcome::Failed | Outcome::Leaked | Outcome::UnexpectedPass => "bad",
        Outcome::Warned | Outcome::Inconclusive => "doubtful",
        Outcome::KnownFailure | Outcome::NotApplicable => "faint",
    }
}

fn head(report: &Report) -> String {
    let command = escape(&report.subject.command.join(" "));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{} – {command}</title>\n<style>\n{}</style>\n</head>\n<body>\n<h1>{command}</h1>\n",
        report.verdict,
        include_str!("html/style.css"),
    )
}

fn summary(report: &Report) -> String {
    let class = match report.verdict {
        Verdict::Conformant => "good",
        Verdict::Nonconformant => "bad",
        Verdict::Incomplete => "doubtful",
    };
    let subject = &report.subject;
    let or_unknown = |text: &Option<String>| escape(text.as_deref().unwrap_or("not reported"));
    let dialects = subject.spoken();
    let mut out = format!(
        "<p class=\"verdict {class}\">{}</p>\n<p>{}</p>\n<dl>\n<dt>calls itself</dt><dd>{}</dd>\n\
         <dt>version</dt><dd>{}</dd>\n<dt>dialects</dt><dd>{}</dd>\n</dl>\n",
        report.verdict,
        escape(&counts(&report.summary)),
        or_unknown(&subject.user_agent),
        or_unknown(&subject.version),
        dialects.join(", "),
    );
    for note in &report.notes {
        out.push_str(&format!("<p class=\"doubtful\">{}</p>\n", escape(&note.to_string())));
    }
    out.push_str(&table(report));
    for (reason, count) in exemptions(report) {
        out.push_str(&format!(
            "<p class=\"faint\">{count} not applicable: {}</p>\n",
            escape(&reason)
        ));
    }
    out
}

fn table(report: &Report) -> String {
    if report.checks.is_empty() {
        return String::new();
    }
    let mut out = String::from("<table>\n<tr><th>suite</th>");
    for (_, word) in COLUMNS {
        out.push_str(&format!("<th>{word}</th>"));
    }
    out.push_str("</tr>\n");
    for (suite, counts) in by_suite(report) {
        out.push_str(&format!("<tr><td>{}</td>", escape(suite)));
        for (outcome, _) in COLUMNS {
            match counts.get(&outcome) {
                Some(count) => {
                    out.push_str(&format!("<td class=\"{}\">{count}</td>", class(outcome)));
                }
                None => out.push_str("<td class=\"faint\">·</td>"),
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
    out
}

/// The cases of a group that need no more than a line each.
fn list(report: &Report, heading: &str, wanted: impl Fn(&CheckReport) -> bool) -> String {
    let checks: Vec<_> = report.checks.iter().filter(|check| wanted(check)).collect();
    if checks.is_empty() {
        return String::new();
    }
    let mut out = format!(
        "<h2>{heading} ({})</h2>\n<table class=\"list\">\n<tr><th>check</th><th>requirement</th></tr>\n",
        checks.len()
    );
    for check in checks {
        let reason = match &check.reason {
            Some(reason) if check.flaky => {
                format!(" <span class=\"doubtful\">{}</span>", escape(&reason.to_string()))
            }
            Some(reason) => {
                format!(" <span class=\"faint\">{}</span>", escape(&reason.to_string()))
            }
            None => String::new(),
        };
        out.push_str(&format!(
            "<tr><td><code>{}</code></td><td>{}{reason}</td></tr>\n",
            escape(&name(check)),
            escape(&check.requirement)
        ));
    }
    out.push_str("</table>\n");
    out
}

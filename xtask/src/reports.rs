//! Reports of `proctor run --json`: read, compared, and what in them wants to be seen again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use report::{CheckReport, Outcome, Report, SCHEMA, Verdict};

use crate::failure::Result;

/// Reads a report, which must have checks.
pub(crate) fn read(path: &Path) -> Result<Report> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    let report: Report =
        serde_json::from_str(&text).map_err(|error| format!("{shown}: {error}"))?;
    if report.schema != SCHEMA {
        return Err(format!("{shown}: the schema is {}, not {SCHEMA}", report.schema).into());
    }
    if report.checks.is_empty() {
        return Err(format!("{shown}: no checks").into());
    }
    Ok(report)
}

/// Reads the report of a run of which a page may be printed: every check was run, and held as far as its list of known
/// failures says.
pub(crate) fn conformant(path: &Path) -> Result<Report> {
    let report = read(path)?;
    if report.verdict != Verdict::Conformant {
        let (shown, verdict) = (path.display(), report.verdict);
        return Err(format!(
            "{shown}: the run is {verdict}, and pages are printed from conformant runs only; run it again"
        )
        .into());
    }
    Ok(report)
}

/// What runs must agree on: the outcome of each case.
pub(crate) fn outcomes(report: &Report) -> BTreeMap<String, &'static str> {
    report.checks.iter().map(|check| (check.name(), check.outcome.name())).collect()
}

/// One row a case with its outcome in each report, and how many cases differ.
pub(crate) fn table(
    columns: &[BTreeMap<String, &'static str>],
    only_differing: bool,
) -> (String, usize) {
    let names: BTreeSet<&String> = columns.iter().flat_map(BTreeMap::keys).collect();
    let (mut text, mut differing) = (String::new(), 0);
    for name in names {
        let row: Vec<&str> =
            columns.iter().map(|column| column.get(name).copied().unwrap_or("-")).collect();
        let differs = row.iter().any(|outcome| *outcome != row[0]);
        differing += usize::from(differs);
        if differs || !only_differing {
            // Writing to a string cannot fail, here and below.
            let _ = writeln!(text, "{name} {}", row.join(" "));
        }
    }
    (text, differing)
}

/// The cases that came and went: they failed first and held when they were tried again.
pub(crate) fn came_and_went(report: &Report) -> String {
    let is_one = |check: &&CheckReport| check.outcome == Outcome::Passed && check.attempts > 1;
    let mut text = String::new();
    for check in report.checks.iter().filter(is_one) {
        let reason = check.why();
        let _ = writeln!(text, "  {}  {reason}", check.name());
    }
    text
}

/// The cases that made the run fail, each with what was seen, and the notes about the whole run.
pub(crate) fn failed(report: &Report) -> String {
    let mut text = String::new();
    let is_one =
        |check: &&CheckReport| check.outcome.is_bad() || check.outcome == Outcome::Inconclusive;
    for check in report.checks.iter().filter(is_one) {
        let _ = writeln!(text, "{} {}: {}", check.outcome, check.name(), check.requirement);
        if let Some(reason) = &check.reason {
            let _ = writeln!(text, "  reason    {reason}");
        }
        if let Some(failure) = &check.failure {
            let _ = writeln!(text, "  {}", failure.what);
            let _ = writeln!(text, "  expected  {}", failure.expected);
            let _ = writeln!(text, "  observed  {}", failure.observed);
        }
        for leak in &check.leaks {
            let _ = writeln!(text, "  left      {} (pid {}), {}", leak.command, leak.pid, leak.how);
        }
        let _ = writeln!(text, "  repeat    {}", check.repeat);
    }
    for note in &report.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use pretty_assertions::assert_eq;
    use report::{CheckReport, Report, Verdict};
    use serde_json::{Value, from_value, json};

    use super::{came_and_went, conformant, failed, outcomes, table};

    fn check(id: &str, outcome: &str, attempts: usize, failure: Value) -> CheckReport {
        let check = json!({
            "id": id, "suite": "turn", "dialect": "v2", "level": "MUST", "requirement": "A server MUST.",
            "source": "none", "outcome": outcome, "duration_ms": 1, "attempts": attempts,
            "reason": "why", "failure": failure, "leaks": [], "repeat": "proctor run",
        });
        from_value(check).unwrap()
    }

    fn report() -> Report {
        let summary = json!({
            "expected": 3, "run": 3, "passed": 2, "failed": 1, "leaked": 0, "warned": 0, "known_failures": 0,
            "unexpected_passes": 0, "inconclusive": 0, "not_applicable": 0, "flaky": 1, "duration_ms": 3,
        });
        let subject =
            json!({ "command": ["x"], "user_agent": null, "version": null, "dialects": ["v2"] });
        let failure =
            json!({ "what": "the end", "expected": "one", "observed": "two", "place": "a.rs:1" });
        let mut report: Report = from_value(json!({
            "schema": "proctor.report/1", "subject": subject, "verdict": "nonconformant",
            "summary": summary, "checks": [], "notes": ["late"],
        }))
        .unwrap();
        report.checks = vec![
            check("turn::ends", "failed", 3, failure.clone()),
            check("turn::held", "passed", 1, Value::Null),
            check("turn::sometimes", "passed", 2, failure),
        ];
        report
    }

    #[test]
    fn outcomes_of_reports_stand_side_by_side() {
        let first = outcomes(&report());
        let mut second = first.clone();
        second.insert("turn::held@v2".to_owned(), "failed");
        second.remove("turn::ends@v2");
        let (all, differing) = table(&[first.clone(), second.clone()], false);
        assert_eq!(differing, 2);
        assert_eq!(
            all,
            "turn::ends@v2 failed -\nturn::held@v2 passed failed\nturn::sometimes@v2 passed passed\n"
        );
        let (some, _) = table(&[first.clone(), second], true);
        assert_eq!(some, "turn::ends@v2 failed -\nturn::held@v2 passed failed\n");
        let (alone, differing) = table(&[first], false);
        assert_eq!((alone.lines().count(), differing), (3, 0));
        assert_eq!(table(&[BTreeMap::new()], false), (String::new(), 0));
    }

    #[test]
    fn a_page_is_of_a_run_that_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        for (verdict, printed) in [
            (Verdict::Conformant, true),
            (Verdict::Nonconformant, false),
            (Verdict::Incomplete, false),
        ] {
            let report = Report { verdict, ..report() };
            fs::write(&path, serde_json::to_string(&report).unwrap()).unwrap();
            let read = conformant(&path);
            assert_eq!(read.is_ok(), printed, "{verdict}");
            let said = read.err().map(|error| error.to_string());
            assert!(said.is_none_or(|said| said.contains(&verdict.to_string())), "{verdict}");
        }
    }

    #[test]
    fn what_failed_and_what_came_and_went_are_apart() {
        let report = report();
        assert_eq!(came_and_went(&report), "  turn::sometimes@v2  why\n");
        let expected = "failed turn::ends@v2: A server MUST.\n  reason    why\n  the end\n  expected  one\n  observed  two\n  repeat    proctor run\nnote: late\n";
        assert_eq!(failed(&report), expected);
    }
}

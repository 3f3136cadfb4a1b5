//! The report as JSON, which scripts depend on.

use pretty_assertions::assert_eq;
use report::Verdict;
use report::{Report, json};
use serde_json::Value;

use crate::sample;

fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_member_of_the_contract_is_there() {
    let mut leaked = sample::leaked();
    leaked.failure = sample::mismatch().failure;
    let text = json::render(&sample::report(Verdict::Nonconformant, vec![leaked])).unwrap();
    assert!(text.ends_with("}\n"));
    let report: Value = serde_json::from_str(&text).unwrap();

    assert_eq!(members(&report), ["schema", "subject", "verdict", "summary", "checks"]);
    assert_eq!(report["schema"], "proctor.report/1");
    assert_eq!(report["verdict"], "nonconformant");
    assert_eq!(
        members(&report["subject"]),
        ["command", "user_agent", "version", "dialects", "transport"]
    );
    assert_eq!(
        members(&report["summary"]),
        [
            "applicable",
            "expected",
            "run",
            "passed",
            "failed",
            "leaked",
            "warned",
            "known_failures",
            "unexpected_passes",
            "inconclusive",
            "not_applicable",
            "flaky",
            "duration_ms",
        ]
    );
    let check = &report["checks"][0];
    assert_eq!(
        members(check),
        [
            "id",
            "suite",
            "dialect",
            "level",
            "requirement",
            "source",
            "outcome",
            "duration_ms",
            "attempts",
            "reason",
            "failure",
            "leaks",
            "repeat",
        ]
    );
    assert_eq!(members(&check["failure"]), ["what", "expected", "observed", "place"]);
    assert_eq!(
        members(&check["leaks"][0]),
        ["pid", "command", "how", "parents", "fate", "holds", "age_ms"]
    );
    assert_eq!(
        (&check["dialect"], &check["level"], &check["outcome"]),
        (&"v2".into(), &"MUST".into(), &"leaked".into())
    );
}

#[test]
fn absent_values_are_null_and_not_left_out() {
    let report = sample::report(
        Verdict::Conformant,
        vec![sample::check("answers", report::Outcome::Passed)],
    );
    let report: Value = serde_json::from_str(&json::render(&report).unwrap()).unwrap();
    let check = report["checks"][0].as_object().unwrap();
    assert_eq!(
        (check.get("reason"), check.get("failure")),
        (Some(&Value::Null), Some(&Value::Null))
    );
    assert_eq!(check["leaks"], Value::Array(Vec::new()));
}

#[test]
fn a_report_can_be_read_back() {
    let checks = vec![sample::mismatch(), sample::not_applicable(), sample::unexpected_pass()];
    let text = json::render(&sample::report(Verdict::Nonconformant, checks)).unwrap();
    let again: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(json::render(&again).unwrap(), text);
}

//! A report by cargo-nextest for a crate whose tests end in every possible way.

use hunt::junit;
use pretty_assertions::assert_eq;

fn said(xml: &str) -> Vec<String> {
    let junit = junit::parse(xml).expect("a report");
    let of = |finding: &hunt::ci_log::Finding| {
        let words: Vec<String> = finding
            .sightings
            .iter()
            .map(|sighting| {
                sighting.attempt.map_or_else(
                    || sighting.status.to_string(),
                    |n| format!("{}/{n}", sighting.status),
                )
            })
            .collect();
        format!("{} {}: {}", finding.binary_id, finding.test, words.join(", "))
    };
    junit.findings.iter().map(of).collect()
}

/// It does not have the two tests that leak and pass; the log of the same run does.
#[test]
fn what_nextest_writes() {
    let mut said = said(include_str!("data/junit.xml"));
    said.sort();
    let expected = [
        "play tests::fails: FAIL/1, FAIL/2",
        "play::leaky aborts: SIGABRT/1, SIGABRT/2",
        "play::leaky fails_and_leaks: FAIL + LEAK/1, FAIL + LEAK/2",
        "play::leaky flaky: FAIL/1, FLAKY/2",
        "play::leaky flaky_leaks_then_passes: FAIL + LEAK/1, FLAKY/2",
        "play::leaky flaky_then_leaks: FAIL/1, FLAKY/2",
        "play::leaky hangs: TIMEOUT/1, TIMEOUT/2",
        "play::leaky leak_is_failure: LEAK-FAIL/1, LEAK-FAIL/2",
        "play::leaky prints_lookalikes: FAIL/1, FAIL/2",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_report_without_failures_says_that_leaks_do_not_show() {
    let junit = junit::parse(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="nextest-run" tests="1" failures="0" errors="0">
            <testsuite name="play::leaky" tests="1" disabled="0" errors="0" failures="0">
                <testcase name="leaks" classname="play::leaky" time="0.2"/>
            </testsuite>
        </testsuites>"#,
    )
    .expect("a report");
    assert_eq!((junit.cases, junit.findings.len()), (1, 0));
    assert!(junit.silence().is_some_and(|words| words.contains("--from-log")));
}

#[test]
fn iterations_of_a_stress_run_are_one_test() {
    let suite = |n: u32| {
        format!(
            r#"<testsuite name="a::b@stress-{n}" tests="1" failures="1" errors="0">
            <testcase name="c" classname="a::b"><failure type="test failure with exit code 101"/></testcase></testsuite>"#
        )
    };
    let xml = format!(
        r#"<testsuites name="n" tests="2" failures="2" errors="0">{}{}</testsuites>"#,
        suite(0),
        suite(1)
    );
    assert_eq!(said(&xml), ["a::b c: FAIL, FAIL"]);
    let stress: Vec<_> = junit::parse(&xml).expect("a report").findings[0]
        .sightings
        .iter()
        .map(|s| s.stress)
        .collect();
    assert_eq!(stress, [Some(1), Some(2)]);
}

#[test]
fn an_invalid_report_is_rejected() {
    for text in ["", "not xml", "<html></html>", "<testsuites"] {
        assert!(junit::parse(text).is_err(), "{text:?}");
    }
}

//! Records in one file from many processes, and the causes in nextest's JUnit report.

use std::fs;
use std::process::Command;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use reaper::supervise::Report;

use crate::stage::{Stage, proctor};

#[test]
fn records_of_many_processes_do_not_mix() {
    let stage = Stage::new();
    let long = "x".repeat(20_000);
    let command = |number: usize| ["echo".into(), format!("{number} {long}").into()];
    let running: Vec<_> = (0..24)
        .map(|number| {
            let mut supervise = stage.supervise(&["--json", "json"], &command(number));
            supervise.stdout(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut one in running {
        assert!(one.wait().unwrap().success());
    }
    let text = fs::read_to_string(stage.path("json")).unwrap();
    let mut numbers: Vec<usize> = text
        .lines()
        .map(|line| {
            let report: Report = serde_json::from_str(line).unwrap();
            assert_eq!(report.schema, "proctor.supervise/1");
            let (number, rest) = report.command[1].split_once(' ').unwrap();
            assert_eq!(rest, long);
            number.parse().unwrap()
        })
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..24).collect::<Vec<_>>());
}

fn failed() -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message("test failure with exit code 1").set_type("test failure");
    status
}

fn merge(stage: &Stage, junit: &str) -> std::process::Output {
    Command::new(proctor())
        .args(["supervise", "--merge-junit"])
        .arg(stage.path(junit))
        .arg("--json")
        .arg(stage.path("json"))
        .output()
        .unwrap()
}

#[test]
fn causes_are_added_to_the_tests_that_they_belong_to() {
    let stage = Stage::new();
    for (test, kind, grace) in [("leaves", "neither", "0"), ("reaped", "zombie", "20s")] {
        stage.leave_with(&["--grace", grace], &[kind], |supervise| {
            supervise.env("NEXTEST_TEST_NAME", test).env("NEXTEST_BINARY_ID", "toy");
            supervise.env("NEXTEST_RUN_ID", "00000000-0000-0000-0000-000000000001");
        });
    }
    let mut suite = TestSuite::new("toy");
    for (test, status) in
        [("leaves", failed()), ("reaped", TestCaseStatus::success()), ("other", failed())]
    {
        let mut case = TestCase::new(test, status);
        case.set_classname("toy");
        suite.add_test_case(case);
    }
    let mut junit = quick_junit::Report::new("run");
    junit.set_uuid("00000000-0000-0000-0000-000000000001".parse().unwrap());
    junit.add_test_suite(suite);
    fs::write(stage.path("junit.xml"), junit.to_string().unwrap()).unwrap();

    let output = merge(&stage, "junit.xml");
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.ends_with("junit.xml: 2 of 2 records added, with 1 leaks\n"), "{told}");
    let text = fs::read_to_string(stage.path("junit.xml")).unwrap();
    let merged = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let cases = &merged.test_suites[0].test_cases;
    let TestCaseStatus::NonSuccess { message, ty, description, .. } = &cases[0].status else {
        panic!("{:?}", cases[0]);
    };
    assert_eq!(ty.as_ref().unwrap().as_str(), "process leak");
    assert!(message.as_ref().unwrap().as_str().contains("leaky __hold (pid "), "{message:?}");
    assert!(description.as_ref().unwrap().as_str().starts_with("1 process was left when"));
    assert_eq!(cases[0].properties[0].name.as_str(), "proctor.leak");
    assert_eq!(cases[1].properties[0].name.as_str(), "proctor.noted");
    assert_eq!(cases[2], junit.test_suites[0].test_cases[2], "untouched");
    assert!(merge(&stage, "junit.xml").status.success());
    assert_eq!(fs::read_to_string(stage.path("junit.xml")).unwrap(), text, "twice adds nothing");
}

#[test]
fn what_is_no_record_is_refused() {
    let stage = Stage::new();
    fs::write(stage.path("json"), "{}\n").unwrap();
    fs::write(stage.path("junit.xml"), "<testsuites name=\"a\"/>").unwrap();
    let output = merge(&stage, "junit.xml");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("line 1: not a record"));
    let missing = merge(&Stage::new(), "junit.xml");
    assert_eq!(missing.status.code(), Some(2));
}

//! The causes of leaks are matched with their tests, and with the attempts, in a JUnit report.

use std::fs;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};
use reaper::supervise::{Merged, merge};
use serde_json::{Value, json};

/// A record of one attempt that left a process with this pid, or none.
fn record(test: &str, second: u32, left: Option<u32>) -> Value {
    let leak = left.map(|pid| {
        json!({ "pid": pid, "start_time": 1, "command": "sleep 60", "class": "descendant",
            "state": "sleeping", "fate": "killed", "parents": [], "pgid": pid, "sid": pid, "tag": {},
            "holds": [{ "fd": 2, "target": "pipe:[7]", "stream": "stderr" }], "age_ms": 1.5,
            "how": "child of the command" })
    });
    json!({ "schema": "proctor.supervise/1", "command": ["toy"], "pid": 1,
        "attempt": { "binary": "toy", "test": test }, "started": format!("2026-01-01T00:00:0{second}Z"),
        "exit": { "code": 0 }, "timed_out": false, "duration_ms": 2.25,
        "tail": { "stdout_ms": 0.0, "stderr_ms": null }, "leaks": Vec::from_iter(leak), "noted": [],
        "doubts": [], "mechanism": { "finding": "pidfd", "births": "connector" },
        "stdout": null, "stderr": null })
}

fn failed() -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message("exit code 1").set_description("what was there before");
    status
}

fn cause(message: Option<&quick_junit::XmlString>) -> &str {
    message.map_or("", |message| message.as_str())
}

#[test]
fn attempts_are_distinguished_and_twice_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (junit, json) = (folder.path().join("junit.xml"), folder.path().join("json"));
    let mut rerun = failed();
    rerun.add_rerun(TestRerun::new(NonSuccessKind::Failure));
    let mut flaky = TestCaseStatus::success();
    flaky.add_rerun(TestRerun::new(NonSuccessKind::Failure));
    let mut suite = TestSuite::new("toy");
    for (name, status) in [("fails", rerun), ("flaky", flaky), ("other", failed())] {
        let mut case = TestCase::new(name, status);
        case.set_classname("toy");
        suite.add_test_case(case);
    }
    let mut report = Report::new("run");
    report.add_test_suite(suite);
    fs::write(&junit, report.to_string().unwrap()).unwrap();
    let records = [
        // Not in the order of their start.
        record("fails", 2, Some(22)),
        record("fails", 1, Some(11)),
        record("flaky", 3, Some(33)),
        record("flaky", 4, None),
        record("unknown", 5, Some(55)),
    ];
    fs::write(&json, records.map(|record| format!("{record}\n")).concat()).unwrap();

    let merged = merge(&junit, &json).unwrap();
    assert_eq!(merged, Merged { records: 5, found: 4, leaks: 3 });
    let text = fs::read_to_string(&junit).unwrap();
    let read = Report::deserialize_from_str(&text).unwrap();
    let [fails, flaky, other] = read.test_suites[0].test_cases.as_slice() else { panic!("{text}") };
    let TestCaseStatus::NonSuccess { message, description, reruns, .. } = &fails.status else {
        panic!("{text}");
    };
    assert!(cause(message.as_ref()).starts_with("sleep 60 (pid 11): child of the command, fd 2"));
    assert!(cause(reruns.runs[0].message.as_ref()).starts_with("sleep 60 (pid 22)"));
    assert!(cause(description.as_ref()).trim_end().ends_with("what was there before"));
    let TestCaseStatus::Success { flaky_runs } = &flaky.status else { panic!("{text}") };
    assert!(cause(flaky_runs[0].message.as_ref()).starts_with("sleep 60 (pid 33)"));
    assert!(flaky.properties.is_empty(), "its last attempt left nothing");
    assert_eq!(other.properties, []);

    merge(&junit, &json).unwrap();
    assert_eq!(fs::read_to_string(&junit).unwrap(), text);
}

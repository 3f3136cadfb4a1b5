//! Sample reports, one for each outcome of a check.

use reaper::leak::LeakReport;
use report::{CheckReport, FailureReport, Reason, Report, SCHEMA, SubjectReport, Summary};
use report::{Dialect, Family, Level, Outcome, Revision, Verdict};

/// A check of the suite `lifecycle` with this outcome.
pub(crate) fn check(name: &str, outcome: Outcome) -> CheckReport {
    CheckReport {
        id: format!("lifecycle::{name}"),
        suite: "lifecycle".to_owned(),
        dialect: Dialect::V2,
        level: Level::Must,
        requirement: "A server MUST reject a second `initialize` on the same connection."
            .to_owned(),
        source: "app-server README, Initialization".to_owned(),
        outcome,
        duration_ms: 12,
        attempts: 1,
        flaky: false,
        reason: None,
        grants: Vec::new(),
        needs: None,
        failure: None,
        leaks: Vec::new(),
        repeat: format!("proctor run --check 'lifecycle::{name}@v2' -- my-server app-server"),
        cells: Vec::new(),
        transcript: Vec::new(),
    }
}

pub(crate) fn failure(what: &str, expected: &str, observed: &str) -> FailureReport {
    FailureReport {
        what: what.to_owned(),
        expected: expected.to_owned(),
        observed: observed.to_owned(),
        place: "suites/src/lifecycle.rs:7".to_owned(),
        notes: Vec::new(),
    }
}

pub(crate) fn mismatch() -> CheckReport {
    let mut check = check("initialize_only_once", Outcome::Failed);
    check.failure = Some(failure("reply to the second `initialize`", "-32600", "-32601"));
    check.transcript = vec![
        "    0.2 ms -> {\"id\":1,\"method\":\"initialize\"}".to_owned(),
        "    4.0 ms <- {\"id\":1,\"result\":{}}".to_owned(),
    ];
    check
}

pub(crate) fn timeout() -> CheckReport {
    let mut check = check("completes", Outcome::Failed);
    let mut failure = failure(
        "waiting for the notification `done`",
        "it within 15s",
        "something else came: `busy`; the subject still runs",
    );
    failure.notes =
        vec!["came      {\"method\":\"busy\"}".to_owned(), "stderr    warning: slow".to_owned()];
    check.failure = Some(failure);
    check
}

pub(crate) fn closed() -> CheckReport {
    let mut check = check("survives", Outcome::Failed);
    let observed = "the subject had ended: signal 11 (SIGSEGV)";
    check.failure = Some(failure("the connection", "the answer to `ping` (id 2)", observed));
    check
}

pub(crate) fn inconclusive() -> CheckReport {
    let mut check = check("starts", Outcome::Inconclusive);
    check.failure =
        Some(failure("starting the subject", "a conclusive result", "no file descriptors left"));
    check
}

pub(crate) fn not_run(name: &str) -> CheckReport {
    let mut check = check(name, Outcome::Inconclusive);
    check.attempts = 0;
    check.reason = Some(Reason::NotRun);
    check
}

pub(crate) fn leaked() -> CheckReport {
    let mut check = check("ends_its_commands", Outcome::Leaked);
    check.leaks = vec![LeakReport {
        pid: 4242,
        command: "sleep 600".to_owned(),
        how: "child of the subject, in a session of its own".to_owned(),
        parents: vec!["app-server (4200)".to_owned()],
        fate: "killed by proctor".to_owned(),
        age_ms: Some(1_500),
        holds: vec!["2: stderr of the subject".to_owned(), "3: /tmp/x".to_owned()],
    }];
    check
}

pub(crate) fn known_failure() -> CheckReport {
    let mut check = mismatch();
    check.outcome = Outcome::KnownFailure;
    check.reason = Some(Reason::Listed("the server forgets, issue 12".to_owned()));
    check
}

pub(crate) fn unexpected_pass() -> CheckReport {
    let mut check = check("reads_on", Outcome::UnexpectedPass);
    check.reason = Some(Reason::Stale { line: 3, listed: "the server forgets".to_owned() });
    check
}

pub(crate) fn warned() -> CheckReport {
    let mut check = check("ends_in_time", Outcome::Warned);
    check.level = Level::Should;
    check.requirement = "A server SHOULD end within a second.".to_owned();
    check.failure = Some(failure("exit after the end of input", "within 1s", "after 3s"));
    check
}

pub(crate) fn flaky() -> CheckReport {
    let mut check = check("answers", Outcome::Passed);
    check.attempts = 2;
    check.flaky = true;
    check.reason = Some(Reason::Flaky { held: 1, attempts: 2, against: "no answer".to_owned() });
    check
}

pub(crate) fn not_applicable() -> CheckReport {
    let mut check = check("lists", Outcome::NotApplicable);
    check.attempts = 0;
    check.dialect = Dialect::Mcp(Revision::R20251125);
    check.reason = Some(Reason::Exempt("the subject does not speak mcp".to_owned()));
    check
}

/// The report of a run with these checks.
pub(crate) fn report(verdict: Verdict, checks: Vec<CheckReport>) -> Report {
    let mut summary = Summary { duration_ms: 1_540, ..Summary::default() };
    for check in &checks {
        summary.count(check.outcome);
        summary.expected += usize::from(check.outcome != Outcome::NotApplicable);
        summary.run += usize::from(check.attempts > 0);
        summary.flaky += usize::from(check.flaky);
    }
    Report {
        schema: SCHEMA.to_owned(),
        subject: SubjectReport {
            command: vec!["my-server".to_owned(), "app-server".to_owned()],
            user_agent: Some("mine/1.2.3".to_owned()),
            version: Some("1.2.3".to_owned()),
            dialects: vec![Family::V1, Family::V2],
            revisions: Vec::new(),
            transport: report::Transport::default(),
        },
        verdict,
        notes: Vec::new(),
        stopped_after: None,
        summary,
        checks,
        coverage: None,
    }
}

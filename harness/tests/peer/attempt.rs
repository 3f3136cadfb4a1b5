//! One run of a check ends with a result and without processes, whatever the check does.

use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

use harness::profile::{Handshake, Profile};
use harness::run::{Attempt, Case, attempt};
use harness::{Applies, Body, Check, Context, Dialect, Examined, Kind, Level, Result, Subject};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::sync::watch;

use crate::subject::{SERVE, exists, says, settings, shows};

type Step<'cx> = Pin<Box<dyn Future<Output = Result> + 'cx>>;

type Converse = for<'cx> fn(&'cx mut Context) -> Step<'cx>;

fn case(body: Converse) -> Case {
    let check = Check {
        module: "tests::bodies",
        name: "body",
        requirement: "A body MUST end.",
        level: Level::Must,
        applies: &[] as &[Applies],
        source: "none",
        grants: &[],
        declares: &[],
        shared: None,
        last: false,
        faults: &[],
        company: false,
        stdio: None,
        file: file!(),
        line: line!(),
        body: Body::Converse(body),
    };
    Case { check: Box::leak(Box::new(check)), dialect: Dialect::V2 }
}

fn examined(script: &str, limit: Duration) -> Examined {
    let mut subject = Subject::new(["sh", "-c", script]).unwrap();
    subject.settings = harness::Settings { check: limit, ..settings() };
    let profile = Profile::plain(Handshake::AppServer, vec![Dialect::V2]);
    Examined { subject, profile }
}

/// Sends a request to the model service, like a subject that offers its model one tool; the model
/// needs another one, and the check waits.
fn needs_a_tool_that_is_not_offered(cx: &mut Context) -> Step<'_> {
    Box::pin(async move {
        cx.model.script([mock_model::runs_command("touch made")]);
        let mut socket = tokio::net::TcpStream::connect(cx.model.address()).await.unwrap();
        let body = json!({ "tools": [{ "type": "function", "name": "paint" }] }).to_string();
        let length = body.len();
        let head =
            format!("POST /v1/responses HTTP/1.1\r\nhost: m\r\ncontent-length: {length}\r\n\r\n");
        socket.write_all((head + &body).as_bytes()).await.unwrap();
        pending().await
    })
}

#[test]
fn a_missing_tool_makes_the_check_inconclusive() {
    let attempt = run(needs_a_tool_that_is_not_offered, crate::subject::LONG);
    let failure = attempt.result.unwrap_err();
    assert_eq!(failure.kind(), Kind::Inconclusive);
    shows(
        &failure,
        &["the subject offers the model no tool that runs a command; it offers: paint"],
    );
}

/// Runs the body with a limit that does not matter, or that it exceeds.
fn run(body: Converse, limit: Duration) -> Attempt {
    let (cancel, cancelled) = watch::channel(false);
    // Without a sender it cannot be cancelled, which is not the same as being cancelled.
    drop(cancel);
    let attempt = attempt(&examined(SERVE, limit), case(body), &[], cancelled);
    assert!(attempt.leaks.is_empty());
    attempt
}

/// All processes of the attempt were reaped.
fn gone(attempt: &Attempt, processes: usize) {
    assert_eq!(attempt.ended.len(), processes);
    for ended in &attempt.ended {
        assert!(ended.report.is_clean() && !exists(ended.report.pid), "{:?}", ended.report);
    }
}

fn passes(cx: &mut Context) -> Step<'_> {
    Box::pin(async { cx.peer.call("m", json!({})).await.map(|_| ()) })
}

#[test]
fn of_a_body_that_passes() {
    let attempt = run(passes, crate::subject::LONG);
    attempt.result.as_ref().unwrap();
    gone(&attempt, 1);
}

fn panics(cx: &mut Context) -> Step<'_> {
    Box::pin(async {
        cx.peer.call("m", json!({})).await?;
        let second = cx.second_peer();
        cx.peer.call("m", json!({})).await?;
        panic!("index {second} out of range")
    })
}

#[test]
fn of_a_body_that_panics() {
    let attempt = run(panics, crate::subject::LONG);
    let failure = attempt.result.as_ref().unwrap_err();
    assert_eq!(failure.kind(), Kind::Inconclusive);
    says(failure, "we could not tell: the check panicked\n  because   index 0 out of range");
    gone(&attempt, 2);
}

fn never_ends(cx: &mut Context) -> Step<'_> {
    Box::pin(async {
        cx.peer.start()?;
        pending().await
    })
}

#[test]
fn of_a_body_that_never_ends() {
    let attempt = run(never_ends, Duration::from_millis(100));
    let failure = attempt.result.as_ref().unwrap_err();
    assert_eq!(failure.kind(), Kind::Timeout);
    says(
        failure,
        "the whole check\n  expected  an end within 100ms\n  observed  it was still under way",
    );
    gone(&attempt, 1);
}

fn waits_in_vain(cx: &mut Context) -> Step<'_> {
    Box::pin(async { cx.peer.next("never").await.map(|_| ()) })
}

#[test]
fn of_a_body_in_the_middle_of_a_wait() {
    let attempt = run(waits_in_vain, Duration::from_millis(100));
    assert_eq!(attempt.result.as_ref().unwrap_err().kind(), Kind::Timeout);
    gone(&attempt, 1);
}

#[test]
fn that_is_cancelled() {
    let (cancel, cancelled) = watch::channel(true);
    let attempt = attempt(&examined(SERVE, crate::subject::LONG), case(never_ends), &[], cancelled);
    drop(cancel);
    let failure = attempt.result.as_ref().unwrap_err();
    assert_eq!(failure.kind(), Kind::Inconclusive);
    shows(failure, &["the run was interrupted"]);
    for ended in &attempt.ended {
        assert!(!exists(ended.report.pid));
    }
}

#[test]
fn of_a_subject_that_cannot_be_started() {
    let (_cancel, cancelled) = watch::channel(false);
    let mut examined = examined(SERVE, crate::subject::LONG);
    examined.subject.command = vec!["/no/such/program".into()];
    let attempt = attempt(&examined, case(passes), &[], cancelled);
    assert_eq!(attempt.result.as_ref().unwrap_err().kind(), Kind::Inconclusive);
    gone(&attempt, 0);
}

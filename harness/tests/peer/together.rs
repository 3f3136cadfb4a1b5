//! Cases that share a conversation: each has its own result and its own lines, and one that loses
//! the subject costs only itself.

use std::future::Future;
use std::pin::Pin;

use harness::profile::{Handshake, Profile};
use harness::run::{Attempt, Case, attempts_together};
use harness::{
    Applies, Body, Check, Context, Conversation, Dialect, Examined, Failure, Kind, Level, Result,
    Revision, Subject,
};
use serde_json::json;
use tokio::sync::watch;

use crate::subject::{SHORT, settings};

type Step<'cx> = Pin<Box<dyn Future<Output = Result> + 'cx>>;

const DIALECT: Dialect = Dialect::Mcp(Revision::NEWEST_LEGACY);

/// Answers `m`, says what it was not asked for `noise`, ends on `die`, and is silent on `hush`.
const SERVER: &str = r#"while read -r line; do
    id=${line#*\"id\":}; id=${id%%,*}
    case $line in
        *'"die"'*) exit 3 ;;
        *'"hush"'*) ;;
        *'"noise"'*) echo 'a line of a log'; printf '{"id":%s,"result":{}}\n' "$id" ;;
        *) printf '{"id":%s,"result":{}}\n' "$id" ;;
    esac
done"#;

fn check(name: &'static str, body: Body) -> &'static Check {
    Box::leak(Box::new(Check {
        module: "tests::bodies",
        name,
        requirement: "A body MUST end.",
        level: Level::Must,
        applies: &[Applies { dialect: DIALECT, since: None, until: None, fixed_in: None }],
        source: "none",
        grants: &[],
        declares: &[],
        shared: Some("questions"),
        last: false,
        company: false,
        stdio: None,
        faults: &[],
        file: file!(),
        line: line!(),
        body,
    }))
}

async fn asks(cx: &mut Context, method: &'static str) -> Result {
    cx.peer.call(method, json!({})).await.map(|_| ())
}

fn good(cx: &mut Context) -> Step<'_> {
    Box::pin(asks(cx, "m"))
}

fn dies(cx: &mut Context) -> Step<'_> {
    Box::pin(asks(cx, "die"))
}

fn hushed(cx: &mut Context) -> Step<'_> {
    Box::pin(asks(cx, "hush"))
}

fn noisy(cx: &mut Context) -> Step<'_> {
    Box::pin(asks(cx, "noise"))
}

/// Objects to lines that are not JSON.
fn objects(conversation: &Conversation<'_>) -> Result {
    let mut lines = conversation.from_subject();
    match lines.find(|(_, entry)| entry.value.is_none()) {
        Some((line, _)) => {
            Err(Failure::mismatch("a line", "a message", "something else").at_line(line))
        }
        None => Ok(()),
    }
}

type Converse = for<'cx> fn(&'cx mut Context) -> Step<'cx>;

fn run(bodies: &[Converse]) -> Vec<Attempt> {
    let mut subject = Subject::new(["sh", "-c", SERVER]).unwrap();
    subject.settings = harness::Settings { wait: SHORT, ..settings() };
    let profile = Profile::plain(Handshake::Mcp, vec![DIALECT]);
    let cases: Vec<_> = bodies
        .iter()
        .map(|body| Case { check: check("asks", Body::Converse(*body)), dialect: DIALECT })
        .collect();
    let (cancel, cancelled) = watch::channel(false);
    drop(cancel);
    let observer = check("objects", Body::Observe(objects));
    attempts_together(&Examined { subject, profile }, &cases, &[observer], cancelled)
}

fn kinds(attempts: &[Attempt]) -> Vec<Option<Kind>> {
    attempts.iter().map(|one| one.result.as_ref().err().map(Failure::kind)).collect()
}

/// The methods that were asked for in the part of the conversation that an attempt has.
fn asked(attempt: &Attempt) -> Vec<String> {
    let entries = attempt.ended.iter().flat_map(|ended| ended.transcript.entries());
    entries.filter_map(|entry| Some(entry.method()?.to_owned())).collect()
}

#[test]
fn all_ask_one_process() {
    let attempts = run(&[good, good, good]);
    assert_eq!(kinds(&attempts), [None, None, None]);
    // What held needs no evidence.
    assert!(attempts.iter().all(|attempt| attempt.ended.is_empty()));
}

#[test]
fn whoever_loses_the_subject_fails_alone() {
    let attempts = run(&[good, dies, good, hushed, good]);
    assert_eq!(kinds(&attempts), [None, Some(Kind::Closed), None, Some(Kind::Timeout), None]);
    // The first exchange is shown with each, for it is the greeting; then only its own question.
    assert_eq!(asked(&attempts[1]), ["m", "die"]);
    assert_eq!(asked(&attempts[3]), ["m", "hush"]);
}

#[test]
fn an_observer_objects_in_the_conversation_of_the_case_whose_line_it_is() {
    let attempts = run(&[good, noisy, good]);
    assert_eq!(kinds(&attempts), [None, None, None]);
    let violations: Vec<_> = attempts.iter().map(|attempt| attempt.violations.len()).collect();
    assert_eq!(violations, [0, 1, 0]);
    let violation = &attempts[1].violations[0];
    let line = violation.failure.parts().line.unwrap();
    let shown = &attempts[1].ended[violation.process].transcript.entries()[line];
    assert_eq!(shown.line, b"a line of a log");
}

#[test]
fn after_four_without_an_answer_the_others_are_given_up() {
    // The first question of each process has an answer: for that one waits longer.
    let attempts = run(&[good, hushed, good, dies, good, hushed, good, hushed, good, hushed, good]);
    let (silent, given_up) = (Some(Kind::Timeout), Some(Kind::Inconclusive));
    let lost = [silent, Some(Kind::Closed), silent, silent, silent];
    let mut expected: Vec<_> = lost.into_iter().flat_map(|lost| [None, lost]).collect();
    expected.push(given_up);
    assert_eq!(kinds(&attempts), expected);
}

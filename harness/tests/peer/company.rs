//! Checks that share a process pass there, and have their other results in a process of their own.

use std::future::Future;
use std::pin::Pin;

use harness::profile::{Handshake, Profile};
use harness::run::{Attempt, Case};
use harness::select::Selected;
use harness::session::{Options, Watch, run};
use harness::{Applies, Body, Check, Context, Dialect, Examined, Level, Outcome, Result, Subject};
use report::Report;
use serde_json::json;
use tokio::sync::watch;

use crate::subject::settings;

/// Answers each request with `{}`, and no notification.
const SERVE: &str = r#"while read -r line; do case $line in *'"id":'*) id=${line#*'"id":'};
    printf '{"id":%s,"result":{}}\n' "${id%%[,\}]*}";; esac; done"#;

type Step<'cx> = Pin<Box<dyn Future<Output = Result> + 'cx>>;

type Converse = for<'cx> fn(&'cx mut Context) -> Step<'cx>;

/// The number of processes of each attempt, by the name of its check.
#[derive(Default)]
struct Seen(Vec<(&'static str, usize)>);

impl Watch for Seen {
    fn attempted(&mut self, case: &Case, _number: usize, attempt: &Attempt) {
        self.0.push((case.check.name, attempt.ended.len()));
    }
}

fn shared(name: &'static str, body: Converse) -> Selected {
    let check = Check {
        module: "tests::company",
        name,
        requirement: "A body MUST hold.",
        level: Level::Must,
        applies: &[] as &[Applies],
        source: "none",
        grants: &[],
        faults: &[],
        company: true,
        stdio: None,
        declares: &[],
        shared: None,
        last: false,
        file: file!(),
        line: line!(),
        body: Body::Converse(body),
    };
    let case = Case { check: Box::leak(Box::new(check)), dialect: Dialect::V2 };
    Selected { case, exempt: None }
}

/// Runs the bodies, one at a time; what was seen, and the outcomes.
fn runs(bodies: &[(&'static str, Converse)], options: Options) -> (Seen, Report) {
    let mut subject = Subject::new(["sh", "-c", SERVE]).unwrap();
    subject.settings = settings();
    let profile = Profile::plain(Handshake::AppServer, vec![Dialect::V2]);
    let selected: Vec<_> = bodies.iter().map(|(name, body)| shared(name, *body)).collect();
    let options = Options { jobs: Some(1), laws: false, ..options };
    let (cancel, _kept) = watch::channel(false);
    let mut seen = Seen::default();
    let report = run(&Examined { subject, profile }, &selected, &options, &cancel, &mut seen);
    (seen, report)
}

fn outcomes(report: &Report) -> Vec<Outcome> {
    report.checks.iter().map(|check| check.outcome).collect()
}

fn greets(cx: &mut Context) -> Step<'_> {
    Box::pin(async {
        cx.peer.initialize().await?;
        cx.peer.call("m", json!({})).await.map(|_| ())
    })
}

/// Holds only in the first working directory of a process.
fn needs_to_be_first(cx: &mut Context) -> Step<'_> {
    Box::pin(async {
        greets(cx).await?;
        harness::ensure_eq!(cx.home.work().ends_with("work"), true, "whether it is the first");
        Ok(())
    })
}

fn fails(cx: &mut Context) -> Step<'_> {
    Box::pin(async {
        greets(cx).await?;
        harness::ensure_eq!(1, 2, "a number");
        Ok(())
    })
}

#[test]
fn all_that_hold_have_one_process() {
    let bodies: [(_, Converse); 3] = [("a", greets), ("b", greets), ("c", greets)];
    let (seen, report) = runs(&bodies, Options::default());
    assert_eq!(seen.0, [("a", 1), ("b", 0), ("c", 0)], "the conversation is that of the first");
    assert_eq!(outcomes(&report), [Outcome::Passed; 3]);
}

#[test]
fn one_that_fails_there_runs_again_alone() {
    let bodies: [(_, Converse); 4] =
        [("a", greets), ("b", needs_to_be_first), ("c", greets), ("d", greets)];
    let (seen, report) = runs(&bodies, Options::default());
    assert_eq!(seen.0, [("a", 1), ("c", 1), ("d", 0), ("b", 1)]);
    assert_eq!(outcomes(&report), [Outcome::Passed; 4]);
}

#[test]
fn a_failure_has_a_conversation_of_its_own() {
    let bodies: [(_, Converse); 3] = [("a", greets), ("b", fails), ("c", greets)];
    let (seen, report) = runs(&bodies, Options::default());
    assert_eq!(seen.0, [("a", 1), ("b", 1), ("c", 1)]);
    assert_eq!(outcomes(&report), [Outcome::Passed, Outcome::Failed, Outcome::Passed]);
    let sent = report.checks[1].transcript.iter().filter(|line| line.contains("initialize"));
    assert_eq!(sent.count(), 2, "the greeting and its notification");
}

#[test]
fn a_repeated_check_is_always_alone() {
    let bodies: [(_, Converse); 2] = [("a", greets), ("b", greets)];
    let (seen, _) = runs(&bodies, Options { repeat: 2, ..Options::default() });
    assert_eq!(seen.0, [("a", 1), ("a", 1), ("b", 1), ("b", 1)]);
}

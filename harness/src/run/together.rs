//! Cases that share one conversation: asked one after the other, each with its own result and its
//! own part of the transcript.
//!
//! A start of a server costs up to 1.4 s of processor time, and most questions change nothing. If
//! the subject ends, or does not answer, that case alone fails: the next one begins with a fresh
//! process.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::check::Check;
use crate::context::Context;
use crate::course::Course;
use crate::failure::{Failure, Kind, Result};
use crate::message::Message;
use crate::peer::Ended;
use crate::precondition;
use crate::run::{Attempt, Case, Violation, conclude, converse, judge};
use crate::subject::Examined;

/// What a case said in one process: from the first line to before the last.
#[derive(Clone, Copy)]
struct Span {
    process: usize,
    from: usize,
    to: usize,
}

/// One case, before the conversation has ended.
struct Asked {
    result: Result,
    spans: Vec<Span>,
    duration: Duration,
    cut: bool,
}

impl Asked {
    /// A case that was not asked.
    fn not() -> Self {
        let why = format!(
            "not asked: {SILENT} questions before it had no answer, or {ENDED} in a row ended the server"
        );
        Self {
            result: Err(Failure::inconclusive("the check", why)),
            spans: Vec::new(),
            duration: Duration::ZERO,
            cut: false,
        }
    }
}

/// How many cases may have no answer until the others are given up: each costs a whole wait.
const SILENT: usize = 4;
/// How many in a row may end the subject until the others are given up: each costs a start.
const ENDED: usize = 10;

/// Runs the cases in the given order on this thread, with a runtime of their own, in one
/// conversation; the attempts are in the same order.
///
/// If `cancel` becomes true, the present one and those after it are interrupted.
pub fn attempts_together(
    examined: &Examined,
    cases: &[Case],
    observers: &[&'static Check],
    cancel: watch::Receiver<bool>,
) -> Vec<Attempt> {
    let void = |failure: Failure| cases.iter().map(|_| Attempt::void(failure.clone())).collect();
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(async {
            let Some(first) = cases.first() else { return Vec::new() };
            match Context::new(examined, first.dialect, &[]).await {
                Ok(cx) => ask(cx, examined, cases, observers, cancel).await,
                Err(failure) => void(failure),
            }
        }),
        Err(error) => void(Failure::inconclusive("starting a runtime", error)),
    }
}

async fn ask(
    mut cx: Context,
    examined: &Examined,
    cases: &[Case],
    observers: &[&'static Check],
    mut cancel: watch::Receiver<bool>,
) -> Vec<Attempt> {
    let limit = examined.subject.settings.check;
    let (mut asked, mut silent, mut ended) = (Vec::new(), 0, 0);
    for case in cases {
        if silent >= SILENT || ended >= ENDED {
            asked.push(Asked::not());
            continue;
        }
        let (began, mark) = (Instant::now(), position(&cx));
        let (result, cut) = tokio::select! {
            result = converse(&mut cx, case.check, limit) => (result, false),
            Ok(_) = cancel.wait_for(|cancelled| *cancelled) => {
                (Err(Failure::inconclusive("the check", "the run was interrupted")), true)
            }
        };
        let spans = spans(mark, position(&cx), &cx);
        asked.push(Asked { result, spans, duration: began.elapsed(), cut });
        let kind = asked.last().and_then(|asked| asked.result.as_ref().err().map(Failure::kind));
        let is_lost = matches!(kind, Some(Kind::Timeout | Kind::Closed));
        silent += usize::from(kind == Some(Kind::Timeout));
        ended = if kind == Some(Kind::Closed) { ended + 1 } else { 0 };
        if is_lost || cx.peer.pid().is_some() && !cx.peer.is_listening() {
            cx.restart().await;
        }
    }
    if !asked.iter().any(|asked| asked.cut) {
        conclude(&mut cx).await;
    }
    divide(cx, examined, cases, observers, asked).await
}

/// The number of processes that have ended, and of lines of the running one.
fn position(cx: &Context) -> (usize, usize) {
    (cx.peer.ended().len(), cx.peer.mark())
}

/// What lies between two positions.
fn spans(before: (usize, usize), after: (usize, usize), cx: &Context) -> Vec<Span> {
    let length = |process: usize| match cx.peer.ended().get(process) {
        Some(ended) => ended.transcript.entries().len(),
        None => after.1,
    };
    (before.0..=after.0)
        .map(|process| Span {
            process,
            from: if process == before.0 { before.1 } else { 0 },
            to: length(process),
        })
        .collect()
}

/// Ends the subject, judges the whole conversation, and gives each case its part.
async fn divide(
    mut cx: Context,
    examined: &Examined,
    cases: &[Case],
    observers: &[&'static Check],
    asked: Vec<Asked>,
) -> Vec<Attempt> {
    let places = [
        (cx.home.work().display().to_string(), "{work}"),
        (cx.home.path().display().to_string(), "{home}"),
    ];
    let gate = cx.peer.gate().clone();
    let ended = cx.finish().await;
    let egress = cx.egress();
    let requests = cx.model.requests();
    let dialect = cases[0].dialect;
    let course = Course::new(cx.record(), &ended, requests, dialect);
    let violations = judge(examined, observers, &course, &egress, &RefCell::default());
    drop(course);
    let mut attempts: Vec<Attempt> = asked
        .iter()
        .map(|asked| {
            let folded = |failure| precondition::folded(&gate, failure, &[]);
            let result = asked.result.clone().map_err(|failure| folded(failure).replaced(&places));
            Attempt {
                cut: asked.cut,
                duration: asked.duration,
                result,
                ..Attempt::held(Vec::new())
            }
        })
        .collect();
    let mut told = BTreeSet::new();
    for mut violation in violations {
        let at = finder(&asked, &violation);
        violation.failure = violation.failure.replaced(&places);
        told.insert(at);
        attempts[at].violations.push(violation);
    }
    for (at, (attempt, asked)) in attempts.iter_mut().zip(&asked).enumerate() {
        if attempt.result.is_err() || told.contains(&at) {
            part(attempt, asked, &ended);
        }
    }
    // What it tried to reach is told once; what outlived it is the matter of an observer.
    if let Some(first) = attempts.first_mut() {
        first.egress = egress;
    }
    attempts
}

/// The case in whose part of the conversation a violation lies: that of its line, else the last one
/// of its process.
fn finder(asked: &[Asked], violation: &Violation) -> usize {
    let line = violation.failure.parts().line;
    let holds = |span: &Span| {
        span.process == violation.process
            && line.is_none_or(|line| line < span.to.max(span.from + 1))
    };
    let mut here = asked.iter().enumerate().filter(|(_, asked)| asked.spans.iter().any(holds));
    let found = match line {
        Some(_) => here.next(),
        None => here.next_back(),
    };
    // After the last question, while the process ended.
    found.map_or(asked.len() - 1, |(at, _)| at)
}

/// Gives the attempt its part of each process's conversation, behind the greeting, and turns the
/// lines of its violations into those of the part.
fn part(attempt: &mut Attempt, asked: &Asked, ended: &[Ended]) {
    let mut before = Vec::new();
    for span in &asked.spans {
        let Some(process) = ended.get(span.process) else { continue };
        let entries = process.transcript.entries();
        let last = asked.spans.last().is_some_and(|last| last.process == span.process);
        // What comes at the very end belongs to the last one who asked.
        let to = if last { entries.len().min(span.to + AFTER) } else { entries.len() };
        let greeting = entries.iter().position(|entry| {
            entry.is_from_subject() && !matches!(entry.message, Message::Notification { .. })
        });
        let greeting = greeting.map_or(0, |answer| answer + 2).min(span.from);
        before.push((span.process, greeting, span.from, attempt.ended.len()));
        let transcript = process.transcript.part(&[0..greeting, span.from..to.max(span.from)]);
        attempt.ended.push(Ended {
            transcript,
            report: process.report.clone(),
            began: process.began,
            closing: process.closing,
            unanswered: Vec::new(),
        });
    }
    for violation in &mut attempt.violations {
        let place = before.iter().find(|(process, ..)| *process == violation.process);
        let Some((_, greeting, from, index)) = place else {
            violation.process = usize::MAX;
            continue;
        };
        violation.process = *index;
        let line = violation.failure.parts().line;
        if let Some(line) = line.filter(|line| line >= from) {
            violation.failure = violation.failure.clone().at_line(line - from + greeting);
        }
    }
}

/// How many lines behind its own part of the conversation a case is shown: a late answer explains much.
const AFTER: usize = 8;

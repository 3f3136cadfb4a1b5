//! Requests at times around the end of a turn, where no event says when to send them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use harness::{Context, Failure, Kind as Fault, Moment, Result, check};

use super::action::Action;
use super::cell::{Plan, Stop};
use super::course::Course;
use super::kind::Kind;
use super::matrix::{Table, failed};
use super::rules::{Flaw, Rule, answered, ends_once, goes_on, left_alone, said_once};
use super::shown;
use super::stops::Which;

/// How often each check tries: with four actions, eight times each.
const TRIES: u32 = 32;

/// The longest time after the model has gone on, in which all tries are.
const SPAN: Duration = Duration::from_millis(60);

/// The shortest.
const SHORTEST: Duration = Duration::from_millis(8);

/// How many turns are watched to see how long one takes to its end.
const WATCHED: usize = 3;

/// Waits until this time.
pub(super) async fn until(time: Instant) {
    tokio::time::sleep_until(time.into()).await;
}

/// Times from the moment at which the model goes on to well behind the end of a turn.
pub(super) async fn stops(course: &mut Course<'_>) -> Result<Vec<Stop>> {
    let mut took = Vec::new();
    for _ in 0..WATCHED {
        let mut staged = course.prepare(Kind::Words).await?;
        staged.begin(course.cx).await?;
        staged.hold(course.cx).await?;
        let freed = Instant::now();
        staged.set_free(course.cx).await?;
        if course.end(&staged).await?.is_none() {
            let what = "a turn without any action";
            return Err(Failure::new(Fault::Timeout, what, "an end", "none came"));
        }
        took.push(freed.elapsed());
    }
    // Not the longest: one turn that was late would spread the tries over a time in which nothing happens.
    took.sort();
    let usual = took.get(WATCHED / 2).copied().unwrap_or_default().max(SHORTEST);
    let (span, wait) = (SPAN.min(usual * 2), Kind::Words.wait().unwrap_or_default());
    Ok((0..TRIES).map(|try_| Stop::new(Moment::Past(span * try_ / TRIES, wait))).collect())
}

/// Tries each action at times around the end of a turn, judges each try, and then what is shown of
/// the threads.
async fn swept(cx: &mut Context, actions: &[Action], rules: &[Rule]) -> Result {
    let plans: Vec<Plan> = actions.iter().copied().map(Plan::from).collect();
    let mut course = Course::open(cx).await?;
    let table = Table::fill(&mut course, &plans, Which::AroundTheEnd, rules).await?;
    note(&table, course.cx);
    rates(&table)?;
    table.whole()?;
    shown::as_heard(&mut course, &table).await
}

/// Notes for the report how often each action had which outcome.
fn note(table: &Table, cx: &mut Context) {
    let mut words: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for cell in &table.cells {
        let counts = words.entry(cell.plan.action.name()).or_default();
        *counts.entry(cell.word()).or_default() += 1;
    }
    for (action, counts) in words {
        let counts: Vec<_> =
            counts.into_iter().map(|(word, count)| format!("{count} × {word}")).collect();
        cx.note("words, around its end", action, counts.join("; "));
    }
}

/// Fails with the first contradiction of each kind, and how many tries it came up in.
fn rates(table: &Table) -> Result {
    let mut kinds: Vec<(Action, Flaw, String, usize)> = Vec::new();
    for (cell, flaw) in table.flaws() {
        let action = cell.plan.action;
        match kinds
            .iter_mut()
            .find(|(other, known, ..)| *other == action && known.what == flaw.what)
        {
            Some((.., count)) => *count += 1,
            None => kinds.push((action, flaw.clone(), cell.moment.to_string(), 1)),
        }
    }
    let rated = kinds.into_iter().map(|(action, flaw, moment, count)| {
        let tries = table.cells.iter().filter(|cell| cell.plan.action == action).count();
        let rate = format!("{}, in {count} of {tries} tries, first {moment}", action.name());
        (rate, flaw)
    });
    failed(rated.collect(), table.cells.len())
}

/// A server MUST answer an interruption that arrives around the end of a turn, and bring the turn to
/// exactly one end.
#[check(
    v2(since = "0.66", fixed_in("0.130", "an interrupt is never answered when no turn runs")),
    source = "JSON-RPC 2.0 §5: every request is answered; app-server README, turn/interrupt",
    faults(LATE_INTERRUPT_UNANSWERED),
    shared
)]
async fn an_interruption_is_answered(cx: &mut Context) -> Result {
    swept(cx, &[Action::Interrupt], &[answered, ends_once, goes_on]).await
}

/// A server MUST include a message that it accepts around the end of a turn exactly once in the
/// model's input.
#[check(
    v2(since = "0.101"),
    source = "app-server README, turn/start and turn/steer: what is accepted is part of the thread",
    faults(LATE_WORDS_LOST),
    shared
)]
async fn a_message_is_heard_once(cx: &mut Context) -> Result {
    let rules = [answered, ends_once, said_once, goes_on];
    swept(cx, &[Action::Start, Action::Steer], &rules).await
}

/// A server MUST bring a turn to exactly one end when its thread is read, resumed, forked or archived
/// around the end.
#[check(
    v2(since = "0.98", fixed_in("0.107", "a thread that is resumed gets a second session")),
    source = "app-server README, Turns: turn/completed; every release since does",
    faults(LATE_RESUME_ENDS_TWICE),
    shared
)]
async fn other_requests_leave_one_end(cx: &mut Context) -> Result {
    let actions = [Action::Resume, Action::Read, Action::Fork, Action::Archive];
    swept(cx, &actions, &[answered, ends_once, left_alone, goes_on]).await
}

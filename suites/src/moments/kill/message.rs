//! The end of the process directly after each message of a turn.

use std::collections::BTreeSet;

use harness::{Context, Kind as Fault, Moment, Result, check, show};
use mock_model::Request;
use serde_json::Value;

use super::{Victim, Way, end, turn_with, victim, ways};
use crate::client::{ContextExt, End, messages};
use crate::moments::cell::Stop;
use crate::moments::course::Course;
use crate::moments::heard::{Heard, Role, end as end_of};
use crate::moments::kind::Kind;
use crate::moments::matrix::failed;
use crate::moments::rules::Flaw;
use crate::moments::stops::stops;
use crate::stored::files::written;

/// How many processes are ended: a start is dear.
const PROCESSES: usize = 6;

/// After how many messages of a turn of words.
const MESSAGES: usize = 5;

/// A thread whose turn has come to a message when the process ends.
struct Cut {
    victim: Victim,
    stop: Stop,
    /// What the client heard of its turn.
    heard: Heard,
}

impl Cut {
    fn name(&self, way: Way) -> String {
        format!("{}, {}, {}", way.name(), self.victim.staged.kind.name(), self.stop.moment)
    }

    /// The end of its turn, if the client heard of one.
    fn told(&self) -> Option<End> {
        let id = self.victim.staged.begun.id();
        self.heard.ends.iter().find(|(ended, _)| ended == id).map(|(_, end)| *end)
    }

    /// Judges how the turn is shown by a new process.
    fn shown(&self, turn: Option<&Value>) -> Option<Flaw> {
        let question = self.victim.staged.question();
        let Some(turn) = turn else {
            let heard = self.heard.texts(Role::User).any(|text| text == question);
            let what = "a turn whose message was announced, in a new process";
            return heard.then(|| Flaw::new(what, "shown", "not shown"));
        };
        let (status, what) = (&turn["status"], "the status of the turn in a new process");
        match self.told() {
            Some(end) if end_of(status) != end || status == "inProgress" => {
                Some(Flaw::new(what, format!("{end}, as announced"), show(status)))
            }
            None if status == "inProgress" || (!self.stop.freed && status == "completed") => {
                Some(Flaw::new(what, "interrupted", show(status)))
            }
            _ => None,
        }
    }

    /// Judges what the model knows in the next turn: all that is shown of the user, and of the agent
    /// in turns that were completed.
    fn known(&self, turns: &Value, request: &Request) -> Option<Flaw> {
        if let Some(violation) = request.violations().first() {
            let what = "calls and their outputs in the model's input of the next turn";
            return Some(Flaw::new(what, "an output for each call", violation.to_string()));
        }
        let completed = |turn: &&Value| turn["status"] == "completed";
        let completed: Value = turns.as_array()?.iter().filter(completed).cloned().collect();
        let said = messages(turns).into_iter().filter(|line| line.starts_with("user: "));
        let answers =
            messages(&completed).into_iter().filter(|line| line.starts_with("assistant: "));
        let user = request.user_texts().into_iter().map(|text| format!("user: {text}"));
        let agent = request.assistant_texts().into_iter().map(|text| format!("assistant: {text}"));
        let known: Vec<String> = user.chain(agent).collect();
        let count = |line: &String| known.iter().filter(|known| *known == line).count();
        let mut lines = said.chain(answers);
        let lost = lines.find(|line| count(line) != 1)?;
        let what = "how often what is shown is in the model's input of the next turn";
        Some(Flaw::new(what, format!("{lost:?} once"), count(&lost).to_string()))
    }
}

/// Some messages of a turn of words, and all that other kinds of turns add to them; those at which the
/// turn goes on by itself come first.
async fn moments(course: &mut Course<'_>) -> Result<Vec<(Kind, Stop)>> {
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    for kind in course.possible(&Kind::ALL, "end the process").await? {
        let stops = stops(course, kind, &mut seen).await?;
        let messages = stops.into_iter().filter(|stop| matches!(stop.moment, Moment::After(_)));
        found.extend(messages.map(|stop| (kind, stop)));
    }
    let (words, others): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(kind, _)| *kind == Kind::Words);
    let (count, taken) = (words.len(), MESSAGES.min(words.len()));
    let spread = (0..taken).map(|number| words[number * count / taken].clone());
    let mut chosen: Vec<_> = spread.chain(others).collect();
    chosen.sort_by_key(|(_, stop)| !stop.freed);
    Ok(chosen)
}

/// Brings turns to their messages, each when the one before has ended or waits, and ends the process
/// directly after the last message.
async fn cut(course: &mut Course<'_>, way: Way, moments: &[&(Kind, Stop)]) -> Result<Vec<Cut>> {
    let mut cuts = Vec::new();
    for (kind, stop) in moments {
        let victim = victim(course, *kind).await?;
        if way == Way::Kill {
            written(course.cx, &victim.staged.thread, &victim.said[1]).await?;
        }
        cuts.push(Cut { victim, stop: stop.clone(), heard: Heard::default() });
    }
    let last = cuts.len() - 1;
    for (number, Cut { victim, stop, .. }) in cuts.iter_mut().enumerate() {
        victim.staged.script(course.cx)?;
        course.bring(&mut victim.staged, stop).await?;
        if number < last && stop.freed {
            course.end(&victim.staged).await?;
        } else if !stop.freed && (number < last || victim.staged.kind == Kind::Command) {
            // A command that has just begun to start could not be ended afterwards.
            victim.staged.arrive(course.cx).await?;
        }
    }
    for cut in &mut cuts {
        cut.heard = Heard::of(course.cx, &cut.victim.staged);
    }
    end(course, way, cuts.iter_mut().map(|cut| &mut cut.victim)).await?;
    Ok(cuts)
}

/// What is wrong with the thread in a new process.
async fn judged(course: &mut Course<'_>, cut: &Cut) -> Result<Option<Flaw>> {
    let (thread, said) = (&cut.victim.staged.thread, &cut.victim.said);
    let turns = course.cx.client().read_thread(&thread.id, true).await?["turns"].take();
    if let Some(flaw) = cut.shown(turn_with(&turns, &cut.victim.staged.question())) {
        return Ok(Some(flaw));
    }
    let again = course.cx.client().resume_own(thread).await?;
    let lines = messages(&turns);
    let resumed = (course.cx.protocol().resumed_messages)(&again.result);
    if lines != resumed {
        let what = "the messages of the resumed thread";
        return Ok(Some(Flaw::new(
            what,
            format!("as it is read: {}", show(&lines)),
            show(&resumed),
        )));
    }
    let before = [format!("user: {}", said[0]), format!("assistant: {}", said[1])];
    if !before.iter().all(|line| lines.contains(line)) {
        let what = "the completed turn in the thread";
        return Ok(Some(Flaw::new(what, show(&before), show(&lines))));
    }
    match course.go_on(&again, cut.victim.staged.number).await? {
        Some(request) => Ok(cut.known(&turns, &request)),
        None => {
            Ok(Some(Flaw::new("the next turn in the thread", "a request to the model", "none")))
        }
    }
}

/// A server MUST show and resume a thread whose process ended after any message of a turn, with every
/// message that it announced and no turn in progress.
#[check(
    v2(
        since = "0.98",
        fixed_in(
            "0.147",
            "a turn that failed is shown as completed; before 0.120 one that was cut short is"
        )
    ),
    source = "app-server protocol, TurnStatus; app-server README, thread/resume; every release since does",
    faults(KILL_FORGETS_THE_TURN, KILL_HIDES_THE_TURN_FROM_THE_MODEL, KILLED_CALL_HAS_NO_OUTPUT)
)]
async fn what_was_announced_is_kept(cx: &mut Context) -> Result {
    let mut course = Course::open(cx).await?;
    let moments = moments(&mut course).await?;
    let processes = PROCESSES.min(moments.len());
    let ways = ways(course.cx);
    let (mut flaws, mut notes) = (Vec::new(), Vec::new());
    for process in 0..processes {
        let way = ways[process % ways.len()];
        let mut own: Vec<_> = moments.iter().skip(process).step_by(processes).collect();
        if process % 2 == 1 {
            own.reverse();
        }
        for cut in cut(&mut course, way, &own).await? {
            let flaw = match judged(&mut course, &cut).await {
                Err(failure) if failure.kind() == Fault::Mismatch => {
                    let what = "the thread in a new process";
                    Some(Flaw::new(what, "shown, resumed and continued", failure.line()))
                }
                judged => judged?,
            };
            let word = if flaw.is_some() { "lost" } else { "kept" };
            notes.push((
                format!("{}, {}", cut.victim.staged.kind.name(), cut.stop.moment),
                way,
                word,
            ));
            flaws.extend(flaw.map(|flaw| (cut.name(way), flaw)));
        }
    }
    let tried = notes.len();
    for (row, way, word) in notes {
        course.cx.note(row, way.name(), word);
    }
    failed(flaws, tried)
}

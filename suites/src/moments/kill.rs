//! The end of the process at every moment of a turn: by SIGKILL, SIGTERM, the end of its input.

pub mod message;

use harness::{Context, Failure, Kind as Fault, Result, check, show};
use mock_model::says;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::course::Course;
use super::kind::{Kind, Staged};
use super::matrix::failed;
use super::rules::Flaw;
use crate::client::ContextExt;
use crate::stored::files::written;

/// A way in which a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Kill,
    Terminate,
    EndOfInput,
}

/// The ways in which a turn can be cut off. A subject that listens does not end with its input, and may
/// wait for running turns when it is asked to end.
fn ways(cx: &Context) -> Vec<Way> {
    if cx.peer.transport().listens() {
        return vec![Way::Kill];
    }
    vec![Way::Kill, Way::Terminate, Way::EndOfInput]
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Kill => "SIGKILL",
            Self::Terminate => "SIGTERM",
            Self::EndOfInput => "end of input",
        }
    }
}

/// A thread with a turn that was completed, and one that ran when the process ended.
struct Victim {
    staged: Staged,
    /// What the completed turn says: the user, then the agent.
    said: [String; 2],
}

impl Victim {
    fn name(&self, way: Way) -> String {
        let moment = self
            .staged
            .kind
            .wait()
            .map_or("after its end".to_owned(), |wait| format!("while {wait}"));
        format!("{}, {}, {moment}", way.name(), self.staged.kind.name())
    }
}

/// The kinds of turns that wait when the process ends.
const WAITING: [Kind; 4] = [Kind::Words, Kind::Command, Kind::Question, Kind::Failing];

/// A thread of its own with a completed turn, for a turn of this kind.
async fn victim(course: &mut Course<'_>, kind: Kind) -> Result<Victim> {
    let staged = course.prepare(kind).await?;
    course.leave_thread(&staged.thread.id);
    let said = [format!("before {}", staged.number), format!("answer {}", staged.number)];
    course.cx.model.script([says(&said[1])]);
    let turn = course.cx.client().turn(&staged.thread, &said[0]).await?;
    turn.says(&[&said[1]], "the agent's messages in a turn before")?;
    Ok(Victim { staged, said })
}

/// Brings a turn of each kind to its wait, each in a thread of its own behind a completed turn.
async fn victims(course: &mut Course<'_>, kinds: &[Kind]) -> Result<Vec<Victim>> {
    let mut victims = Vec::new();
    for kind in kinds {
        let mut victim = victim(course, *kind).await?;
        victim.staged.script(course.cx)?;
        victim.staged.begin(course.cx).await?;
        victim.staged.hold(course.cx).await?;
        victims.push(victim);
    }
    Ok(victims)
}

/// Ends the process, and starts another one in the same home.
async fn end<'v>(
    course: &mut Course<'_>,
    way: Way,
    victims: impl IntoIterator<Item = &'v mut Victim>,
) -> Result {
    let cx = &mut *course.cx;
    match way {
        Way::Kill => cx.peer.signal(Signal::KILL)?,
        Way::Terminate => cx.peer.signal(Signal::TERM)?,
        Way::EndOfInput => cx.peer.close_stdin(),
    }
    cx.peer.exit().await?;
    let within = cx.peer.settings().wait;
    for victim in victims {
        // What the process has left behind goes on by itself.
        victim.staged.let_command_end()?;
        let held = victim.staged.take_pipes();
        if let Some((up, _go)) = held.filter(|_| victim.staged.has_run()) {
            up.hung_up(within).await?;
        }
    }
    cx.model.open_all();
    cx.restart().await;
    course.connect().await
}

/// A server MUST NOT show a turn as in progress, or as completed, that was running when the server
/// process ended.
#[check(
    v2(
        since = "0.98",
        fixed_in("0.120", "the turn is shown as completed, or as in progress for ever")
    ),
    source = "app-server protocol, TurnStatus; every release since does",
    faults(KILL_LEAVES_IN_PROGRESS, KILL_COMPLETES_THE_TURN)
)]
async fn an_unfinished_turn_is_shown_as_such(cx: &mut Context) -> Result {
    let mut course = Course::open(cx).await?;
    let (mut flaws, mut notes) = (Vec::new(), Vec::new());
    let kinds = course.possible(&WAITING, "end the process").await?;
    for way in ways(course.cx) {
        // An orderly end comes while the model answers, or while the client is asked.
        let fits = |kind: &&Kind| way == Way::Kill || matches!(kind, Kind::Words | Kind::Question);
        let kinds: Vec<Kind> = kinds.iter().filter(fits).copied().collect();
        let mut victims = victims(&mut course, &kinds).await?;
        end(&mut course, way, &mut victims).await?;
        for victim in &victims {
            let id = &victim.staged.thread.id;
            let params = json!({ "threadId": id, "includeTurns": true });
            let reply = course.cx.peer.request("thread/read", params).await?;
            // A server may keep its threads as long as it runs, and refuse to show them later.
            let turns = reply.value.pointer("/result/thread/turns").cloned().unwrap_or_default();
            let turn = turn_with(&turns, &victim.staged.question());
            let status = turn.map(|turn| turn["status"].clone());
            notes.push((victim.name(way), status.as_ref().map_or("not shown".to_owned(), show)));
            let what = "the status of the turn in a new process";
            let wrong = status.filter(|status| status == "inProgress" || status == "completed");
            flaws.extend(
                wrong.map(|status| {
                    (victim.name(way), Flaw::new(what, "interrupted", show(&status)))
                }),
            );
        }
    }
    let tried = notes.len();
    for (row, word) in notes {
        course.cx.note(row, "end the process", word.trim_matches('"'));
    }
    failed(flaws, tried)
}

/// The turn in which the user said this.
fn turn_with<'t>(turns: &'t Value, question: &str) -> Option<&'t Value> {
    let quoted = format!("\"{question}\"");
    turns.as_array()?.iter().find(|turn| turn["items"].to_string().contains(&quoted))
}

/// A server MUST resume a thread whose turn was running when the server process was killed, with
/// every completed turn.
#[check(
    v1,
    v2(since = "0.66"),
    source = "SIGKILL leaves no time to tidy up; every release does",
    faults(KILL_LOSES_THE_FILE)
)]
async fn the_thread_goes_on(cx: &mut Context) -> Result {
    let mut course = Course::open(cx).await?;
    let kinds = course.possible(&WAITING, "kill the process").await?;
    let mut victims = victims(&mut course, &kinds).await?;
    for victim in &victims {
        written(course.cx, &victim.staged.thread, &victim.said[1]).await?;
    }
    end(&mut course, Way::Kill, &mut victims).await?;
    let mut flaws = Vec::new();
    for victim in &victims {
        let again = course.cx.client().resume_own(&victim.staged.thread).await?;
        let shown = (course.cx.protocol().resumed_messages)(&again.result);
        course.cx.model.script([says("so it goes on")]);
        let asked = course.cx.model.requests().len();
        course.cx.client().turn(&again, "go on").await?;
        let request = course.request_with("go on", asked);
        let input =
            request.ok_or_else(|| Failure::mismatch("the next turn", "a request", "none"))?;
        let name = victim.name(Way::Kill);
        let [user, agent] = &victim.said;
        let lines = [format!("user: {user}"), format!("assistant: {agent}")];
        if !lines.iter().all(|line| shown.contains(line)) {
            let what = "the completed turn in the resumed thread";
            flaws.push((name, Flaw::new(what, show(&lines), show(&shown))));
        } else if !input.user_texts().contains(&user.as_str())
            || !input.assistant_texts().contains(&agent.as_str())
        {
            let what = "the completed turn in the model's input of the next one";
            flaws.push((name, Flaw::new(what, show(&lines), show(input.input_items()))));
        }
    }
    failed(flaws, victims.len())
}

/// A server MUST store a completed turn before it ends on SIGTERM or at the end of its input.
#[check(
    v1(fixed_in("0.58", "the last turn may not have been stored yet")),
    v2(since = "0.66"),
    source = "a server that is asked to end has the time to; every release does",
    faults(END_LOSES_THE_LAST_TURN)
)]
async fn an_orderly_end_keeps_the_last_turn(cx: &mut Context) -> Result {
    let mut flaws = Vec::new();
    let mut course = Course::open(cx).await?;
    let mut ways = vec![Way::Terminate];
    if !course.cx.peer.transport().listens() {
        ways.push(Way::EndOfInput);
    }
    for way in ways.iter().copied() {
        let thread = course.cx.client().start_thread().await?;
        course.cx.model.script([says("the last answer")]);
        course.cx.client().turn(&thread, "the last question").await?;
        end(&mut course, way, []).await?;
        let again = course.cx.client().resume_own(&thread).await;
        let shown = match again {
            Ok(again) => (course.cx.protocol().resumed_messages)(&again.result),
            Err(failure) if failure.kind() == Fault::Mismatch => vec![failure.line()],
            Err(failure) => return Err(failure),
        };
        let wanted = ["user: the last question", "assistant: the last answer"];
        if shown != wanted {
            let what = "the messages of the resumed thread";
            flaws.push((way.name().to_owned(), Flaw::new(what, show(&wanted), show(&shown))));
        }
    }
    failed(flaws, ways.len())
}

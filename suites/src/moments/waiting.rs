//! Requests about a thread whose turn waits: messages for its queue, settings, a command of the user, a revert of the
//! turn, and the deletion of the thread.

use harness::{Call, Context, Reply, Result, check};
use mock_model::{Request, Script, says};
use serde_json::{Value, json};

use super::cell::outcome;
use super::course::Course;
use super::heard::Heard;
use super::joined::{MODEL, WAITING};
use super::kind::{Kind, Staged};
use super::matrix::failed;
use super::rules::Flaw;
use crate::client::{ContextExt, End, is_item};

/// A turn that waited while a request about its thread was sent, and the answer to it.
struct Waited {
    staged: Staged,
    reply: Reply,
}

impl Waited {
    /// The row of the table.
    fn row(&self) -> String {
        self.staged.kind.waiting()
    }
}

/// Begins a turn of this kind in a thread of its own, behind a turn that has ended, sends the request
/// while the turn waits. The answer is noted for the report.
async fn waited(
    course: &mut Course<'_>,
    kind: Kind,
    column: &str,
    request: impl Fn(&Staged) -> (&'static str, Value),
) -> Result<Waited> {
    let mut staged = course.prepare(kind).await?;
    course.leave_thread(&staged.thread.id);
    course.cx.model.script(Script::new([says(earlier_answer(&staged))]));
    course.cx.client().turn(&staged.thread, &earlier(&staged)).await?;
    staged.script(course.cx)?;
    staged.begin(course.cx).await?;
    staged.hold(course.cx).await?;
    let (method, params) = request(&staged);
    let reply = course.cx.peer.request(method, params).await?;
    let word = outcome(&reply);
    let waited = Waited { staged, reply };
    course.cx.note(waited.row(), column, word);
    Ok(waited)
}

/// What the user says in the turn before.
fn earlier(staged: &Staged) -> String {
    format!("earlier {}", staged.number)
}

fn earlier_answer(staged: &Staged) -> String {
    format!("answer to earlier {}", staged.number)
}

/// How often each of these texts of the user is in a request to the model.
fn counts(request: Option<&Request>, texts: &[String]) -> Vec<usize> {
    let said = request.map(Request::user_texts).unwrap_or_default();
    texts.iter().map(|text| said.iter().filter(|said| *said == text).count()).collect()
}

/// How the turn ended, if not as turns of its kind do that nothing disturbs.
fn disturbed(staged: &Staged, end: Option<End>) -> Option<Flaw> {
    let natural = staged.kind.natural_end();
    let observed = end.map_or_else(|| "no end".to_owned(), |end| end.to_string());
    (end != Some(natural)).then(|| Flaw::new("how the turn ended", natural.to_string(), observed))
}

/// A server MUST run each message that is added to the queue of a thread during a turn once, in the
/// order of the queue, when that turn has completed.
#[check(
    v2(since = "0.169"),
    source = "app-server README, thread/queue: FIFO, runs when the thread becomes idle; every release does",
    faults(QUEUE_FORGOTTEN_BEHIND_A_TOOL)
)]
async fn a_queue_runs_behind_every_turn(cx: &mut Context) -> Result {
    const COLUMN: &str = "add to the queue";
    let mut course = Course::open_experimental(cx).await?;
    let kinds = [Kind::Words, Kind::Command, Kind::Question];
    let kinds = course.possible(&kinds, COLUMN).await?;
    let mut flaws = Vec::new();
    for kind in &kinds {
        let add = |staged: &Staged, text: &str| {
            let input = json!([{ "type": "text", "text": format!("{text} {}", staged.number) }]);
            let id = format!("id of {text} {}", staged.number);
            let params = json!({
                "threadId": staged.thread.id,
                "input": input,
                "clientUserMessageId": id,
            });
            ("thread/queue/add", params)
        };
        let Waited { mut staged, reply } =
            waited(&mut course, *kind, COLUMN, |staged| add(staged, "first queued")).await?;
        reply.granted("answer to `thread/queue/add`")?;
        let (method, params) = add(&staged, "second queued");
        course.cx.peer.call(method, params).await?;
        staged.set_free(course.cx).await?;
        course.until_ended(&staged, |heard| heard.ends.len() >= 3).await?;
        let request = course.go_on(&staged.thread, staged.number).await?;
        let said = request.as_ref().map(Request::user_texts).unwrap_or_default();
        let of_turn = |text: &&str| text.ends_with(&format!(" {}", staged.number));
        let said: Vec<_> = said.into_iter().filter(of_turn).collect();
        let wanted = ["earlier", "question", "first queued", "second queued", "go on"];
        let wanted = wanted.map(|text| format!("{text} {}", staged.number));
        if said != wanted {
            let what = "the user's messages in the model's input";
            let row = Waited { staged, reply }.row();
            flaws.push((row, Flaw::new(what, wanted.join(", "), said.join(", "))));
        }
    }
    failed(flaws, kinds.len())
}

/// A server MUST apply settings that it accepts during a turn to the next turn, and let the running
/// turn go on.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/settings/update: for the next turn; every release does",
    faults(SETTINGS_LOST_DURING_A_TURN)
)]
async fn settings_reach_the_next_turn(cx: &mut Context) -> Result {
    const COLUMN: &str = "update the settings";
    let mut course = Course::open_experimental(cx).await?;
    let kinds = course.possible(&WAITING, COLUMN).await?;
    let mut flaws = Vec::new();
    for kind in &kinds {
        let update = |staged: &Staged| {
            let params = json!({ "threadId": staged.thread.id, "model": MODEL });
            ("thread/settings/update", params)
        };
        let mut waited = waited(&mut course, *kind, COLUMN, update).await?;
        waited.staged.set_free(course.cx).await?;
        let end = course.end(&waited.staged).await?;
        flaws.extend(disturbed(&waited.staged, end).map(|flaw| (waited.row(), flaw)));
        let request = course.go_on(&waited.staged.thread, waited.staged.number).await?;
        let name = request.as_ref().and_then(|request| request.model_name()).unwrap_or("none");
        if !waited.reply.is_error() && name != MODEL {
            let flaw = Flaw::new("the model of the next turn", MODEL, name);
            flaws.push((waited.row(), flaw));
        }
    }
    failed(flaws, kinds.len())
}

/// A server MUST let a running turn go on when the user runs a command in its thread, and report the
/// command once.
#[check(
    v2(since = "0.120"),
    source = "app-server README, thread/shellCommand: joins the running turn; every release does",
    faults(SHELL_COMMAND_CUTS_A_QUESTION)
)]
async fn a_command_of_the_user_lets_the_turn_go_on(cx: &mut Context) -> Result {
    const COLUMN: &str = "run a command of the user";
    let mut course = Course::open(cx).await?;
    let kinds = course.possible(&WAITING, COLUMN).await?;
    let mut flaws = Vec::new();
    for kind in &kinds {
        let run = |staged: &Staged| {
            let params = json!({ "threadId": staged.thread.id, "command": "true" });
            ("thread/shellCommand", params)
        };
        let mut waited = waited(&mut course, *kind, COLUMN, run).await?;
        let own = |call: &Call, method: &str| {
            is_item(call, &waited.staged.thread, method, "commandExecution")
                && call.params["item"]["source"] == "userShell"
        };
        if !waited.reply.is_error() {
            let what = "`item/completed` of the user's command";
            course.cx.peer.next_matching(what, |call| own(call, "item/completed")).await?;
        }
        let calls = course.cx.peer.calls_since(waited.staged.begun.mark);
        let count = |method: &str| calls.iter().filter(|call| own(call, method)).count();
        let times = (count("item/started"), count("item/completed"));
        let wanted = if waited.reply.is_error() { (0, 0) } else { (1, 1) };
        waited.staged.set_free(course.cx).await?;
        let end = course.end(&waited.staged).await?;
        flaws.extend(disturbed(&waited.staged, end).map(|flaw| (waited.row(), flaw)));
        if times != wanted {
            let what = "how often the start and the end of the user's command are reported";
            let shown = |(starts, ends)| format!("{starts} and {ends}");
            flaws.push((waited.row(), Flaw::new(what, shown(wanted), shown(times))));
        }
        let texts = [earlier(&waited.staged), waited.staged.question()];
        let request = course.go_on(&waited.staged.thread, waited.staged.number).await?;
        flaws.extend(told_once(request.as_ref(), &texts).map(|flaw| (waited.row(), flaw)));
    }
    failed(flaws, kinds.len())
}

/// Each of these messages is once in the model's input.
fn told_once(request: Option<&Request>, texts: &[String]) -> Option<Flaw> {
    let counts = counts(request, texts);
    let what = "how often the earlier messages are in the model's input of the next turn";
    let wanted = vec![1; texts.len()];
    (counts != wanted).then(|| Flaw::new(what, format!("{wanted:?}"), format!("{counts:?}")))
}

/// A server MUST remove a turn that it reverts while the turn runs from the thread and from the model's
/// input, and keep the turns before it.
#[check(
    v2(since = "0.160"),
    source = "app-server README, thread/revert: removes the turn and all later ones",
    faults(REVERT_KEEPS_THE_RUNNING_TURN)
)]
async fn a_running_turn_is_reverted(cx: &mut Context) -> Result {
    const COLUMN: &str = "revert the turn";
    let mut course = Course::open(cx).await?;
    let kinds = course.possible(&WAITING, COLUMN).await?;
    let mut flaws = Vec::new();
    for kind in &kinds {
        let revert = |staged: &Staged| {
            let turn = staged.begun.id();
            ("thread/revert", json!({ "threadId": staged.thread.id, "beforeTurnId": turn }))
        };
        let mut waited = waited(&mut course, *kind, COLUMN, revert).await?;
        let done = !waited.reply.is_error();
        if !done {
            waited.staged.set_free(course.cx).await?;
            let end = course.end(&waited.staged).await?;
            flaws.extend(disturbed(&waited.staged, end).map(|flaw| (waited.row(), flaw)));
        }
        let heard = Heard::of(course.cx, &waited.staged);
        if heard.ends.len() > heard.starts.len() {
            let (ends, starts) = (heard.ends.len().to_string(), heard.starts.len().to_string());
            flaws.push((waited.row(), Flaw::new("ends of turns", starts, ends)));
        }
        let shown = course.cx.client().read_thread(&waited.staged.thread.id, true).await?;
        let texts = [earlier(&waited.staged), waited.staged.question()];
        let wanted = [1, usize::from(!done)];
        let flaw = shown_as(&shown, &texts, wanted);
        flaws.extend(flaw.map(|flaw| (waited.row(), flaw)));
        let request = course.go_on(&waited.staged.thread, waited.staged.number).await?;
        let counts = counts(request.as_ref(), &texts);
        if counts != wanted {
            let what =
                "how often the earlier message and that of the turn are in the model's input";
            let flaw = Flaw::new(what, format!("{wanted:?}"), format!("{counts:?}"));
            flaws.push((waited.row(), flaw));
        }
        waited.staged.let_command_end()?;
    }
    failed(flaws, kinds.len())
}

/// Each of these messages is in so many turns of a thread.
fn shown_as(thread: &Value, texts: &[String], wanted: [usize; 2]) -> Option<Flaw> {
    let turns = thread["turns"].as_array().map(Vec::as_slice).unwrap_or_default();
    let count = |text: &String| {
        let quoted = format!("\"{text}\"");
        turns.iter().filter(|turn| turn["items"].to_string().contains(&quoted)).count()
    };
    let counts: Vec<_> = texts.iter().map(count).collect();
    let what = "how often the earlier message and that of the turn are shown in the thread";
    (counts != wanted).then(|| Flaw::new(what, format!("{wanted:?}"), format!("{counts:?}")))
}

/// A server MUST delete a thread whose turn waits, and go on with other threads.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/delete: hard-deletes an active thread; every release does",
    faults(DELETE_WAITS_FOR_THE_QUESTION)
)]
async fn a_thread_is_deleted_whatever_its_turn_waits_for(cx: &mut Context) -> Result {
    const COLUMN: &str = "delete the thread";
    let mut course = Course::open(cx).await?;
    let kinds = course.possible(&WAITING, COLUMN).await?;
    let mut flaws = Vec::new();
    for kind in &kinds {
        let delete = |staged: &Staged| ("thread/delete", json!({ "threadId": staged.thread.id }));
        let waited = waited(&mut course, *kind, COLUMN, delete).await?;
        waited.staged.let_command_end()?;
        let row = waited.row();
        if let Ok(error) = waited.reply.error() {
            flaws.push((row, Flaw::new("the answer", "a result", error.to_string())));
            continue;
        }
        let id = &waited.staged.thread.id;
        let read = course.cx.peer.request("thread/read", json!({ "threadId": id })).await?;
        if !read.is_error() {
            let what = "the answer to `thread/read` of the deleted thread";
            flaws.push((row.clone(), Flaw::new(what, "an error", "a result")));
        }
        if waited.staged.thread.path.exists() {
            let what = "the rollout of the deleted thread";
            flaws.push((row.clone(), Flaw::new(what, "gone", "still there")));
        }
        course.cx.model.open_all();
        let other = course.prepare(Kind::Words).await?;
        let goes_on = course.go_on(&other.thread, other.number).await?;
        course.leave_thread(&other.thread.id);
        if goes_on.is_none() {
            let what = "a turn in another thread";
            flaws.push((row, Flaw::new(what, "a request to the model", "none")));
        }
    }
    failed(flaws, kinds.len())
}

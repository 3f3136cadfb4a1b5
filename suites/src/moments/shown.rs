//! What is shown of turns into which requests came: by the same process, and by a new one.

use harness::{Context, Result, check, show};
use serde_json::Value;

use super::action::Action;
use super::cell::Plan;
use super::course::Course;
use super::heard::{Heard, Role, end};
use super::matrix::{Table, failed};
use super::rules::Flaw;
use super::stops::Which;
use crate::client::{ContextExt, End};

/// What clients do meanwhile, of which nothing may be seen in the turns but messages and
/// interruptions.
const MEANWHILE: [Action; 3] = [Action::Interrupt, Action::Start, Action::Resume];

/// What is known of one turn: its id, how it ended, and its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    id: String,
    end: End,
    said: Vec<(Role, String)>,
}

impl Shown {
    /// Its messages and its end on one line.
    fn line(&self) -> String {
        let said: Vec<_> =
            self.said.iter().map(|(role, text)| format!("{role:?}: {text}")).collect();
        format!("{} ({})", said.join(" | "), self.end)
    }
}

/// The turns that the client heard of, in order. What the agent had begun to say when the turn was
/// cut short is of no account.
fn turns(heard: &Heard) -> Vec<Shown> {
    let turn = |(id, end): &(String, End)| Shown {
        id: id.clone(),
        end: *end,
        said: of_account(*end, heard.said_in(id)),
    };
    heard.ends.iter().map(turn).collect()
}

fn of_account(end: End, said: impl Iterator<Item = (Role, String)>) -> Vec<(Role, String)> {
    said.filter(|(role, _)| end == End::Completed || *role == Role::User).collect()
}

/// The turns in a thread that is read; a turn in progress counts as having no end.
fn read(thread: &Value) -> Vec<Shown> {
    let turns = thread["turns"].as_array().map(Vec::as_slice).unwrap_or_default();
    let turn = |turn: &Value| {
        let items = turn["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let said = items.iter().filter_map(|item| match item["type"].as_str()? {
            "userMessage" => Some((Role::User, item["content"][0]["text"].as_str()?.to_owned())),
            "agentMessage" => Some((Role::Agent, item["text"].as_str()?.to_owned())),
            _ => None,
        });
        let end = end(&turn["status"]);
        let id = turn["id"].as_str().unwrap_or_default().to_owned();
        Shown { id, end, said: of_account(end, said) }
    };
    turns.iter().map(turn).collect()
}

/// Threads with turns into which requests came, and what the client heard of them.
async fn played(course: &mut Course<'_>, actions: &[Action]) -> Result<Vec<(String, Vec<Shown>)>> {
    let plans: Vec<Plan> = actions.iter().copied().map(Plan::from).collect();
    let table = Table::fill(course, &plans, Which::Still, &[]).await?;
    table.whole()?;
    Ok(table.heard().map(|(id, heard)| (id.clone(), turns(heard))).collect())
}

/// Fails unless the turns of all threads are shown as the client heard of them.
pub(super) async fn as_heard(course: &mut Course<'_>, table: &Table) -> Result {
    let heard = table.heard().map(|(id, heard)| (id.clone(), turns(heard)));
    compared(course, &heard.collect::<Vec<_>>(), differ).await
}

/// Compares what is shown of threads with what was heard, by `differ`.
async fn compared(
    course: &mut Course<'_>,
    threads: &[(String, Vec<Shown>)],
    differ: impl Fn(&Shown, &Shown) -> bool,
) -> Result {
    let (mut flaws, mut tried) = (Vec::new(), 0);
    for (id, heard) in threads {
        let thread = course.cx.client().read_thread(id, true).await?;
        let shown = read(&thread);
        tried += heard.len();
        if shown.len() != heard.len() {
            let lines = |turns: &[Shown]| show(&turns.iter().map(Shown::line).collect::<Vec<_>>());
            let flaw = Flaw::new("the turns of the thread", lines(heard), lines(&shown));
            flaws.push((format!("{} turns", heard.len()), flaw));
            continue;
        }
        for (heard, shown) in heard.iter().zip(&shown).filter(|(heard, shown)| differ(heard, shown))
        {
            let line = |turn: &Shown| format!("{}: {}", turn.id, turn.line());
            let flaw = Flaw::new("what is shown of it", line(heard), line(shown));
            flaws.push((format!("the turn {:?}", heard.id), flaw));
        }
    }
    failed(flaws, tried)
}

/// Whether two accounts of a turn differ in its end or its messages.
fn differ(heard: &Shown, shown: &Shown) -> bool {
    (heard.end, &heard.said) != (shown.end, &shown.said)
}

/// A server MUST show every turn with the messages and the status that it announced, whatever the
/// client requested during the turn, also after a restart.
#[check(
    v2(since = "0.98", fixed_in("0.147", "a failed turn is shown as completed")),
    source = "app-server README, thread/read: includeTurns, stored threads",
    faults(READ_LOSES_ASIDES, STORE_LOSES_ASIDES),
    shared
)]
async fn turns_are_shown_as_announced(cx: &mut Context) -> Result {
    let mut course = Course::open(cx).await?;
    let threads = played(&mut course, &MEANWHILE).await?;
    compared(&mut course, &threads, differ).await?;
    course.cx.restart().await;
    course.connect().await?;
    let again = compared(&mut course, &threads, differ).await;
    again.map_err(|failure| failure.within("after a restart"))
}

/// A server MUST show every turn under the id under which an earlier process announced it.
#[check(
    v2(since = "0.98", fixed_in("0.101", "the turns of a stored thread are numbered anew")),
    source = "app-server README, thread/read: stored threads; app-server protocol, Turn",
    faults(STORE_RENAMES_TURNS),
    shared
)]
async fn turns_keep_their_ids_after_a_restart(cx: &mut Context) -> Result {
    let mut course = Course::open(cx).await?;
    let threads = played(&mut course, &[Action::Start]).await?;
    course.cx.restart().await;
    course.connect().await?;
    // Whether all turns are there is for the other checks.
    let (mut flaws, mut tried) = (Vec::new(), 0);
    for (id, heard) in &threads {
        let shown = read(&course.cx.client().read_thread(id, true).await?);
        let ids: Vec<&str> = shown.iter().map(|turn| turn.id.as_str()).collect();
        tried += heard.len();
        for turn in heard.iter().filter(|turn| !ids.contains(&turn.id.as_str())) {
            let expected = format!("{:?} among them", turn.id);
            let flaw = Flaw::new("the ids of the turns of its thread", expected, show(&ids));
            flaws.push((format!("the turn {:?}", turn.line()), flaw));
        }
    }
    failed(flaws, tried)
}

//! Rules for every turn: it ends once, its items start before they end, its deltas concatenate to the text.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use harness::{Call, Conversation, Message, Result, ensure_at, observer};
use serde_json::Value;

use crate::unwanted::opts_out;

/// Thread and turn that a notification is about; a turn id alone is not unique across threads in
/// every release.
type Turn = (String, String);

fn turn_of(call: &Call) -> Option<Turn> {
    let thread = call.params.get("threadId")?.as_str()?;
    let turn = call.params.get("turnId").or_else(|| call.params.pointer("/turn/id"))?.as_str()?;
    Some((thread.to_owned(), turn.to_owned()))
}

/// The notifications about turns, each with its turn; without turns that were running when this
/// client joined their thread, whose beginnings it did not see, and without threads that it left,
/// of which it may have missed something. None if the client opted out of some of them.
fn of_turns(conversation: &Conversation<'_>) -> impl Iterator<Item = (Call, Turn)> {
    let deaf = conversation.to_subject().any(|(_, entry)| opts_out(entry, &["turn/", "item/"]));
    let calls = conversation.calls().into_iter().filter(|_| !deaf);
    let calls: Vec<_> = calls.filter_map(|call| turn_of(&call).map(|turn| (call, turn))).collect();
    let joined = Joined::find(conversation);
    let left: HashSet<String> = conversation
        .to_subject()
        .filter(|(_, entry)| entry.method() == Some("thread/unsubscribe"))
        .map(|(_, entry)| text(entry.params(), "/threadId").to_owned())
        .collect();
    let begun: HashSet<Turn> = calls
        .iter()
        .filter(|(call, turn)| call.method == "turn/started" && joined.threads.contains(&turn.0))
        .map(|(_, turn)| turn.clone())
        .filter(|turn| !joined.turns.contains(turn))
        .collect();
    calls
        .into_iter()
        .filter(move |(_, turn)| !joined.threads.contains(&turn.0) || begun.contains(turn))
        .filter(move |(_, turn)| !left.contains(&turn.0))
}

/// What was at work when this client joined.
#[derive(Default)]
struct Joined {
    /// The threads that were at work when the client opened them for the first time.
    threads: HashSet<String>,
    /// Their turns that were in progress.
    turns: HashSet<Turn>,
}

impl Joined {
    fn find(conversation: &Conversation<'_>) -> Self {
        let (mut joined, mut opened) = (Self::default(), HashSet::new());
        let answers = conversation.from_subject().filter_map(|(_, entry)| entry.value.as_ref());
        // A thread that is only read comes without its model.
        for result in answers.filter_map(|answer| answer.get("result")) {
            let Some(thread) = result.get("thread").filter(|_| result.get("model").is_some())
            else {
                continue;
            };
            let id = text(thread, "/id").to_owned();
            if !opened.insert(id.clone()) || text(thread, "/status/type") != "active" {
                continue;
            }
            let turns = thread["turns"].as_array().into_iter().flatten();
            let running = turns.filter(|turn| text(turn, "/status") == "inProgress");
            joined.turns.extend(running.map(|turn| (id.clone(), text(turn, "/id").to_owned())));
            joined.threads.insert(id);
        }
        joined
    }
}

/// What the names of events begin with.
const EVENT: &str = "codex/event/";

/// The events, each with its conversation and task.
fn of_tasks(conversation: &Conversation<'_>) -> impl Iterator<Item = (Call, Turn)> {
    let events = conversation.calls().into_iter().filter(|call| call.method.starts_with(EVENT));
    events.map(|call| {
        let id = |pointer: &str| text(&call.params, pointer).to_owned();
        let task = (id("/conversationId"), id("/id"));
        (call, task)
    })
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn at(call: &Call) -> String {
    format!("`{}` in line {} of the conversation", call.method, call.seq + 1)
}

/// A server MUST send `turn/completed` only for a turn that has started and has not yet ended.
#[observer(
    v2(since = "0.66"),
    source = "app-server README, Turns: turn/started, item/*, turn/completed",
    faults(
        TURN_COMPLETES_TWICE,
        DROP_FIRST_NOTIFICATION,
        DUPLICATE_ENDS,
        DUPLICATE_NOTIFICATIONS,
        END_BEFORE_START,
        TURN_RENAMED
    )
)]
fn a_turn_ends_once(conversation: &Conversation<'_>) -> Result {
    // Open turns, not all that there were: some releases number the turns of a thread anew when it
    // is resumed.
    let mut open = HashSet::new();
    for (call, turn) in of_turns(conversation) {
        if call.method == "turn/started" {
            open.insert(turn);
        } else if call.method == "turn/completed" {
            ensure_at!(
                call.seq,
                open.remove(&turn),
                at(&call),
                "the end of a turn that was started and has not ended",
                format!("the end of turn {}, which does not run", turn.1)
            );
        }
    }
    Ok(())
}

/// A server MUST NOT complete an item twice.
#[observer(
    v2(since = "0.66", fixed_in("0.147", "a denied or aborted item is completed twice")),
    source = "app-server README, Items: item/started, deltas, item/completed",
    faults(ITEM_COMPLETES_TWICE, DUPLICATE_ENDS)
)]
fn an_item_ends_once(conversation: &Conversation<'_>) -> Result {
    let mut completed = HashSet::new();
    for (call, turn) in of_turns(conversation) {
        let item = (turn, text(&call.params, "/item/id").to_owned());
        if call.method == "item/started" {
            completed.remove(&item);
        } else if call.method == "item/completed" {
            ensure_at!(
                call.seq,
                completed.insert(item.clone()),
                at(&call),
                "one `item/completed` for each item",
                format!("another one for item {} ({})", item.1, text(&call.params, "/item/type"))
            );
        }
    }
    Ok(())
}

/// A server MUST send `item/started` for an item before `item/completed`.
#[observer(
    v2(
        since = "0.66",
        fixed_in(
            "0.120",
            "a command that is denied or interrupted is completed without having begun"
        )
    ),
    source = "app-server README, Items: item/started, deltas, item/completed",
    faults(ITEM_WITHOUT_A_START, END_BEFORE_START)
)]
fn an_item_begins_before_it_ends(conversation: &Conversation<'_>) -> Result {
    let mut started = HashSet::new();
    for (call, turn) in of_turns(conversation) {
        let item = (turn, text(&call.params, "/item/id").to_owned());
        if call.method == "item/started" {
            started.insert(item);
        } else if call.method == "item/completed" {
            ensure_at!(
                call.seq,
                started.contains(&item),
                at(&call),
                "an earlier `item/started` of the same item",
                format!("none for item {} ({})", item.1, text(&call.params, "/item/type"))
            );
        }
    }
    Ok(())
}

/// A server MUST NOT send `item/started` or `item/agentMessage/delta` for a turn after its
/// `turn/completed`.
#[observer(
    v2(since = "0.66"),
    source = "app-server README, Turns: turn/completed is the end of the turn",
    faults(ITEM_AFTER_THE_END, DELTA_AFTER_THE_END)
)]
fn nothing_begins_after_the_end(conversation: &Conversation<'_>) -> Result {
    let mut completed = HashSet::new();
    for (call, turn) in of_turns(conversation) {
        match call.method.as_str() {
            "turn/started" => {
                completed.remove(&turn);
            }
            "turn/completed" => {
                completed.insert(turn);
            }
            "item/started" | "item/agentMessage/delta" => {
                ensure_at!(
                    call.seq,
                    !completed.contains(&turn),
                    at(&call),
                    "nothing of a turn after its `turn/completed`",
                    format!("an item of turn {}, which was over", turn.1)
                );
            }
            _ => {}
        }
    }
    Ok(())
}

/// A server MUST complete an agent message with the text to which its deltas concatenate.
#[observer(
    v2(since = "0.66"),
    source = "app-server README, Items: agentMessage deltas concatenate to the text",
    faults(
        FIRST_DELTA_LOST,
        DELTA_AFTER_THE_END,
        DROP_DELTA,
        DUPLICATE_NOTIFICATIONS,
        SWAPPED_DELTAS
    )
)]
fn deltas_make_up_the_text(conversation: &Conversation<'_>) -> Result {
    let mut streamed: HashMap<(Turn, String), String> = HashMap::new();
    for (call, turn) in of_turns(conversation) {
        if call.method == "item/agentMessage/delta" {
            let item = text(&call.params, "/itemId").to_owned();
            streamed.entry((turn, item)).or_default().push_str(text(&call.params, "/delta"));
        } else if call.method == "item/completed"
            && text(&call.params, "/item/type") == "agentMessage"
        {
            let item = text(&call.params, "/item/id").to_owned();
            // A message may come whole, without deltas.
            let Some(deltas) = streamed.remove(&(turn, item)) else { continue };
            let whole = text(&call.params, "/item/text");
            ensure_at!(
                call.seq,
                deltas == whole,
                at(&call),
                format!("the text of its deltas, {deltas:?}"),
                format!("{whole:?}")
            );
        }
    }
    Ok(())
}

/// A server MUST send `task_complete` only for a task that has started and has not yet ended.
#[observer(
    v1,
    source = "app-server protocol, events; every release does",
    faults(
        TASK_COMPLETES_TWICE,
        DROP_FIRST_NOTIFICATION,
        DUPLICATE_ENDS,
        END_BEFORE_START,
        TURN_RENAMED
    )
)]
fn a_task_ends_once(conversation: &Conversation<'_>) -> Result {
    // As for turns: the number of a task may come again after its end.
    let mut open = HashSet::new();
    for (call, task) in of_tasks(conversation) {
        let kind = call.method.strip_prefix(EVENT).unwrap_or_default();
        if kind == "task_started" {
            open.insert(task);
        } else if kind == "task_complete" {
            ensure_at!(
                call.seq,
                open.remove(&task),
                at(&call),
                "the end of a task that was started and has not ended",
                format!("the end of task {}, which does not run", task.1)
            );
        }
    }
    Ok(())
}

/// The lines in which a conversation has more than one listener, which share its events: 0.98.0
/// sends each of them once, but one that the first has taken may come behind a later one of the
/// second's.
fn heard_by_several(conversation: &Conversation<'_>) -> Vec<(String, Range<usize>)> {
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut several = Vec::new();
    let is_second = |open: &[(String, usize)], id: &str| open.iter().any(|(other, _)| other == id);
    for (line, entry) in conversation.to_subject() {
        let Message::Request { method, .. } = &entry.message else { continue };
        if method == "addConversationListener" {
            let id = text(entry.params(), "/conversationId").to_owned();
            open.push((id, line));
        } else if method == "removeConversationListener"
            // The one that was added last: that is how checks do it.
            && let Some((id, since)) = open.pop()
            && is_second(&open, &id)
        {
            several.push((id, since..line));
        }
    }
    while let Some((id, since)) = open.pop() {
        if is_second(&open, &id) {
            several.push((id, since..usize::MAX));
        }
    }
    several
}

/// A server MUST send an `agent_message` with the text to which its deltas concatenate.
#[observer(
    v1,
    source = "app-server protocol, events; every release does",
    faults(FIRST_DELTA_LOST, DROP_DELTA, DUPLICATE_NOTIFICATIONS, SWAPPED_DELTAS)
)]
fn event_deltas_make_up_the_message(conversation: &Conversation<'_>) -> Result {
    let several = heard_by_several(conversation);
    let mut streamed: HashMap<(String, String), String> = HashMap::new();
    let mut unordered = HashSet::new();
    for (call, task) in of_tasks(conversation) {
        if several.iter().any(|(id, lines)| *id == task.0 && lines.contains(&call.seq)) {
            unordered.insert(task.clone());
        }
        if unordered.contains(&task) {
            continue;
        }
        let kind = call.method.strip_prefix(EVENT).unwrap_or_default();
        if kind == "agent_message_delta" {
            streamed.entry(task).or_default().push_str(text(&call.params, "/msg/delta"));
        } else if kind == "stream_error" {
            // The model is asked again, and its message begins anew.
            streamed.remove(&task);
        } else if kind == "agent_message" {
            let Some(deltas) = streamed.remove(&task) else { continue };
            let whole = text(&call.params, "/msg/message");
            ensure_at!(
                call.seq,
                deltas == whole,
                at(&call),
                format!("the text of its deltas, {deltas:?}"),
                format!("{whole:?}")
            );
        }
    }
    Ok(())
}

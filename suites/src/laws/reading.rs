//! Reads a course as a story.

use std::collections::{HashMap, HashSet};

use harness::{Course, Dialect, Event, Id, Message};
use serde_json::Value;

use super::said::Said;
use super::shown::{Shown, status};
use super::story::{Item, Opened, Request, Story, Turn, words};
use crate::unwanted::opts_out;

/// The members in which a request names a thread.
const THREAD: [&str; 2] = ["threadId", "conversationId"];

/// The story of a course.
pub(super) fn read(course: &Course<'_>) -> Story {
    let mut reader = Reader { course, story: Story::default(), open: HashMap::new() };
    let deaf = deaf(course);
    for (number, event) in course.events().iter().enumerate() {
        if !deaf.contains(&event.process) {
            reader.event(number, event);
        }
    }
    reader.story
}

/// The processes whose client opted out of notifications by which the story is told: what such a
/// client has not heard cannot be held against the server.
fn deaf(course: &Course<'_>) -> HashSet<usize> {
    let kinds = ["turn/", "item/", "thread/"];
    let events = course.events().iter();
    events.filter(|event| opts_out(event.entry, &kinds)).map(|event| event.process).collect()
}

struct Reader<'c, 'a> {
    course: &'c Course<'a>,
    story: Story,
    /// Requests without an answer, by process and id.
    open: HashMap<(usize, Id), usize>,
}

impl Reader<'_, '_> {
    fn event(&mut self, number: usize, event: &Event<'_>) {
        match &event.entry.message {
            Message::Request { id, method } if !event.entry.is_from_subject() => {
                let params = event.entry.params();
                let thread = THREAD.iter().find_map(|name| params.get(name)?.as_str());
                self.open.insert((event.process, id.clone()), self.story.requests.len());
                self.story.requests.push(Request {
                    event: number,
                    process: event.process,
                    method: method.clone(),
                    thread: thread.map(str::to_owned),
                    answer: None,
                    accepted: false,
                });
            }
            Message::Response { id } if event.entry.is_from_subject() => {
                self.answer(number, event, id, true);
            }
            Message::Error { id } if event.entry.is_from_subject() => {
                self.answer(number, event, id, false);
            }
            Message::Notification { method } if event.entry.is_from_subject() => {
                self.notification(number, event, method);
            }
            _ => {}
        }
    }

    fn answer(&mut self, number: usize, event: &Event<'_>, id: &Id, accepted: bool) {
        let Some(asked) = self.open.remove(&(event.process, id.clone())) else { return };
        let request = &mut self.story.requests[asked];
        (request.answer, request.accepted) = (Some(number), accepted);
        let result = event.entry.value.as_ref().and_then(|value| value.get("result"));
        let (Some(result), true) = (result, accepted) else { return };
        let request = &self.story.requests[asked];
        self.story.said.extend(Said::of(self.course, (asked, request), (number, result)));
        match request.method.as_str() {
            "thread/start" | "thread/resume" | "thread/fork" => self.opened(asked, result),
            "newConversation" | "resumeConversation" | "forkConversation" => {
                self.opened(asked, result);
            }
            // What is missed while nobody listens cannot be held against the server.
            "thread/unsubscribe" | "removeConversationListener" => self.missed(event.process),
            _ => {}
        }
        let request = &self.story.requests[asked];
        let params = self.course.events()[request.event].entry.params();
        let shows = match request.method.as_str() {
            "thread/resume" | "thread/fork" => params["excludeTurns"] != true,
            "thread/rollback" => true,
            "thread/read" => params["includeTurns"] == true,
            _ => false,
        };
        if shows {
            let place = (asked, number, event.process);
            self.story.shown.extend(Shown::of(place, &result["thread"]));
        }
    }

    fn opened(&mut self, asked: usize, result: &Value) {
        let thread = result.get("thread").unwrap_or(result);
        let id = thread["id"].as_str().or_else(|| thread["conversationId"].as_str());
        let Some(id) = id else { return };
        let request = &self.story.requests[asked];
        let parent = request.method.contains("fork").then(|| request.thread.clone()).flatten();
        let is_ephemeral = thread["ephemeral"] == true;
        let thread = id.to_owned();
        self.story.opened.push(Opened { thread, request: asked, parent, is_ephemeral });
    }

    fn missed(&mut self, process: usize) {
        let open = self.story.turns.iter_mut().filter(|turn| turn.ended.is_none());
        open.filter(|turn| turn.process == process).for_each(|turn| turn.is_partial = true);
    }

    fn notification(&mut self, number: usize, event: &Event<'_>, method: &str) {
        if let Some(kind) = method.strip_prefix("codex/event/") {
            // Releases that speak both dialects send these in the other one too.
            if self.course.dialect == Dialect::V1 {
                self.v1_event(number, event, kind);
            }
            return;
        }
        if self.course.dialect == Dialect::V1 {
            return;
        }
        let params = event.entry.params();
        let Some(thread) = params["threadId"].as_str() else { return };
        let turn = params["turnId"].as_str().or_else(|| params["turn"]["id"].as_str());
        let Some(id) = turn else { return };
        if method == "turn/started" {
            self.story.turns.push(Turn::new((event.process, number), thread, id));
            return;
        }
        let mut turns = self.story.turns.iter_mut().rev();
        let is_it = |turn: &&mut Turn| {
            turn.process == event.process && turn.thread == thread && turn.id == id
        };
        let Some(turn) = turns.find(is_it) else { return };
        match method {
            "turn/completed" if turn.ended.is_none() => {
                turn.ended = Some((number, status(&params["turn"])));
            }
            "item/started" => {
                turn.item(&params["item"]).started.get_or_insert(number);
            }
            "item/completed" => {
                turn.item(&params["item"]).completed.get_or_insert(number);
            }
            _ => {}
        }
    }

    /// An event of `v1`: only the beginnings and ends of turns are read.
    fn v1_event(&mut self, number: usize, event: &Event<'_>, kind: &str) {
        let params = event.entry.params();
        let (Some(thread), Some(id)) = (params["conversationId"].as_str(), params["id"].as_str())
        else {
            return;
        };
        let mut turns = self.story.turns.iter_mut().rev();
        let open = turns.find(|turn| {
            let same = turn.process == event.process && turn.thread == thread && turn.id == id;
            same && turn.ended.is_none()
        });
        let status = match kind {
            "task_complete" => "completed",
            "turn_aborted" => "interrupted",
            _ => "",
        };
        match (kind, open) {
            // A second listener hears it again.
            ("task_started", None) => {
                self.story.turns.push(Turn::new((event.process, number), thread, id));
            }
            ("task_complete" | "turn_aborted", Some(turn)) => {
                turn.ended = Some((number, status.to_owned()));
            }
            // After an error the task is reported as complete all the same.
            ("error", Some(turn)) => turn.is_partial = true,
            _ => {}
        }
    }
}

impl Turn {
    /// A turn that was announced by this process, in this event.
    fn new((process, started): (usize, usize), thread: &str, id: &str) -> Self {
        Self {
            process,
            thread: thread.to_owned(),
            id: id.to_owned(),
            started,
            ended: None,
            items: Vec::new(),
            is_partial: false,
        }
    }

    /// The item with the id of this one, which is added if it is new.
    fn item(&mut self, item: &Value) -> &mut Item {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let (id, kind) = (text("id"), text("type"));
        let place = self.items.iter().position(|other| other.id == id && other.kind == kind);
        let place = place.unwrap_or_else(|| {
            self.items.push(Item { id, kind, started: None, completed: None, text: None });
            self.items.len() - 1
        });
        let found = &mut self.items[place];
        // The words of a message are whole when it is completed.
        found.text = words(item).or(found.text.take());
        found
    }
}

//! What a client heard of a thread: its turns and its messages, in both dialects.

use harness::{Call, Context, Dialect};
use serde_json::Value;

use super::kind::Staged;
use crate::client::{End, Thread, is_of};

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The user.
    User,
    /// The agent.
    Agent,
}

/// What came of a thread since its turn was requested.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    /// The ids of the turns that were announced; empty texts where the dialect has none.
    pub(super) starts: Vec<String>,
    /// The ids of the turns that ended, and how.
    pub(super) ends: Vec<(String, End)>,
    /// The messages that were completed, each with the turn and who said it.
    pub(super) said: Vec<(String, Role, String)>,
    /// The turns in which the conversation was compacted, or was to be.
    compactions: Vec<String>,
    /// How much had been said when the last compaction was completed, if one was.
    pub(super) summed: Option<usize>,
}

impl Heard {
    /// What came so far.
    pub(super) fn of(cx: &Context, staged: &Staged) -> Self {
        Self::of_since(cx, staged, staged.begun.mark)
    }

    /// What came of the thread before this turn was requested.
    pub(super) fn until(cx: &Context, staged: &Staged) -> Self {
        Self::of_range(cx, staged, staged.beginning, staged.begun.mark)
    }

    /// What came behind a place in the conversation.
    pub(super) fn of_since(cx: &Context, staged: &Staged, mark: usize) -> Self {
        Self::of_range(cx, staged, mark, usize::MAX)
    }

    fn of_range(cx: &Context, staged: &Staged, from: usize, to: usize) -> Self {
        let mut heard = Self::default();
        for call in cx.peer.calls_since(from).into_iter().filter(|call| call.seq < to) {
            if cx.dialect() == Dialect::V1 {
                heard.hear_v1(&call, &staged.thread);
            } else {
                heard.hear_v2(&call, &staged.thread);
            }
        }
        heard
    }

    fn hear_v1(&mut self, call: &Call, thread: &Thread) {
        if !is_of(call, thread, &call.method) {
            return;
        }
        let Some(event) = call.method.strip_prefix("codex/event/") else { return };
        let message = || text(&call.params["msg"]["message"]);
        // Early releases name no turns: the number of turns that have ended stands for the id.
        let id = || self.ends.len().to_string();
        match event {
            "task_started" => self.starts.push(id()),
            "task_complete" => self.ends.push((id(), End::Completed)),
            "turn_aborted" => self.ends.push((id(), End::Interrupted)),
            "user_message" => self.said.push((id(), Role::User, message())),
            "agent_message" => self.said.push((id(), Role::Agent, message())),
            _ => {}
        }
    }

    fn hear_v2(&mut self, call: &Call, thread: &Thread) {
        if call.method.starts_with("codex/event/") || !is_of(call, thread, &call.method) {
            return;
        }
        let params = &call.params;
        let turn = || text(&params["turn"]["id"]);
        match call.method.as_str() {
            "turn/started" => self.starts.push(turn()),
            "turn/completed" => {
                let end = end(&params["turn"]["status"]);
                if end == End::Completed && self.compactions.contains(&turn()) {
                    self.summed = Some(self.said.len());
                }
                self.ends.push((turn(), end));
            }
            "item/started" if params["item"]["type"] == "contextCompaction" => {
                self.compactions.push(text(&params["turnId"]));
            }
            "item/completed" => {
                let item = &params["item"];
                let said = match item["type"].as_str() {
                    Some("userMessage") => (Role::User, text(&item["content"][0]["text"])),
                    Some("agentMessage") => (Role::Agent, text(&item["text"])),
                    _ => return,
                };
                self.said.push((text(&params["turnId"]), said.0, said.1));
            }
            _ => {}
        }
    }

    /// The texts that one side said.
    pub(super) fn texts(&self, role: Role) -> impl Iterator<Item = &str> {
        self.said.iter().filter(move |(_, who, _)| *who == role).map(|(.., text)| text.as_str())
    }

    /// Whether a compaction was begun.
    pub(super) fn is_summed_up(&self) -> bool {
        !self.compactions.is_empty()
    }

    /// The turn in which the user said this.
    pub(super) fn turn_with(&self, message: &str) -> Option<&str> {
        let said = self.said.iter().find(|(_, role, said)| *role == Role::User && said == message);
        said.map(|(turn, ..)| turn.as_str())
    }

    /// What was said in a turn.
    pub(super) fn said_in(&self, turn: &str) -> impl Iterator<Item = (Role, String)> {
        let own = self.said.iter().filter(move |(id, ..)| id == turn);
        own.map(|(_, role, text)| (*role, text.clone()))
    }

    /// What the agent said in turns that were not cut short, since the last compaction.
    pub(super) fn answers(&self) -> impl Iterator<Item = &str> {
        let completed = |id: &String| self.ends.contains(&(id.clone(), End::Completed));
        let said = self.said.iter().skip(self.summed.unwrap_or_default());
        let said = said.filter(move |(id, ..)| completed(id));
        said.filter(|(_, role, _)| *role == Role::Agent).map(|(.., text)| text.as_str())
    }

    /// How often a turn ended.
    pub(super) fn ends_of(&self, turn: &str) -> usize {
        self.ends.iter().filter(|(id, _)| id == turn).count()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// How a turn ended, by the word for it.
pub(super) fn end(status: &Value) -> End {
    match status.as_str() {
        Some("interrupted") => End::Interrupted,
        Some("failed") => End::Failed,
        _ => End::Completed,
    }
}

//! A course as a story: requests with their answers, turns with their items, and what was shown of
//! them.
//!
//! Everything is named by the number of its event in the course, so that a law can quote the line.

use serde_json::Value;

use crate::laws::said::Said;
use crate::laws::shown::Shown;

/// What happened, in order.
#[derive(Debug, Default)]
pub(super) struct Story {
    /// The client's requests.
    pub(super) requests: Vec<Request>,
    /// The turns that were announced.
    pub(super) turns: Vec<Turn>,
    /// The threads that answers opened.
    pub(super) opened: Vec<Opened>,
    /// The turns that answers showed.
    pub(super) shown: Vec<Shown>,
    /// What the user said in requests that were accepted.
    pub(super) said: Vec<Said>,
}

/// A request of the client.
#[derive(Debug)]
pub(super) struct Request {
    /// Its event.
    pub(super) event: usize,
    /// Its process.
    pub(super) process: usize,
    /// Its method.
    pub(super) method: String,
    /// The thread that it names, if any.
    pub(super) thread: Option<String>,
    /// The event of its answer.
    pub(super) answer: Option<usize>,
    /// Whether the answer is a result.
    pub(super) accepted: bool,
}

/// A turn, as its notifications announce it.
#[derive(Debug)]
pub(super) struct Turn {
    /// Its process.
    pub(super) process: usize,
    /// Its thread.
    pub(super) thread: String,
    /// Its id.
    pub(super) id: String,
    /// The event of its start.
    pub(super) started: usize,
    /// The event of its end, and the status.
    pub(super) ended: Option<(usize, String)>,
    /// Its items, in the order in which they were first announced.
    pub(super) items: Vec<Item>,
    /// Whether the client may have missed some of it: it stopped listening meanwhile.
    pub(super) is_partial: bool,
}

/// An item of a turn.
#[derive(Debug)]
pub(super) struct Item {
    /// Its id.
    pub(super) id: String,
    /// Its type.
    pub(super) kind: String,
    /// The event of its start.
    pub(super) started: Option<usize>,
    /// The event of its end.
    pub(super) completed: Option<usize>,
    /// The words of a message.
    pub(super) text: Option<String>,
}

/// A thread that an answer opened.
#[derive(Debug)]
pub(super) struct Opened {
    /// Its id.
    pub(super) thread: String,
    /// The request that opened it, by its number in [`Story::requests`].
    pub(super) request: usize,
    /// The thread from which it was forked.
    pub(super) parent: Option<String>,
    /// Whether it is never stored.
    pub(super) is_ephemeral: bool,
}

impl Story {
    /// The first opening of a thread.
    pub(super) fn opening(&self, thread: &str) -> Option<&Opened> {
        self.opened.iter().find(|opened| opened.thread == thread)
    }

    /// Whether the thread was made in this course, so that all of its history is known.
    pub(super) fn is_new(&self, thread: &str) -> bool {
        self.opening(thread).is_some_and(|opened| {
            matches!(
                self.requests[opened.request].method.as_str(),
                "thread/start" | "newConversation"
            )
        })
    }

    /// The requests about a thread with one of these methods, accepted or not.
    pub(super) fn about<'s>(
        &'s self,
        thread: &'s str,
        methods: &'s [&'s str],
    ) -> impl Iterator<Item = &'s Request> {
        self.requests.iter().filter(move |request| {
            request.thread.as_deref() == Some(thread) && methods.contains(&request.method.as_str())
        })
    }

    /// Whether something was done to the thread after which its turns are not those that were
    /// announced.
    pub(super) fn is_rewritten(&self, thread: &str) -> bool {
        const REWRITES: &[&str] = &[
            "thread/rollback",
            "thread/revert",
            "thread/compact/start",
            "thread/inject_items",
            "thread/delete",
        ];
        self.about(thread, REWRITES).any(|request| request.accepted)
    }
}

/// The words of a message item.
pub(super) fn words(item: &Value) -> Option<String> {
    match item["type"].as_str()? {
        "agentMessage" => item["text"].as_str().map(str::to_owned),
        "userMessage" => Some(input_text(&item["content"])),
        _ => None,
    }
}

/// The texts of the user's input, joined.
pub(super) fn input_text(input: &Value) -> String {
    let parts = input.as_array().into_iter().flatten();
    let text = |part: &Value| {
        let text = part.get("text").or_else(|| part.pointer("/data/text"));
        text.and_then(Value::as_str).map(str::to_owned)
    };
    parts.filter_map(text).collect::<Vec<_>>().join("\n")
}

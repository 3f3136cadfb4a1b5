//! Everything that one home saw: all processes and clients, the model service and the files, in one
//! order of time. Laws judge it.

use std::any::Any;
use std::cell::OnceCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use mock_model::Request;
use report::Dialect;

use crate::failure::Failure;
use crate::file_log::Files;
use crate::home::Home;
use crate::message::Message;
use crate::peer::Ended;
use crate::transcript::Entry;

/// The number of bytes of a line that a failure quotes.
const QUOTED: usize = 300;

/// What happened in one home, from the start of its first process to the end of its last.
pub struct Course<'a> {
    /// The processes of the subject, in the order in which their conversations are reported.
    pub processes: &'a [Ended],
    /// The home; all processes have ended.
    pub home: &'a Home,
    /// The dialect in which the check was run.
    pub dialect: Dialect,
    began: Instant,
    events: Vec<Event<'a>>,
    requests: Vec<Asked>,
    files: &'a Files,
    reading: OnceCell<Rc<dyn Any>>,
}

/// One line of one conversation.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    /// The time since the home was made.
    pub at: Duration,
    /// The index of the process in [`Course::processes`].
    pub process: usize,
    /// The number of the line in its conversation, from 0.
    pub line: usize,
    /// The line.
    pub entry: &'a Entry,
}

/// A request to the model, and when.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The time since the home was made.
    pub at: Duration,
    /// When its answer was over; `None` if it never was.
    pub over: Option<Duration>,
    /// The request.
    pub request: Request,
}

impl<'a> Course<'a> {
    /// The course of a home that was made at `began`.
    pub(crate) fn new(
        (began, home, files): (Instant, &'a Home, &'a Files),
        processes: &'a [Ended],
        requests: Vec<Request>,
        dialect: Dialect,
    ) -> Self {
        let since = |at: Instant| at.saturating_duration_since(began);
        let mut events: Vec<Event<'a>> = Vec::new();
        for (process, ended) in processes.iter().enumerate() {
            let offset = since(ended.began);
            let entries = ended.transcript.entries().iter().enumerate();
            events.extend(entries.map(|(line, entry)| {
                let at = offset + entry.at;
                Event { at, process, line, entry }
            }));
        }
        // Stable, so the lines of one conversation keep their order.
        events.sort_by_key(|event| event.at);
        let asked = |request: Request| Asked {
            at: since(request.at()),
            over: request.over().map(since),
            request,
        };
        let requests = requests.into_iter().map(asked).collect();
        let reading = OnceCell::new();
        Self { processes, home, dialect, began, events, requests, files, reading }
    }

    /// Every line of every conversation, in order of time.
    pub fn events(&self) -> &[Event<'a>] {
        &self.events
    }

    /// The requests to the model that ask for an answer, in order of time.
    pub fn model_requests(&self) -> &[Asked] {
        &self.requests
    }

    /// The `config.toml` of the home as it was when the line was sent or read; `None` if there was
    /// none, or it is not known.
    ///
    /// It is looked at before each request is sent and after each answer has come.
    pub fn config_at(&self, event: &Event<'_>) -> Option<&[u8]> {
        self.files.at(self.began + event.at)
    }

    /// What a reader makes of the course: made by the first law that asks for it, and shared by
    /// all others.
    pub fn read_as<T: 'static>(&self, read: impl Fn(&Self) -> T) -> Rc<T> {
        let made = self.reading.get_or_init(|| Rc::new(read(self)));
        // A reader of another kind reads for itself.
        Rc::clone(made).downcast().unwrap_or_else(|_| Rc::new(read(self)))
    }

    /// When the subject's input was closed, or it was ended otherwise: from then on it need not
    /// answer.
    pub fn closing(&self, process: usize) -> Duration {
        self.processes
            .get(process)
            .map_or(Duration::ZERO, |ended| ended.closing.saturating_duration_since(self.began))
    }

    /// A failure about two places that contradict each other; the later one comes second.
    #[track_caller]
    pub fn contradiction(
        &self,
        what: impl Into<String>,
        (first, expected): (&Event<'_>, impl Into<String>),
        (second, observed): (&Event<'_>, impl Into<String>),
    ) -> Failure {
        Failure::mismatch(what, expected, observed)
            .note(self.quote("first", first))
            .note(self.quote("second", second))
            .at_line(second.line)
            .of_process(second.process)
    }

    /// A failure about one place.
    #[track_caller]
    pub fn fault_at(
        &self,
        what: impl Into<String>,
        expected: impl Into<String>,
        (event, observed): (&Event<'_>, impl Into<String>),
    ) -> Failure {
        Failure::mismatch(what, expected, observed)
            .note(self.quote("place", event))
            .at_line(event.line)
            .of_process(event.process)
    }

    /// A line of a conversation, with its place, for a note.
    fn quote(&self, label: &str, event: &Event<'_>) -> String {
        let arrow = if event.entry.is_from_subject() { "<-" } else { "->" };
        let process = match self.processes.len() {
            1 => String::new(),
            count => format!("process {} of {count}, ", event.process + 1),
        };
        let text = shown::printable(&event.entry.line, QUOTED);
        format!("{label:10}{process}line {}: {arrow} {text}", event.line + 1)
    }
}

impl Event<'_> {
    /// The method, if the client sent a request.
    pub fn request(&self) -> Option<&str> {
        match &self.entry.message {
            Message::Request { method, .. } if !self.entry.is_from_subject() => Some(method),
            _ => None,
        }
    }

    /// The method, if the subject sent a notification.
    pub fn notification(&self) -> Option<&str> {
        match &self.entry.message {
            Message::Notification { method } if self.entry.is_from_subject() => Some(method),
            _ => None,
        }
    }
}

//! A recorded request, and what tests can read from it.

use std::fmt::{self, Display};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Method, Uri};
use serde_json::Value;

use crate::reply::want::Unoffered;
use crate::requests::pairing::Violation;

pub(crate) mod journal;
pub(crate) mod pairing;
mod texts;

/// A request to the service, and how it was answered. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Request(Arc<Recorded>);

#[derive(Debug)]
struct Recorded {
    head: Head,
    body: Bytes,
    /// Parsed on demand: a journal of unread requests costs no more than their bytes.
    json: OnceLock<Value>,
    number: Option<usize>,
    answer: Answer,
    violations: Vec<Violation>,
    delivery: AtomicU8,
    is_truncated: bool,
    /// When it had been read.
    at: Instant,
    /// When its answer was over, however that came.
    over: OnceLock<Instant>,
}

/// The part before the body.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
}

impl Head {
    /// Copies the recorded parts: hyper returns slices of its read buffer, and one of them keeps
    /// the whole buffer alive, which the journal does not count.
    pub(crate) fn detached(parts: &hyper::http::request::Parts) -> Self {
        let mut headers = HeaderMap::with_capacity(parts.headers.keys_len());
        for (name, value) in &parts.headers {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.append(name, value);
            }
        }
        let uri = parts.uri.to_string().parse().unwrap_or_default();
        Self { method: parts.method.clone(), uri, headers }
    }
}

/// How the service answered a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// With a reply of the script, shown here on one line.
    Reply(String),
    /// With a short text, because the scripted reply needs a tool that the request does not offer.
    Unoffered(Unoffered),
    /// With status 500, because the script had no reply left.
    NoReplyLeft,
    /// With the empty list of models.
    Models,
    /// By the account backend.
    Account,
    /// With a compaction.
    Compaction,
    /// With status 426: the service does not support the WebSocket transport, and clients fall
    /// back.
    WebSocketRefused,
    /// With this status and reason, because the request, or the scripted reply, is faulty.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The reason in the error object.
        reason: String,
    },
    /// Not at all, because the request ended in the middle.
    Unfinished,
}

/// The progress of the answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Delivery {
    /// It is being sent, or waits at a gate.
    Pending,
    /// All of it was handed to the connection.
    Complete,
    /// The script broke the connection.
    Cut,
    /// The client closed the connection, or its own half of it, or the service ended, before the
    /// answer was complete.
    Abandoned,
}

impl Delivery {
    const ALL: [Self; 4] = [Self::Pending, Self::Complete, Self::Cut, Self::Abandoned];
}

impl Request {
    pub(crate) fn new(
        head: Head,
        body: Bytes,
        number: Option<usize>,
        answer: Answer,
        violations: Vec<Violation>,
    ) -> Self {
        Self::from_parts(head, (body, false), number, answer, violations)
    }

    fn from_parts(
        head: Head,
        (body, is_truncated): (Bytes, bool),
        number: Option<usize>,
        answer: Answer,
        violations: Vec<Violation>,
    ) -> Self {
        Self(Arc::new(Recorded {
            head,
            body,
            json: OnceLock::new(),
            number,
            answer,
            violations,
            delivery: AtomicU8::new(Delivery::Pending as u8),
            is_truncated,
            at: Instant::now(),
            over: OnceLock::new(),
        }))
    }

    /// When the service had read the request.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.0.at
    }

    /// When the answer was over: complete, cut or given up; `None` while it is being sent.
    #[must_use]
    pub fn over(&self) -> Option<Instant> {
        self.0.over.get().copied()
    }

    /// The number of the request among those that ask for a reply, from 1; `None` for any other.
    ///
    /// It is also the N in `resp_N` and in the ids of the items of the reply.
    #[must_use]
    pub fn number(&self) -> Option<usize> {
        self.0.number
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.0.head.method.as_str()
    }

    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.head.uri.path()
    }

    /// The query, without its question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.0.head.uri.query()
    }

    /// The first value of a header, if it exists and is text; names ignore case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.head.headers.get(name)?.to_str().ok()
    }

    /// The names of all headers, in lower case.
    #[must_use]
    pub fn header_names(&self) -> Vec<&str> {
        self.0.head.headers.keys().map(hyper::header::HeaderName::as_str).collect()
    }

    /// The body as received; empty if it [is truncated](Self::is_truncated).
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0.body
    }

    /// Whether the journal had no room for the body.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.0.is_truncated
    }

    /// The body as JSON; null when it is not JSON.
    #[must_use]
    pub fn body(&self) -> &Value {
        self.0.json.get_or_init(|| serde_json::from_slice(&self.0.body).unwrap_or_default())
    }

    /// How the service answered.
    #[must_use]
    pub fn answer(&self) -> &Answer {
        &self.0.answer
    }

    /// The progress of the answer.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        Delivery::ALL[usize::from(self.0.delivery.load(Ordering::Acquire))]
    }

    /// The rules of the conversation that the request breaks.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    pub(crate) fn set_delivery(&self, delivery: Delivery) {
        if delivery != Delivery::Pending {
            // The first end counts; a later one changes nothing.
            let _ = self.0.over.set(Instant::now());
        }
        self.0.delivery.store(delivery as u8, Ordering::Release);
    }

    /// The size of the request in the journal, in bytes: the body, the headers and the target.
    pub(crate) fn cost(&self) -> usize {
        let headers = &self.0.head.headers;
        let headers: usize =
            headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        self.0.body.len() + headers + self.0.head.uri.to_string().len()
    }

    /// The same request without its body, for a journal that has no room for it.
    pub(crate) fn without_body(&self) -> Self {
        let recorded = &self.0;
        Self::from_parts(
            recorded.head.clone(),
            (Bytes::new(), true),
            recorded.number,
            recorded.answer.clone(),
            recorded.violations.clone(),
        )
    }
}

/// One line: number, method and path.
impl Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.number() {
            write!(formatter, "request {number}: ")?;
        }
        write!(formatter, "{} {}", self.method(), self.path())
    }
}

//! One answer of the model, as the script gives it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use wiremock::ResponseTemplate;

use self::step::Step;

pub(crate) mod label;
pub(crate) mod step;
pub(crate) mod want;
pub(crate) mod words;

const STANDS_ALONE: &str = "an HTTP answer stands alone: nothing goes before or after it";

/// One answer of the model: text and calls, or an HTTP answer, with optional faults.
///
/// A reply does not name an endpoint: it is written as Responses events or as chat completion
/// chunks, whichever the client asks for. Start one with a word such as [`says`](crate::says) or
/// [`calls`](crate::calls) and add to it; what follows refers to what stands before it.
///
/// A reply that contradicts itself (an `id` without a call, a text inside an HTTP error) can be
/// built: the service answers the request with status 500 and the reason, and
/// [`verify`](crate::MockModel::verify) reports it.
///
/// ```
/// use mock_model::{calls, says};
/// use serde_json::json;
///
/// let reply = says("Looking")
///     .hold("before the call")
///     .and(calls("shell", json!({ "command": ["ls"] })).id("call_7"));
/// # let _ = reply;
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[must_use = "a reply does nothing until it is in a script"]
pub struct Reply {
    pub(crate) send: Vec<Step>,
    pub(crate) end: End,
    pub(crate) usage: Usage,
    pub(crate) http: Option<Http>,
    #[serde(skip)]
    pub(crate) template: Option<ResponseTemplate>,
    pub(crate) content_type: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(rename = "first_byte_after_ms", deserialize_with = "milliseconds")]
    pub(crate) first_byte_after: Duration,
    pub(crate) hold_after: Vec<HoldAfter>,
    pub(crate) cut_after: Option<usize>,
    #[serde(skip)]
    pub(crate) flaw: Option<&'static str>,
}

/// How a streamed reply ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum End {
    #[default]
    Completed,
    Failed {
        code: String,
        message: String,
    },
    Incomplete {
        reason: String,
    },
    /// The stream is closed properly, but without the event that the response is complete.
    Nothing,
}

/// The token counts that end a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Usage {
    pub(crate) input: u64,
    pub(crate) output: u64,
    /// The cached part of the input.
    #[serde(default)]
    pub(crate) cached: u64,
    /// The reasoning part of the output.
    #[serde(default)]
    pub(crate) reasoning: u64,
}

impl Default for Usage {
    fn default() -> Self {
        Self { input: 10, output: 5, cached: 0, reasoning: 0 }
    }
}

/// A whole HTTP answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Http {
    pub(crate) status: u16,
    /// A string is sent as it is, anything else as JSON, null as no body.
    #[serde(default)]
    pub(crate) body: Value,
}

/// A gate at a place counted in events.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldAfter {
    pub(crate) events: usize,
    pub(crate) name: String,
}

fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}

impl Reply {
    pub(crate) fn of(step: Step) -> Self {
        Self { send: vec![step], ..Self::default() }
    }

    fn flawed(mut self, flaw: &'static str) -> Self {
        self.flaw.get_or_insert(flaw);
        self
    }

    fn is_whole(&self) -> bool {
        self.http.is_some() || self.template.is_some()
    }

    /// Appends everything that `next` sends.
    ///
    /// Both keep their settings; if both have one, that of `next` applies.
    pub fn and(mut self, next: Self) -> Self {
        if self.is_whole() || next.is_whole() {
            return self.flawed(STANDS_ALONE);
        }
        if self.end != End::Completed {
            return self.flawed("nothing can follow the end of a reply");
        }
        self.send.extend(next.send);
        self.end = next.end;
        if next.usage != Usage::default() {
            self.usage = next.usage;
        }
        self.content_type = next.content_type.or(self.content_type);
        self.headers.extend(next.headers);
        self.first_byte_after = self.first_byte_after.max(next.first_byte_after);
        self.hold_after.extend(next.hold_after);
        self.cut_after = next.cut_after.or(self.cut_after);
        self.flaw = self.flaw.or(next.flaw);
        self
    }

    /// Appends to the last text or thought, as further deltas of the same item.
    pub fn continues(mut self, text: impl Into<String>) -> Self {
        self.send.push(Step::Continues(text.into().into()));
        self
    }

    /// Adds bytes that are sent as they are, for example a malformed event.
    pub fn raw(mut self, bytes: impl Into<Bytes>) -> Self {
        self.send.push(Step::Raw(bytes.into()));
        self
    }

    /// Gives the last call its call id; without it the id is `call_N_I`, where N is the number of
    /// the request and I the index of the item.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        match self.send.iter_mut().rev().find_map(Step::call_id_mut) {
            Some(call_id) => *call_id = Some(id.into()),
            None => return self.flawed("`id` needs a call before it"),
        }
        self
    }

    /// Sets the directory of the last [command](crate::runs_command); the client decides what a
    /// relative one means. The last [patch](crate::applies_patch) gets a `cd` to it, so that only a
    /// shell can apply it.
    pub fn workdir(mut self, workdir: impl Into<PathBuf>) -> Self {
        let last = self.send.iter_mut().rev().find_map(|step| match step {
            Step::RunsCommand(want) => Some(&mut want.workdir),
            Step::AppliesPatch(want) => Some(&mut want.workdir),
            _ => None,
        });
        match last {
            Some(place) => *place = Some(workdir.into()),
            None => return self.flawed("`workdir` needs a command or a patch before it"),
        }
        self
    }

    /// Sets how long the last call that [opens](crate::opens_program) a program or
    /// [writes](crate::writes_to) to one waits for it, if its tool has an argument for that.
    pub fn yields_after(mut self, milliseconds: u64) -> Self {
        match self.send.iter_mut().rev().find_map(Step::yield_mut) {
            Some(time) => *time = Some(milliseconds),
            None => return self.flawed("`yields_after` needs a program before it"),
        }
        self
    }

    /// Splits the last text into `count` deltas of about equal length; 0 sends no delta at all.
    ///
    /// A character is never split, so there are at most as many deltas as characters. By default
    /// there is one delta per word.
    pub fn deltas(mut self, count: usize) -> Self {
        match self.send.iter_mut().rev().find_map(Step::text_mut) {
            Some(text) => (text.deltas, text.delta_chars) = (Some(count), None),
            None => return self.flawed("`deltas` needs a text before it"),
        }
        self
    }

    /// Splits the last text into deltas of `chars` characters (at least one).
    pub fn delta_chars(mut self, chars: usize) -> Self {
        match self.send.iter_mut().rev().find_map(Step::text_mut) {
            Some(text) => (text.deltas, text.delta_chars) = (None, Some(chars)),
            None => return self.flawed("`delta_chars` needs a text before it"),
        }
        self
    }

    /// Waits here until the test [opens](crate::MockModel::open) the gate of this name.
    ///
    /// Everything before the gate has been sent and flushed. A text or thought before it is still
    /// open: its end follows the gate, so the gate is *inside* the message. A gate at the start
    /// withholds even the status line.
    pub fn hold(mut self, gate: impl Into<String>) -> Self {
        self.send.push(Step::Hold(gate.into()));
        self
    }

    /// Waits once `events` events have been sent; 0 is after the head and before the first event.
    ///
    /// A number past the last event means the end of the stream.
    pub fn hold_after(mut self, events: usize, gate: impl Into<String>) -> Self {
        self.hold_after.push(HoldAfter { events, name: gate.into() });
        self
    }

    /// Breaks the connection once `events` events have been delivered to the socket.
    ///
    /// The client sees the head and exactly these events, then the end of the connection in the
    /// middle of the body. A number past the last event breaks after it.
    pub fn cut_after(mut self, events: usize) -> Self {
        self.cut_after = Some(events);
        self
    }

    /// Closes the stream in good order, but without the event that completes the response.
    pub fn without_completion(mut self) -> Self {
        self.end = End::Nothing;
        self
    }

    /// Delays the first byte of the answer, the status line, by this time.
    pub fn first_byte_after(mut self, delay: Duration) -> Self {
        self.first_byte_after = delay;
        self
    }

    /// Sets the content type instead of the right one.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Adds a header to the answer (`Date` excepted: the service sends none, to be deterministic).
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Sets the token counts at the end of the reply; by default 10 input and 5 output tokens.
    pub fn usage(mut self, input: u64, output: u64) -> Self {
        self.usage = Usage { input, output, ..self.usage };
        self
    }

    /// Sets the cached part of the input, and the reasoning part of the output; by default none.
    pub fn of_which(mut self, cached: u64, reasoning: u64) -> Self {
        self.usage = Usage { cached, reasoning, ..self.usage };
        self
    }

    /// Sets the body of an [`http`](crate::http) answer, as plain text.
    pub fn body(self, text: impl Into<String>) -> Self {
        self.json(Value::String(text.into()))
    }

    /// Sets the body of an [`http`](crate::http) answer, as JSON.
    ///
    /// A JSON string is sent as plain text, without quotes.
    pub fn json(mut self, body: Value) -> Self {
        match &mut self.http {
            Some(http) => http.body = body,
            None => return self.flawed("a body needs an HTTP answer"),
        }
        self
    }

    /// The reason why this reply cannot be served.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if let Some(flaw) = self.flaw {
            return Err(flaw);
        }
        if self.headers.iter().any(|(name, value)| {
            HeaderName::try_from(name).is_err() || HeaderValue::try_from(value).is_err()
        }) {
            return Err("a header has a name or a value that HTTP does not allow");
        }
        if self.content_type.as_ref().is_some_and(|it| HeaderValue::try_from(it).is_err()) {
            return Err("the content type is not allowed in a header");
        }
        if self.is_whole() { self.check_whole() } else { self.check_steps() }
    }

    fn check_whole(&self) -> Result<(), &'static str> {
        if self.send.iter().any(|step| !matches!(step, Step::Hold(_))) {
            return Err(STANDS_ALONE);
        }
        if self.end != End::Completed {
            return Err("an HTTP answer has no end of its own");
        }
        if self.http.as_ref().is_some_and(|http| !(200..600).contains(&http.status)) {
            return Err("an HTTP status is a number from 200 to 599");
        }
        let is_changed = self.cut_after.is_some()
            || !self.hold_after.is_empty()
            || self.content_type.is_some()
            || !self.headers.is_empty();
        if self.template.is_some() && is_changed {
            return Err("a response template is served as it is: no cut, no header of the reply");
        }
        Ok(())
    }

    fn check_steps(&self) -> Result<(), &'static str> {
        let mut open = false;
        for step in &self.send {
            match step {
                Step::Says(text) | Step::Reasons(text) => {
                    text.check()?;
                    open = true;
                }
                Step::Continues(_) if !open => return Err("`continues` needs a text before it"),
                Step::Continues(text) => text.check()?,
                Step::Hold(_) | Step::Raw(_) | Step::Event(_) => {}
                _ => open = false,
            }
        }
        Ok(())
    }

    /// Whether the reply consists only of raw bytes: then it has neither a first nor a last event.
    pub(crate) fn is_raw(&self) -> bool {
        self.send.iter().any(|step| matches!(step, Step::Raw(_)))
            && self.send.iter().all(|step| matches!(step, Step::Raw(_) | Step::Hold(_)))
    }
}

/// Every answer of wiremock is a reply.
impl From<ResponseTemplate> for Reply {
    fn from(template: ResponseTemplate) -> Self {
        Self { template: Some(template), ..Self::default() }
    }
}

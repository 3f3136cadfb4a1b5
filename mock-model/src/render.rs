//! Renders a reply for the wire, in the API of the request.

use std::time::Duration;

use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use serde_json::Value;
use wiremock::ResponseTemplate;

use crate::frame::{Frame, split_lead, with_faults};
use crate::reply::step::Step;
use crate::reply::{Http, Reply};

pub(crate) mod chat;
pub(crate) mod responses;

/// The instant at which everything is created, in Unix seconds.
pub(crate) const CREATED_AT: u64 = 1_700_000_000;

/// The APIs of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    Responses,
    Chat,
}

/// The parts of a request that its reply depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) number: usize,
    pub(crate) body: &'a Value,
}

impl Ask<'_> {
    fn model(&self) -> &str {
        self.body["model"].as_str().unwrap_or("mock-model")
    }
}

/// An answer, ready to be sent.
#[derive(Debug)]
pub(crate) enum Rendered {
    /// In one piece, after these gates.
    Whole { gates: Vec<String>, template: ResponseTemplate },
    /// Frame by frame, the head after these gates and this delay.
    Stream {
        gates: Vec<String>,
        status: StatusCode,
        headers: HeaderMap,
        delay: Duration,
        frames: Vec<Frame>,
    },
}

/// Renders a reply, or returns the reason why that is impossible.
pub(crate) fn render(reply: &Reply, api: Api, ask: Ask<'_>) -> Result<Rendered, &'static str> {
    reply.check()?;
    if reply.http.is_some() || reply.template.is_some() {
        return Ok(http(reply));
    }
    let (frames, streams) = match api {
        Api::Responses => {
            // The real service does not stream unless asked to; this one streams unless asked not
            // to.
            let streams = ask.body["stream"] != false;
            (responses::frames(reply, ask, streams), streams)
        }
        Api::Chat => {
            let streams = ask.body["stream"] == true;
            (chat::frames(reply, ask, streams)?, streams)
        }
    };
    let mut headers = headers(reply);
    if streams {
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("text/event-stream"));
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    } else {
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    }
    Ok(pack(reply, StatusCode::OK, headers, frames, streams))
}

/// An answer that the script gives as HTTP, whatever the request.
pub(crate) fn http(reply: &Reply) -> Rendered {
    if let Some(template) = &reply.template {
        let template = template.clone();
        // Without a delay of the reply, the template keeps its own.
        let template = match reply.first_byte_after {
            Duration::ZERO => template,
            delay => template.set_delay(delay),
        };
        return Rendered::Whole { gates: gates(reply), template };
    }
    let nothing = Http { status: 200, body: Value::Null };
    let http = reply.http.as_ref().unwrap_or(&nothing);
    let status = StatusCode::from_u16(http.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = headers(reply);
    let (body, content_type) = match &http.body {
        Value::Null => (Bytes::new(), None),
        Value::String(text) => (Bytes::from(text.clone()), Some("text/plain")),
        json => (Bytes::from(json.to_string()), Some("application/json")),
    };
    if let Some(content_type) = content_type {
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(content_type));
    }
    let holds = gates(reply).into_iter().map(Frame::Hold);
    let frames = holds.chain((!body.is_empty()).then_some(Frame::Send(body))).collect();
    pack(reply, status, headers, frames, false)
}

/// Decides who serves the answer: wiremock if it is in one piece, otherwise the front.
fn pack(
    reply: &Reply,
    status: StatusCode,
    headers: HeaderMap,
    frames: Vec<Frame>,
    streams: bool,
) -> Rendered {
    let (gates, frames) = split_lead(frames);
    let frames = with_faults(frames, reply);
    let delay = reply.first_byte_after;
    let is_body = |frame: &Frame| matches!(frame, Frame::Send(_));
    if streams || !frames.iter().all(is_body) {
        return Rendered::Stream { gates, status, headers, delay, frames };
    }
    let mut body = Vec::new();
    for frame in frames {
        if let Frame::Send(bytes) = frame {
            body.extend_from_slice(&bytes);
        }
    }
    let mut template = ResponseTemplate::new(status).set_body_bytes(body);
    for (name, value) in &headers {
        template = template.append_header(name, value);
    }
    if !delay.is_zero() {
        template = template.set_delay(delay);
    }
    Rendered::Whole { gates, template }
}

fn gates(reply: &Reply) -> Vec<String> {
    let gate = |step: &Step| match step {
        Step::Hold(gate) => Some(gate.clone()),
        _ => None,
    };
    reply.send.iter().filter_map(gate).collect()
}

/// The headers of the reply; its check has ensured that they are valid.
fn headers(reply: &Reply) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let content_type = reply.content_type.iter().map(|value| (CONTENT_TYPE.as_str(), value));
    let others = reply.headers.iter().map(|(name, value)| (name.as_str(), value));
    for (name, value) in others.chain(content_type) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers
}

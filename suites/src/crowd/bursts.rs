//! Several bursts of requests, one after the other: of one method and of many, and with a client that reads late.

use std::time::Duration;

use harness::{Context, Dialect, Failure, Id, Kind, Result, Ticket, check};
use mock_model::says;
use serde_json::{Value, json};

use super::burst::{ensure_once, served};
use crate::client::ContextExt;

/// How long answers are waited for where some have already failed to come.
const AGAIN: Duration = Duration::from_millis(500);
/// Requests with a method that no server has, among those of a mixed burst.
const UNKNOWN: (&str, usize) = ("proctor/unknown", 11);

/// A burst.
struct Burst {
    what: &'static str,
    size: usize,
    mixed: bool,
    late: bool,
}

const BURSTS: [Burst; 3] = [
    Burst { what: "1,200 requests of one method", size: 1_200, mixed: false, late: false },
    Burst {
        what: "400 requests, unknown ones and notifications among them",
        size: 400,
        mixed: true,
        late: false,
    },
    Burst {
        what: "600 requests of a client that reads when all is written",
        size: 600,
        mixed: true,
        late: true,
    },
];

/// The cheapest requests of the dialect, the first of which is sent most.
fn cheap(cx: &Context) -> Vec<(&'static str, Value)> {
    match cx.dialect() {
        Dialect::V1 => vec![
            ("getAuthStatus", json!({})),
            ("getUserAgent", Value::Null),
            ("listConversations", json!({ "pageSize": 1 })),
        ],
        _ => vec![
            ("thread/loaded/list", json!({})),
            ("account/read", json!({})),
            ("thread/list", json!({ "limit": 1 })),
        ],
    }
}

/// Sends the burst in one write; `first` is its first id.
async fn send(
    cx: &mut Context,
    burst: &Burst,
    requests: &[(&'static str, Value)],
    first: i64,
) -> Result<Vec<Ticket>> {
    let (mut bytes, mut tickets) = (Vec::new(), Vec::new());
    let kinds = if burst.mixed { requests } else { &requests[..1] };
    for (at, (method, params)) in kinds.iter().cycle().take(burst.size).enumerate() {
        let is_unknown = burst.mixed && at % UNKNOWN.1 == 0;
        let method = if is_unknown { UNKNOWN.0 } else { method };
        let id = first + i64::try_from(at).unwrap_or_default();
        let mut request = json!({ "id": id, "method": method });
        if !params.is_null() {
            request["params"] = params.clone();
        }
        let mut messages = vec![request];
        if is_unknown {
            messages.push(json!({ "method": "proctor/unheard", "params": {} }));
        }
        for message in messages {
            bytes.extend_from_slice(cx.peer.enveloped(message).to_string().as_bytes());
            bytes.push(b'\n');
        }
        tickets.push(cx.peer.expect(Id::Number(id), method)?);
    }
    if burst.late {
        cx.peer.send_before_reading(&bytes).await?;
    } else {
        cx.peer.send_bytes(&bytes).await?;
    }
    Ok(tickets)
}

/// How many of these are never answered. The first one of all that is not has its whole time; after
/// it, one more request shows that the subject has come to the end of the burst.
async fn unanswered(cx: &mut Context, tickets: &[Ticket], some_are: bool) -> Result<usize> {
    let (mut missing, mut within) = (0, cx.peer.settings().wait);
    if some_are {
        within = AGAIN;
        let harmless = cx.harmless();
        settled(cx.peer.request(harmless, json!({})).await.map(|_| ()))?;
    }
    for ticket in tickets {
        let answered = cx.peer.answer_within(ticket, within).await.map(|_| ());
        if !settled(answered)? {
            missing += 1;
            within = Duration::from_millis(1);
        }
    }
    Ok(missing)
}

/// Whether something came in time.
fn settled(outcome: Result) -> Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(failure) if failure.kind() == Kind::Timeout => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// A server MUST answer every request of several bursts exactly once, whatever the methods, and even
/// if the client reads only after it has written all.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "JSON-RPC 2.0 §5; app-server README, Transport: -32001 when the queue is full",
    faults(BURST_LEAVES_GAPS, LATE_READER_LOSES_ANSWERS, REFUSALS_LOST_IN_A_BURST)
)]
async fn every_request_of_several_bursts_is_answered(cx: &mut Context) -> Result {
    /// The ids begin here, far from those of the harness.
    const FIRST: i64 = 200_000;
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let mark = cx.peer.mark();
    let cheap = cheap(cx);
    let requests = served(cx, cheap).await?;
    if requests.is_empty() {
        return Err(Failure::lacks("a cheap request"));
    }
    let (mut first, mut lost) = (FIRST, Vec::new());
    for burst in &BURSTS {
        let tickets = send(cx, burst, &requests, first).await?;
        first += i64::try_from(tickets.len()).unwrap_or_default();
        let missing = unanswered(cx, &tickets, !lost.is_empty()).await?;
        if missing > 0 {
            lost.push(format!("{missing} of {}", burst.what));
        }
    }
    if lost.is_empty() {
        return ensure_once(cx, mark);
    }
    let (bursts, failed) = (BURSTS.len(), lost.len());
    Err(Failure::mismatch(
        format!("answers to {bursts} bursts of requests, each sent in one write"),
        "one for each request",
        format!("{failed} of the bursts lack answers: to {}", lost.join("; to ")),
    ))
}

//! Many requests in one write.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use harness::{
    Context, Dialect, Failure, Id, Kind, Reply, Result, Ticket, check, ensure, ensure_eq,
};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::ContextExt;

/// How many requests are sent at once: several times what any queue of a release holds.
const MANY: usize = 500;
/// The ids begin here, far from those of the harness.
const FIRST: i64 = 100_000;
/// The error of a server that has no room for a request (app-server README, Transport).
const OVERLOADED: i64 = -32001;

/// Hundreds of cheap requests that the subject serves, mixed; one in ten is of a kind that may read
/// a file.
async fn many(cx: &mut Context, thread: &str) -> Result<Vec<(&'static str, Value)>> {
    let (cheap, dear) = match cx.dialect() {
        Dialect::V1 => (
            vec![("getAuthStatus", json!({}))],
            vec![
                ("getUserSavedConfig", Value::Null),
                ("listConversations", json!({})),
                ("getUserAgent", Value::Null),
            ],
        ),
        _ => (
            vec![("account/read", json!({})), ("thread/loaded/list", json!({}))],
            vec![
                ("thread/list", json!({})),
                ("config/read", json!({})),
                ("thread/read", json!({ "threadId": thread })),
            ],
        ),
    };
    let (cheap, dear) = (served(cx, cheap).await?, served(cx, dear).await?);
    let (mut cheap, mut dear) = (cheap.iter().cycle(), dear.iter().cycle());
    let one = |at: usize| {
        let (first, second) =
            if at % 10 == 9 { (dear.next(), cheap.next()) } else { (cheap.next(), dear.next()) };
        first.or(second).cloned()
    };
    Ok((0..MANY).filter_map(one).collect())
}

/// Those of these requests that the subject serves when they come alone.
pub(super) async fn served(
    cx: &mut Context,
    requests: Vec<(&'static str, Value)>,
) -> Result<Vec<(&'static str, Value)>> {
    let mut served = Vec::new();
    for (method, params) in requests {
        let offered = cx.peer.gate().offers(method).is_ok();
        if offered && !cx.peer.request(method, params.clone()).await?.is_error() {
            served.push((method, params));
        }
    }
    Ok(served)
}

/// Sends these requests in one write.
async fn send(cx: &mut Context, requests: &[(&str, Value)]) -> Result<Vec<Ticket>> {
    let (mut bytes, mut tickets) = (Vec::new(), Vec::new());
    for (id, (method, params)) in (FIRST..).zip(requests) {
        let mut request = json!({ "id": id, "method": method });
        if !params.is_null() {
            request["params"] = params.clone();
        }
        let request = cx.peer.enveloped(request);
        bytes.extend_from_slice(request.to_string().as_bytes());
        bytes.push(b'\n');
        tickets.push(cx.peer.expect(Id::Number(id), method)?);
    }
    cx.peer.send_bytes(&bytes).await?;
    Ok(tickets)
}

/// The answers that come, and the requests that are not answered.
///
/// Each answer may take as long as any wait lasts, since a server may take them one by one. Once one
/// has not come in that time, nothing is waited for any more: what has not been answered by then,
/// behind and beside so many answers, is not answered at all. A subject that answers all the time,
/// and is slow, is not judged.
async fn collect(cx: &mut Context, tickets: Vec<Ticket>) -> Result<(Vec<Reply>, Vec<Ticket>)> {
    let (mut replies, mut missing) = (Vec::new(), Vec::new());
    let (sent, limit) = (tickets.len(), cx.peer.settings().check / 2);
    let end = Instant::now() + limit;
    for ticket in tickets {
        if Instant::now() > end && missing.is_empty() {
            return Err(Failure::inconclusive(
                format!("answers to {sent} requests that were sent at once"),
                format!("{} of them took {limit:?}: the subject is too slow", replies.len()),
            ));
        }
        let within =
            if missing.is_empty() { cx.peer.settings().wait } else { Duration::from_millis(1) };
        match cx.peer.answer_within(&ticket, within).await {
            Ok(reply) => replies.push(reply),
            Err(failure) if failure.kind() == Kind::Timeout => missing.push(ticket),
            Err(failure) => return Err(failure),
        }
    }
    Ok((replies, missing))
}

/// Fails unless all were answered.
fn ensure_answered(sent: usize, missing: &[Ticket]) -> Result {
    let mut kinds: HashMap<&str, usize> = HashMap::new();
    for ticket in missing {
        *kinds.entry(&ticket.method).or_default() += 1;
    }
    let mut kinds: Vec<_> =
        kinds.into_iter().map(|(method, count)| format!("{count} of `{method}`")).collect();
    kinds.sort();
    ensure!(
        missing.is_empty(),
        format!("answers to {sent} requests that were sent at once"),
        "one for each",
        format!("none for {} of them: {}", missing.len(), kinds.join(", "))
    );
    Ok(())
}

/// A server MUST answer every request of several hundred that are sent at once exactly once, by an
/// error if it has no room for it.
#[check(
    v1,
    v2,
    source = "JSON-RPC 2.0 §5; app-server README, Transport: -32001 when the queue is full",
    faults(BURST_DROPPED, BURST_LEAVES_GAPS, OVERLOAD_ANSWERED_TWICE)
)]
async fn every_request_is_answered(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let requests = many(cx, &thread.id).await?;
    let (sent, mark) = (requests.len(), cx.peer.mark());
    let tickets = send(cx, &requests).await?;
    let (replies, missing) = collect(cx, tickets).await?;
    ensure_answered(sent, &missing)?;
    for reply in replies {
        let refused = reply.error().ok().and_then(|error| error.code);
        ensure!(
            refused.is_none_or(|code| code == OVERLOADED),
            format!("the answer to one of {sent} `{}` and other requests at once", reply.method),
            format!("a result, or error {OVERLOADED}"),
            format!("error {}", refused.unwrap_or_default())
        );
    }
    ensure_once(cx, mark)
}

/// Fails if a request has a second answer.
pub(super) fn ensure_once(cx: &Context, mark: usize) -> Result {
    let Some(transcript) = cx.peer.transcript() else { return Ok(()) };
    let mut seen = HashSet::new();
    for entry in transcript.entries().iter().skip(mark).filter(|entry| entry.is_from_subject()) {
        let answer = entry.value.as_ref().filter(|value| value.get("method").is_none());
        let Some(id) = answer.and_then(|value| value["id"].as_i64()) else { continue };
        ensure!(
            seen.insert(id),
            "answers to a request that was sent with many others",
            "one",
            format!("another one: {}", harness::show(&entry.value))
        );
    }
    Ok(())
}

/// A server MUST start every one of thirty threads that are requested at once as a thread of its own.
#[check(
    v1,
    v2,
    source = "app-server README, Threads; every release does",
    faults(OLDEST_THREAD_FORGOTTEN, STARTS_AT_ONCE_SHARE_A_THREAD)
)]
async fn every_thread_is_started(cx: &mut Context) -> Result {
    // Fewer than the shortest queue of a release holds.
    const STARTS: usize = 30;
    cx.client().initialize().await?;
    let protocol = cx.protocol();
    let params = json!({ "cwd": cx.home.work() });
    let tickets = send(cx, &vec![(protocol.start, params); STARTS]).await?;
    let (replies, missing) = collect(cx, tickets).await?;
    ensure_answered(STARTS, &missing)?;
    let mut threads = Vec::new();
    for reply in replies {
        match reply.error().ok().and_then(|error| error.code) {
            Some(OVERLOADED) => {}
            _ => threads.push((protocol.opened)(reply.into_result()?)?),
        }
    }
    let ids: HashSet<_> = threads.iter().map(|thread| thread.id.as_str()).collect();
    ensure_eq!(ids.len(), threads.len(), "different ids of the threads that were started at once");
    for thread in [threads.first(), threads.get(threads.len() / 2), threads.last()] {
        let Some(thread) = thread else { continue };
        if protocol.listen.is_some() {
            cx.client().listen(&thread.id).await?;
        }
        cx.model.script([says(format!("in {}", thread.id))]);
        let turn = cx.client().turn(thread, "hello").await?;
        turn.says(&[&format!("in {}", thread.id)], "the agent's messages in one of the threads")?;
    }
    Ok(())
}

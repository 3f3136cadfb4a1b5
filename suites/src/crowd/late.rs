//! A client that writes and does not read, while turns run.

use harness::{Context, Id, Result, check, ensure, ensure_eq};
use mock_model::{Script, says};
use serde_json::{Value, json};

use super::burst::{ensure_once, served};
use crate::client::{ContextExt, End, Thread};

/// How many threads have a turn at the same time.
const THREADS: usize = 8;
/// How many words the agent says in each.
const WORDS: usize = 150;
/// How many other requests the client writes: with the turns, fewer than the shortest queue of a release
/// holds.
const REQUESTS: usize = 50;
/// The ids begin here, far from those of the harness.
const FIRST: i64 = 300_000;
/// The error of a server that has no room for a request (app-server README, Transport).
const OVERLOADED: i64 = -32001;

/// What the agent says in a turn.
fn text() -> String {
    (0..WORDS).map(|number| format!("word-{number}")).collect::<Vec<_>>().join(" ")
}

/// The requests for the turns, and then the others.
fn requests(threads: &[Thread], others: Vec<(&'static str, Value)>) -> Vec<(&'static str, Value)> {
    let turn = |thread: &Thread| {
        let input = json!([{ "type": "text", "text": "tell me all" }]);
        ("turn/start", json!({ "threadId": thread.id, "input": input }))
    };
    let others = others.into_iter().cycle().take(REQUESTS);
    threads.iter().map(turn).chain(others).collect()
}

/// A server MUST send every answer, and every piece of the messages of eight turns in order, to a client that
/// reads only when the server has nothing more to do.
#[check(
    v2,
    source = "JSON-RPC 2.0 §5; app-server README, Transport: -32001 when the queue is full; every release does",
    faults(LATE_READER_LOSES_ANSWERS, LATE_READER_LOSES_NOTIFICATIONS)
)]
async fn a_late_reader_loses_nothing(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut threads = Vec::new();
    for _ in 0..THREADS {
        threads.push(cx.client().start_thread().await?);
    }
    cx.model.script(Script::new([]).then_forever(says(text())));
    let cheap = vec![("thread/loaded/list", json!({})), ("account/read", json!({}))];
    let others = served(cx, cheap).await?;
    let mark = cx.peer.mark();
    let (mut bytes, mut tickets) = (Vec::new(), Vec::new());
    for (id, (method, params)) in (FIRST..).zip(requests(&threads, others)) {
        let request = cx.peer.enveloped(json!({ "id": id, "method": method, "params": params }));
        bytes.extend_from_slice(format!("{request}\n").as_bytes());
        tickets.push(cx.peer.expect(Id::Number(id), method)?);
    }
    cx.peer.send_before_reading(&bytes).await?;
    let mut running = Vec::new();
    for (at, ticket) in tickets.iter().enumerate() {
        let reply = cx.peer.answer(ticket).await?;
        let code = reply.error().ok().and_then(|error| error.code);
        ensure!(
            code.is_none_or(|code| code == OVERLOADED),
            format!("the answer to `{}`, one of several that were written first", reply.method),
            format!("a result, or error {OVERLOADED}"),
            format!("error {}", code.unwrap_or_default())
        );
        running.extend(threads.get(at).filter(|_| code.is_none()));
    }
    for (at, thread) in running.into_iter().enumerate() {
        let turn = cx.client().end_turn(thread, mark).await?;
        turn.ended(End::Completed, &format!("the end of turn {at} of eight"))?;
        let delta = &cx.protocol().delta;
        let own = turn.calls.iter().filter(|call| delta.is(call, thread));
        let pieces: String = own.filter_map(|call| delta.content(call)["delta"].as_str()).collect();
        // The first release of `v2` sends no pieces.
        if !pieces.is_empty() {
            ensure_eq!(pieces.len(), text().len(), "bytes in all pieces of turn {at} of eight");
            ensure!(pieces == text(), "the pieces", "those of the model, in order", "others");
        }
        ensure_eq!(turn.said, [text()], "the agent's messages in turn {at} of eight");
    }
    ensure_once(cx, mark)
}

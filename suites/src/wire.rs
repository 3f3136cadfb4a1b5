//! The line protocol: framing, ids, and what a server survives.

pub mod lines;

use harness::{Context, Id, Result, check, code, ensure, ensure_eq};
use serde_json::{Value, json};

use crate::client::ContextExt;

/// A request as one line, with the envelope of the subject.
fn line(cx: &Context, id: &Value) -> String {
    let message = json!({ "id": id, "method": cx.harmless(), "params": {} });
    cx.peer.enveloped(message).to_string()
}

/// Sends a harmless request and expects its result: the server still serves.
async fn serves(cx: &mut Context) -> Result {
    let method = cx.harmless();
    cx.peer
        .call(method, json!({}))
        .await
        .map(|_| ())
        .map_err(|failure| failure.within("a plain request afterwards"))
}

/// A server MUST return the id of a request unchanged, with the same JSON type and the same value.
#[check(
    v1,
    v2,
    source = "JSON-RPC 2.0 §5; app-server protocol, RequestId",
    faults(
        IDS_QUOTED,
        TEXT_IDS_AS_NUMBERS,
        GOES_SILENT,
        ID_AS_NUMBER,
        ID_AS_TEXT,
        LINE_NEVER_ENDS,
        STDOUT_CLOSED
    )
)]
async fn ids_are_returned_unchanged(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let method = cx.harmless();
    for id in [
        Id::from("text"),
        Id::from(""),
        Id::from("7"),
        7.into(),
        (-3).into(),
        9_007_199_254_740_991.into(),
    ] {
        let ticket = cx.peer.send_as(id.clone(), method, json!({})).await?;
        let reply = cx.peer.answer(&ticket).await?;
        ensure_eq!(Id::of(&reply.value["id"]), id, "the id of the answer");
        reply.result()?;
    }
    Ok(())
}

/// A server SHOULD return the id of a request unchanged even if a floating-point number cannot hold
/// the id.
#[check(
    v1,
    v2,
    source = "app-server protocol, RequestId: an integer of 64 bits; RFC 8259 §6: programs that keep numbers as doubles cannot",
    faults(BIG_IDS_ROUNDED, ID_ROUNDED)
)]
async fn large_ids_are_returned_unchanged(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let method = cx.harmless();
    let id = Id::Number(LARGE);
    let ticket = cx.peer.send_as(id.clone(), method, json!({})).await?;
    serves(cx).await?;
    // Where the next request is answered, an answer to the nearest id that a double holds was meant
    // for this one.
    let rounded = Id::Number(LARGE as f64 as i64);
    let transcript = cx.peer.transcript();
    let entries = transcript.iter().flat_map(|transcript| transcript.entries());
    let ids = entries.filter_map(|entry| entry.message.answers(entry.value.as_ref()?));
    let ids: Vec<Id> = ids.collect();
    let lost = ids.contains(&rounded) && !ids.contains(&id);
    ensure!(!lost, "the id of the answer", id.to_string(), rounded.to_string());
    cx.peer.answer(&ticket).await?.result().map(|_| ())
}

/// The least whole number that a double cannot hold.
const LARGE: i64 = 9_007_199_254_740_993;

/// A server MUST answer each of many requests that are sent at once, with the id of that request.
#[check(
    v1,
    v2,
    source = "JSON-RPC 2.0 §4, §5",
    faults(
        ANSWERS_SWAPPED,
        FORGETS_A_REQUEST,
        CLIENT_REQUESTS_DROPPED,
        DIES_IN_THE_MIDDLE,
        DROP_ANSWERS,
        STDIN_CLOSED_EARLY,
        STOPS_READING,
        SWAPPED_ANSWERS
    )
)]
async fn pipelined_requests_are_all_answered(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let method = cx.harmless();
    let mut tickets = Vec::new();
    for number in 0..40 {
        // Every fourth one is refused, so that answers that were swapped show.
        let refused = number % 4 == 3;
        let (method, params) = if refused { cx.rejected() } else { (method, json!({})) };
        tickets.push((refused, cx.peer.send(method, params).await?));
    }
    for (refused, ticket) in tickets {
        let reply = cx.peer.answer(&ticket).await?;
        let what = format!("answer to request {}, `{}`", ticket.id, ticket.method);
        if refused { reply.refusal(what).map(|_| ())? } else { reply.granted(what).map(|_| ())? }
    }
    Ok(())
}

/// A server MUST reject an unknown method with the error code -32601 or -32600.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "JSON-RPC 2.0 §5.1; every release since does",
    faults(
        SILENT_ON_UNKNOWN,
        UNKNOWN_SUCCEEDS,
        CLIENT_REQUESTS_INTERCEPTED,
        DROP_ERRORS,
        LINE_NEVER_ENDS,
        SLOW_ANSWERS
    )
)]
async fn unknown_methods_are_rejected(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let refused = cx.peer.request("proctor/unknown", json!({})).await?;
    let found = refused.refusal("answer to an unknown method")?.code.unwrap_or_default();
    ensure!(
        [code::METHOD_NOT_FOUND, code::INVALID_REQUEST].contains(&found),
        "code of the error for an unknown method",
        "-32601 (JSON-RPC 2.0) or -32600 (app-server)",
        found.to_string()
    );
    serves(cx).await
}

/// A server MUST reject parameters of the wrong type with the error code -32602 or -32600.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "JSON-RPC 2.0 §5.1; every release since does",
    faults(SILENT_ON_UNKNOWN, UNKNOWN_SUCCEEDS, DROP_ERRORS)
)]
async fn wrong_parameters_are_rejected(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let method = cx.protocol().archive;
    for params in [json!({}), json!({ "conversationId": 5, "threadId": 5 }), json!([])] {
        let refused = cx.peer.request(method, params.clone()).await?;
        let what = format!("answer to `{method}` with {params}");
        let found = refused.refusal(what)?.code.unwrap_or_default();
        ensure!(
            [code::INVALID_PARAMS, code::INVALID_REQUEST].contains(&found),
            format!("code of the error for `{method}` with {params}"),
            "-32602 (JSON-RPC 2.0) or -32600 (app-server)",
            found.to_string()
        );
    }
    serves(cx).await
}

/// A server MUST keep serving after lines that are not a message.
#[check(
    v1,
    v2,
    source = "app-server README, Protocol: one message a line; every release does",
    faults(DIES_OF_GARBAGE)
)]
async fn survives_invalid_lines(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    for rubbish in [
        "",
        "   ",
        "nonsense",
        "{",
        "{\"id\":1,",
        "[]",
        "42",
        "null",
        "\"text\"",
        "{}",
        "{\"method\":5}",
    ] {
        cx.peer.send_line(rubbish.as_bytes()).await?;
    }
    serves(cx).await
}

/// A server SHOULD keep serving after a line that is not valid UTF-8.
#[check(
    v1,
    v2,
    source = "robustness: one bad line must not end every conversation",
    faults(DIES_OF_BAD_UTF8)
)]
async fn survives_an_invalid_encoding(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    cx.peer.send_line(b"{\"id\":\"x\",\"method\":\"\xff\xfe\"}").await?;
    serves(cx).await
}

/// A server MUST ignore spaces, tabs and a carriage return around a message.
#[check(v1, v2, source = "RFC 8259 §2; every release does", faults(BLANKS_REFUSED))]
async fn blanks_around_a_message_do_not_matter(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    for (id, before, after) in [("crlf", "", "\r"), ("blanks", "  ", "  "), ("tab", "\t", "")] {
        let text = format!("{before}{}{after}", line(cx, &json!(id)));
        let ticket = cx.peer.expect(id.into(), "a message with blanks around it")?;
        cx.peer.send_line(text.as_bytes()).await?;
        cx.peer.answer(&ticket).await?.result()?;
    }
    Ok(())
}

/// A server MUST read a message that arrives in several pieces, even if a piece ends inside a
/// character.
#[check(
    v1,
    v2,
    source = "app-server README, Protocol: a message ends with its line",
    stdio = "a frame is a whole message; the suite `websocket` sends fragments",
    faults(READ_IS_A_LINE)
)]
async fn messages_may_arrive_in_pieces(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let message = json!({ "id": "pieces", "method": cx.harmless(), "params": { "note": "é€😀" } });
    let message = cx.peer.enveloped(message);
    let text = format!("{message}\n").into_bytes();
    let ticket = cx.peer.expect("pieces".into(), "a message in pieces")?;
    // Around each character of several bytes there is a cut in the middle of it.
    let cuts = (1..text.len()).filter(|at| !text[*at].is_ascii() || at % 40 == 0);
    let mut from = 0;
    for to in cuts.chain([text.len()]) {
        cx.peer.send_bytes(&text[from..to]).await?;
        // The next piece must not join this one in the pipe.
        cx.peer.until_read().await?;
        from = to;
    }
    cx.peer.answer(&ticket).await?.result().map(|_| ())
}

/// A server MUST read each of several messages that arrive at once.
#[check(
    v1,
    v2,
    source = "app-server README, Protocol: one message a line",
    faults(ONE_MESSAGE_A_READ, CLIENT_LINES_CUT)
)]
async fn several_messages_may_arrive_at_once(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let mut text = String::new();
    let mut tickets = Vec::new();
    for number in 0..5 {
        let id = format!("burst {number}");
        text.push_str(&line(cx, &json!(id)));
        text.push('\n');
        tickets.push(cx.peer.expect(Id::Text(id), "one of several messages")?);
    }
    cx.peer.send_bytes(text.as_bytes()).await?;
    for ticket in tickets {
        cx.peer.answer(&ticket).await?.result()?;
    }
    Ok(())
}

/// A server MUST ignore unknown members of a request and of its parameters.
#[check(
    v1,
    v2,
    source = "app-server README, Compatibility; every release does",
    faults(UNKNOWN_MEMBERS_REFUSED)
)]
async fn unknown_members_are_ignored(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let text = format!("{{\"proctor\":[1],{}", &line(cx, &json!("extra"))[1..]);
    let ticket = cx.peer.expect("extra".into(), "a request with an unknown member")?;
    cx.peer.send_line(text.as_bytes()).await?;
    cx.peer.answer(&ticket).await?.result()?;
    let method = cx.harmless();
    cx.peer.call(method, json!({ "proctorUnknown": { "a": 1 } })).await.map(|_| ())
}

/// A server MUST accept a request with a `jsonrpc` member.
#[check(v1, v2, source = "JSON-RPC 2.0 §4; every release does", faults(VERSION_MEMBER_REFUSED))]
async fn a_version_member_is_tolerated(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let mut message: Value = serde_json::from_str(&line(cx, &json!("version"))).unwrap_or_default();
    message["jsonrpc"] = json!("2.0");
    let ticket = cx.peer.expect("version".into(), "a request with `jsonrpc`")?;
    cx.peer.send_line(message.to_string().as_bytes()).await?;
    cx.peer.answer(&ticket).await?.result().map(|_| ())
}

/// A server MUST NOT answer a notification, known or unknown.
#[check(
    v1,
    v2,
    source = "JSON-RPC 2.0 §4.1",
    faults(ANSWERS_NOTIFICATIONS, CLIENT_NOTIFICATIONS_AS_REQUESTS)
)]
async fn notifications_are_not_answered(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let before = answers(cx);
    cx.peer.notify("proctor/unknown", json!({ "a": 1 })).await?;
    cx.peer.notify("initialized", Value::Null).await?;
    serves(cx).await?;
    ensure_eq!(answers(cx) - before, 1, "answers to two notifications and one request");
    Ok(())
}

/// A server MUST ignore answers to requests that it never sent.
#[check(v1, v2, source = "every release does", faults(STRAY_ANSWERS_FATAL))]
async fn stray_answers_are_ignored(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    cx.peer.send_line(br#"{"jsonrpc":"2.0","id":424242,"result":{}}"#).await?;
    cx.peer
        .send_line(br#"{"jsonrpc":"2.0","id":"unknown","error":{"code":-1,"message":"no"}}"#)
        .await?;
    serves(cx).await
}

/// A server MUST read a request of one megabyte.
#[check(v1, v2, source = "every release does", faults(LONG_LINES_CUT, CLIENT_LINES_CUT))]
async fn long_requests_are_read(cx: &mut Context) -> Result {
    cx.peer.initialize().await?;
    let method = cx.harmless();
    cx.peer.call(method, json!({ "padding": "x".repeat(1 << 20) })).await.map(|_| ())
}

/// How many answers the subject has sent.
fn answers(cx: &Context) -> usize {
    let Some(transcript) = cx.peer.transcript() else { return 0 };
    let is_answer = |value: &Value| value.get("method").is_none() && value.get("id").is_some();
    let lines = transcript.entries().iter().filter(|entry| entry.is_from_subject());
    lines.filter(|entry| entry.value.as_ref().is_some_and(is_answer)).count()
}

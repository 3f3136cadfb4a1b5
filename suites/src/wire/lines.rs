//! The content of a line: any valid JSON, of any length and depth.

use harness::{Context, INITIALIZE, Id, Result, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::{Value, json};

use super::{line, serves};
use crate::client::{ContextExt, Thread};

/// A request for a turn with these words, as text.
fn turn_request(cx: &Context, thread: &Thread, id: &str, text: &str) -> String {
    let protocol = cx.protocol();
    let params = protocol.turn_params(&thread.id, text);
    let message = json!({ "id": id, "method": protocol.turn, "params": params });
    cx.peer.enveloped(message).to_string()
}

/// Sends a line that asks for a turn and looks at which words of the user reach the model.
async fn reaches_the_model(
    cx: &mut Context,
    thread: &Thread,
    id: &str,
    line: &str,
    words: &str,
) -> Result {
    cx.model.script([says("done")]);
    let mark = cx.peer.mark();
    let ticket = cx.peer.expect(id.into(), "a request for a turn")?;
    cx.peer.send_line(line.as_bytes()).await?;
    cx.peer.answer(&ticket).await?.result()?;
    cx.client().end_turn(thread, mark).await?;
    let request = cx.asked(1).await?;
    ensure_eq!(request.user_texts().last(), Some(&words), "the user's words in the model's input");
    Ok(())
}

/// A server MUST decode `\u` escapes in strings, including surrogate pairs.
#[check(v1, v2, source = "RFC 8259 §7; every release does", faults(ESCAPED_PAIRS_LOST))]
async fn escapes_are_read(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let words = "é\u{2028}日本 😀 \"quoted\" \\ / \u{7f}";
    let plain = turn_request(cx, &thread, "escapes", words);
    let mut escaped = String::new();
    for unit in plain.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => escaped.push(char::from(byte)),
            _ => escaped.push_str(&format!("\\u{unit:04x}")),
        }
    }
    reaches_the_model(cx, &thread, "escapes", &escaped, words).await
}

/// A server MUST NOT treat a Unicode line separator inside a string as the end of a line.
#[check(
    v1,
    v2,
    source = "RFC 8259 §7: such characters need no escape; every release does",
    faults(SEPARATORS_END_LINES)
)]
async fn unicode_separators_do_not_end_a_line(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let words = "one\u{2028}two\u{2029}three\u{85}four";
    let plain = turn_request(cx, &thread, "separators", words);
    reaches_the_model(cx, &thread, "separators", &plain, words).await
}

/// A server MUST accept the members of a message in any order.
#[check(
    v1,
    v2,
    source = "RFC 8259 §4: an object is unordered; every release does",
    faults(METHOD_MUST_COME_FIRST)
)]
async fn members_come_in_any_order(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let message: Value = serde_json::from_str(&line(cx, &json!("order"))).unwrap_or_default();
    let members = message.as_object().cloned().unwrap_or_default();
    let turned: serde_json::Map<String, Value> = members.into_iter().rev().collect();
    let ticket = cx.peer.expect("order".into(), "a request with its members in another order")?;
    cx.peer.send_line(Value::Object(turned).to_string().as_bytes()).await?;
    cx.peer.answer(&ticket).await?.result().map(|_| ())
}

/// A server MUST answer a request whose id is zero.
#[check(
    v1,
    v2,
    source = "JSON-RPC 2.0 §4: an id is a value, whichever; every release does",
    faults(ID_ZERO_IS_NONE)
)]
async fn zero_is_an_id(cx: &mut Context) -> Result {
    // Greeted by hand: the harness gives the first id that it uses itself.
    let zero = Id::from(0);
    let params = cx.peer.initialize_params();
    let ticket = cx.peer.send_as(zero.clone(), INITIALIZE, params).await?;
    let reply = cx.peer.answer(&ticket).await?;
    ensure_eq!(Id::of(&reply.value["id"]), zero, "the id of the answer");
    reply.result().map(|_| ())
}

/// A server MUST keep serving after a deeply nested message.
#[check(
    v1,
    v2,
    source = "robustness: one bad line must not end every conversation; every release does",
    faults(DEEP_NESTING_KILLS)
)]
async fn deep_messages_do_no_harm(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let depth = 20_000;
    let deep = format!(
        "{{\"method\":\"proctor/deep\",\"params\":{}{}}}",
        "[".repeat(depth),
        "]".repeat(depth)
    );
    cx.peer.send_line(deep.as_bytes()).await?;
    serves(cx).await
}

/// A server MUST read a request of eight megabytes.
#[check(v1, v2, source = "every release does", faults(LONG_LINES_CUT, VERY_LONG_LINES_CUT))]
async fn very_long_requests_are_read(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let method = cx.harmless();
    cx.peer.call(method, json!({ "padding": "x".repeat(8 << 20) })).await.map(|_| ())
}

/// A server MUST keep serving after several hundred lines that are not a message.
#[check(v1, v2, source = "every release does", faults(DIES_OF_GARBAGE, DIES_OF_MUCH_GARBAGE))]
async fn survives_many_invalid_lines(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for number in 0..300 {
        cx.peer.send_line(format!("rubbish {number}").as_bytes()).await?;
    }
    serves(cx).await
}

/// A server MUST NOT answer a line that is not a message.
#[check(
    v1,
    v2,
    source = "every release does: there is no id to answer to",
    faults(BATCHES_ANSWERED, BLANK_LINES_ANSWERED)
)]
async fn invalid_lines_are_not_answered(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let before = super::answers(cx);
    for rubbish in
        ["", "  ", "nonsense", "[]", "[{\"id\":1}]", "{}", "{\"id\":null,\"method\":\"x\"}"]
    {
        cx.peer.send_line(rubbish.as_bytes()).await?;
    }
    serves(cx).await?;
    ensure_eq!(super::answers(cx) - before, 1, "answers to seven invalid lines and one request");
    Ok(())
}

/// A server MUST omit the `data` of an error instead of sending it as `null`.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "app-server tests, initialize: data is absent; every release does",
    faults(ERROR_DATA_NULL)
)]
async fn null_error_data_is_omitted(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let refused = cx.peer.request("proctor/unknown", json!({})).await?;
    let error = &refused.value["error"];
    ensure!(
        error.get("data").is_none_or(|data| !data.is_null()),
        "the error for an unknown method",
        "no `data` that is `null`",
        error.to_string()
    );
    Ok(())
}

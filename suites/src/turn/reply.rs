//! The model's reply as the client receives it: messages, deltas, reasoning.

use harness::{Context, Result, check, ensure, ensure_eq};
use mock_model::{completes, raw, reasons, says};
use serde_json::{Value, json};

use super::observed::{delta, first};
use crate::client::{ContextExt, End, Protocol};

/// A text whose characters take one, two, three and four bytes, and some that belong together.
const LETTERS: &str = "a ñ 日本 🦀 e\u{301} 👩\u{200d}🔬 \u{202e}x\u{202c} end";

/// A server MUST send the whole text of the agent's message.
#[check(
    v1,
    v2,
    source = "app-server README, Items: agentMessage; every release does",
    faults(MESSAGES_TRIMMED),
    shared
)]
async fn a_message_is_sent_whole(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let text = "First line.\n\n\tSecond \"line\" \\ with signs.\n";
    cx.model.script([says(text)]);
    let turn = cx.client().turn(&thread, "hello").await?;
    turn.says(&[text], "the agent's messages")?;
    Ok(())
}

/// A server MUST send each message of a reply separately and in order.
#[check(
    v1,
    v2,
    source = "Responses API, output items; every release does",
    faults(MESSAGES_RUN_TOGETHER),
    shared
)]
async fn messages_of_one_reply_stay_apart(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("one").and(says("two"))]);
    let turn = cx.client().turn(&thread, "hello").await?;
    turn.says(&["one", "two"], "the agent's messages")?;
    Ok(())
}

/// A server MUST send the first delta of a message before the model has completed the message.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Items: item/agentMessage/delta",
    faults(DELTAS_LOST),
    shared
)]
async fn a_message_is_streamed(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("before ").hold("middle").continues("after")]);
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    let event = &cx.protocol().delta;
    let awaited = "a piece of the message, while the model holds back the rest";
    let piece = cx.peer.next_matching(awaited, |call| event.is(call, &thread)).await?;
    ensure!(
        "before ".starts_with(delta(&piece)),
        "the first piece",
        "the start of \"before \"",
        delta(&piece)
    );
    cx.model.open("middle");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.says(&["before after"], "the agent's messages")?;
    Ok(())
}

/// A server MUST send a message that the model streams in many pieces as deltas that concatenate to
/// its text.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Items: deltas concatenate to the text",
    faults(BLANK_DELTAS_LOST),
    shared
)]
async fn the_pieces_make_up_the_message(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says(LETTERS).delta_chars(1)]);
    let turn = cx.client().turn(&thread, "hello").await?;
    let pieces: Vec<_> =
        turn.calls.iter().filter(|call| cx.protocol().delta.is(call, &thread)).map(delta).collect();
    ensure_eq!(pieces.concat(), LETTERS, "the pieces of the message, put together");
    ensure!(
        pieces.len() > 1,
        "the pieces of a message that came in many",
        "more than one",
        pieces.len().to_string()
    );
    turn.says(&[LETTERS], "the agent's messages")?;
    Ok(())
}

/// A server MUST decode a character of the model's stream even when its bytes arrive separately.
#[check(
    v1,
    v2,
    source = "HTML, server-sent events: the stream is decoded as UTF-8 as a whole",
    faults(STREAM_DECODED_IN_PIECES),
    shared
)]
async fn a_character_split_across_packets_is_decoded(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let stream = stream_of("a 🦀 crab");
    let crab = stream.find('🦀').unwrap_or_default() + 2;
    let (head, tail) = stream.as_bytes().split_at(crab);
    cx.model.script([raw(head.to_vec()).hold("inside the character").raw(tail.to_vec())]);
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    cx.reached("inside the character").await?;
    cx.model.open("inside the character");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.says(&["a 🦀 crab"], "the agent's messages")?;
    Ok(())
}

/// A server MUST read a model stream with CR LF line ends and comments.
#[check(
    v1,
    v2,
    source = "HTML, server-sent events: lines end in LF, CR LF or CR; `:` begins a comment",
    faults(STREAM_LINES_END_IN_LF_ONLY),
    shared
)]
async fn crlf_and_comments_in_a_stream_are_read(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let stream = format!(": a comment\n\n{}", stream_of("through CR LF")).replace('\n', "\r\n");
    cx.model.script([raw(stream)]);
    let turn = cx.client().turn(&thread, "hello").await?;
    turn.says(&["through CR LF"], "the agent's messages")?;
    Ok(())
}

/// The event stream of a reply that says one text.
fn stream_of(text: &str) -> String {
    let item = json!({ "type": "message", "id": "msg_raw", "role": "assistant", "status": "completed",
        "content": [{ "type": "output_text", "text": text, "annotations": [] }] });
    let usage = json!({ "input_tokens": 1, "input_tokens_details": null, "output_tokens": 1,
        "output_tokens_details": null, "total_tokens": 2 });
    let events = [
        json!({ "type": "response.created", "response": { "id": "resp_raw" } }),
        json!({ "type": "response.output_item.done", "output_index": 0, "item": item }),
        json!({ "type": "response.completed", "response": { "id": "resp_raw", "usage": usage } }),
    ];
    let frame = |event: &Value| {
        format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default())
    };
    events.iter().map(frame).collect()
}

/// A server MUST ignore unknown events in the model's stream.
#[check(
    v1,
    v2,
    source = "Responses API, streaming: new events may be added; every release does",
    faults(UNKNOWN_EVENT_FAILS_THE_TURN),
    shared
)]
async fn unknown_events_are_ignored(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let strange = json!({ "type": "response.proctor.unknown", "item_id": 5, "delta": {} });
    cx.model.script([mock_model::event(strange.clone())
        .and(says("all the same"))
        .and(mock_model::event(strange))]);
    let turn = cx.client().turn(&thread, "hello").await?;
    turn.says(&["all the same"], "the agent's messages")?;
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(())
}

/// A server MUST complete a turn in which the model replies without a message.
#[check(v1, v2, source = "every release does", faults(EMPTY_REPLY_FAILS), shared)]
async fn an_empty_reply_completes_the_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([completes(), says("now something")]);
    let turn = cx.client().turn(&thread, "hello").await?;
    turn.ended(End::Completed, "how the turn ended")?;
    ensure_eq!(turn.said.len(), 0, "messages of the agent");
    let turn = cx.client().turn(&thread, "again").await?;
    turn.says(&["now something"], "the agent's messages in the next turn")?;
    Ok(())
}

/// A server MUST send the model's reasoning before the message that follows it.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Items: reasoning; every release does",
    faults(THOUGHTS_UNTOLD),
    shared
)]
async fn reasoning_is_sent_before_the_message(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([reasons("a thought").and(says("a word"))]);
    let turn = cx.client().turn(&thread, "hello").await?;
    let &Protocol { reasoning, reasoning_text, message, .. } = cx.protocol();
    let thought = first(&turn.calls, "the model's reasoning", |call| reasoning.is(call, &thread))?;
    let text = reasoning.content(thought).pointer(reasoning_text);
    ensure_eq!(text, Some(&json!("a thought")), "the text of the reasoning");
    let word = first(&turn.calls, "the agent's message", |call| message.is(call, &thread))?;
    ensure!(
        thought.seq < word.seq,
        "order of thought and message",
        "the thought first",
        "the message first"
    );
    Ok(())
}

/// A server MUST serve other requests while it waits for the model to begin its answer.
#[check(v1, v2, source = "every release does", faults(BUSY_LOSES_THE_MODEL), shared)]
async fn serves_requests_while_the_model_is_silent(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([mock_model::holds("first byte").and(says("at last"))]);
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    cx.reached("first byte").await?;
    cx.client().barrier(&thread).await?;
    cx.model.open("first byte");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.says(&["at last"], "the agent's messages")?;
    Ok(())
}

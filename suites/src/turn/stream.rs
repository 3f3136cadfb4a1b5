//! The event stream of the model, in every form that the format allows.

use harness::{Context, Result, check, ensure_eq};
use mock_model::raw;
use serde_json::{Value, json};

use crate::client::{ContextExt, End};

/// The events of a reply that says one text.
fn events(text: &str) -> [Value; 3] {
    let item = json!({ "type": "message", "id": "msg_raw", "role": "assistant", "status": "completed",
        "content": [{ "type": "output_text", "text": text, "annotations": [] }] });
    let usage = json!({ "input_tokens": 1, "input_tokens_details": null, "output_tokens": 1,
        "output_tokens_details": null, "total_tokens": 2 });
    [
        json!({ "type": "response.created", "response": { "id": "resp_raw" } }),
        json!({ "type": "response.output_item.done", "output_index": 0, "item": item }),
        json!({ "type": "response.completed", "response": { "id": "resp_raw", "usage": usage } }),
    ]
}

/// Runs a turn whose reply is each event in this form, one after the other.
async fn reads(cx: &mut Context, text: &str, form: impl Fn(&str, &Value) -> String) -> Result {
    let thread = cx.client().start().await?;
    let stream: String = events(text)
        .iter()
        .map(|event| form(event["type"].as_str().unwrap_or_default(), event))
        .collect();
    cx.model.script([raw(stream)]);
    let turn = cx.client().turn(&thread, "hello").await?;
    ensure_eq!(turn.end, End::Completed, "how the turn ended");
    ensure_eq!(turn.said, [text], "the agent's messages");
    Ok(())
}

/// A server MUST read a model stream whose events have no `event` field.
#[check(
    v1,
    v2,
    source = "Responses API, streaming: every event has its `type`; every release does",
    faults(UNNAMED_EVENTS_IGNORED),
    shared
)]
async fn events_need_no_name(cx: &mut Context) -> Result {
    reads(cx, "unnamed", |_, event| format!("data: {event}\n\n")).await
}

/// A server MUST read a model stream without spaces after the colons.
#[check(
    v1,
    v2,
    source = "HTML, server-sent events: the blank may be missing; every release does",
    faults(DATA_NEEDS_A_BLANK),
    shared
)]
async fn colons_need_no_blank(cx: &mut Context) -> Result {
    reads(cx, "no blanks", |name, event| format!("event:{name}\ndata:{event}\n\n")).await
}

/// A server MUST join the data of an event of the model's stream from several `data` lines.
#[check(
    v1,
    v2,
    source = "HTML, server-sent events: lines of data are joined by LF; every release does",
    faults(FIRST_LINE_OF_DATA_ONLY),
    shared
)]
async fn data_may_take_several_lines(cx: &mut Context) -> Result {
    reads(cx, "several lines", |name, event| {
        let data = format!("{event:#}").replace('\n', "\ndata: ");
        format!("event: {name}\ndata: {data}\n\n")
    })
    .await
}

/// A server MUST ignore comments between and within the events of the model's stream.
#[check(
    v1,
    v2,
    source = "HTML, server-sent events: a line that begins with `:` is skipped; every release does",
    faults(COMMENTS_SPOIL_EVENTS),
    shared
)]
async fn comments_are_ignored(cx: &mut Context) -> Result {
    reads(cx, "among comments", |name, event| {
        format!(":\n: keep-alive\n\n: one\nevent: {name}\n:two\ndata: {event}\n: three\n\n")
    })
    .await
}

/// A server MUST ignore unknown fields in the events of the model's stream.
#[check(
    v1,
    v2,
    source = "HTML, server-sent events: other fields are ignored; every release does",
    faults(ODD_FIELDS_SPOIL_EVENTS),
    shared
)]
async fn other_fields_are_skipped(cx: &mut Context) -> Result {
    reads(cx, "other fields", |name, event| {
        format!("id: 7\nretry: 10\nproctor: x\nevent: {name}\nnothing\ndata: {event}\n\n")
    })
    .await
}

/// A server MUST read an event of half a megabyte in the model's stream.
#[check(
    v1,
    v2,
    source = "every release does",
    faults(BIG_NOTIFICATIONS_LOST, LONG_STREAM_LINES_DROPPED),
    shared
)]
async fn an_event_may_be_long(cx: &mut Context) -> Result {
    let text = "0123456789 é\n".repeat(40_000);
    let thread = cx.client().start().await?;
    let stream: String = events(&text).iter().map(|event| format!("data: {event}\n\n")).collect();
    cx.model.script([raw(stream)]);
    let turn = cx.client().turn(&thread, "hello").await?;
    ensure_eq!(turn.end, End::Completed, "how the turn ended");
    ensure_eq!(turn.said.concat().len(), text.len(), "bytes of the agent's messages");
    Ok(())
}

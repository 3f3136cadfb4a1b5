//! The model's reasoning: its parts, and the deltas that they consist of.

use harness::{Context, Result, check, ensure_eq};
use mock_model::{Reply, event, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, Thread, Turn, completed_items, is_of};
use crate::template::configure;

/// The pieces of the parts of a thought: of its summary, and of the thought itself.
const SUMMARY: [&[&str]; 3] = [&["I ", "think"], &["über ", "all, ", "then "], &["I act"]];
const RAW: [&[&str]; 2] = [&["raw ", "words"], &["more", " of them"]];
const ID: &str = "rs_of_the_check";

/// A thought of these parts, piece by piece.
fn thinks() -> Reply {
    let of_item = |kind: &str| json!({ "type": kind, "item_id": ID, "output_index": 0 });
    let mut events = vec![json!({
        "type": "response.output_item.added",
        "output_index": 0,
        "item": { "type": "reasoning", "id": ID, "summary": [] },
    })];
    for (part, pieces) in SUMMARY.iter().enumerate() {
        let mut added = of_item("response.reasoning_summary_part.added");
        added["summary_index"] = json!(part);
        events.push(added);
        for piece in *pieces {
            let mut delta = of_item("response.reasoning_summary_text.delta");
            delta["summary_index"] = json!(part);
            delta["delta"] = json!(piece);
            events.push(delta);
        }
    }
    for (part, pieces) in RAW.iter().enumerate() {
        for piece in *pieces {
            let mut delta = of_item("response.reasoning_text.delta");
            delta["content_index"] = json!(part);
            delta["delta"] = json!(piece);
            events.push(delta);
        }
    }
    let whole = |kind: &str, parts: &[&[&str]]| -> Vec<Value> {
        parts.iter().map(|pieces| json!({ "type": kind, "text": pieces.concat() })).collect()
    };
    events.push(json!({
        "type": "response.output_item.done",
        "output_index": 0,
        "item": {
            "type": "reasoning",
            "id": ID,
            "summary": whole("summary_text", &SUMMARY),
            "content": whole("reasoning_text", &RAW),
        },
    }));
    let mut events = events.into_iter().map(event);
    let first = events.next().unwrap_or_default();
    events.fold(first, Reply::and).and(says("done"))
}

/// Runs a turn in which the model thinks so.
async fn thought(cx: &mut Context) -> Result<(Thread, Turn)> {
    configure(cx, |config| config.set("show_raw_agent_reasoning", true))?;
    let thread = cx.client().start().await?;
    cx.model.script([thinks()]);
    let turn = cx.client().turn(&thread, "think").await?;
    turn.says(&["done"], "the agent's messages")?;
    Ok((thread, turn))
}

/// The deltas of this notification, joined by the number of their part.
fn joined(
    cx: &mut Context,
    (turn, thread): (&Turn, &Thread),
    method: &str,
    number: &str,
) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for call in cx.client().heard(turn, thread, method) {
        let at = call.params[number].as_u64().and_then(|at| usize::try_from(at).ok());
        let at = at.unwrap_or_default().min(16);
        if parts.len() <= at {
            parts.resize(at + 1, String::new());
        }
        parts[at].push_str(call.params["delta"].as_str().unwrap_or_default());
    }
    parts
}

fn texts(parts: &[&[&str]]) -> Vec<String> {
    parts.iter().map(|pieces| pieces.concat()).collect()
}

/// The texts of a member of the completed thought.
fn completed(turn: &Turn, thread: &Thread, member: &str) -> Vec<Value> {
    let items = completed_items(&turn.calls, thread, "reasoning");
    items.flat_map(|item| item[member].as_array().cloned().unwrap_or_default()).collect()
}

/// A server MUST report the parts of a summary of reasoning one by one: each announced, then sent as
/// deltas that make up the part of the completed item.
#[check(
    v2(since = "0.98"),
    source = "app-server README, item/reasoning/summaryPartAdded, summaryTextDelta; every release does",
    faults(SUMMARY_PARTS_MERGED, SUMMARY_PART_UNANNOUNCED)
)]
async fn the_parts_of_a_summary_are_kept_apart(cx: &mut Context) -> Result {
    let (thread, turn) = thought(cx).await?;
    let sent = joined(cx, (&turn, &thread), "item/reasoning/summaryTextDelta", "summaryIndex");
    ensure_eq!(sent, texts(&SUMMARY), "the deltas of the summary, joined by part");
    ensure_eq!(completed(&turn, &thread, "summary"), texts(&SUMMARY), "the completed summary");
    let mut announced = Vec::new();
    for call in &turn.calls {
        if is_of(call, &thread, "item/reasoning/summaryPartAdded") {
            announced.push(call.params["summaryIndex"].clone());
        } else if is_of(call, &thread, "item/reasoning/summaryTextDelta") {
            let part = &call.params["summaryIndex"];
            ensure_eq!(announced.last(), Some(part), "the part announced last before a delta");
        }
    }
    let count = cx.client().heard(&turn, &thread, "item/reasoning/summaryPartAdded").len();
    ensure_eq!(count, announced.len(), "announcements of parts");
    ensure_eq!(announced, [json!(0), json!(1), json!(2)], "the announced parts");
    Ok(())
}

/// A server MUST report the reasoning itself by deltas that make up the content of the completed item,
/// if the configuration shows it.
#[check(
    v2(since = "0.98"),
    source = "app-server README, item/reasoning/textDelta; config show_raw_agent_reasoning; every release does",
    faults(RAW_REASONING_UNTOLD, RAW_REASONING_NOT_COMPLETED)
)]
async fn the_reasoning_itself_is_shown(cx: &mut Context) -> Result {
    let (thread, turn) = thought(cx).await?;
    let sent = joined(cx, (&turn, &thread), "item/reasoning/textDelta", "contentIndex");
    ensure_eq!(sent, texts(&RAW), "the deltas of the content, joined by part");
    ensure_eq!(completed(&turn, &thread, "content"), texts(&RAW), "the completed content");
    Ok(())
}

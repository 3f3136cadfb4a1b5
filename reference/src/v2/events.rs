//! Notifications of the second dialect.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::render;
use crate::events::Event;
use crate::fault::fault;
use crate::faults;
use crate::items::{Item, Tokens, Turn};
use crate::outbox::shown_id;
use crate::server::Server;
use crate::threads::Thread;

/// Tells the connection that is subscribed to a thread.
pub(crate) fn tell(server: &Server, thread: &Thread, turn: &str, event: &Event<'_>) {
    let (id, now) = (thread.id, Timestamp::now().as_millisecond());
    let (method, params) = match event {
        Event::TurnStarted(started) => (
            "turn/started",
            json!({ "threadId": id, "turn": render::turn(started, Vec::new(), "notLoaded") }),
        ),
        Event::TurnCompleted(done) => {
            ("turn/completed", json!({ "threadId": id, "turn": completed(done) }))
        }
        Event::ItemStarted(item) => {
            ("item/started", item_params(thread, turn, item, "startedAtMs", now))
        }
        Event::ItemCompleted(_) if fault!(ITEM_NEVER_COMPLETES) => {
            return;
        }
        Event::ItemCompleted(item) => {
            ("item/completed", item_params(thread, turn, item, "completedAtMs", now))
        }
        Event::AgentDelta { item, text } => (
            "item/agentMessage/delta",
            json!({ "threadId": id, "turnId": turn, "itemId": item, "delta": text }),
        ),
        Event::ReasoningPart { item, part } => (
            "item/reasoning/summaryPartAdded",
            json!({ "threadId": id, "turnId": turn, "itemId": item, "summaryIndex": part }),
        ),
        Event::ReasoningDelta { item, text, part, raw: false } => (
            "item/reasoning/summaryTextDelta",
            json!({
                "threadId": id, "turnId": turn, "itemId": item, "delta": text, "summaryIndex": part,
            }),
        ),
        Event::ReasoningDelta { item, text, part, raw: true } => (
            "item/reasoning/textDelta",
            json!({
                "threadId": id, "turnId": turn, "itemId": item, "delta": text, "contentIndex": part,
            }),
        ),
        Event::PlanDelta { item, text } => (
            "item/plan/delta",
            json!({ "threadId": id, "turnId": turn, "itemId": item, "delta": text }),
        ),
        Event::CommandOutput { item, text } => (
            "item/commandExecution/outputDelta",
            json!({ "threadId": id, "turnId": turn, "itemId": item, "delta": text }),
        ),
        Event::CommandInput { item, session, text } => (
            "item/commandExecution/terminalInteraction",
            json!({
                "threadId": id, "turnId": turn, "itemId": item,
                "processId": session.to_string(), "stdin": text,
            }),
        ),
        Event::TokensCounted { total, last } => (
            "thread/tokenUsage/updated",
            json!({ "threadId": id, "turnId": turn, "tokenUsage": {
                "total": tokens(total), "last": tokens(last), "modelContextWindow": null,
            }}),
        ),
        Event::DiffUpdated(diff) => {
            ("turn/diff/updated", json!({ "threadId": id, "turnId": turn, "diff": diff }))
        }
        Event::Failed(error) | Event::AskedAgain(error) => {
            let again = matches!(event, Event::AskedAgain(_));
            (
                "error",
                json!({
                    "error": render::error(error), "willRetry": again, "threadId": id, "turnId": turn,
                }),
            )
        }
        Event::StatusChanged(status) => {
            ("thread/status/changed", json!({ "threadId": id, "status": render::status(status) }))
        }
        Event::RequestResolved(request) => {
            ("serverRequest/resolved", json!({ "threadId": id, "requestId": shown_id(*request) }))
        }
        Event::CommandRunning(_) | Event::RawItem(_) => return,
    };
    server.out.notify_v2(method, &params);
    faults::events::besides(server, method, params);
}

/// A turn that is over, with its last message.
fn completed(done: &Turn) -> Value {
    let last: Vec<Value> = done.final_message().into_iter().map(render::item).collect();
    let view = if last.is_empty() { "notLoaded" } else { "summary" };
    faults::events::completed(render::turn(done, last, view))
}

fn item_params(thread: &Thread, turn: &str, item: &Item, moment: &str, now: i64) -> Value {
    let mut params = json!({ "item": render::item(item), "threadId": thread.id, "turnId": turn });
    params[moment] = json!(now);
    params
}

fn tokens(tokens: &Tokens) -> Value {
    json!({
        "totalTokens": tokens.total,
        "inputTokens": tokens.input,
        "cachedInputTokens": tokens.cached,
        "cacheWriteInputTokens": 0,
        "outputTokens": tokens.output,
        "reasoningOutputTokens": tokens.reasoning,
    })
}

//! Notifications of the second dialect.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::render;
use crate::events::Event;
use crate::fault::fault;
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
        Event::ReasoningDelta { item, text } => (
            "item/reasoning/summaryTextDelta",
            json!({
                "threadId": id, "turnId": turn, "itemId": item, "delta": text, "summaryIndex": 0,
            }),
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
        Event::Failed(error) => (
            "error",
            json!({
                "error": render::error(error), "willRetry": false, "threadId": id, "turnId": turn,
            }),
        ),
        Event::StatusChanged(status) => {
            ("thread/status/changed", json!({ "threadId": id, "status": render::status(status) }))
        }
        Event::RequestResolved(request) => {
            ("serverRequest/resolved", json!({ "threadId": id, "requestId": shown_id(*request) }))
        }
        Event::CommandRunning(_) | Event::RawItem(_) => return,
    };
    server.out.notify_v2(method, &params);
    bend(server, method, params);
}

/// What faults send besides: nothing is sent here otherwise.
fn bend(server: &Server, method: &str, mut params: Value) {
    if fault!(ITEM_WITHOUT_A_START) && method == "item/completed" {
        let mut late = params.clone();
        late["item"]["id"] = json!("never-started");
        server.out.notify_v2(method, &late);
    }
    if fault!(TURN_COMPLETES_TWICE) && method == "turn/completed" {
        server.out.notify_v2(method, &params);
    }
    if fault!(ITEM_COMPLETES_TWICE) && method == "item/completed" {
        server.out.notify_v2(method, &params);
    }
    if fault!(ITEM_AFTER_THE_END) && method == "turn/completed" {
        let item = json!({ "type": "agentMessage", "id": "late", "text": "" });
        let late =
            json!({ "threadId": params["threadId"], "turnId": params["turn"]["id"], "item": item });
        server.out.notify_v2("item/started", &late);
    }
    if fault!(EVENTS_UNDER_ANOTHER_ID) && method == "item/agentMessage/delta" {
        params["threadId"] = json!("00000000-0000-7000-8000-00000000dead");
        server.out.notify_v2(method, &params);
    }
}

/// A turn that is over, with its last message.
fn completed(done: &Turn) -> Value {
    let last: Vec<Value> = done.final_message().into_iter().map(render::item).collect();
    let view = if last.is_empty() { "notLoaded" } else { "summary" };
    let mut shown = render::turn(done, last, view);
    if fault!(TURN_CHANGES_ITS_ID) {
        shown["id"] = json!(format!("{}-end", done.id));
    }
    if fault!(END_SAYS_IN_PROGRESS) {
        shown["status"] = json!("inProgress");
    }
    shown
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

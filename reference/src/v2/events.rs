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
        Event::RawItem(item) if thread.state().raw => {
            if fault!(RAW_ITEMS_UNTOLD) {
                return;
            }
            let params = json!({ "threadId": id, "turnId": turn, "item": item });
            ("rawResponseItem/completed", params)
        }
        _ => match piece(thread, turn, event) {
            Some(piece) => piece,
            None => return,
        },
    };
    server.out.notify_v2(method, &params);
    faults::events::besides(server, method, params);
}

/// A piece of an item that goes on, if it is one.
fn piece(thread: &Thread, turn: &str, event: &Event<'_>) -> Option<(&'static str, Value)> {
    let with = |item: &str, member: &str, value: Value| {
        let mut params = json!({ "threadId": thread.id, "turnId": turn, "itemId": item });
        params[member] = value;
        params
    };
    Some(match event {
        Event::AgentDelta { item, text } => {
            ("item/agentMessage/delta", with(item, "delta", json!(text)))
        }
        Event::PlanDelta { item, text } => ("item/plan/delta", with(item, "delta", json!(text))),
        Event::CommandOutput { item, text } => {
            ("item/commandExecution/outputDelta", with(item, "delta", json!(text)))
        }
        Event::ReasoningPart { item, part } => {
            ("item/reasoning/summaryPartAdded", with(item, "summaryIndex", json!(part)))
        }
        Event::ReasoningDelta { item, text, part, raw } => {
            let (method, number) = if *raw {
                ("item/reasoning/textDelta", "contentIndex")
            } else {
                ("item/reasoning/summaryTextDelta", "summaryIndex")
            };
            let mut params = with(item, "delta", json!(text));
            params[number] = json!(part);
            (method, params)
        }
        Event::CommandInput { item, session, text } => {
            let mut params = with(item, "processId", json!(session.to_string()));
            params["stdin"] = json!(text);
            ("item/commandExecution/terminalInteraction", params)
        }
        _ => return None,
    })
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

//! Events of the first dialect: `codex/event/TYPE`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::events::Event;
use crate::fault::fault;
use crate::faults;
use crate::input::{Input, text_of};
use crate::items::{Category, Change, ChangeKind, Command, Item, Outcome, Patch, Progress};
use crate::replay::tokens_json;
use crate::server::Server;
use crate::threads::Thread;
use crate::tools::shell::{self, Action};

/// Tells the listeners of a conversation; several listeners do not get anything twice.
pub(crate) fn tell(server: &Server, thread: &Thread, turn: &str, event: &Event<'_>) {
    for event in render(thread, turn, event) {
        send(server, thread, turn, event);
    }
}

/// Sends one event. `id` is the turn's, as the submission that caused it.
pub(crate) fn send(server: &Server, thread: &Thread, turn: &str, event: Value) {
    let method = format!("codex/event/{}", event["type"].as_str().unwrap_or_default());
    let params = json!({ "id": turn, "msg": event, "conversationId": thread.id });
    server.out.notify_v1(&method, &params);
    if faults::events::is_told_twice(&method, thread.state().listeners.len()) {
        server.out.notify_v1(&method, &params);
    }
}

fn render(thread: &Thread, turn: &str, event: &Event<'_>) -> Vec<Value> {
    match event {
        Event::TurnStarted(_) => vec![json!({
            "type": "task_started",
            "turn_id": turn,
            "model_context_window": null,
            "collaboration_mode_kind": "default",
        })],
        Event::TurnCompleted(done) => vec![match done.outcome {
            Outcome::Interrupted => {
                json!({ "type": "turn_aborted", "turn_id": turn, "reason": "interrupted" })
            }
            _ => {
                let first = done.items.iter().find(|item| matches!(item, Item::Agent { .. }));
                let last = done.final_message().filter(|_| !fault!(FIRST_MESSAGE_NAMED_LAST));
                let last = last.or(first).map(|item| match item {
                    Item::Agent { text, .. } => text.as_str(),
                    _ => "",
                });
                json!({ "type": "task_complete", "turn_id": turn, "last_agent_message": last })
            }
        }],
        Event::ItemStarted(item) => started(thread, turn, item),
        Event::ItemCompleted(item) => completed(thread, turn, item),
        Event::CommandRunning(command) => vec![command_begin(turn, command)],
        Event::AgentDelta { item, text } => vec![
            json!({
                "type": "agent_message_content_delta",
                "thread_id": thread.id,
                "turn_id": turn,
                "item_id": item,
                "delta": text,
            }),
            json!({ "type": "agent_message_delta", "delta": text }),
        ],
        Event::ReasoningPart { item, part } => vec![json!({
            "type": "agent_reasoning_section_break", "item_id": item, "summary_index": part,
        })],
        Event::ReasoningDelta { text, raw: false, .. } => {
            vec![json!({ "type": "agent_reasoning_delta", "delta": text })]
        }
        Event::ReasoningDelta { text, raw: true, .. } => {
            vec![json!({ "type": "agent_reasoning_raw_content_delta", "delta": text })]
        }
        Event::CommandOutput { item, text } => vec![said(item, text)],
        Event::CommandInput { item, session, text } => vec![written(item, *session, text)],
        Event::TokensCounted { total, last } => vec![json!({
            "type": "token_count",
            "info": {
                "total_token_usage": tokens_json(total),
                "last_token_usage": tokens_json(last),
                "model_context_window": null,
            },
            "rate_limits": null,
        })],
        Event::DiffUpdated(diff) => vec![json!({ "type": "turn_diff", "unified_diff": diff })],
        Event::Failed(error) => vec![json!({
            "type": "error",
            "message": error.message,
            "codex_error_info": category(error.category),
        })],
        Event::AskedAgain(error) => vec![json!({
            "type": "stream_error",
            "message": error.message,
            "codex_error_info": category(error.category),
        })],
        Event::RawItem(item) => vec![json!({ "type": "raw_response_item", "item": item })],
        Event::StatusChanged(_) | Event::RequestResolved(_) | Event::PlanDelta { .. } => Vec::new(),
    }
}

/// What a command has said while it runs.
fn said(item: &str, text: &str) -> Value {
    json!({
        "type": "exec_command_output_delta",
        "call_id": item,
        "stream": "stdout",
        "chunk": STANDARD.encode(text),
    })
}

/// What the model has written to a command that runs.
fn written(item: &str, session: i64, text: &str) -> Value {
    json!({
        "type": "terminal_interaction",
        "call_id": item,
        "process_id": session.to_string(),
        "stdin": text,
    })
}

fn started(thread: &Thread, turn: &str, item: &Item) -> Vec<Value> {
    match item {
        // Said when it actually runs.
        Item::Command(_)
        | Item::Dynamic(_)
        | Item::Served(_)
        | Item::Output(_)
        | Item::Plan { .. }
        | Item::Mode { .. }
        | Item::Compaction { .. } => Vec::new(),
        Item::Patch(patch) => vec![json!({
            "type": "patch_apply_begin",
            "call_id": patch.id,
            "turn_id": turn,
            "auto_approved": false,
            "changes": changes_json(&patch.changes),
        })],
        item => vec![item_event("item_started", thread, turn, item)],
    }
}

fn completed(thread: &Thread, turn: &str, item: &Item) -> Vec<Value> {
    match item {
        // What never ran has no end either.
        Item::Command(command) if command.progress == Progress::Declined => Vec::new(),
        // Only the second dialect has it.
        Item::Served(_) | Item::Output(_) | Item::Plan { .. } => Vec::new(),
        Item::Command(command) => vec![command_end(turn, command)],
        Item::Patch(patch) => vec![patch_end(turn, patch)],
        Item::Dynamic(_) | Item::Mode { .. } | Item::Compaction { .. } => Vec::new(),
        Item::User { content, .. } => {
            let message = json!({
                "type": "user_message",
                "message": text_of(content),
                "images": [],
                "local_images": [],
                "text_elements": [],
            });
            vec![item_event("item_completed", thread, turn, item), message]
        }
        Item::Agent { text, .. } => {
            let message = json!({ "type": "agent_message", "message": text });
            vec![item_event("item_completed", thread, turn, item), message]
        }
        Item::Reasoning { summary, .. } => {
            let mut events = vec![item_event("item_completed", thread, turn, item)];
            let texts = summary.iter();
            events.extend(texts.map(|text| json!({ "type": "agent_reasoning", "text": text })));
            events
        }
    }
}

fn item_event(kind: &str, thread: &Thread, turn: &str, item: &Item) -> Value {
    let item = match item {
        Item::User { id, content, .. } => {
            let content: Vec<Value> = content.iter().map(part).collect();
            json!({ "type": "UserMessage", "id": id, "content": content })
        }
        Item::Agent { id, text } => {
            let parts: Vec<Value> = Some(text)
                .filter(|text| !text.is_empty())
                .map(|text| json!({ "type": "Text", "text": text }))
                .into_iter()
                .collect();
            json!({ "type": "AgentMessage", "id": id, "content": parts })
        }
        Item::Reasoning { id, summary, .. } => {
            json!({ "type": "Reasoning", "id": id, "summary_text": summary, "raw_content": [] })
        }
        _ => Value::Null,
    };
    json!({ "type": kind, "thread_id": thread.id, "turn_id": turn, "item": item })
}

/// A part of a message in the words of this dialect.
fn part(input: &Input) -> Value {
    match input {
        Input::Image { url } => json!({ "type": "image", "image_url": url }),
        Input::LocalImage { path } => json!({ "type": "local_image", "path": path }),
        other => json!(other),
    }
}

fn command_begin(turn: &str, command: &Command) -> Value {
    json!({
        "type": "exec_command_begin",
        "call_id": command.id,
        "turn_id": turn,
        "command": command.argv,
        "cwd": command.cwd,
        "parsed_cmd": parsed_command(&command.argv),
        "source": "agent",
    })
}

fn command_end(turn: &str, command: &Command) -> Value {
    let output = command.output.as_deref().unwrap_or_default();
    let duration = command.duration.unwrap_or_default();
    json!({
        "type": "exec_command_end",
        "call_id": command.id,
        "turn_id": turn,
        "command": command.argv,
        "cwd": command.cwd,
        "parsed_cmd": parsed_command(&command.argv),
        "source": "agent",
        "stdout": output,
        "stderr": "",
        "aggregated_output": output,
        "exit_code": command.exit_code.unwrap_or(-1),
        "duration": { "secs": duration.as_secs(), "nanos": duration.subsec_nanos() },
        "formatted_output": output,
    })
}

fn patch_end(turn: &str, patch: &Patch) -> Value {
    let done = patch.progress == Progress::Completed;
    let (stdout, stderr) =
        if done { (patch.output.as_str(), "") } else { ("", patch.output.as_str()) };
    json!({
        "type": "patch_apply_end",
        "call_id": patch.id,
        "turn_id": turn,
        "stdout": stdout,
        "stderr": stderr,
        "success": done,
        "changes": changes_json(&patch.changes),
    })
}

pub(super) fn changes_json(changes: &[Change]) -> Value {
    let change = |change: &Change| {
        let kind = match &change.kind {
            ChangeKind::Add { content } => json!({ "type": "add", "content": content }),
            ChangeKind::Delete { content } => json!({ "type": "delete", "content": content }),
            ChangeKind::Update { diff, move_to, .. } => {
                json!({ "type": "update", "unified_diff": diff, "move_path": move_to })
            }
        };
        (change.path.display().to_string(), kind)
    };
    Value::Object(changes.iter().map(change).collect::<Map<String, Value>>())
}

pub(super) fn parsed_command(argv: &[String]) -> Vec<Value> {
    let part = |action: Action| match action {
        Action::Read { command, name, path } => {
            json!({ "type": "read", "cmd": command, "name": name, "path": path })
        }
        Action::ListFiles { command, path } => {
            json!({ "type": "list_files", "cmd": command, "path": path })
        }
        Action::Search { command, query, path } => {
            json!({ "type": "search", "cmd": command, "query": query, "path": path })
        }
        Action::Unknown { command } => json!({ "type": "unknown", "cmd": command }),
    };
    shell::actions(argv).into_iter().map(part).collect()
}

fn category(category: Category) -> Value {
    match category {
        Category::ContextWindowExceeded => json!("context_window_exceeded"),
        Category::UsageLimitExceeded => json!("usage_limit_exceeded"),
        Category::InternalServerError => json!("internal_server_error"),
        Category::TooManyFailedAttempts { status } => {
            json!({ "response_too_many_failed_attempts": { "http_status_code": status } })
        }
        Category::HttpConnectionFailed { status } => {
            json!({ "http_connection_failed": { "http_status_code": status } })
        }
        Category::BadRequest | Category::Other => json!("other"),
    }
}

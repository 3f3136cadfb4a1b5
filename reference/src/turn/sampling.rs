//! One request to the model and what its stream turns into: items, deltas, calls.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Running;
use crate::context;
use crate::events::{Event, open_item};
use crate::fault::fault;
use crate::faults;
use crate::history::output_kind;
use crate::items::{self, Item, Tokens, TurnError, own_ids};
use crate::model_client;
use crate::replay::tokens_json;
use crate::settings::Overrides;
use crate::tools::{asking, dynamic};
use crate::v2::besides;
use crate::variant::variant;

/// The longest piece of a text that may be told character by character, in bytes.
const FINELY: usize = 256;

impl Running {
    /// What the model is asked.
    pub(super) fn body(&self) -> Value {
        let state = self.thread.state();
        let schema = self.schema.as_ref();
        let aside = self.aside.as_ref().map(|aside| aside.borrow().clone());
        let mut history = aside.unwrap_or_else(|| state.history.clone());
        faults::crowd::cut(&mut history);
        history.extend(faults::crowd::overheard(&self.server, &self.thread));
        let mut body = context::request(self.thread.id, &state.settings, &history, schema);
        if let Some(tier) = &self.tier {
            body["service_tier"] = json!(tier);
        }
        if let Some(metadata) = besides::sent(&self.added.metadata) {
            body["client_metadata"] = metadata;
        }
        dynamic::offer(&mut body, &state.dynamic);
        asking::offer(&mut body, &state.settings);
        if let Some(tools) = body["tools"].as_array_mut() {
            tools.extend(self.thread.servers.offer());
        }
        body
    }

    /// Asks the model once, and adds to the calls those that it makes.
    pub(super) async fn attempt(&self, calls: &mut Vec<Value>) -> Result<(), TurnError> {
        if fault!(DEFAULT_TAKEN_AT_ONCE)
            && let Ok(now) = self.server.configs.derive(&Overrides::default())
        {
            self.thread.state_mut().settings.model = now.model;
        }
        let (settings, body) = (self.thread.state().settings.clone(), self.body());
        let mut stream =
            match model_client::send(&self.server, self.thread.id, &settings, &body).await {
                Err(error) if faults::model::ignored(&error) => return Ok(()),
                other => other?,
            };
        self.heed(&stream.headers, &settings.model);
        let mut empty = true;
        loop {
            let mut event = match stream.next().await {
                Err(error) if faults::model::taken_for_the_end(&error) => return Ok(()),
                other => other?,
            };
            empty &= event["type"] != "response.output_item.done";
            match event["type"].as_str().unwrap_or_default() {
                "response.output_item.added" => self.item_added(&event["item"]),
                "response.output_text.delta" => self.text_delta(&event),
                "response.reasoning_summary_part.added" => self.reasoning_part(&event),
                "response.reasoning_summary_text.delta" => self.reasoning_delta(&event, false),
                "response.reasoning_text.delta" => self.reasoning_delta(&event, true),
                "response.output_item.done" => calls.extend(self.item_done(event["item"].take())),
                "response.completed" if empty && fault!(EMPTY_REPLY_FAILS) => {
                    return Err(model_client::failed(&event));
                }
                "response.completed" => {
                    self.count_tokens(&event["response"]["usage"]);
                    return Ok(());
                }
                kind @ ("response.failed" | "response.incomplete") => {
                    let ignored = kind == "response.failed" && failure_ignored();
                    return if ignored || incomplete_ignored(kind) {
                        Ok(())
                    } else {
                        Err(model_client::failed(&event))
                    };
                }
                kind if !model_client::is_known(kind) && fault!(UNKNOWN_EVENT_FAILS_THE_TURN) => {
                    return Err(model_client::failed(&event));
                }
                _ => {}
            }
        }
    }

    fn item_added(&self, item: &Value) {
        match item["type"].as_str() {
            Some("message") => self.open(Item::Agent { id: id_of(item), text: String::new() }),
            Some("reasoning") => {
                self.open(Item::Reasoning {
                    id: id_of(item),
                    summary: Vec::new(),
                    content: Vec::new(),
                });
            }
            _ => {}
        }
    }

    /// Announces an item, unless it was before.
    fn open(&self, item: Item) {
        // A message without a word is what a broken stream has left; it is the next one's.
        let is_left = |open: &Item| match (open, &item) {
            (Item::Agent { text, .. }, Item::Agent { .. }) => text.is_empty(),
            _ => false,
        };
        let known =
            self.active.open.borrow().iter().any(|open| open.id() == item.id() || is_left(open));
        if !known {
            open_item(&self.server, &self.thread, &self.active, item);
        }
    }

    fn text_delta(&self, event: &Value) {
        let whole = event["delta"].as_str().unwrap_or_default();
        let delta = &self.unplanned(whole);
        if delta.is_empty() && !whole.is_empty() {
            return;
        }
        if !self.active.open.borrow().iter().any(|item| matches!(item, Item::Agent { .. })) {
            self.open(Item::Agent { id: new_id(), text: String::new() });
        }
        let id = self.active.open.borrow_mut().iter_mut().rev().find_map(|item| match item {
            Item::Agent { id, text } => {
                text.push_str(delta);
                Some(id.clone())
            }
            _ => None,
        });
        if fault!(FIRST_DELTA_LOST) && self.is_first_delta(delta) {
            return;
        }
        let delta = faults::model::cut(delta, self.length_so_far());
        if let Some(item) = id
            && !fault!(DELTAS_LOST)
            && !(delta.trim().is_empty() && fault!(BLANK_DELTAS_LOST))
        {
            if delta.len() < FINELY && variant!(A_DELTA_FOR_EACH_CHARACTER) {
                for text in delta.split_inclusive(|_: char| true) {
                    self.tell(&Event::AgentDelta { item: &item, text });
                }
            } else {
                self.tell(&Event::AgentDelta { item: &item, text: delta });
            }
        }
    }

    /// How long the message is that is open.
    fn length_so_far(&self) -> Option<usize> {
        let open = self.active.open.borrow();
        open.iter().rev().find_map(|item| match item {
            Item::Agent { text, .. } => Some(text.len()),
            _ => None,
        })
    }

    /// Whether the message that is open consists of this piece so far.
    fn is_first_delta(&self, delta: &str) -> bool {
        let open = self.active.open.borrow();
        open.iter().rev().any(|item| matches!(item, Item::Agent { text, .. } if text == delta))
    }

    /// The thought that is open.
    fn open_thought(&self) -> Option<String> {
        let open = self.active.open.borrow();
        open.iter().rev().find_map(|item| match item {
            Item::Reasoning { id, .. } => Some(id.clone()),
            _ => None,
        })
    }

    fn reasoning_part(&self, event: &Value) {
        let part = event["summary_index"].as_u64().unwrap_or(0);
        if let Some(item) = self.open_thought().filter(|_| !fault!(SUMMARY_PART_UNANNOUNCED)) {
            self.tell(&Event::ReasoningPart { item: &item, part });
        }
    }

    /// A piece of a summary, or of the thought itself, which is for those who want to see it.
    fn reasoning_delta(&self, event: &Value, raw: bool) {
        let shown = !raw || self.thread.state().settings.raw_reasoning;
        let Some(item) = self.open_thought().filter(|_| shown) else { return };
        let number = &event[if raw { "content_index" } else { "summary_index" }];
        let part = number.as_u64().filter(|_| raw || !fault!(SUMMARY_PARTS_MERGED)).unwrap_or(0);
        if raw && fault!(RAW_REASONING_UNTOLD) {
            return;
        }
        let text = event["delta"].as_str().unwrap_or_default();
        self.tell(&Event::ReasoningDelta { item: &item, text, part, raw });
    }

    /// Completes an item and keeps it for the model; returns it if it is a call.
    fn item_done(&self, mut item: Value) -> Option<Value> {
        let item_for_client = match item["type"].as_str() {
            Some("message") => Some(Item::Agent { id: self.id_for(&item), text: self.told(&item) }),
            Some("reasoning") => {
                let raw = self.thread.state().settings.raw_reasoning;
                let shown = raw && !fault!(RAW_REASONING_NOT_COMPLETED);
                Some(Item::Reasoning {
                    id: self.id_for(&item),
                    summary: parts(&item["summary"]),
                    content: if shown { parts(&item["content"]) } else { Vec::new() },
                })
            }
            _ => None,
        };
        let is_call = output_kind(&item).is_some();
        // With `store` off the service knows no ids, except as the name of a local call.
        if let Some(members) = item.as_object_mut() {
            let kept = fault!(ITEM_IDS_SENT);
            if (members.contains_key("call_id") || !is_call) && !kept {
                members.shift_remove("id");
            }
            members.shift_remove("status");
        }
        if let Some(done) = item_for_client {
            self.open(match &done {
                Item::Agent { id, .. } => Item::Agent { id: id.clone(), text: String::new() },
                other => other.clone(),
            });
            self.record_message(&done);
            self.complete(done);
        }
        self.remember(item.clone());
        self.tell(&Event::RawItem(&item));
        is_call.then_some(item)
    }

    /// The text of a message as clients are told it.
    fn told(&self, item: &Value) -> String {
        let said = self.whole_unplanned(text(item));
        let state = self.thread.state();
        let before = match state.turns.last().and_then(|turn| turn.final_message()) {
            Some(Item::Agent { text, .. }) => Some(text.as_str()),
            _ => None,
        };
        faults::model::told(said, before)
    }

    /// The id of the item, or of the one that was opened for it without an id.
    fn id_for(&self, item: &Value) -> String {
        let open = self.active.open.borrow();
        let given = item["id"].as_str();
        let opened = open.iter().rev().find(|open| match open {
            Item::Agent { .. } => item["type"] == "message",
            Item::Reasoning { .. } => item["type"] == "reasoning",
            _ => false,
        });
        match (given, opened) {
            (Some(_), None) if own_ids() => new_id(),
            (Some(id), None) => id.to_owned(),
            (_, Some(opened)) => opened.id().to_owned(),
            (None, None) => new_id(),
        }
    }

    pub(super) fn record_message(&self, item: &Item) {
        match item {
            Item::Agent { id, text } => {
                let event = json!({ "type": "agent_message", "message": text, "item_id": id });
                self.thread.record("event_msg", &event);
            }
            Item::Reasoning { id, summary, .. } => {
                for text in summary {
                    let event = json!({ "type": "agent_reasoning", "text": text, "item_id": id });
                    self.thread.record("event_msg", &event);
                }
            }
            _ => {}
        }
    }

    pub(super) fn count_tokens(&self, usage: &Value) {
        let count = |value: &Value| value.as_u64().unwrap_or(0);
        let last = Tokens {
            input: count(&usage["input_tokens"]),
            cached: count(&usage["input_tokens_details"]["cached_tokens"]),
            output: count(&usage["output_tokens"]),
            reasoning: count(&usage["output_tokens_details"]["reasoning_tokens"]),
            total: count(&usage["total_tokens"]),
        };
        let total = {
            let mut state = self.thread.state_mut();
            state.tokens = faults::model::total(state.tokens, last);
            state.tokens
        };
        let info = json!({
            "total_token_usage": tokens_json(&total),
            "last_token_usage": tokens_json(&last),
            "model_context_window": null,
        });
        let event = json!({ "type": "token_count", "info": info, "rate_limits": null });
        self.thread.record("event_msg", &event);
        self.tell(&Event::TokensCounted { total, last });
    }
}

/// Whether a defect takes a failed response for a complete one.
fn failure_ignored() -> bool {
    fault!(FAILED_RESPONSE_IGNORED)
}

/// Whether a defect takes an incomplete response for a complete one.
fn incomplete_ignored(kind: &str) -> bool {
    kind == "response.incomplete" && fault!(INCOMPLETE_RESPONSE_IGNORED)
}

fn id_of(item: &Value) -> String {
    if own_ids() { new_id() } else { item["id"].as_str().map_or_else(new_id, str::to_owned) }
}

fn new_id() -> String {
    if own_ids() { items::number() } else { format!("msg_{}", Uuid::now_v7()) }
}

pub(super) fn text(item: &Value) -> String {
    let parts = item["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    parts.iter().filter_map(|part| part["text"].as_str()).collect()
}

/// The texts of the parts of a thought.
fn parts(parts: &Value) -> Vec<String> {
    let parts = parts.as_array().map(Vec::as_slice).unwrap_or_default();
    parts.iter().filter_map(|part| part["text"].as_str()).map(str::to_owned).collect()
}

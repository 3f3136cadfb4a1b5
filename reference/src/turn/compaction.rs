//! A compaction: the model sums up the conversation, and goes on with the summary.

use serde_json::{Value, json};

use super::{Running, sampling};
use crate::context;
use crate::events::open_item;
use crate::fault::fault;
use crate::history::text_message;
use crate::items::{Item, Outcome, TurnError, fresh_id};
use crate::model_client;

/// What the model is asked for.
const PROMPT: &str = "Sum up this conversation for another model that will go on with it: what was \
     asked for, what was done and decided, what is left to do.";

/// What a summary begins with when the model reads it.
const PREFACE: &str = "This is a summary of the conversation so far, written by a model:\n";

impl Running {
    pub(super) async fn compact(&self) -> Result<Outcome, TurnError> {
        let item = Item::Compaction { id: fresh_id() };
        open_item(&self.server, &self.thread, &self.active, item.clone());
        let summary = match self.summary().await {
            Err(_) if fault!(FAILED_COMPACTION_FORGETS) => String::new(),
            summary => summary?,
        };
        let shorter = self.shorter(&summary);
        let compacted = json!({ "message": summary, "replacement_history": shorter });
        if !fault!(COMPACTION_NOT_STORED) {
            self.thread.record("compacted", &compacted);
        }
        {
            let state = &mut *self.thread.state_mut();
            let whole = std::mem::replace(&mut state.history, shorter);
            if let Some(before) = state.before.last_mut() {
                before.whole.get_or_insert(whole);
            }
        }
        self.thread.record("event_msg", &json!({ "type": "context_compacted" }));
        self.complete(item);
        Ok(Outcome::Completed)
    }

    /// What the model says of all that it knows.
    async fn summary(&self) -> Result<String, TurnError> {
        let (settings, body) = {
            let state = self.thread.state();
            let mut input = state.history.clone();
            input.push(text_message("user", PROMPT));
            let mut body = context::request(self.thread.id, &state.settings, &input, None);
            body["tools"] = json!([]);
            (state.settings.clone(), body)
        };
        let mut stream = model_client::send(&self.server, self.thread.id, &settings, &body).await?;
        let mut summary = String::new();
        loop {
            let event = stream.next().await?;
            match event["type"].as_str().unwrap_or_default() {
                "response.output_item.done" if event["item"]["type"] == "message" => {
                    summary.push_str(&sampling::text(&event["item"]));
                }
                "response.completed" => {
                    self.count_tokens(&event["response"]["usage"]);
                    return Ok(summary);
                }
                "response.failed" | "response.incomplete" => {
                    return Err(model_client::failed(&event));
                }
                _ => {}
            }
        }
    }

    /// What is left of what the model knows: what the user said, and the summary in place of the rest.
    fn shorter(&self, summary: &str) -> Vec<Value> {
        let mut history = self.thread.state().history.clone();
        if fault!(COMPACTION_KEEPS_EVERYTHING) {
            return history;
        }
        let is_summary = |item: &Value| {
            item["content"][0]["text"].as_str().is_some_and(|text| text.starts_with(PREFACE))
        };
        let stacked = fault!(SUMMARIES_STACK_UP);
        let drops_words = fault!(COMPACTION_DROPS_WHAT_THE_USER_SAID);
        history.retain(|item| {
            let role = item["role"].as_str().unwrap_or_default();
            let said = role == "developer" || (role == "user" && !drops_words);
            item["type"] == "message" && said && (stacked || !is_summary(item))
        });
        history.push(text_message("user", &format!("{PREFACE}{summary}")));
        history
    }
}

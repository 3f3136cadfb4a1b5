//! A review: a reviewer looks at something, apart from the conversation, which hears of the outcome.

use serde_json::{Value, json};

use super::Running;
use crate::events::Event;
use crate::fault::fault;
use crate::history::{message, text_message};
use crate::input::Input;
use crate::items::{Item, Outcome, Turn, TurnError, fresh_id};
use crate::threads::Message;

/// What is to be reviewed.
#[derive(Debug)]
pub(crate) struct Review {
    /// What clients call it.
    pub(crate) label: String,
    /// What the reviewer is asked.
    pub(crate) prompt: String,
}

/// The outcome of a review that has none.
const NO_OUTCOME: &str = "Reviewer failed to output a response.";

impl Running {
    /// The turn as its start is told.
    pub(super) fn announced(&self, turn: &Turn) -> Turn {
        let mut turn = turn.clone();
        if self.is_review() && fault!(REVIEW_STARTS_UNDER_ANOTHER_ID) {
            turn.id = fresh_id();
        }
        turn
    }

    fn is_review(&self) -> bool {
        matches!(self.work, super::Work::Review(_))
    }

    pub(super) async fn review(&self, review: &Review) -> Result<Outcome, TurnError> {
        self.reviewing.set(true);
        self.mode(true, review.label.clone());
        let content = vec![Input::Text { text: review.prompt.clone(), text_elements: Vec::new() }];
        self.active.inbox.borrow_mut().push_back(Message { content, client_id: None });
        self.rounds().await?;
        let said = self.outcome();
        self.leave_review(Some(&said));
        Ok(Outcome::Completed)
    }

    /// What the reviewer said last: its findings in words if they have the form for that, or else as it is.
    fn outcome(&self) -> String {
        let said = match self.last_message() {
            Some(said) => said,
            None => return NO_OUTCOME.to_owned(),
        };
        let Ok(found) = serde_json::from_str::<Value>(&said) else { return said };
        let mut lines: Vec<String> =
            found["overall_explanation"].as_str().map(str::to_owned).into_iter().collect();
        for finding in found["findings"].as_array().into_iter().flatten() {
            let text = |name: &str| finding[name].as_str().unwrap_or_default();
            let place = &finding["code_location"];
            let path = place["absolute_file_path"].as_str().unwrap_or_default();
            let (from, to) = (&place["line_range"]["start"], &place["line_range"]["end"]);
            lines.push(format!("- {} — {path}:{from}-{to}\n  {}", text("title"), text("body")));
        }
        if lines.is_empty() { said } else { lines.join("\n\n") }
    }

    fn last_message(&self) -> Option<String> {
        let state = self.thread.state();
        match state.turns.last().and_then(Turn::final_message) {
            Some(Item::Agent { text, .. }) => Some(text.clone()),
            _ => None,
        }
    }

    /// Ends a review, if one goes on, with what came out of it.
    pub(super) fn leave_review(&self, outcome: Option<&str>) {
        let reviewing = self.reviewing.replace(false);
        if !reviewing || (outcome.is_none() && fault!(REVIEW_NEVER_LEFT)) {
            return;
        }
        self.mode(false, outcome.unwrap_or(NO_OUTCOME).to_owned());
        let Some(outcome) = outcome else { return };
        let item = Item::Agent { id: fresh_id(), text: outcome.to_owned() };
        self.tell(&Event::ItemStarted(&item));
        self.record_message(&item);
        self.complete(item);
        if fault!(REVIEW_FORGOTTEN) {
            return;
        }
        let asked = "<user_action>\nThe user has had a review made.\n</user_action>";
        self.thread.remember(text_message("user", asked));
        let said = json!([{ "type": "output_text", "text": outcome }]);
        self.thread.remember(message("assistant", &said));
    }

    /// Tells that the review begins or is over.
    fn mode(&self, entered: bool, review: String) {
        let event = if entered {
            json!({ "type": "entered_review_mode", "user_facing_hint": review })
        } else {
            json!({ "type": "exited_review_mode", "review": review })
        };
        self.thread.record("event_msg", &event);
        let item = Item::Mode { id: fresh_id(), entered, review };
        self.tell(&Event::ItemStarted(&item));
        self.complete(item);
    }
}

//! What the user says becomes part of the conversation.

use serde_json::{Value, json};

use super::Running;
use crate::events::Event;
use crate::fault::fault;
use crate::faults;
use crate::input::{Input, text_of};
use crate::items::{Item, fresh_id};
use crate::threads::Message;
use crate::{history, store};

impl Running {
    /// Makes what the user said part of the conversation.
    pub(super) fn take_messages(&self) {
        loop {
            // Taken one by one: telling about a message must not hold the inbox.
            let Some(message) = self.active.inbox.borrow_mut().pop_front() else { return };
            self.hear(message);
        }
    }

    fn hear(&self, message: Message) {
        let Message { mut content, client_id } = message;
        if fault!(FIRST_PART_ONLY) {
            content.truncate(1);
        }
        if content.is_empty() {
            return;
        }
        let text = text_of(&content);
        let parts: Vec<Value> = content.iter().filter_map(|input| input.content()).collect();
        if !parts.is_empty() {
            let mut item = history::message("user", &Value::Array(parts));
            if fault!(FIRST_LINE_ONLY) {
                item["content"][0]["text"] = json!(text.lines().next());
            }
            faults::laws::earlier(&self.server, &self.thread);
            if !faults::laws::is_unheard(&self.thread) {
                self.remember(item.clone());
            }
            self.tell(&Event::RawItem(&item));
        }
        let id = fresh_id();
        self.thread.record("event_msg", &user_message(&id, client_id.as_deref(), &text, &content));
        {
            let mut state = self.thread.state_mut();
            let grows = fault!(PREVIEW_FOLLOWS);
            if state.preview.is_empty() || grows {
                state.preview = store::preview_of(&text);
            }
            if let Some(recorder) = &mut state.recorder {
                recorder.materialise();
            }
        }
        let item = Item::User { id, client_id, content };
        self.tell(&Event::ItemStarted(&item));
        self.complete(item);
    }
}

/// The stored event for what a user said.
fn user_message(id: &str, client_id: Option<&str>, text: &str, content: &[Input]) -> Value {
    let images: Vec<&str> = content
        .iter()
        .filter_map(|input| match input {
            Input::Image { url } => Some(url.as_str()),
            _ => None,
        })
        .collect();
    let local_images: Vec<_> = content
        .iter()
        .filter_map(|input| match input {
            Input::LocalImage { path } => Some(path),
            _ => None,
        })
        .collect();
    let elements: Vec<&Value> = content
        .iter()
        .flat_map(|input| match input {
            Input::Text { text_elements, .. } => text_elements.as_slice(),
            _ => &[],
        })
        .collect();
    json!({
        "type": "user_message",
        "message": text,
        "item_id": id,
        "client_id": client_id,
        "images": images,
        "local_images": local_images,
        "text_elements": elements,
    })
}

//! Items that a client adds to what the model knows of a thread.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::turns::find;
use crate::fault::fault;
use crate::faults;
use crate::input::Input;
use crate::message::Refusal;
use crate::server::Server;
use crate::settings::TurnOverrides;
use crate::threads::{Face, Message};
use crate::turn;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Injection {
    thread_id: String,
    items: Vec<Value>,
}

/// Adds them, all or none.
pub(super) fn inject(server: &Rc<Server>, params: Injection) -> Result<Value, Refusal> {
    let thread = match find(server, &params.thread_id) {
        Err(_) if fault!(UNKNOWN_THREAD_INJECTED) => return Ok(json!({})),
        thread => thread?,
    };
    let mut items = params.items;
    if items.is_empty() && !fault!(EMPTY_INJECTION_TAKEN) {
        return Err(Refusal::invalid("items must not be empty"));
    }
    let invalid = items.iter().position(|item| !item["type"].is_string());
    if let Some(at) = invalid {
        if fault!(INJECTED_BY_HALF) {
            items.drain(..at).for_each(|item| thread.remember(item));
        }
        return Err(Refusal::invalid(format!("items[{at}] is not a valid response item")));
    }
    faults::moments::disturbed(&thread, faults::moments::Request::Inject);
    if fault!(INJECTED_ITEMS_LOST) {
        return Ok(json!({}));
    }
    if fault!(INJECTED_IN_REVERSE) {
        items.reverse();
    }
    if fault!(INJECTED_ITEMS_NOT_STORED) {
        thread.state_mut().history.extend(items);
        return Ok(json!({}));
    }
    items.into_iter().for_each(|item| thread.remember(item));
    if fault!(INJECTION_STARTS_A_TURN) {
        let text = Input::Text { text: "go on".to_owned(), text_elements: Vec::new() };
        let message = Message { content: vec![text], client_id: None };
        turn::start(server, &thread, Face::V2, message, &TurnOverrides::default());
    }
    Ok(json!({}))
}

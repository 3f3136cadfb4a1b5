//! What goes wrong with messages on their way out.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::fault::fault;
use crate::message::{Id, Refusal};

type Outcome = Result<Value, Refusal>;

/// The order in which answers leave: one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Order {
    /// An answer that waits for the next one.
    held: RefCell<Option<(Id, Outcome)>>,
}

impl Order {
    /// The answers that leave where the one of this number would.
    pub(crate) fn leaving(&self, number: usize, id: Id, outcome: Outcome) -> Vec<(Id, Outcome)> {
        if fault!(FORGETS_A_REQUEST) && number.is_multiple_of(20) {
            return Vec::new();
        }
        if super::crowd::leaves_gap(number) || super::crowd::loses(number, &outcome) {
            return Vec::new();
        }
        if fault!(ANSWERS_SWAPPED) {
            if number == 8 {
                self.held.replace(Some((id, outcome)));
                return Vec::new();
            }
            if let Some((first, late)) = self.held.take() {
                return vec![(first, outcome), (id, late)];
            }
        }
        let mut leaving = vec![(echoed(id), outcome)];
        leaving.extend(super::crowd::also(number, &leaving[0].0));
        if fault!(ANSWERS_TWICE) {
            leaving.push(leaving[0].clone());
        }
        if fault!(REFUSALS_ANSWERED_TWICE) && leaving[0].1.is_err() {
            leaving.push((Id::Number(424_242), leaving[0].1.clone()));
        }
        leaving
    }
}

/// The id as it is echoed.
fn echoed(id: Id) -> Id {
    match id {
        Id::Number(number) if fault!(IDS_QUOTED) => Id::Text(number.to_string()),
        Id::Number(number) if fault!(BIG_IDS_ROUNDED) => rounded(number),
        Id::Text(text) if fault!(TEXT_IDS_AS_NUMBERS) => {
            text.parse().map_or(Id::Text(text), Id::Number)
        }
        id => id,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the fault")]
fn rounded(number: i64) -> Id {
    Id::Number(number as f64 as i64)
}

/// A refusal as it is written.
pub(crate) fn refusal(mut message: Value) -> Value {
    if fault!(RESULT_BESIDE_ERROR) {
        message["result"] = Value::Null;
    }
    if fault!(ERROR_CODE_QUOTED) {
        message["error"]["code"] = json!(message["error"]["code"].to_string());
    }
    message
}

/// Any message as it is written, `None` if it is not.
pub(crate) fn written(mut message: Value) -> Option<Value> {
    if fault!(VERSION_MEMBER_SENT) {
        message["jsonrpc"] = json!("2.0");
    }
    let lost = fault!(BIG_NOTIFICATIONS_LOST)
        && message.get("id").is_none()
        && message.to_string().len() > 64 << 10;
    (!lost).then_some(message)
}

//! What the client says, bent on its way to the server.

use serde_json::{Value, json};

use crate::bend::{Bend, each};
use crate::fault::{fault, faults};
use crate::line::{Kind, Line, line_of};
use crate::steps::{Side, Steps};

faults! {
    fault!(
        CLIENT_REQUESTS_DROPPED,
        "Every third request of the client does not reach the server.",
        || {
            let mut seen = 0;
            requests(move |line, steps| {
                seen += 1;
                if seen % 3 != 0 {
                    steps.subject(&line.bytes);
                }
            })
        },
    ),
    fault!(
        CLIENT_REQUESTS_INTERCEPTED,
        "Every request of the client but the first gets an empty result and does not reach the server.",
        || {
            requests(|line, steps| {
                steps.client(line_of(&json!({ "id": line.value["id"], "result": {} })));
            })
        },
    ),
    fault!(
        CLIENT_REQUESTS_DUPLICATED,
        "Every request of the client but the first reaches the server twice.",
        || requests(|line, steps| {
            steps.subject(&line.bytes);
            steps.subject(&line.bytes);
        }),
    ),
    fault!(
        CLIENT_REQUESTS_SWAPPED,
        "Every second request of the client reaches the server under the id of the one before.",
        || {
            let mut last: Option<Value> = None;
            requests(move |line, steps| match last.take() {
                Some(id) => steps.subject(line.edited(|call| call["id"] = id)),
                None => {
                    last = Some(line.value["id"].clone());
                    steps.subject(&line.bytes);
                }
            })
        },
    ),
    fault!(
        CLIENT_TEXTS_AS_NUMBERS,
        "Every text in the parameters of the client's requests is a number.",
        || requests(|line, steps| {
            steps.subject(line.edited(|call| numbers(&mut call["params"])));
        }),
    ),
    fault!(
        CLIENT_PARAMS_MISSING,
        "The parameters of the client's requests do not reach the server.",
        || requests(|line, steps| {
            steps.subject(line.edited(|call| {
                if let Some(members) = call.as_object_mut() {
                    members.shift_remove("params");
                }
            }));
        }),
    ),
    fault!(
        CLIENT_LINES_CUT,
        "Of every request of the client but the first only one half reaches the server.",
        || requests(|line, steps| {
            steps.subject([&line.text()[..line.text().len() / 2], b"\n"].concat());
        }),
    ),
    fault!(
        CLIENT_NOTIFICATIONS_AS_REQUESTS,
        "The client's notifications reach the server with an id.",
        || each(Side::Client, Kind::Notification, 0, |line, steps| {
            steps.subject(line.edited(|call| call["id"] = json!("a notification")));
        }),
    ),
    fault!(
        EXTRA_INITIALIZE,
        "The client's first request reaches the server once more, with an id of its own.",
        || Box::<Again>::default(),
    ),
}

/// Does something to each request of the client but the first, which is the greeting.
fn requests(bend: impl FnMut(&Line, &mut Steps) + Send + 'static) -> Box<dyn Bend> {
    each(Side::Client, Kind::Request, 1, bend)
}

/// Makes a number of every text.
fn numbers(value: &mut Value) {
    match value {
        Value::String(_) => *value = json!(5),
        Value::Array(items) => items.iter_mut().for_each(numbers),
        Value::Object(members) => members.values_mut().for_each(numbers),
        _ => {}
    }
}

/// The first request, kept until the second one has come.
#[derive(Default)]
struct Again {
    first: Option<Vec<u8>>,
    done: bool,
}

impl Bend for Again {
    fn line(&mut self, from: Side, line: &Line, steps: &mut Steps) {
        steps.send(from.other(), &line.bytes);
        if from == Side::Client && line.is(Kind::Request) && !self.done {
            match self.first.take() {
                None => self.first = Some(line.edited(|call| call["id"] = json!("once more"))),
                Some(first) => {
                    steps.subject(first);
                    self.done = true;
                }
            }
        }
    }
}

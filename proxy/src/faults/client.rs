//! What the client says, bent on its way to the server.

use serde_json::{Value, json};

use crate::bend::{Bend, each};
use crate::fault::{Fault, fault};
use crate::line::{Kind, Line};
use crate::steps::{Side, Steps};

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "client-requests-dropped",
        "Every third request of the client does not reach the server.",
        ["wire::pipelined_requests_are_all_answered"],
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
        "client-requests-duplicated",
        "Every request of the client but the first reaches the server twice.",
        ["conversation::one_answer_for_each_request"],
        || requests(|line, steps| {
            steps.subject(&line.bytes);
            steps.subject(&line.bytes);
        }),
    ),
    fault!(
        "client-requests-swapped",
        "Every second request of the client reaches the server under the id of the one before.",
        ["conversation::one_answer_for_each_request"],
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
        "client-texts-as-numbers",
        "Every text in the parameters of the client's requests is a number.",
        ["turn::begins_speaks_and_ends_in_this_order"],
        || requests(|line, steps| {
            steps.subject(line.edited(|call| numbers(&mut call["params"])));
        }),
    ),
    fault!(
        "client-params-missing",
        "The parameters of the client's requests do not reach the server.",
        ["turn::begins_speaks_and_ends_in_this_order"],
        || requests(|line, steps| {
            steps.subject(line.edited(|call| {
                if let Some(members) = call.as_object_mut() {
                    members.shift_remove("params");
                }
            }));
        }),
    ),
    fault!(
        "client-lines-cut",
        "Of every request of the client but the first only one half reaches the server.",
        ["wire::long_requests_are_read", "wire::several_messages_may_arrive_at_once"],
        || requests(|line, steps| {
            steps.subject([&line.text()[..line.text().len() / 2], b"\n"].concat());
        }),
    ),
    fault!(
        "client-notifications-as-requests",
        "The client's notifications reach the server with an id.",
        ["wire::notifications_are_not_answered", "conversation::answers_follow_their_request"],
        || each(Side::Client, Kind::Notification, 0, |line, steps| {
            steps.subject(line.edited(|call| call["id"] = json!("a notification")));
        }),
    ),
    fault!(
        "extra-initialize",
        "The client's first request reaches the server once more, with an id of its own.",
        ["conversation::answers_follow_their_request"],
        || Box::<Again>::default(),
    ),
];

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

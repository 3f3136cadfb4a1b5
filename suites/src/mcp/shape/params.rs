//! The parameters of what a server sends by itself: its requests and its notifications.

use harness::Revision;

use super::content::SAMPLING_MESSAGE;
use super::{Is, Member, Shape, TASK, TOOL, may, must};

/// A method of a request or notification of servers.
#[derive(Clone, Copy, Debug)]
pub struct Sendable {
    /// Its name.
    pub method: &'static str,
    /// Whether it is a request.
    pub is_request: bool,
    /// The first revision that has it.
    pub since: Revision,
    /// The last one.
    pub until: Revision,
    /// Its parameters.
    pub params: &'static Shape,
}

const FIRST: Revision = Revision::R20241105;
const LAST: Revision = Revision::R20260728;
const LEGACY: Revision = Revision::NEWEST_LEGACY;
const TASKS: Revision = Revision::R20251125;

const META: Member = may("_meta", Is::Object);
const NOTHING: Shape = Shape(&[META]);

const CANCELLED: Shape = Shape(&[
    must("requestId", Is::Id).until(Revision::R20250618),
    may("requestId", Is::Id).since(TASKS).until(TASKS),
    must("requestId", Is::Id).since(LAST),
    may("reason", Is::Text),
    META,
]);

const PROGRESS: Shape = Shape(&[
    must("progressToken", Is::Id),
    must("progress", Is::Number),
    may("total", Is::Number),
    may("message", Is::Text).since(Revision::R20250326),
    META,
]);

/// The levels of the log, from the least to the most severe.
pub const LEVELS: [&str; 8] =
    ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

const LOGGED: Shape = Shape(&[
    must("level", Is::Word(&LEVELS)),
    must("data", Is::Any),
    may("logger", Is::Text),
    META,
]);

const UPDATED: Shape = Shape(&[must("uri", Is::Text), META]);
const ELICITED: Shape = Shape(&[must("elicitationId", Is::Text), META]);
const ACKNOWLEDGED: Shape = Shape(&[must("notifications", Is::A(&FILTER)), META]);
const FILTER: Shape = Shape(&[
    may("toolsListChanged", Is::Flag),
    may("promptsListChanged", Is::Flag),
    may("resourcesListChanged", Is::Flag),
    may("resourceSubscriptions", Is::List(&Is::Text)),
]);

const SAMPLING: Shape = Shape(&[
    must("messages", Is::List(&Is::A(&SAMPLING_MESSAGE))),
    must("maxTokens", Is::Whole),
    may("modelPreferences", Is::A(&PREFERENCES)),
    may("systemPrompt", Is::Text),
    may("includeContext", Is::Word(&["none", "thisServer", "allServers"])),
    may("temperature", Is::Number),
    may("stopSequences", Is::List(&Is::Text)),
    may("metadata", Is::Object),
    may("tools", Is::List(&Is::A(&TOOL))).since(TASKS),
    may("toolChoice", Is::A(&CHOICE)).since(TASKS),
    META,
]);

const PREFERENCES: Shape = Shape(&[
    may("hints", Is::List(&Is::A(&Shape(&[may("name", Is::Text)])))),
    may("costPriority", Is::Fraction),
    may("speedPriority", Is::Fraction),
    may("intelligencePriority", Is::Fraction),
]);

const CHOICE: Shape = Shape(&[may("mode", Is::Word(&["auto", "required", "none"]))]);

const ASKED: Is = Is::A(&Shape(&[
    must("type", Is::Word(&["object"])),
    must("properties", Is::Map(&Is::Object)),
    may("required", Is::List(&Is::Text)),
]));

// A form, unless `mode` says otherwise: the members of the other mode are judged by the chapter on
// elicitation.
const ELICITATION: Shape = Shape(&[
    must("message", Is::Text),
    may("mode", Is::Word(&["form", "url"])).since(TASKS),
    must("requestedSchema", ASKED).until(Revision::R20250618),
    may("requestedSchema", ASKED).since(TASKS),
    may("url", Is::Text).since(TASKS),
    may("elicitationId", Is::Text).since(TASKS),
    META,
]);

const OF_TASK: Shape = Shape(&[must("taskId", Is::Text), META]);

const fn request(
    method: &'static str,
    since: Revision,
    until: Revision,
    params: &'static Shape,
) -> Sendable {
    Sendable { method, is_request: true, since, until, params }
}

const fn notification(
    method: &'static str,
    since: Revision,
    until: Revision,
    params: &'static Shape,
) -> Sendable {
    Sendable { method, is_request: false, since, until, params }
}

/// Everything that a server may send by itself.
const SENDABLE: &[Sendable] = &[
    request("ping", FIRST, LEGACY, &NOTHING),
    request("roots/list", FIRST, LEGACY, &NOTHING),
    request("sampling/createMessage", FIRST, LEGACY, &SAMPLING),
    request("elicitation/create", Revision::R20250618, LEGACY, &ELICITATION),
    request("tasks/get", TASKS, TASKS, &OF_TASK),
    request("tasks/result", TASKS, TASKS, &OF_TASK),
    request("tasks/cancel", TASKS, TASKS, &OF_TASK),
    request("tasks/list", TASKS, TASKS, &NOTHING),
    notification("notifications/cancelled", FIRST, LAST, &CANCELLED),
    notification("notifications/progress", FIRST, LAST, &PROGRESS),
    notification("notifications/message", FIRST, LAST, &LOGGED),
    notification("notifications/tools/list_changed", FIRST, LAST, &NOTHING),
    notification("notifications/prompts/list_changed", FIRST, LAST, &NOTHING),
    notification("notifications/resources/list_changed", FIRST, LAST, &NOTHING),
    notification("notifications/resources/updated", FIRST, LAST, &UPDATED),
    notification("notifications/tasks/status", TASKS, TASKS, &TASK),
    notification("notifications/elicitation/complete", TASKS, TASKS, &ELICITED),
    notification("notifications/subscriptions/acknowledged", LAST, LAST, &ACKNOWLEDGED),
];

/// What a server may send by itself under this method, in any revision.
pub fn sendable(method: &str) -> Option<&'static Sendable> {
    SENDABLE.iter().find(|sendable| sendable.method == method)
}

/// The parameters of what a server sends by itself; none if the revision has no such method.
pub fn of_params(revision: Revision, method: &str) -> Option<&'static Shape> {
    let sendable = sendable(method)?;
    (sendable.since..=sendable.until).contains(&revision).then_some(sendable.params)
}

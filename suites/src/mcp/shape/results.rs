//! The results of requests, by method.

use harness::Revision;

use super::content::{CONTENTS, PROMPT_MESSAGE};
use super::entries::{CAPABILITIES, IDENTITY};
use super::{BLOCK, Is, Member, PROMPT, RESOURCE, Shape, TASK, TEMPLATE, TOOL, may, must};

/// `_meta` of a result.
const META: Member = may("_meta", Is::Object);
/// Where the next page of a list begins.
const NEXT: Member = may("nextCursor", Is::Text);
// That these three are there is the matter of checks of their own.
const KIND: Member = may("resultType", Is::Text).since(Revision::R20260728);
const KEPT: Member = may("ttlMs", Is::Whole).since(Revision::R20260728);
const SCOPE: Member =
    may("cacheScope", Is::Word(&["public", "private"])).since(Revision::R20260728);

const NOTHING: Shape = Shape(&[META, KIND]);

const INITIALIZED: Shape = Shape(&[
    must("protocolVersion", Is::Text),
    must("capabilities", Is::A(&CAPABILITIES)),
    must("serverInfo", Is::A(&IDENTITY)),
    may("instructions", Is::Text),
    META,
]);

const DISCOVERED: Shape = Shape(&[
    must("supportedVersions", Is::List(&Is::Text)),
    must("capabilities", Is::A(&CAPABILITIES)),
    may("instructions", Is::Text),
    META,
    KIND,
    KEPT,
    SCOPE,
]);

const TOOLS: Shape =
    Shape(&[must("tools", Is::List(&Is::A(&TOOL))), NEXT, META, KIND, KEPT, SCOPE]);

const CALLED: Shape = Shape(&[
    must("content", Is::List(&BLOCK)),
    may("structuredContent", Is::Object).since(Revision::R20250618).until(Revision::R20251125),
    may("isError", Is::Flag),
    META,
    KIND,
]);

const RESOURCES: Shape =
    Shape(&[must("resources", Is::List(&Is::A(&RESOURCE))), NEXT, META, KIND, KEPT, SCOPE]);

const TEMPLATES: Shape =
    Shape(&[must("resourceTemplates", Is::List(&Is::A(&TEMPLATE))), NEXT, META, KIND, KEPT, SCOPE]);

const READ: Shape = Shape(&[must("contents", Is::List(&CONTENTS)), META, KIND, KEPT, SCOPE]);

const PROMPTS: Shape =
    Shape(&[must("prompts", Is::List(&Is::A(&PROMPT))), NEXT, META, KIND, KEPT, SCOPE]);

const GOT: Shape = Shape(&[
    must("messages", Is::List(&Is::A(&PROMPT_MESSAGE))),
    may("description", Is::Text),
    META,
    KIND,
]);

const COMPLETED: Shape = Shape(&[must("completion", Is::A(&COMPLETION)), META, KIND]);

const COMPLETION: Shape = Shape(&[
    must("values", Is::List(&Is::Text)),
    may("total", Is::Whole),
    may("hasMore", Is::Flag),
]);

const TASKS: Shape = Shape(&[must("tasks", Is::List(&Is::A(&TASK))), NEXT, META]);

/// The result of a request that became a task.
pub(super) const TASK_CREATED: Shape = Shape(&[must("task", Is::A(&TASK)), META]);

/// A result that asks the client for something first.
pub(super) const INPUT_REQUIRED: Shape = Shape(&[
    may("inputRequests", Is::Map(&Is::A(&INPUT_REQUEST))),
    may("requestState", Is::Text),
    META,
]);

const INPUT_REQUEST: Shape = Shape(&[must("method", Is::Text), may("params", Is::Object)]);

/// A result of a kind that an extension brings.
pub(super) const OTHER: Shape = Shape(&[META]);

/// The members of the result of a request of the client; none if the method is unknown.
pub fn of_result(revision: Revision, method: &str) -> Option<&'static Shape> {
    let tasks = revision == Revision::R20251125;
    Some(match method {
        "initialize" => &INITIALIZED,
        "server/discover" => &DISCOVERED,
        "ping" | "logging/setLevel" | "resources/subscribe" | "resources/unsubscribe" => &NOTHING,
        "tools/list" => &TOOLS,
        "tools/call" => &CALLED,
        "resources/list" => &RESOURCES,
        "resources/templates/list" => &TEMPLATES,
        "resources/read" => &READ,
        "prompts/list" => &PROMPTS,
        "prompts/get" => &GOT,
        "completion/complete" => &COMPLETED,
        "tasks/get" | "tasks/cancel" if tasks => &TASK,
        "tasks/list" if tasks => &TASKS,
        "tasks/result" if tasks => &NOTHING,
        _ => return None,
    })
}

//! What lists have: tools, resources, templates, prompts, tasks; and who the server is.

use harness::Revision;

use super::content::{ANNOTATIONS, ICONS, META, TITLE};
use super::{Is, Shape, may, must};

/// A JSON Schema of an object.
const OBJECT_SCHEMA: Shape = Shape(&[
    must("type", Is::Word(&["object"])),
    may("properties", Is::Object),
    may("required", Is::List(&Is::Text)),
    may("$schema", Is::Text),
]);

/// A tool.
pub const TOOL: Shape = Shape(&[
    must("name", Is::Text),
    TITLE,
    may("description", Is::Text),
    must("inputSchema", Is::A(&OBJECT_SCHEMA)),
    may("outputSchema", Is::A(&OBJECT_SCHEMA))
        .since(Revision::R20250618)
        .until(Revision::R20251125),
    may("outputSchema", Is::Object).since(Revision::R20260728),
    may("annotations", Is::A(&TOOL_HINTS)).since(Revision::R20250326),
    may("execution", Is::A(&EXECUTION)).since(Revision::R20251125).until(Revision::R20251125),
    ICONS,
    META,
]);

const TOOL_HINTS: Shape = Shape(&[
    may("title", Is::Text),
    may("readOnlyHint", Is::Flag),
    may("destructiveHint", Is::Flag),
    may("idempotentHint", Is::Flag),
    may("openWorldHint", Is::Flag),
]);

const EXECUTION: Shape =
    Shape(&[may("taskSupport", Is::Word(&["forbidden", "optional", "required"]))]);

/// A resource.
pub const RESOURCE: Shape = Shape(&[
    must("uri", Is::Text),
    must("name", Is::Text),
    TITLE,
    may("description", Is::Text),
    may("mimeType", Is::Text),
    may("size", Is::Whole),
    ANNOTATIONS,
    ICONS,
    META,
]);

/// A template of resources.
pub const TEMPLATE: Shape = Shape(&[
    must("uriTemplate", Is::Text),
    must("name", Is::Text),
    TITLE,
    may("description", Is::Text),
    may("mimeType", Is::Text),
    ANNOTATIONS,
    ICONS,
    META,
]);

/// A prompt.
pub const PROMPT: Shape = Shape(&[
    must("name", Is::Text),
    TITLE,
    may("description", Is::Text),
    may("arguments", Is::List(&Is::A(&ARGUMENT))),
    ICONS,
    META,
]);

const ARGUMENT: Shape = Shape(&[
    must("name", Is::Text),
    TITLE,
    may("description", Is::Text),
    may("required", Is::Flag),
]);

/// A task of 2025-11-25.
pub const TASK: Shape = Shape(&[
    must("taskId", Is::Text),
    must("status", Is::Word(&["working", "input_required", "completed", "failed", "cancelled"])),
    may("statusMessage", Is::Text),
    must("createdAt", Is::Text),
    must("lastUpdatedAt", Is::Text),
    must("ttl", Is::OrNull(&Is::Number)),
    may("pollInterval", Is::Number),
]);

/// Who the server is.
pub(super) const IDENTITY: Shape = Shape(&[
    must("name", Is::Text),
    must("version", Is::Text),
    TITLE,
    may("description", Is::Text).since(Revision::R20251125),
    may("websiteUrl", Is::Text).since(Revision::R20251125),
    ICONS,
]);

/// What the server declares.
pub(super) const CAPABILITIES: Shape = Shape(&[
    may("experimental", Is::Map(&Is::Object)),
    may("logging", Is::Object),
    may("completions", Is::Object).since(Revision::R20250326),
    may("prompts", Is::A(&CHANGING)),
    may("resources", Is::A(&CHANGING)),
    may("tools", Is::A(&CHANGING)),
    may("tasks", Is::A(&TASKS)).since(Revision::R20251125).until(Revision::R20251125),
    may("extensions", Is::Map(&Is::Object)).since(Revision::R20260728),
]);

const CHANGING: Shape = Shape(&[may("listChanged", Is::Flag), may("subscribe", Is::Flag)]);

const TASKS: Shape = Shape(&[
    may("list", Is::Object),
    may("cancel", Is::Object),
    may("requests", Is::Map(&Is::Object)),
]);

//! What clients keep with the server: projects, attachments, counts, samples of threads.

use crate::members::shape::Shape::{Flag, List, Object, Text, Whole};
use crate::members::shape::{Member, OBJECT, Row, Shape, has, may, row};

const PROJECT: Shape = Object(&[
    has("createdAt", Whole),
    has("id", Text),
    has("metadata", OBJECT),
    has("name", Text),
    has("roots", List(&OBJECT)),
    has("updatedAt", Whole),
    may("recencyAt", Whole),
]);

const ATTACHMENT: Shape = Object(&[
    has("attachmentType", Text),
    has("createdAt", Whole),
    has("id", Text),
    has("identityKey", Text),
]);

const OWNER: Shape = Object(&[has("archived", Flag), has("threadId", Text)]);

const GAUGE: Shape = Object(&[has("name", Text), has("value", Whole)]);

const ITEM: Shape = Object(&[has("item", OBJECT), has("turnId", Text)]);

const ENTRY: Shape = Object(&[has("position", Whole), has("type", Text)]);

const COUNT: &[Member] = &[has("count", Whole), has("paused", Flag)];

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[
    row("app/installed", &[has("apps", List(&OBJECT))]).since("0.147"),
    row("app/read", &[has("apps", List(&OBJECT)), has("missingAppIds", List(&Text))])
        .since("0.147"),
    row("experimentalFeature/enablement/set", &[has("enablement", OBJECT)]).since("0.120"),
    row("modelProvider/capabilities/read", &[has("imageGeneration", Flag), has("webSearch", Flag)])
        .since("0.147"),
    row(
        "modelProvider/default/set",
        &[has("filePath", Text), has("status", Text), has("version", Text)],
    )
    .since("0.171"),
    row("project/create", &[has("project", PROJECT)]).since("0.169"),
    row("project/delete", &[]).since("0.169"),
    row("project/import", &[has("project", PROJECT)]).since("0.169"),
    row("project/list", &[has("data", List(&PROJECT)), may("nextCursor", Text)]).since("0.169"),
    row("project/move", &[]).since("0.169"),
    row("project/read", &[has("project", PROJECT)]).since("0.169"),
    row("project/update", &[has("project", PROJECT)]).since("0.169"),
    row("rollout/compress", &[]).since("0.169"),
    row(
        "server/diagnostics",
        &[has("gauges", List(&GAUGE)), has("process", Object(&[has("id", Whole)]))],
    )
    .since("0.169"),
    row("thread/attachment/add", &[has("attachment", ATTACHMENT), has("outcome", Text)])
        .since("0.169"),
    row("thread/attachment/list", &[has("data", List(&ATTACHMENT)), may("nextCursor", Text)])
        .since("0.169"),
    row("thread/attachment/remove", &[]).since("0.169"),
    row("thread/attachmentOwner/list", &[has("data", List(&OWNER)), may("nextCursor", Text)])
        .since("0.169"),
    row("thread/decrement_elicitation", COUNT).since("0.120"),
    row("thread/increment_elicitation", COUNT).since("0.120"),
    row("thread/items/read", &[has("data", List(&ITEM))]).since("0.169"),
    row("thread/memory/read", &[may("summary", Text)]).since("0.169"),
    row("thread/memoryMode/set", &[]).since("0.147"),
    row("thread/readState/update", &[has("readState", Object(&[has("revision", Text)]))])
        .since("0.169"),
    row("thread/sample", &[has("responseId", Text), has("sourceTurnId", Text), may("text", Text)])
        .since("0.169"),
    row("thread/search/stream", &[has("data", List(&OBJECT)), may("nextCursor", Text)])
        .since("0.171"),
    row("thread/timeline/list", &[has("data", List(&ENTRY)), may("nextCursor", Text)])
        .since("0.169"),
];

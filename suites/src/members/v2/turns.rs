//! Turns and what is announced while one runs.

use super::items::{FILE_UPDATE_CHANGE, THREAD_ITEM, TURN, TURN_ERROR};
use crate::members::shape::Shape::{Either, Flag, List, Object, Text, Whole};
use crate::members::shape::{OBJECT, Row, Shape, has, may, row};

const TURN_PLAN_STEP: Shape = Object(&[has("status", Text), has("step", Text)]);

const HOOK_RUN_SUMMARY: Shape = Object(&[
    has("id", Text),
    has("displayOrder", Whole),
    has("entries", List(&OBJECT)),
    has("eventName", Text),
    has("executionMode", Text),
    has("handlerType", Text),
    has("scope", Text),
    has("sourcePath", Text),
    has("startedAt", Whole),
    has("status", Text),
    may("completedAt", Whole),
    may("durationMs", Whole),
    may("statusMessage", Text),
]);

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[
    row("turn/start", &[has("turn", TURN)]),
    row("turn/steer", &[has("turnId", Text)]).since("0.101"),
    row("turn/interrupt", &[]),
    row("review/start", &[has("reviewThreadId", Text), has("turn", TURN)]).since("0.66"),
];

/// Parameters of notifications, by method.
pub(super) const NOTIFICATIONS: &[Row] = &[
    row("turn/started", &[has("threadId", Text).since("0.66"), has("turn", TURN)]),
    row("turn/completed", &[has("threadId", Text).since("0.66"), has("turn", TURN)]),
    row("turn/diff/updated", &[has("threadId", Text), has("turnId", Text), has("diff", Text)])
        .since("0.66"),
    row(
        "turn/plan/updated",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("plan", List(&TURN_PLAN_STEP)),
            may("explanation", Text),
        ],
    )
    .since("0.66"),
    row(
        "error",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("error", TURN_ERROR),
            has("willRetry", Flag),
        ],
    )
    .since("0.66"),
    row("warning", &[has("message", Text), may("threadId", Text)]).since("0.147"),
    row(
        "item/started",
        &[
            has("threadId", Text).since("0.66"),
            has("turnId", Text).since("0.66"),
            has("item", THREAD_ITEM),
            has("startedAtMs", Whole).since("0.147"),
        ],
    ),
    row(
        "item/completed",
        &[
            has("threadId", Text).since("0.66"),
            has("turnId", Text).since("0.66"),
            has("completedAtMs", Whole).since("0.147"),
            has("item", THREAD_ITEM),
        ],
    ),
    row(
        "item/agentMessage/delta",
        &[
            has("threadId", Text).since("0.66"),
            has("turnId", Text).since("0.66"),
            has("itemId", Text),
            has("delta", Text),
        ],
    ),
    row(
        "item/plan/delta",
        &[has("threadId", Text), has("turnId", Text), has("itemId", Text), has("delta", Text)],
    )
    .since("0.98"),
    row(
        "item/commandExecution/outputDelta",
        &[
            has("threadId", Text).since("0.66"),
            has("turnId", Text).since("0.66"),
            has("itemId", Text),
            has("delta", Text),
        ],
    ),
    row(
        "item/commandExecution/terminalInteraction",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("itemId", Text),
            has("processId", Text),
            has("stdin", Text),
        ],
    )
    .since("0.90"),
    row(
        "item/fileChange/outputDelta",
        &[has("threadId", Text), has("turnId", Text), has("itemId", Text), has("delta", Text)],
    )
    .since("0.66"),
    row(
        "item/fileChange/patchUpdated",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("itemId", Text),
            has("changes", List(&FILE_UPDATE_CHANGE)),
        ],
    )
    .since("0.147"),
    row(
        "item/reasoning/summaryPartAdded",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("itemId", Text),
            has("summaryIndex", Whole),
        ],
    )
    .since("0.66"),
    row(
        "item/reasoning/summaryTextDelta",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("itemId", Text),
            has("delta", Text),
            has("summaryIndex", Whole),
        ],
    )
    .since("0.66"),
    row(
        "item/reasoning/textDelta",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("itemId", Text),
            has("contentIndex", Whole),
            has("delta", Text),
        ],
    )
    .since("0.66"),
    row(
        "item/mcpToolCall/progress",
        &[
            has("threadId", Text).since("0.66"),
            has("turnId", Text).since("0.66"),
            has("itemId", Text),
            has("message", Text),
        ],
    ),
    row(
        "serverRequest/resolved",
        &[has("threadId", Text), has("requestId", Either(&[Text, Whole]))],
    )
    .since("0.107"),
    row(
        "rawResponseItem/completed",
        &[has("threadId", Text), has("turnId", Text), has("item", OBJECT)],
    )
    .since("0.90"),
    row(
        "hook/started",
        &[has("threadId", Text), has("run", HOOK_RUN_SUMMARY), may("turnId", Text)],
    )
    .since("0.120"),
    row(
        "hook/completed",
        &[has("threadId", Text), has("run", HOOK_RUN_SUMMARY), may("turnId", Text)],
    )
    .since("0.120"),
    row(
        "model/rerouted",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("fromModel", Text),
            has("reason", Text),
            has("toModel", Text),
        ],
    )
    .since("0.107"),
];

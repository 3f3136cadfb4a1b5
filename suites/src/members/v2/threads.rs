//! Threads: loaded, listed, archived, forked; goals and background terminals.

use super::items::{THREAD_ITEM, TURN};
use crate::members::shape::Shape::{Either, Flag, List, Number, Object, Tagged, Text, Whole};
use crate::members::shape::{OBJECT, Row, Shape, case, has, may, row};

const THREAD_STATUS: Shape = Tagged(
    "type",
    &[
        case("notLoaded", &[]),
        case("idle", &[]),
        case("systemError", &[]),
        case("active", &[has("activeFlags", List(&Text))]),
    ],
);

const GIT_INFO: Shape = Object(&[may("branch", Text), may("originUrl", Text), may("sha", Text)]);

const THREAD: Shape = Object(&[
    has("id", Text),
    has("cliVersion", Text).since("0.66"),
    has("createdAt", Whole),
    has("cwd", Text).since("0.66"),
    has("ephemeral", Flag).since("0.107"),
    has("modelProvider", Text),
    has("preview", Text),
    has("sessionId", Text).since("0.147"),
    has("source", Either(&[OBJECT, Text])).since("0.90"),
    has("status", THREAD_STATUS).since("0.107"),
    has("turns", List(&TURN)).since("0.66"),
    has("updatedAt", Whole).since("0.90"),
    may("agentNickname", Text).since("0.107"),
    may("agentRole", Text).since("0.107"),
    may("forkedFromId", Text).since("0.120"),
    may("gitInfo", GIT_INFO).since("0.66"),
    may("name", Text).since("0.107"),
    may("path", Text),
]);

const THREAD_ITEM_ENTRY: Shape = Object(&[has("turnId", Text), has("item", THREAD_ITEM)]);

const THREAD_GOAL: Shape = Object(&[
    has("threadId", Text),
    has("createdAt", Whole),
    has("objective", Text),
    has("status", Text),
    has("timeUsedSeconds", Whole),
    has("tokensUsed", Whole),
    has("updatedAt", Whole),
    may("tokenBudget", Whole),
]);

/// A message that waits in the queue of a thread.
const QUEUED: Shape = Object(&[has("id", Text), has("input", List(&OBJECT))]);

/// A thread that a search found.
const FOUND: Shape = Object(&[has("thread", THREAD), has("snippet", Text)]);

/// A place in a thread that a search found.
const OCCURRENCE: Shape = Object(&[has("turnId", Text), has("itemId", Text), has("snippet", Text)]);

const THREAD_BACKGROUND_TERMINAL: Shape = Object(&[
    has("itemId", Text),
    has("command", Text),
    has("cwd", Text),
    has("processId", Text),
    may("cpuPercent", Number),
    may("osPid", Whole),
    may("rssKb", Whole),
]);

const TOKEN_USAGE_BREAKDOWN: Shape = Object(&[
    has("cachedInputTokens", Whole),
    has("inputTokens", Whole),
    has("outputTokens", Whole),
    has("reasoningOutputTokens", Whole),
    has("totalTokens", Whole),
]);

const THREAD_TOKEN_USAGE: Shape = Object(&[
    has("last", TOKEN_USAGE_BREAKDOWN),
    has("total", TOKEN_USAGE_BREAKDOWN),
    may("modelContextWindow", Whole),
]);

const THREAD_UNREAD_POSITION: Shape =
    Tagged("type", &[case("threadStart", &[]), case("turn", &[has("turnId", Text)])]);

const THREAD_READ_STATE: Shape =
    Object(&[has("revision", Text), may("firstUnread", THREAD_UNREAD_POSITION)]);

const THREAD_SETTINGS: Shape = Object(&[
    has("approvalPolicy", Either(&[OBJECT, Text])),
    has("approvalsReviewer", Text),
    has("collaborationMode", OBJECT),
    has("cwd", Text),
    has("model", Text),
    has("modelProvider", Text),
    has("sandboxPolicy", OBJECT),
    may("activePermissionProfile", OBJECT),
    may("effort", Text),
    may("personality", Text),
    may("serviceTier", Text),
    may("summary", Text),
]);

const THREAD_SECTION: Shape =
    Object(&[has("id", Text), has("name", Text), may("appearance", OBJECT)]);

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[
    row(
        "thread/start",
        &[
            has("approvalPolicy", Either(&[OBJECT, Text])).since("0.107"),
            has("approvalsReviewer", Text).since("0.120"),
            has("cwd", Text).since("0.66"),
            has("model", Text).since("0.66"),
            has("modelProvider", Text).since("0.66"),
            has("sandbox", OBJECT).since("0.66"),
            has("thread", THREAD),
            may("reasoningEffort", Text).since("0.66"),
            may("serviceTier", Text).since("0.120"),
        ],
    ),
    row(
        "thread/resume",
        &[
            has("approvalPolicy", Either(&[OBJECT, Text])).since("0.107"),
            has("approvalsReviewer", Text).since("0.120"),
            has("cwd", Text).since("0.66"),
            has("model", Text).since("0.66"),
            has("modelProvider", Text).since("0.66"),
            has("sandbox", OBJECT).since("0.66"),
            has("thread", THREAD),
            may("reasoningEffort", Text).since("0.66"),
            may("serviceTier", Text).since("0.120"),
        ],
    ),
    row(
        "thread/fork",
        &[
            has("approvalPolicy", Either(&[OBJECT, Text])).since("0.107"),
            has("approvalsReviewer", Text).since("0.120"),
            has("cwd", Text),
            has("model", Text),
            has("modelProvider", Text),
            has("sandbox", OBJECT),
            has("thread", THREAD),
            may("reasoningEffort", Text),
            may("serviceTier", Text).since("0.120"),
        ],
    )
    .since("0.90"),
    row("thread/read", &[has("thread", THREAD)]).since("0.90"),
    row("thread/list", &[has("data", List(&THREAD)), may("nextCursor", Text)]),
    row("thread/loaded/list", &[has("data", List(&Text)), may("nextCursor", Text)]).since("0.90"),
    row("thread/archive", &[]),
    row("thread/unarchive", &[has("thread", THREAD)]).since("0.98"),
    row("thread/unsubscribe", &[has("status", Text)]).since("0.107"),
    row("thread/name/set", &[]).since("0.98"),
    row("thread/rollback", &[has("thread", THREAD)]).since("0.90"),
    row("thread/compact/start", &[]).since("0.98"),
    row("thread/shellCommand", &[]).since("0.120"),
    row("thread/section/move", &[]).since("0.147"),
    row("threadSection/list", &[has("data", List(&THREAD_SECTION)), may("nextCursor", Text)])
        .since("0.147"),
    row("threadSection/create", &[has("section", THREAD_SECTION)]).since("0.147"),
    row("threadSection/update", &[has("section", THREAD_SECTION)]).since("0.147"),
    row("threadSection/delete", &[]).since("0.147"),
    row("thread/delete", &[]).since("0.147"),
    row(
        "thread/revert",
        &[
            has("thread", THREAD),
            may("itemsBackwardsCursor", Text),
            may("turnsBackwardsCursor", Text),
        ],
    )
    .since("0.169"),
    row("thread/metadata/update", &[has("thread", THREAD)]).since("0.120"),
    row("thread/inject_items", &[]).since("0.147"),
    row(
        "thread/turns/list",
        &[has("data", List(&TURN)), may("backwardsCursor", Text), may("nextCursor", Text)],
    )
    .since("0.147"),
    row(
        "thread/items/list",
        &[
            has("data", List(&THREAD_ITEM_ENTRY)),
            may("backwardsCursor", Text),
            may("nextCursor", Text),
        ],
    )
    .since("0.147"),
    row("thread/goal/set", &[has("goal", THREAD_GOAL)]).since("0.147"),
    row("thread/goal/get", &[may("goal", THREAD_GOAL)]).since("0.147"),
    row("thread/goal/clear", &[has("cleared", Flag)]).since("0.147"),
    row("thread/queue/add", &[has("queuedSubmission", QUEUED)]).since("0.169"),
    row("thread/queue/list", &[has("data", List(&QUEUED)), may("nextCursor", Text)]).since("0.169"),
    row("thread/queue/update", &[has("queuedSubmission", QUEUED)]).since("0.169"),
    row("thread/queue/delete", &[has("deleted", Flag)]).since("0.169"),
    row("thread/queue/reorder", &[]).since("0.169"),
    row("thread/queue/start", &[has("turn", TURN)]).since("0.169"),
    row(
        "thread/search",
        &[has("data", List(&FOUND)), may("backwardsCursor", Text), may("nextCursor", Text)],
    )
    .since("0.147"),
    row("thread/searchOccurrences", &[has("data", List(&OCCURRENCE)), may("nextCursor", Text)])
        .since("0.169"),
    row("thread/settings/update", &[]).since("0.147"),
    row("thread/backgroundTerminals/clean", &[]).since("0.101"),
    row(
        "thread/backgroundTerminals/list",
        &[has("data", List(&THREAD_BACKGROUND_TERMINAL)), may("nextCursor", Text)],
    )
    .since("0.147"),
    row("thread/backgroundTerminals/terminate", &[has("terminated", Flag)]).since("0.147"),
];

/// Parameters of notifications, by method.
pub(super) const NOTIFICATIONS: &[Row] = &[
    row("thread/started", &[has("thread", THREAD)]),
    row("thread/archived", &[has("threadId", Text)]).since("0.107"),
    row("thread/unarchived", &[has("threadId", Text)]).since("0.107"),
    row("thread/closed", &[has("threadId", Text)]).since("0.107"),
    row("thread/deleted", &[has("threadId", Text)]).since("0.147"),
    row("thread/section/changed", &[has("threadId", Text), may("sectionId", Text)]).since("0.169"),
    row("thread/name/updated", &[has("threadId", Text), may("threadName", Text)]).since("0.98"),
    row("thread/status/changed", &[has("threadId", Text), has("status", THREAD_STATUS)])
        .since("0.107"),
    row(
        "thread/tokenUsage/updated",
        &[has("threadId", Text), has("turnId", Text), has("tokenUsage", THREAD_TOKEN_USAGE)],
    )
    .since("0.66"),
    row(
        "thread/goal/updated",
        &[has("threadId", Text), has("goal", THREAD_GOAL), may("turnId", Text)],
    )
    .since("0.147"),
    row("thread/goal/cleared", &[has("threadId", Text)]).since("0.147"),
    row("thread/readState/changed", &[has("threadId", Text), has("readState", THREAD_READ_STATE)])
        .since("0.169"),
    row(
        "thread/settings/updated",
        &[has("threadId", Text), has("threadSettings", THREAD_SETTINGS)],
    )
    .since("0.147"),
    row("thread/compacted", &[has("threadId", Text), has("turnId", Text)]).since("0.66"),
    row("thread/reverted", &[has("threadId", Text)]).since("0.169"),
    row("thread/queue/changed", &[has("threadId", Text)]).since("0.169"),
];

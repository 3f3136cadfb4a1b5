//! Conversations: created, resumed, listed, listened to.

use super::events::EVENT;
use crate::members::shape::Shape::{Either, List, Object, Text, Whole};
use crate::members::shape::{OBJECT, Row, Shape, has, may, row};

const CONVERSATION_GIT_INFO: Shape =
    Object(&[may("branch", Text), may("origin_url", Text), may("sha", Text)]);

const CONVERSATION_SUMMARY: Shape = Object(&[
    has("conversationId", Text),
    has("cliVersion", Text).since("0.58"),
    has("cwd", Text).since("0.58"),
    has("modelProvider", Text).since("0.58"),
    has("path", Text),
    has("preview", Text),
    has("source", Either(&[OBJECT, Text])).since("0.58"),
    may("gitInfo", CONVERSATION_GIT_INFO),
    may("timestamp", Text),
    may("updatedAt", Text).since("0.90"),
]);

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[
    row(
        "newConversation",
        &[
            has("conversationId", Text),
            has("model", Text),
            has("rolloutPath", Text),
            may("reasoningEffort", Text),
        ],
    ),
    row(
        "resumeConversation",
        &[
            has("conversationId", Text),
            has("model", Text),
            has("rolloutPath", Text).since("0.58"),
            may("initialMessages", List(&EVENT)),
        ],
    ),
    row(
        "forkConversation",
        &[
            has("conversationId", Text),
            has("model", Text),
            has("rolloutPath", Text),
            may("initialMessages", List(&EVENT)),
        ],
    )
    .since("0.90"),
    row("listConversations", &[has("items", List(&CONVERSATION_SUMMARY)), may("nextCursor", Text)]),
    row("archiveConversation", &[]),
    row("getConversationSummary", &[has("summary", CONVERSATION_SUMMARY)]),
    row("addConversationListener", &[has("subscriptionId", Text)]),
    row("removeConversationListener", &[]),
    row("sendUserMessage", &[]),
    row("sendUserTurn", &[]),
    row("interruptConversation", &[has("abortReason", Text)]),
];

/// Parameters of notifications, by method.
pub(super) const NOTIFICATIONS: &[Row] = &[row(
    "sessionConfigured",
    &[
        has("historyEntryCount", Whole),
        has("historyLogId", Whole),
        has("model", Text),
        has("rolloutPath", Text),
        has("sessionId", Text),
        may("initialMessages", List(&EVENT)),
        may("reasoningEffort", Text),
    ],
)];

//! Requests of the server to the client.

use super::items::COMMAND_ACTION;
use crate::members::shape::Shape::{Any, Flag, List, Object, Text, Whole};
use crate::members::shape::{OBJECT, Row, Shape, has, may, row};

const NETWORK_POLICY_AMENDMENT: Shape = Object(&[has("action", Text), has("host", Text)]);

const TOOL_REQUEST_USER_INPUT_OPTION: Shape =
    Object(&[has("description", Text), has("label", Text)]);

const TOOL_REQUEST_USER_INPUT_QUESTION: Shape = Object(&[
    has("id", Text),
    has("header", Text),
    has("question", Text),
    may("isOther", Flag).since("0.98"),
    may("isSecret", Flag).since("0.98"),
    may("options", List(&TOOL_REQUEST_USER_INPUT_OPTION)),
]);

/// Parameters of requests of the server, by method.
pub(super) const REQUESTS: &[Row] = &[
    row(
        "item/commandExecution/requestApproval",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("itemId", Text),
            has("startedAtMs", Whole).since("0.147"),
            may("approvalId", Text).since("0.107"),
            may("command", Text).since("0.90"),
            may("commandActions", List(&COMMAND_ACTION)).since("0.90"),
            may("cwd", Text).since("0.90"),
            may("networkApprovalContext", OBJECT).since("0.107"),
            may("proposedExecpolicyAmendment", List(&Text)),
            may("proposedNetworkPolicyAmendments", List(&NETWORK_POLICY_AMENDMENT)).since("0.107"),
            may("reason", Text),
        ],
    )
    .since("0.66"),
    row(
        "item/fileChange/requestApproval",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("itemId", Text),
            has("startedAtMs", Whole).since("0.147"),
            may("grantRoot", Text),
            may("reason", Text),
        ],
    )
    .since("0.66"),
    row(
        "item/permissions/requestApproval",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("itemId", Text),
            has("cwd", Text).since("0.147"),
            has("permissions", OBJECT),
            has("startedAtMs", Whole).since("0.147"),
            may("reason", Text),
        ],
    )
    .since("0.120"),
    row(
        "item/tool/requestUserInput",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("itemId", Text),
            has("isBlocking", Flag).since("0.147"),
            has("questions", List(&TOOL_REQUEST_USER_INPUT_QUESTION)),
        ],
    )
    .since("0.90"),
    row(
        "item/tool/call",
        &[
            has("threadId", Text),
            has("turnId", Text),
            has("callId", Text),
            has("arguments", Any),
            has("tool", Text),
        ],
    )
    .since("0.98"),
    row(
        "mcpServer/elicitation/request",
        &[has("threadId", Text), has("serverName", Text), may("turnId", Text)],
    )
    .since("0.120"),
    row(
        "account/chatgptAuthTokens/refresh",
        &[has("reason", Text), may("previousAccountId", Text)],
    )
    .since("0.98"),
];

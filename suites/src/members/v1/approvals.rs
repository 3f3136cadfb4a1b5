//! Requests of the server to the client.

use super::work::{FILE_CHANGE, PARSED_COMMAND};
use crate::members::shape::Shape::{List, Map, Text};
use crate::members::shape::{OBJECT, Row, has, may, row};

/// Parameters of requests of the server, by method.
pub(super) const REQUESTS: &[Row] = &[
    row(
        "execCommandApproval",
        &[
            has("conversationId", Text).since("0.47"),
            has("callId", Text).since("0.47"),
            has("command", List(&Text)),
            has("cwd", Text),
            has("parsedCmd", List(&PARSED_COMMAND)).since("0.47"),
            may("reason", Text),
        ],
    ),
    row(
        "applyPatchApproval",
        &[
            has("conversationId", Text).since("0.47"),
            has("callId", Text).since("0.47"),
            has("fileChanges", Map(&OBJECT)).since("0.47"),
            has("fileChanges", Map(&FILE_CHANGE)).since("0.66"),
            may("grantRoot", Text),
            may("reason", Text),
        ],
    ),
];

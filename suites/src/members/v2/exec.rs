//! Commands and processes outside of threads.

use crate::members::shape::Shape::{Flag, Text, Whole};
use crate::members::shape::{Row, has, row};

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[
    row("command/exec", &[has("exitCode", Whole), has("stderr", Text), has("stdout", Text)])
        .since("0.66"),
    row("command/exec/write", &[]).since("0.120"),
    row("command/exec/resize", &[]).since("0.120"),
    row("command/exec/terminate", &[]).since("0.120"),
    row("process/spawn", &[]).since("0.147"),
    row("process/kill", &[]).since("0.147"),
    row("process/writeStdin", &[]).since("0.147"),
    row("process/resizePty", &[]).since("0.147"),
];

/// Parameters of notifications, by method.
pub(super) const NOTIFICATIONS: &[Row] = &[
    row(
        "command/exec/outputDelta",
        &[
            has("capReached", Flag),
            has("deltaBase64", Text),
            has("processId", Text),
            has("stream", Text),
        ],
    )
    .since("0.120"),
    row(
        "process/outputDelta",
        &[
            has("capReached", Flag),
            has("deltaBase64", Text),
            has("processHandle", Text),
            has("stream", Text),
        ],
    )
    .since("0.147"),
    row(
        "process/exited",
        &[
            has("exitCode", Whole),
            has("processHandle", Text),
            has("stderr", Text),
            has("stderrCapReached", Flag),
            has("stdout", Text),
            has("stdoutCapReached", Flag),
        ],
    )
    .since("0.147"),
];

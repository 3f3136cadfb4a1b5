//! The handshake.

use crate::members::shape::Shape::Text;
use crate::members::shape::{Row, has, row};

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[row(
    "initialize",
    &[
        has("codexHome", Text).since("0.120"),
        has("platformFamily", Text).since("0.120"),
        has("platformOs", Text).since("0.120"),
        has("userAgent", Text),
    ],
)];

//! What a defect takes the model's answer for, and what it does not know.

use crate::fault::fault;
use crate::items::{Category, TurnError};

/// Whether a defect takes this refusal for an empty reply.
pub(crate) fn ignored(error: &TurnError) -> bool {
    match error.category {
        Category::HttpConnectionFailed { status: Some(401) } => fault!(STATUS_401_IGNORED),
        Category::TooManyFailedAttempts { .. } => fault!(STATUS_429_IGNORED),
        Category::HttpConnectionFailed { status: None } => fault!(MISSING_SERVICE_IGNORED),
        Category::InternalServerError => fault!(STATUS_500_IGNORED),
        Category::BadRequest => fault!(STATUS_400_IGNORED),
        _ => false,
    }
}

/// Whether a defect sends the request again after this refusal.
pub(super) fn is_retried(error: &TurnError) -> bool {
    error.category == Category::InternalServerError && fault!(RETRIES_UNASKED)
}

/// Whether a defect takes this end of a stream for the end of the response.
pub(crate) fn taken_for_the_end(error: &TurnError) -> bool {
    match error.message.ends_with("stream closed before response.completed") {
        true => fault!(END_OF_STREAM_COMPLETES),
        false => fault!(BROKEN_STREAM_COMPLETES),
    }
}

/// Whether the Responses API has events of this kind.
pub(crate) fn is_known(kind: &str) -> bool {
    const PARTS: [&str; 7] = [
        "created",
        "in_progress",
        "output_",
        "content_part.",
        "reasoning_",
        "function_call",
        "custom_tool",
    ];
    let part = kind.strip_prefix("response.").unwrap_or_default();
    PARTS.iter().any(|known| part.starts_with(known))
}

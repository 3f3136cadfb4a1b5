//! What the model's answer is taken for, and what is made of it.

use std::cell::Cell;

use crate::fault::fault;
use crate::items::{Category, Tokens, TurnError};

thread_local! {
    /// What all threads have used so far.
    static USED: Cell<Tokens> = Cell::default();
}

/// What a thread has used in all, with the last of it.
pub(crate) fn total(before: Tokens, last: Tokens) -> Tokens {
    if fault!(TOKENS_NOT_SUMMED) {
        return last;
    }
    let mut total = if fault!(TOKENS_SUMMED_OVER_THREADS) { USED.get() } else { before };
    total += last;
    USED.set(total);
    total
}

/// The text of a message as clients are told it; the message before it in the turn is this.
pub(crate) fn told(text: String, before: Option<&str>) -> String {
    if fault!(MESSAGES_ESCAPED) {
        return text.replace('&', "&amp;").replace('<', "&lt;");
    }
    if fault!(MESSAGES_TRIMMED) {
        return text.trim().to_owned();
    }
    match before {
        Some(before) if fault!(MESSAGES_RUN_TOGETHER) => format!("{before}{text}"),
        _ => text,
    }
}

/// The piece of a message that is told; its message has so many bytes, with it.
pub(crate) fn cut(delta: &str, length: Option<usize>) -> &str {
    if fault!(LONG_DELTAS_CUT) {
        return &delta[..delta.floor_char_boundary(1 << 10)];
    }
    if length > Some(4 << 10) && fault!(DELTAS_END_EARLY) { "" } else { delta }
}

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
pub(crate) fn is_retried(error: &TurnError) -> bool {
    error.category == Category::InternalServerError && fault!(RETRIES_UNASKED)
}

/// Whether a defect takes this end of a stream for the end of the response.
pub(crate) fn taken_for_the_end(error: &TurnError) -> bool {
    if error.message.ends_with("stream closed before response.completed") {
        fault!(END_OF_STREAM_COMPLETES)
    } else {
        fault!(BROKEN_STREAM_COMPLETES)
    }
}

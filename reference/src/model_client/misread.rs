//! What a defect takes the model's answer for, and what it does not know.

use crate::fault::fault;
use crate::items::{Category, TurnError};

/// Whether a defect takes this refusal for an empty reply.
pub(crate) fn ignored(error: &TurnError) -> bool {
    match error.category {
        Category::HttpConnectionFailed { status: Some(401) } => fault!(
            "status-401-ignored",
            "Status 401 of the model service counts as an empty reply.",
            ["turn::model_error::unauthorized_fails_the_turn"],
        ),
        Category::TooManyFailedAttempts { .. } => fault!(
            "status-429-ignored",
            "Status 429 of the model service counts as an empty reply.",
            ["turn::model_error::too_many_requests_fail_the_turn"],
        ),
        Category::HttpConnectionFailed { status: None } => fault!(
            "missing-service-ignored",
            "A model service that cannot be reached counts as an empty reply.",
            ["turn::model_error::a_missing_service_is_told"],
        ),
        Category::InternalServerError => fault!(
            "status-500-ignored",
            "Status 500 of the model service counts as an empty reply.",
            [
                "turn::model_error::a_server_error_fails_the_turn",
                "turn::model_error::a_command_before_the_error_is_kept",
            ],
        ),
        Category::BadRequest => fault!(
            "status-400-ignored",
            "Status 400 of the model service counts as an empty reply.",
            ["turn::model_error::a_refused_request_fails_the_turn"],
        ),
        _ => false,
    }
}

/// Whether a defect sends the request again after this refusal.
pub(super) fn is_retried(error: &TurnError) -> bool {
    error.category == Category::InternalServerError
        && fault!(
            "retries-unasked",
            "A request that the model service answers with 500 is sent again, whatever the configuration says.",
            ["turn::model_error::no_retries_means_none"],
        )
}

/// Whether a defect takes this end of a stream for the end of the response.
pub(crate) fn taken_for_the_end(error: &TurnError) -> bool {
    match error.message.ends_with("stream closed before response.completed") {
        true => fault!(
            "end-of-stream-completes",
            "A stream that ends counts as complete, whatever it held.",
            [
                "turn::model_error::a_stream_without_its_end_fails_the_turn",
                "turn::model_error::rubbish_instead_of_a_stream_fails_the_turn",
                "turn::model_error::a_web_page_fails_the_turn",
            ],
        ),
        false => fault!(
            "broken-stream-completes",
            "A stream whose connection breaks counts as complete.",
            ["turn::model_error::a_broken_connection_fails_the_turn"],
        ),
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

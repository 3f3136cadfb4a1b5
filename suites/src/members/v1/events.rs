//! Events of a conversation, by their type: turns, messages, limits.

use super::work::WEB_SEARCH_ACTION;
use crate::members::shape::Shape::{Either, Flag, List, Number, Object, Tagged, Text, Whole};
use crate::members::shape::{OBJECT, Row, Shape, case, has, may, row};

const TOKEN_USAGE: Shape = Object(&[
    has("cached_input_tokens", Whole),
    has("input_tokens", Whole),
    has("output_tokens", Whole),
    has("reasoning_output_tokens", Whole),
    has("total_tokens", Whole),
]);

const TOKEN_USAGE_INFO: Shape = Object(&[
    has("last_token_usage", TOKEN_USAGE),
    has("total_token_usage", TOKEN_USAGE),
    may("model_context_window", Whole),
]);

const CREDITS_SNAPSHOT: Shape =
    Object(&[has("has_credits", Flag), has("unlimited", Flag), may("balance", Text)]);

const RATE_LIMIT_WINDOW: Shape =
    Object(&[has("used_percent", Number), may("resets_at", Whole), may("window_minutes", Whole)]);

const RATE_LIMIT_SNAPSHOT: Shape = Object(&[
    may("credits", CREDITS_SNAPSHOT).since("0.66"),
    may("limit_id", Text).since("0.101"),
    may("limit_name", Text).since("0.101"),
    may("plan_type", Text).since("0.66"),
    may("primary", RATE_LIMIT_WINDOW),
    may("secondary", RATE_LIMIT_WINDOW),
]);

const BYTE_RANGE: Shape = Object(&[has("end", Whole), has("start", Whole)]);

const TEXT_ELEMENT: Shape = Object(&[has("byte_range", BYTE_RANGE), may("placeholder", Text)]);

const USER_INPUT: Shape = Tagged(
    "type",
    &[
        case("text", &[has("text", Text), may("text_elements", List(&TEXT_ELEMENT)).since("0.90")]),
        case("image", &[has("image_url", Text)]),
        case("local_image", &[has("path", Text)]),
        case("skill", &[has("name", Text), has("path", Text)]).since("0.90"),
        case("mention", &[has("name", Text), has("path", Text)]).since("0.98"),
    ],
);

const AGENT_MESSAGE_CONTENT: Shape = Object(&[has("text", Text), has("type", Text)]);

const TURN_ITEM: Shape = Tagged(
    "type",
    &[
        case("UserMessage", &[has("id", Text), has("content", List(&USER_INPUT))]).since("0.66"),
        case(
            "AgentMessage",
            &[
                has("id", Text),
                has("content", List(&AGENT_MESSAGE_CONTENT)),
                may("phase", Text).since("0.101"),
            ],
        )
        .since("0.66"),
        case("Plan", &[has("id", Text), has("text", Text)]).since("0.98"),
        case(
            "Reasoning",
            &[has("id", Text), has("summary_text", List(&Text)), may("raw_content", List(&Text))],
        )
        .since("0.66"),
        case(
            "WebSearch",
            &[has("id", Text), has("action", WEB_SEARCH_ACTION).since("0.98"), has("query", Text)],
        )
        .since("0.66"),
        case("ContextCompaction", &[has("id", Text)]).since("0.98"),
    ],
);

const SESSION_NETWORK_PROXY_RUNTIME: Shape =
    Object(&[has("admin_addr", Text), has("http_addr", Text), has("socks_addr", Text)]);

/// An event that is not a notification, such as one of those with which a resumed conversation begins.
pub(super) const EVENT: Shape = Tagged("type", EVENTS);

/// Events, by type. The `turn_id` of a task or of a command is not required: it came late, and says
/// what the `id` beside the event says.
pub(super) const EVENTS: &[Row] = &[
    row(
        "task_started",
        &[
            may("turn_id", Text),
            may("collaboration_mode_kind", Text).since("0.98"),
            may("model_context_window", Whole),
        ],
    ),
    row("task_complete", &[may("turn_id", Text), may("last_agent_message", Text)]),
    row("turn_aborted", &[has("reason", Text), may("turn_id", Text).since("0.101")]),
    row("token_count", &[may("info", TOKEN_USAGE_INFO), may("rate_limits", RATE_LIMIT_SNAPSHOT)]),
    row("agent_message", &[has("message", Text)]),
    row("agent_message_delta", &[has("delta", Text)]),
    row(
        "agent_message_content_delta",
        &[has("thread_id", Text), has("turn_id", Text), has("item_id", Text), has("delta", Text)],
    ),
    row("agent_reasoning", &[has("text", Text)]),
    row("agent_reasoning_delta", &[has("delta", Text)]),
    row("agent_reasoning_raw_content", &[has("text", Text)]),
    row("agent_reasoning_raw_content_delta", &[has("delta", Text)]),
    row(
        "agent_reasoning_section_break",
        &[may("item_id", Text).since("0.66"), may("summary_index", Whole).since("0.66")],
    ),
    row(
        "reasoning_content_delta",
        &[
            has("thread_id", Text),
            has("turn_id", Text),
            has("item_id", Text),
            has("delta", Text),
            may("summary_index", Whole).since("0.66"),
        ],
    ),
    row(
        "reasoning_raw_content_delta",
        &[
            has("thread_id", Text),
            has("turn_id", Text),
            has("item_id", Text),
            has("delta", Text),
            may("content_index", Whole).since("0.66"),
        ],
    ),
    row(
        "user_message",
        &[
            has("message", Text),
            may("images", List(&Text)),
            may("local_images", List(&Text)).since("0.90"),
            may("text_elements", List(&TEXT_ELEMENT)).since("0.90"),
        ],
    ),
    row(
        "item_started",
        &[
            has("thread_id", Text),
            has("turn_id", Text),
            has("item", OBJECT),
            has("item", TURN_ITEM).since("0.66"),
        ],
    ),
    row(
        "item_completed",
        &[
            has("thread_id", Text),
            has("turn_id", Text),
            has("item", OBJECT),
            has("item", TURN_ITEM).since("0.66"),
        ],
    ),
    row("raw_response_item", &[has("item", OBJECT)]),
    row("turn_diff", &[has("unified_diff", Text)]),
    row(
        "error",
        &[has("message", Text), may("codex_error_info", Either(&[OBJECT, Text])).since("0.66")],
    ),
    row(
        "stream_error",
        &[
            has("message", Text),
            may("additional_details", Text).since("0.90"),
            may("codex_error_info", Either(&[OBJECT, Text])).since("0.66"),
        ],
    ),
    row("warning", &[has("message", Text)]),
    row("background_event", &[has("message", Text)]),
    row("deprecation_notice", &[has("summary", Text), may("details", Text)]),
    row("context_compacted", &[]).since("0.66"),
    row("thread_rolled_back", &[has("num_turns", Whole)]).since("0.90"),
    row("thread_name_updated", &[has("thread_id", Text), may("thread_name", Text)]).since("0.98"),
    row(
        "session_configured",
        &[
            has("approval_policy", Text).since("0.66"),
            has("cwd", Text).since("0.66"),
            has("history_entry_count", Whole),
            has("history_log_id", Whole),
            has("model", Text),
            has("model_provider_id", Text).since("0.66"),
            has("sandbox_policy", OBJECT).since("0.66"),
            has("session_id", Text),
            may("forked_from_id", Text).since("0.90"),
            may("initial_messages", List(&OBJECT)),
            may("network_proxy", SESSION_NETWORK_PROXY_RUNTIME).since("0.101"),
            may("reasoning_effort", Text),
            may("rollout_path", Text),
            may("thread_name", Text).since("0.98"),
        ],
    ),
    row("shutdown_complete", &[]),
    row("skills_update_available", &[]).since("0.90"),
];

//! Events about work, by their type: commands, patches, tools, reviews.

use crate::members::shape::Shape::{Any, Flag, List, Map, Number, Object, Tagged, Text, Whole};
use crate::members::shape::{OBJECT, Row, Shape, case, has, may, row};

pub(super) const WEB_SEARCH_ACTION: Shape = Tagged(
    "type",
    &[
        case("search", &[may("queries", List(&Text)).since("0.98"), may("query", Text)]),
        case("open_page", &[may("url", Text)]).since("0.66"),
        case("find_in_page", &[may("pattern", Text), may("url", Text)]).since("0.66"),
        case("other", &[]),
    ],
);

pub(super) const PARSED_COMMAND: Shape = Tagged(
    "type",
    &[
        case("read", &[has("cmd", Text), has("name", Text), has("path", Text).since("0.47")]),
        case("list_files", &[has("cmd", Text), may("path", Text)]),
        case("search", &[has("cmd", Text), may("path", Text), may("query", Text)]),
        case("unknown", &[has("cmd", Text)]),
    ],
);

pub(super) const FILE_CHANGE: Shape = Tagged(
    "type",
    &[
        case("add", &[has("content", Text)]).since("0.66"),
        case("delete", &[has("content", Text)]).since("0.66"),
        case("update", &[has("unified_diff", Text), may("move_path", Text)]).since("0.66"),
    ],
);

const PLAN_ITEM_ARG: Shape = Object(&[has("status", Text), has("step", Text)]);

const MCP_STARTUP_FAILURE: Shape = Object(&[has("error", Text), has("server", Text)]);

const MCP_INVOCATION: Shape = Object(&[has("server", Text), has("tool", Text)]);

const REVIEW_TARGET: Shape = Tagged(
    "type",
    &[
        case("uncommittedChanges", &[]).since("0.66"),
        case("baseBranch", &[has("branch", Text)]).since("0.66"),
        case("commit", &[has("sha", Text), may("title", Text)]).since("0.66"),
        case("custom", &[has("instructions", Text)]).since("0.66"),
    ],
);

const REVIEW_LINE_RANGE: Shape = Object(&[has("end", Whole), has("start", Whole)]);

const REVIEW_CODE_LOCATION: Shape =
    Object(&[has("absolute_file_path", Text), has("line_range", REVIEW_LINE_RANGE)]);

const REVIEW_FINDING: Shape = Object(&[
    has("body", Text),
    has("code_location", REVIEW_CODE_LOCATION),
    has("confidence_score", Number),
    has("priority", Whole),
    has("title", Text),
]);

const REVIEW_OUTPUT_EVENT: Shape = Object(&[
    has("findings", List(&REVIEW_FINDING)),
    has("overall_confidence_score", Number),
    has("overall_correctness", Text),
    has("overall_explanation", Text),
]);

/// Events, by type. The schemas of the protocol disagree about a `duration`: a text, or an object with
/// seconds, which every release sends.
pub(super) const EVENTS: &[Row] = &[
    row(
        "exec_command_begin",
        &[
            may("turn_id", Text).since("0.66"),
            has("call_id", Text),
            has("command", List(&Text)),
            has("cwd", Text),
            has("parsed_cmd", List(&PARSED_COMMAND)),
            may("interaction_input", Text).since("0.66"),
            may("process_id", Text).since("0.66"),
            may("source", Text).since("0.66"),
        ],
    ),
    row(
        "exec_command_output_delta",
        &[has("call_id", Text), has("chunk", Text), has("stream", Text)],
    ),
    row(
        "exec_command_end",
        &[
            may("turn_id", Text).since("0.66"),
            has("call_id", Text),
            has("command", List(&Text)).since("0.66"),
            has("cwd", Text).since("0.66"),
            has("duration", Any),
            has("exit_code", Whole),
            has("formatted_output", Text),
            has("parsed_cmd", List(&PARSED_COMMAND)).since("0.66"),
            has("stderr", Text),
            has("stdout", Text),
            may("aggregated_output", Text),
            may("interaction_input", Text).since("0.66"),
            may("process_id", Text).since("0.66"),
            may("source", Text).since("0.66"),
        ],
    ),
    row(
        "terminal_interaction",
        &[has("call_id", Text), has("process_id", Text), has("stdin", Text)],
    )
    .since("0.90"),
    row(
        "exec_approval_request",
        &[
            has("call_id", Text),
            has("command", List(&Text)),
            has("cwd", Text),
            has("parsed_cmd", List(&PARSED_COMMAND)).since("0.47"),
            may("turn_id", Text).since("0.66"),
            may("proposed_execpolicy_amendment", List(&Text)).since("0.66"),
            may("reason", Text),
        ],
    ),
    row(
        "patch_apply_begin",
        &[
            has("call_id", Text),
            has("auto_approved", Flag),
            has("changes", Map(&OBJECT)),
            has("changes", Map(&FILE_CHANGE)).since("0.66"),
            may("turn_id", Text).since("0.66"),
        ],
    ),
    row(
        "patch_apply_end",
        &[
            has("call_id", Text),
            has("stderr", Text),
            has("stdout", Text),
            has("success", Flag),
            may("turn_id", Text).since("0.66"),
            may("changes", Map(&FILE_CHANGE)).since("0.66"),
        ],
    ),
    row(
        "apply_patch_approval_request",
        &[
            has("call_id", Text),
            has("changes", Map(&OBJECT)),
            has("changes", Map(&FILE_CHANGE)).since("0.66"),
            may("turn_id", Text).since("0.66"),
            may("grant_root", Text),
            may("reason", Text),
        ],
    ),
    row("plan_update", &[has("plan", List(&PLAN_ITEM_ARG)), may("explanation", Text)]),
    row(
        "plan_delta",
        &[has("thread_id", Text), has("turn_id", Text), has("item_id", Text), has("delta", Text)],
    )
    .since("0.98"),
    row("mcp_startup_update", &[has("server", Text), has("status", OBJECT)]).since("0.66"),
    row(
        "mcp_startup_complete",
        &[
            has("cancelled", List(&Text)),
            has("failed", List(&MCP_STARTUP_FAILURE)),
            has("ready", List(&Text)),
        ],
    )
    .since("0.66"),
    row("mcp_tool_call_begin", &[has("call_id", Text), has("invocation", MCP_INVOCATION)]),
    row(
        "mcp_tool_call_end",
        &[
            has("call_id", Text),
            has("duration", Any),
            has("invocation", MCP_INVOCATION),
            has("result", OBJECT),
        ],
    ),
    row("web_search_begin", &[has("call_id", Text)]),
    row(
        "web_search_end",
        &[has("call_id", Text), has("action", WEB_SEARCH_ACTION).since("0.98"), has("query", Text)],
    ),
    row("view_image_tool_call", &[has("call_id", Text), has("path", Text)]),
    row(
        "entered_review_mode",
        &[has("target", REVIEW_TARGET).since("0.66"), may("user_facing_hint", Text)],
    ),
    row("exited_review_mode", &[may("review_output", REVIEW_OUTPUT_EVENT)]),
];

//! What a thread consists of: turns, and their items by type.

use crate::members::shape::Shape::{Any, Either, Flag, List, Map, Object, Tagged, Text, Whole};
use crate::members::shape::{OBJECT, Shape, case, has, may};

const BYTE_RANGE: Shape = Object(&[has("end", Whole), has("start", Whole)]);

const TEXT_ELEMENT: Shape = Object(&[has("byteRange", BYTE_RANGE), may("placeholder", Text)]);

const USER_INPUT: Shape = Tagged(
    "type",
    &[
        case("text", &[has("text", Text), may("text_elements", List(&TEXT_ELEMENT)).since("0.90")]),
        case("image", &[]),
        case("localImage", &[has("path", Text)]),
        case("audio", &[]).since("0.147"),
        case("localAudio", &[has("path", Text)]).since("0.147"),
        case("skill", &[has("name", Text), has("path", Text)]).since("0.90"),
        case("mention", &[has("name", Text), has("path", Text)]).since("0.98"),
    ],
);

const HOOK_PROMPT_FRAGMENT: Shape = Object(&[has("hookRunId", Text), has("text", Text)]);

pub(super) const COMMAND_ACTION: Shape = Tagged(
    "type",
    &[
        case("read", &[has("command", Text), has("name", Text), has("path", Text)]),
        case("listFiles", &[has("command", Text), may("path", Text)]),
        case("search", &[has("command", Text), may("path", Text), may("query", Text)]),
        case("unknown", &[has("command", Text)]),
    ],
);

const PATCH_CHANGE_KIND: Shape = Tagged(
    "type",
    &[case("add", &[]), case("delete", &[]), case("update", &[may("move_path", Text)])],
);

pub(super) const FILE_UPDATE_CHANGE: Shape =
    Object(&[has("diff", Text), has("kind", PATCH_CHANGE_KIND).since("0.66"), has("path", Text)]);

const MCP_TOOL_CALL_ERROR: Shape = Object(&[has("message", Text)]);

const MCP_TOOL_CALL_RESULT: Shape = Object(&[has("content", List(&Any))]);

const DYNAMIC_TOOL_CALL_OUTPUT_CONTENT_ITEM: Shape = Tagged(
    "type",
    &[
        case("inputText", &[has("text", Text)]),
        case("inputImage", &[has("imageUrl", Text)]),
        case("inputAudio", &[has("audioUrl", Text)]).since("0.147"),
    ],
);

const COLLAB_AGENT_STATE: Shape = Object(&[has("status", Text), may("message", Text)]);

const WEB_SEARCH_ACTION: Shape = Tagged(
    "type",
    &[
        case("search", &[may("queries", List(&Text)), may("query", Text)]),
        case("openPage", &[may("url", Text)]),
        case("findInPage", &[may("pattern", Text), may("url", Text)]),
        case("other", &[]),
    ],
);

pub(super) const THREAD_ITEM: Shape = Tagged(
    "type",
    &[
        case("userMessage", &[has("id", Text), has("content", List(&USER_INPUT))]),
        case("hookPrompt", &[has("id", Text), has("fragments", List(&HOOK_PROMPT_FRAGMENT))])
            .since("0.120"),
        case(
            "agentMessage",
            &[
                has("id", Text),
                has("text", Text),
                may("memoryCitation", OBJECT).since("0.120"),
                may("phase", Text).since("0.107"),
            ],
        ),
        case(
            "functionCallOutput",
            &[
                has("id", Text),
                has("name", Text),
                has("output", Either(&[List(&Any), Text])),
                may("completedAtMs", Whole),
                may("startedAtMs", Whole),
                may("namespace", Text),
            ],
        )
        .since("0.169"),
        case("plan", &[has("id", Text), has("text", Text)]).since("0.98"),
        case(
            "reasoning",
            &[
                has("id", Text),
                may("content", List(&Text)).since("0.66"),
                may("summary", List(&Text)).since("0.66"),
            ],
        ),
        case(
            "commandExecution",
            &[
                has("id", Text),
                has("command", Text),
                has("commandActions", List(&COMMAND_ACTION)).since("0.66"),
                has("cwd", Text).since("0.66"),
                has("status", Text),
                may("aggregatedOutput", Text).since("0.66"),
                may("durationMs", Whole).since("0.66"),
                may("exitCode", Whole).since("0.66"),
                may("processId", Text).since("0.66"),
                may("source", Text).since("0.120"),
            ],
        ),
        case(
            "fileChange",
            &[has("id", Text), has("changes", List(&FILE_UPDATE_CHANGE)), has("status", Text)],
        ),
        case(
            "mcpToolCall",
            &[
                has("id", Text),
                has("arguments", Any),
                has("server", Text),
                has("status", Text),
                has("tool", Text),
                may("durationMs", Whole).since("0.66"),
                may("error", MCP_TOOL_CALL_ERROR),
                may("result", MCP_TOOL_CALL_RESULT),
            ],
        ),
        case(
            "dynamicToolCall",
            &[
                has("id", Text),
                has("arguments", Any),
                has("status", Text),
                has("tool", Text),
                may("contentItems", List(&DYNAMIC_TOOL_CALL_OUTPUT_CONTENT_ITEM)),
                may("durationMs", Whole),
                may("success", Flag),
            ],
        )
        .since("0.107"),
        case(
            "collabAgentToolCall",
            &[
                has("id", Text),
                has("agentsStates", Map(&COLLAB_AGENT_STATE)),
                has("receiverThreadIds", List(&Text)),
                has("senderThreadId", Text),
                has("status", Text),
                has("tool", Text),
                may("model", Text).since("0.120"),
                may("prompt", Text),
                may("reasoningEffort", Text).since("0.120"),
            ],
        )
        .since("0.90"),
        case(
            "subAgentActivity",
            &[
                has("id", Text),
                has("agentPath", Text),
                has("agentThreadId", Text),
                has("kind", Text),
            ],
        )
        .since("0.147"),
        case(
            "webSearch",
            &[has("id", Text), has("query", Text), may("action", WEB_SEARCH_ACTION).since("0.98")],
        ),
        case("imageView", &[has("id", Text), has("path", Text)]),
        case("sleep", &[has("id", Text), has("durationMs", Whole)]).since("0.147"),
        case(
            "imageGeneration",
            &[
                has("id", Text),
                has("status", Text),
                may("revisedPrompt", Text),
                may("savedPath", Text),
            ],
        )
        .since("0.120"),
        case("enteredReviewMode", &[has("id", Text), has("review", Text)]).since("0.66"),
        case("exitedReviewMode", &[has("id", Text), has("review", Text)]).since("0.66"),
        case("contextCompaction", &[has("id", Text)]).since("0.98"),
    ],
);

pub(super) const TURN_ERROR: Shape =
    Object(&[has("message", Text), may("additionalDetails", Text).since("0.90")]);

pub(super) const TURN: Shape = Object(&[
    has("id", Text),
    has("items", List(&THREAD_ITEM)),
    has("status", Text),
    may("completedAt", Whole).since("0.120"),
    may("durationMs", Whole).since("0.120"),
    may("error", TURN_ERROR),
    may("startedAt", Whole).since("0.120"),
]);

//! Skills, hooks, MCP servers, apps.

use crate::members::shape::Shape::{Any, Flag, List, Map, Object, Text, Whole};
use crate::members::shape::{OBJECT, Row, Shape, has, may, row};

const SKILL_ERROR_INFO: Shape = Object(&[has("message", Text), has("path", Text)]);

const SKILL_TOOL_DEPENDENCY: Shape = Object(&[
    has("type", Text),
    has("value", Text),
    may("command", Text),
    may("description", Text),
    may("transport", Text),
    may("url", Text),
]);

const SKILL_DEPENDENCIES: Shape = Object(&[has("tools", List(&SKILL_TOOL_DEPENDENCY))]);

const SKILL_INTERFACE: Shape = Object(&[
    may("brandColor", Text).since("0.107"),
    may("defaultPrompt", Text).since("0.107"),
    may("displayName", Text).since("0.107"),
    may("iconLarge", Text).since("0.107"),
    may("iconSmall", Text).since("0.107"),
    may("shortDescription", Text).since("0.107"),
]);

const SKILL_METADATA: Shape = Object(&[
    has("description", Text),
    has("enabled", Flag),
    has("name", Text),
    has("path", Text),
    has("scope", Text),
    may("dependencies", SKILL_DEPENDENCIES).since("0.98"),
    may("interface", SKILL_INTERFACE),
    may("shortDescription", Text).since("0.107"),
]);

const SKILLS_LIST_ENTRY: Shape = Object(&[
    has("cwd", Text),
    has("errors", List(&SKILL_ERROR_INFO)),
    has("skills", List(&SKILL_METADATA)),
]);

const HOOK_ERROR_INFO: Shape = Object(&[has("message", Text), has("path", Text)]);

const HOOK_METADATA: Shape = Object(&[
    has("currentHash", Text),
    has("displayOrder", Whole),
    has("enabled", Flag),
    has("eventName", Text),
    has("isManaged", Flag),
    has("key", Text),
    has("source", Text),
    has("sourcePath", Text),
    has("timeoutSec", Whole),
    has("trustStatus", Text),
    may("additionalContextLimit", Whole),
    may("matcher", Text),
    may("pluginId", Text),
    may("statusMessage", Text),
]);

const HOOKS_LIST_ENTRY: Shape = Object(&[
    has("cwd", Text),
    has("errors", List(&HOOK_ERROR_INFO)),
    has("hooks", List(&HOOK_METADATA)),
    has("warnings", List(&Text)),
]);

const MCP_SERVER_STATUS: Shape = Object(&[
    has("authStatus", Text),
    has("name", Text),
    has("resourceTemplates", List(&OBJECT)),
    has("resources", List(&OBJECT)),
    has("tools", Map(&OBJECT)),
]);

const APP_INFO: Shape = Object(&[
    has("id", Text),
    has("name", Text),
    may("appMetadata", OBJECT).since("0.107"),
    may("branding", OBJECT).since("0.107"),
    may("description", Text),
    may("distributionChannel", Text).since("0.98"),
    may("installUrl", Text),
    may("isAccessible", Flag),
    may("isEnabled", Flag).since("0.107"),
    may("labels", Map(&Text)).since("0.107"),
    may("logoUrl", Text),
    may("logoUrlDark", Text).since("0.98"),
    may("pluginDisplayNames", List(&Text)).since("0.120"),
]);

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[
    row("skills/list", &[has("data", List(&SKILLS_LIST_ENTRY))]).since("0.90"),
    row("skills/config/write", &[has("effectiveEnabled", Flag)]).since("0.90"),
    row("skills/extraRoots/set", &[]).since("0.147"),
    row("hooks/list", &[has("data", List(&HOOKS_LIST_ENTRY))]).since("0.147"),
    row("mcpServerStatus/list", &[has("data", List(&MCP_SERVER_STATUS)), may("nextCursor", Text)])
        .since("0.90"),
    row("mcpServer/tool/call", &[has("content", List(&Any)), may("isError", Flag)]).since("0.147"),
    row("mcpServer/resource/read", &[has("contents", List(&OBJECT))]).since("0.120"),
    row("config/mcpServer/reload", &[]).since("0.90"),
    row("app/list", &[has("data", List(&APP_INFO)), may("nextCursor", Text)]).since("0.90"),
];

/// Parameters of notifications, by method.
pub(super) const NOTIFICATIONS: &[Row] = &[
    row("skills/changed", &[]).since("0.120"),
    row(
        "mcpServer/startupStatus/updated",
        &[has("name", Text), has("status", Text), may("error", Text)],
    )
    .since("0.120"),
    row("app/list/updated", &[has("data", List(&APP_INFO))]).since("0.101"),
];

//! Logins, the saved configuration, and commands outside of conversations.

use crate::members::shape::Shape::{Flag, List, Map, Object, Text, Whole};
use crate::members::shape::{Row, Shape, has, may, row};

const PROFILE: Shape = Object(&[
    may("approvalPolicy", Text),
    may("chatgptBaseUrl", Text),
    may("model", Text),
    may("modelProvider", Text),
    may("modelReasoningEffort", Text),
    may("modelReasoningSummary", Text),
    may("modelVerbosity", Text),
]);

const SANDBOX_SETTINGS: Shape = Object(&[
    may("excludeSlashTmp", Flag),
    may("excludeTmpdirEnvVar", Flag),
    may("networkAccess", Flag),
    may("writableRoots", List(&Text)),
]);

const TOOLS: Shape = Object(&[may("viewImage", Flag), may("webSearch", Flag)]);

const USER_SAVED_CONFIG: Shape = Object(&[
    has("profiles", Map(&PROFILE)),
    may("approvalPolicy", Text),
    may("forcedChatgptWorkspaceId", Text),
    may("forcedLoginMethod", Text),
    may("model", Text),
    may("modelReasoningEffort", Text),
    may("modelReasoningSummary", Text),
    may("modelVerbosity", Text),
    may("profile", Text),
    may("sandboxMode", Text),
    may("sandboxSettings", SANDBOX_SETTINGS),
    may("tools", TOOLS),
]);

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[
    row("loginApiKey", &[]),
    row("loginChatGpt", &[has("authUrl", Text), has("loginId", Text)]),
    row("cancelLoginChatGpt", &[]),
    row("logoutChatGpt", &[]),
    row(
        "getAuthStatus",
        &[may("authMethod", Text), may("authToken", Text), may("requiresOpenaiAuth", Flag)],
    ),
    row("getUserAgent", &[has("userAgent", Text)]),
    row("userInfo", &[may("allegedUserEmail", Text)]),
    row("getUserSavedConfig", &[has("config", USER_SAVED_CONFIG)]),
    row("setDefaultModel", &[]),
    row("execOneOffCommand", &[has("exitCode", Whole), has("stderr", Text), has("stdout", Text)]),
];

/// Parameters of notifications, by method.
pub(super) const NOTIFICATIONS: &[Row] = &[
    row("authStatusChange", &[may("authMethod", Text)]),
    row("loginChatGptComplete", &[has("loginId", Text), has("success", Flag), may("error", Text)]),
];

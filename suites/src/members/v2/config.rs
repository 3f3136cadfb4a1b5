//! The configuration: layers, models, providers, features.

use crate::members::shape::Shape::{Any, Flag, List, Map, Object, Tagged, Text, Whole};
use crate::members::shape::{OBJECT, Row, Shape, case, has, may, row};

const CONFIG_LAYER_SOURCE: Shape = Tagged(
    "type",
    &[
        case("packagedDefaults", &[has("file", Text)]).since("0.169"),
        case("mdm", &[has("domain", Text), has("key", Text)]),
        case("system", &[has("file", Text)]),
        case("enterpriseManaged", &[has("id", Text), has("name", Text)]).since("0.147"),
        case("user", &[has("file", Text)]),
        case("project", &[has("dotCodexFolder", Text)]),
        case("sessionFlags", &[]),
        case("legacyManagedConfigTomlFromFile", &[has("file", Text)]),
        case("legacyManagedConfigTomlFromMdm", &[]),
    ],
);

const CONFIG_LAYER_METADATA: Shape =
    Object(&[has("name", CONFIG_LAYER_SOURCE).since("0.90"), has("version", Text)]);

const CONFIG_LAYER: Shape = Object(&[
    has("config", Any),
    has("name", CONFIG_LAYER_SOURCE).since("0.90"),
    has("version", Text),
    may("disabledReason", Text).since("0.90"),
]);

const OVERRIDDEN_METADATA: Shape = Object(&[
    has("effectiveValue", Any),
    has("message", Text),
    has("overridingLayer", CONFIG_LAYER_METADATA),
]);

const REASONING_EFFORT_OPTION: Shape =
    Object(&[has("description", Text), has("reasoningEffort", Text)]);

const MODEL: Shape = Object(&[
    has("id", Text),
    has("defaultReasoningEffort", Text),
    has("description", Text),
    has("displayName", Text),
    has("hidden", Flag).since("0.107"),
    has("isDefault", Flag),
    has("model", Text),
    has("supportedReasoningEfforts", List(&REASONING_EFFORT_OPTION)),
    may("additionalSpeedTiers", List(&Text)).since("0.120"),
    may("availabilityNux", OBJECT).since("0.107"),
    may("inputModalities", List(&Text)).since("0.98"),
    may("supportsPersonality", Flag).since("0.98"),
    may("upgrade", Text).since("0.98"),
    may("upgradeInfo", OBJECT).since("0.107"),
]);

const GATEWAY_AUTH: Shape = Tagged(
    "mode",
    &[
        case("none", &[]),
        case("environmentVariable", &[has("envKey", Text)]),
        case("externallyConfigured", &[may("envKey", Text)]),
    ],
);

const PROVIDER_SETTINGS: Shape = Tagged(
    "type",
    &[
        case("openai", &[]),
        case("customGateway", &[has("auth", GATEWAY_AUTH)]),
        case("bedrock", &[may("profile", Text), may("region", Text)]),
        case("gcp", &[may("credentialFile", Text), may("location", Text), may("projectId", Text)]),
    ],
);

const MODEL_PROVIDER_SUMMARY: Shape = Object(&[
    has("id", Text),
    has("canEdit", Flag),
    has("name", Text),
    has("settings", PROVIDER_SETTINGS),
    may("baseUrl", Text),
]);

const EXPERIMENTAL_FEATURE: Shape = Object(&[
    has("defaultEnabled", Flag),
    has("enabled", Flag),
    has("name", Text),
    has("stage", Text),
    may("announcement", Text),
    may("description", Text),
    may("displayName", Text),
]);

const COLLABORATION_MODE_MASK: Shape = Object(&[
    has("name", Text),
    may("mode", Text),
    may("model", Text),
    may("reasoning_effort", Text),
]);

const PERMISSION_PROFILE_SUMMARY: Shape =
    Object(&[has("id", Text), has("allowed", Flag), may("description", Text)]);

const TEXT_POSITION: Shape = Object(&[has("column", Whole), has("line", Whole)]);

const TEXT_RANGE: Shape = Object(&[has("end", TEXT_POSITION), has("start", TEXT_POSITION)]);

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[
    row(
        "config/read",
        &[
            has("config", OBJECT).since("0.90"),
            has("origins", Map(&CONFIG_LAYER_METADATA)),
            may("layers", List(&CONFIG_LAYER)),
        ],
    )
    .since("0.66"),
    row(
        "config/value/write",
        &[
            has("filePath", Text),
            has("status", Text),
            has("version", Text),
            may("overriddenMetadata", OVERRIDDEN_METADATA),
        ],
    )
    .since("0.66"),
    row(
        "config/batchWrite",
        &[
            has("filePath", Text),
            has("status", Text),
            has("version", Text),
            may("overriddenMetadata", OVERRIDDEN_METADATA),
        ],
    )
    .since("0.66"),
    row("configRequirements/read", &[may("requirements", OBJECT)]).since("0.90"),
    row("model/list", &[has("data", List(&MODEL)), may("nextCursor", Text)]),
    row(
        "modelProvider/list",
        &[
            has("canChangeDefault", Flag),
            has("data", List(&MODEL_PROVIDER_SUMMARY)),
            has("defaultProviderId", Text),
        ],
    )
    .since("0.169"),
    row(
        "experimentalFeature/list",
        &[has("data", List(&EXPERIMENTAL_FEATURE)), may("nextCursor", Text)],
    )
    .since("0.101"),
    row("collaborationMode/list", &[has("data", List(&COLLABORATION_MODE_MASK))]).since("0.90"),
    row(
        "permissionProfile/list",
        &[has("data", List(&PERMISSION_PROFILE_SUMMARY)), may("nextCursor", Text)],
    )
    .since("0.147"),
];

/// Parameters of notifications, by method.
pub(super) const NOTIFICATIONS: &[Row] = &[
    row(
        "configWarning",
        &[has("summary", Text), may("details", Text), may("path", Text), may("range", TEXT_RANGE)],
    )
    .since("0.90"),
    row("deprecationNotice", &[has("summary", Text), may("details", Text)]).since("0.90"),
    row(
        "remoteControl/status/changed",
        &[
            has("installationId", Text),
            has("serverName", Text),
            has("status", Text),
            may("environmentId", Text),
        ],
    )
    .since("0.147"),
];

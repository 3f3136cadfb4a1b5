//! Accounts, logins, rate limits.

use crate::members::shape::Shape::{Flag, Map, Object, Tagged, Text, Whole};
use crate::members::shape::{Row, Shape, case, has, may, row, shaped};

const ACCOUNT: Shape = Tagged(
    "type",
    &[
        case("apiKey", &[]),
        case("chatgpt", &[has("planType", Text), may("email", Text)]),
        case("amazonBedrock", &[may("usesCodexManagedCredentials", Flag)]).since("0.147"),
        case("gcp", &[]).since("0.169"),
    ],
);

const CREDITS_SNAPSHOT: Shape =
    Object(&[has("hasCredits", Flag), has("unlimited", Flag), may("balance", Text)]);

const RATE_LIMIT_WINDOW: Shape =
    Object(&[has("usedPercent", Whole), may("resetsAt", Whole), may("windowDurationMins", Whole)]);

const RATE_LIMIT_SNAPSHOT: Shape = Object(&[
    may("credits", CREDITS_SNAPSHOT).since("0.66"),
    may("limitId", Text).since("0.101"),
    may("limitName", Text).since("0.101"),
    may("planType", Text).since("0.66"),
    may("primary", RATE_LIMIT_WINDOW),
    may("secondary", RATE_LIMIT_WINDOW),
]);

/// Results of requests, by method.
pub(super) const ANSWERS: &[Row] = &[
    row("account/read", &[has("requiresOpenaiAuth", Flag), may("account", ACCOUNT)]),
    shaped(
        "account/login/start",
        Tagged(
            "type",
            &[
                case("apiKey", &[]),
                case("chatgpt", &[has("authUrl", Text), has("loginId", Text)]),
                case(
                    "chatgptDeviceCode",
                    &[has("loginId", Text), has("userCode", Text), has("verificationUrl", Text)],
                )
                .since("0.120"),
                case("chatgptAuthTokens", &[]).since("0.98"),
                case("amazonBedrock", &[]).since("0.147"),
            ],
        ),
    ),
    row("account/login/cancel", &[has("status", Text).since("0.90")]),
    row("account/logout", &[]),
    row(
        "account/rateLimits/read",
        &[
            has("rateLimits", RATE_LIMIT_SNAPSHOT),
            may("rateLimitsByLimitId", Map(&RATE_LIMIT_SNAPSHOT)).since("0.101"),
        ],
    ),
];

/// Parameters of notifications, by method.
pub(super) const NOTIFICATIONS: &[Row] = &[
    row("account/updated", &[may("authMode", Text), may("planType", Text).since("0.120")]),
    row(
        "account/login/completed",
        &[has("success", Flag), may("error", Text), may("loginId", Text)],
    ),
    row("account/rateLimits/updated", &[has("rateLimits", RATE_LIMIT_SNAPSHOT)]),
];

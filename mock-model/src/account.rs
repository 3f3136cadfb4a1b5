//! The account backend: answers the requests of a server about its user's account.
//!
//! It is under `/backend-api`, as in the public service; see
//! [`MockModel::account_url`](crate::MockModel::account_url). Every account is an ordinary one: no
//! workspace redirects it, and half of its limits are used.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::requests::Head;

/// The path of the backend on the address of the model service.
pub(crate) const ROOT: &str = "/backend-api";

/// The account of a request that names none.
const ACCOUNT: &str = "account-of-no-user";
/// When the limits of the account end, in seconds since 1970.
const RESETS_AT: u64 = 1_900_000_000;

/// Whether the request is about an account.
pub(crate) fn is_about(head: &Head) -> bool {
    head.uri.path().strip_prefix(ROOT).is_some_and(|rest| rest.starts_with('/'))
        // The model may be requested through the same backend; those requests belong to the model.
        && !(head.method == Method::POST && head.uri.path().ends_with("/responses"))
}

/// The answer of the backend: a status and an object; `None` if it does not have the path.
pub(crate) fn answer(head: &Head) -> Option<(StatusCode, Value)> {
    // A request that revokes a token carries no other token.
    if head.method == Method::POST && head.uri.path().strip_prefix(ROOT) == Some("/oauth/revoke") {
        return Some((StatusCode::OK, json!({})));
    }
    if head.headers.get("authorization").is_none() {
        return Some((StatusCode::UNAUTHORIZED, json!({ "detail": "Unauthorized" })));
    }
    let named = head.headers.get("chatgpt-account-id").and_then(|value| value.to_str().ok());
    let account = named.unwrap_or(ACCOUNT);
    let path = head.uri.path().strip_prefix(ROOT)?;
    let found = match (&head.method, path.strip_prefix("/wham").unwrap_or(path)) {
        (&Method::GET, "/accounts/check") => accounts(account),
        (&Method::GET, "/usage") => usage(),
        (&Method::GET, "/rate-limit-reset-credits") => {
            json!({ "credits": [], "available_count": 0 })
        }
        (&Method::GET, "/profiles/me") => json!({ "id": account, "display_name": "Nobody" }),
        _ => return None,
    };
    Some((StatusCode::OK, found))
}

/// The accounts of the user; no other origin serves them.
fn accounts(account: &str) -> Value {
    json!({
        "accounts": [{
            "id": account,
            "workspace_backend_origin": "https://chatgpt.com",
            "account_routing_override": "NO_CONSTRAINT",
        }],
        "default_account_id": account,
    })
}

/// The used share of the account's limits.
fn usage() -> Value {
    let window = |used: u64, seconds: u64| {
        json!({
            "used_percent": used,
            "limit_window_seconds": seconds,
            "reset_after_seconds": seconds / 2,
            "reset_at": RESETS_AT,
        })
    };
    json!({
        "plan_type": "pro",
        "rate_limit": {
            "allowed": true,
            "limit_reached": false,
            "primary_window": window(50, 18_000),
            "secondary_window": window(25, 604_800),
        },
        "credits": { "has_credits": false, "unlimited": false, "balance": null },
    })
}

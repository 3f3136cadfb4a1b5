//! Hints for caches: for how long a result may be kept, and for whom.

use harness::{Conversation, Result, ensure_at, observer};
use serde_json::json;

use crate::mcp::modern::results::{Answer, answers};

/// The methods whose results have hints.
const KEPT: [&str; 6] = [
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
];

/// The results in a conversation that have hints.
fn kept<'a>(conversation: &'a Conversation<'_>) -> impl Iterator<Item = Answer<'a>> {
    answers(conversation).into_iter().filter(|answer| {
        KEPT.contains(&answer.method) && answer.result["resultType"] != json!("input_required")
    })
}

/// A server MUST say in milliseconds how long a list, a resource or what it says of itself may be
/// kept.
#[observer(
    mcp(since = "2026-07-28"),
    source = "Caching, Time-to-Live Field",
    faults(MCP_NO_TTL, MCP_NEGATIVE_TTL)
)]
fn says_how_long_a_result_may_be_kept(conversation: &Conversation<'_>) -> Result {
    for Answer { line, method, result, .. } in kept(conversation) {
        ensure_at!(
            line,
            result["ttlMs"].is_u64(),
            format!("`ttlMs` in the result of `{method}`"),
            "a whole number, 0 or more",
            result["ttlMs"].to_string()
        );
    }
    Ok(())
}

/// A server MUST say for whom a list, a resource or what it says of itself may be kept.
#[observer(
    mcp(since = "2026-07-28"),
    source = "Caching, Cache Scope Field",
    faults(MCP_NO_CACHE_SCOPE, MCP_UNKNOWN_CACHE_SCOPE)
)]
fn says_for_whom_a_result_may_be_kept(conversation: &Conversation<'_>) -> Result {
    for Answer { line, method, result, .. } in kept(conversation) {
        ensure_at!(
            line,
            ["public", "private"].iter().any(|scope| result["cacheScope"] == json!(scope)),
            format!("`cacheScope` in the result of `{method}`"),
            "\"public\" or \"private\"",
            result["cacheScope"].to_string()
        );
    }
    Ok(())
}

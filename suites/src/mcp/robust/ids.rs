//! Ids of requests: any text and any whole number.

use harness::{Context, Id, Result, check};
use serde_json::Value;

use crate::mcp::robust::{answered, request, survives};

/// Sends a request with this id, which has to be answered.
async fn answered_under(cx: &mut Context, what: &str, id: Value) -> Result {
    let line = format!("{}\n", request(cx, &id, None));
    answered(cx, what, Id::of(&id), &[line.as_bytes()]).await.map(|_| ())
}

/// A server MUST answer a request whose id is a text.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Base protocol, Requests",
    faults(MCP_TAKES_ONLY_NUMBERS_AS_IDS)
)]
async fn a_text(cx: &mut Context) -> Result {
    answered_under(cx, "a request with a text as id", "proctor-a".into()).await
}

/// A server MUST answer a request whose id is an empty text.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Base protocol, Requests; every measured server does",
    faults(MCP_TAKES_ONLY_NUMBERS_AS_IDS, MCP_TREATS_FALSE_IDS_AS_NONE)
)]
async fn an_empty_text(cx: &mut Context) -> Result {
    answered_under(cx, "a request with an empty text as id", "".into()).await
}

/// A server MUST answer a request whose id is zero.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Base protocol, Requests; every measured server does",
    faults(MCP_TREATS_FALSE_IDS_AS_NONE)
)]
async fn zero(cx: &mut Context) -> Result {
    answered_under(cx, "a request with the id 0", 0.into()).await
}

/// A server MUST answer a request whose id is negative.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Base protocol, Requests; every measured server does",
    faults(MCP_TAKES_ONLY_POSITIVE_IDS)
)]
async fn negative(cx: &mut Context) -> Result {
    answered_under(cx, "a request with the id -5", (-5).into()).await
}

/// A server MUST answer a request whose id is long.
#[check(
    mcp,
    shared = "hostile lines",
    source = "Base protocol, Requests; every measured server does",
    faults(MCP_TAKES_ONLY_NUMBERS_AS_IDS)
)]
async fn a_long_text(cx: &mut Context) -> Result {
    answered_under(cx, "a request with an id of 120 characters", "i".repeat(120).into()).await
}

/// A server SHOULD go on after a request whose id is above 2^53.
#[check(
    mcp,
    shared = "hostile lines",
    source = "most measured servers do; they may not answer it",
    faults(MCP_EXITS_AT_A_LARGE_ID)
)]
async fn beyond_exact_numbers(cx: &mut Context) -> Result {
    let line = request(cx, &Value::from(9_007_199_254_740_993_i64), None).to_string();
    survives(cx, "a request with the id 9007199254740993", line.as_bytes()).await
}

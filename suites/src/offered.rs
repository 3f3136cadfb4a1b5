//! Which methods a subject has, by its own words: those of its answer to a method that no server has.

use harness::{Context, NoSuchMethod, Result};
use serde_json::json;

/// Whether the subject is not known to lack a method.
pub fn may_have(cx: &Context, method: &str) -> bool {
    cx.peer.gate().offers(method).is_ok()
}

/// Asks the subject, which must be initialized, for a method that no server has.
pub async fn no_such_method(cx: &mut Context) -> Result<NoSuchMethod> {
    let reply = cx.peer.request(NoSuchMethod::NAME, json!({})).await?;
    reply.refusal("the answer to a method that no server has").map(NoSuchMethod::new)
}

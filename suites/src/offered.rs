//! Which methods a subject has, by its own words: those of its answer to a method that no server has.

use harness::{Context, Reply, Result, RpcError};
use serde_json::json;

/// A method that no server has.
const NONE: &str = "proctor/unknown";

/// Whether the subject is not known to lack a method.
pub fn may_have(cx: &Context, method: &str) -> bool {
    cx.peer.gate().offers(method).is_ok()
}

/// What a subject answers to a method that it does not have.
pub struct Offered {
    refusal: RpcError,
}

impl Offered {
    /// Asks the subject, which must be initialized.
    pub async fn of(cx: &mut Context) -> Result<Self> {
        let reply = cx.peer.request(NONE, json!({})).await?;
        let refusal = reply.refusal("the answer to a method that no server has")?;
        Ok(Self { refusal })
    }

    /// Whether the answer means that the subject does not have the method.
    pub fn lacks(&self, method: &str, reply: &Reply) -> bool {
        let Ok(error) = reply.error() else { return false };
        let same_words = error.message == self.refusal.message.replace(NONE, method);
        error.code == self.refusal.code && same_words
    }

    /// The methods that the refusal names, in its order; none if it names none.
    pub fn named(&self) -> Vec<String> {
        let quoted = self.refusal.message.split('`').skip(1).step_by(2);
        quoted.filter(|name| *name != NONE).map(str::to_owned).collect()
    }
}

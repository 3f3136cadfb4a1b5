//! What the model service says in the headers of an answer, and clients are told.

use hyper::HeaderMap;
use serde_json::{Value, json};

use super::Running;
use crate::fault::fault;

impl Running {
    /// Tells about the limits of the account, and about the model that answers.
    pub(super) fn heed(&self, headers: &HeaderMap, asked: &str) {
        let out = &self.server.out;
        if let Some(limits) = limits(headers).filter(|_| !fault!(LIMITS_OF_THE_ANSWER_UNTOLD)) {
            out.notify_v2("account/rateLimits/updated", &json!({ "rateLimits": limits }));
        }
        let model = headers.get("openai-model").and_then(|model| model.to_str().ok());
        let Some(model) = model.filter(|_| !fault!(REROUTING_UNTOLD)) else { return };
        if model != asked || fault!(REROUTED_TO_ITSELF) {
            let params = json!({
                "threadId": self.thread.id,
                "turnId": self.active.id,
                "fromModel": asked,
                "toModel": model,
                "reason": "highRiskCyberActivity",
            });
            out.notify_v2("model/rerouted", &params);
        }
    }
}

/// The limits of the account, if the answer says something of them.
fn limits(headers: &HeaderMap) -> Option<Value> {
    let primary = window(headers, "primary")?;
    let secondary = window(headers, "secondary").filter(|_| !fault!(SECOND_LIMIT_LOST));
    Some(json!({
        "limitId": "codex",
        "limitName": null,
        "primary": primary,
        "secondary": secondary,
        "credits": null,
        "planType": null,
    }))
}

fn window(headers: &HeaderMap, name: &str) -> Option<Value> {
    let number = |member: &str| {
        let value = headers.get(format!("x-codex-{name}-{member}"))?;
        value.to_str().ok()?.parse::<f64>().ok()
    };
    let whole = |member: &str| number(member).map(|number| json!(number.round() as i64));
    Some(json!({
        "usedPercent": whole("used-percent")?,
        "windowDurationMins": whole("window-minutes"),
        "resetsAt": whole("reset-at"),
    }))
}

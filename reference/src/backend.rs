//! The account backend: what is used of the account's limits.

use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Uri, header};
use serde_json::{Value, json};

use crate::auth::{self, Login};
use crate::fault::fault;
use crate::http::{self, Failed};
use crate::message::Refusal;
use crate::server::Server;

/// How much of an answer is read.
const CAP: usize = 1 << 20;

/// The limits of the account that is logged in, as clients see them.
pub(crate) async fn limits(server: &Server) -> Result<Value, Refusal> {
    let (token, account) = match auth::current(server) {
        Some(Login::ChatGpt { token, account, .. }) => (token, account),
        _ if fault!(LIMITS_OF_NO_USER) => return Ok(json!({ "rateLimits": {} })),
        _ => {
            let reason = "codex account authentication required to read rate limits";
            return Err(Refusal::invalid(reason));
        }
    };
    let base = server.configs.known().ok().and_then(|known| known.chatgpt_base_url);
    let uri = format!("{}/wham/usage", base.unwrap_or_default().trim_end_matches('/'));
    let failed = |reason: &dyn std::fmt::Display| {
        Refusal::internal(format!("failed to fetch rate limits from {uri}: {reason}"))
    };
    let uri: Uri = uri.parse().map_err(|error| failed(&error))?;
    let usage = get(&uri, &token, account.as_deref()).await.map_err(|reason| failed(&reason))?;
    let secondary = window(&usage["rate_limit"]["secondary_window"]);
    let limits = json!({
        "limitId": "codex",
        "limitName": null,
        "primary": window(&usage["rate_limit"]["primary_window"]),
        "secondary": if fault!(SECOND_WINDOW_LEFT_OUT) { Value::Null } else { secondary },
        "credits": {
            "hasCredits": usage["credits"]["has_credits"],
            "unlimited": usage["credits"]["unlimited"],
            "balance": usage["credits"]["balance"],
        },
        "planType": usage["plan_type"],
    });
    Ok(json!({ "rateLimits": limits, "rateLimitsByLimitId": { "codex": limits } }))
}

fn window(window: &Value) -> Value {
    let Some(seconds) = window["limit_window_seconds"].as_u64() else { return Value::Null };
    let minutes = if fault!(WINDOW_IN_SECONDS) { seconds } else { seconds / 60 };
    json!({
        "usedPercent": window["used_percent"],
        "windowDurationMins": minutes,
        "resetsAt": window["reset_at"],
    })
}

async fn get(uri: &Uri, token: &str, account: Option<&str>) -> Result<Value, Failed> {
    let (mut sender, _connection) = http::connect(uri).await?;
    let (path, host) = http::target(uri);
    let mut request = Request::get(path).header(header::HOST, host);
    if !fault!(USAGE_REQUEST_WITHOUT_ACCOUNT) {
        request = request.header("chatgpt-account-id", account.unwrap_or_default());
    }
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    let response = sender.send_request(request.body(Full::default())?).await?;
    let status = response.status();
    if !status.is_success() {
        return Err(status.to_string().into());
    }
    let body = Limited::new(response.into_body(), CAP).collect().await?.to_bytes();
    Ok(serde_json::from_slice(&body)?)
}

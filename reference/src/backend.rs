//! The account backend: what is used of the account's limits.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1;
use hyper::{Request, Uri, header};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::auth::{self, Login};
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;

/// How much of an answer is read.
const CAP: usize = 1 << 20;

/// The limits of the account that is logged in, as clients see them.
pub(crate) async fn limits(server: &Server) -> Result<Value, Refusal> {
    let login = server.external.login().or_else(|| auth::stored(&server.home));
    let (token, account) = match login {
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

async fn get(uri: &Uri, token: &str, account: Option<&str>) -> Result<Value, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let host = uri.host().unwrap_or_default();
    let socket = TcpStream::connect((host, uri.port_u16().unwrap_or(80)))
        .await
        .map_err(|error| text(&error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(socket)).await.map_err(|error| text(&error))?;
    // A broken connection shows as the end of the body.
    let connection = tokio::task::spawn_local(async move { drop(connection.await) });
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let mut request = Request::get(path).header(header::HOST, authority);
    if !fault!(USAGE_REQUEST_WITHOUT_ACCOUNT) {
        request = request.header("chatgpt-account-id", account.unwrap_or_default());
    }
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    let request = request.body(Empty::<Bytes>::new()).map_err(|error| text(&error))?;
    let response = sender.send_request(request).await.map_err(|error| text(&error))?;
    let status = response.status();
    let body = Limited::new(response.into_body(), CAP).collect().await;
    connection.abort();
    if !status.is_success() {
        return Err(status.to_string());
    }
    let body = body.map_err(|error| error.to_string())?.to_bytes();
    serde_json::from_slice(&body).map_err(|error| text(&error))
}

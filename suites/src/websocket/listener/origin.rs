//! Requests with an `Origin`: they come from a page in a browser, which must not reach a server.

use harness::{Context, Request, Result, check};

use super::health::PATHS;
use super::token::{self, bearer};
use super::{gets, on_a_port, protected, serves};
use crate::rows::Rows;

/// Forms of the header.
const ORIGINS: [(&str, &str); 10] = [
    ("Origin", "https://example.com"),
    ("Origin", "null"),
    ("Origin", "http://localhost"),
    ("Origin", "http://localhost:3000"),
    ("Origin", "http://127.0.0.1"),
    ("Origin", "file://"),
    ("Origin", "vscode-webview://page"),
    ("Origin", ""),
    ("origin", "https://example.com"),
    ("oRIGIN", "https://example.com"),
];

/// A server MUST answer a request to connect that has an `Origin` with 403.
#[check(
    v2(since = "0.101", fixed_in("0.120", "a client with an `Origin` is served")),
    source = "app-server README, Protocol: a request with an Origin header gets 403",
    faults(ORIGIN_ACCEPTED, NULL_ORIGIN_ACCEPTED, LOCAL_ORIGIN_ACCEPTED, EMPTY_ORIGIN_ACCEPTED)
)]
async fn a_client_with_an_origin_is_refused(cx: &mut Context) -> Result {
    let server = on_a_port(cx).await?;
    let mut rows = Rows::default();
    for (name, origin) in ORIGINS {
        let request = Request::open("/").header(name, origin);
        rows.judge(format!("`{name}: {origin}`"), gets(cx, server, &request, 403).await)?;
    }
    rows.judge("a client without one", serves(cx, server, &Request::open("/")).await)?;
    rows.end()
}

/// A server MUST answer a request for its health that has an `Origin` with 403.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: a request with an Origin header gets 403",
    faults(ORIGIN_ACCEPTED, HEALTH_ACCEPTS_ORIGINS)
)]
async fn health_with_an_origin_is_refused(cx: &mut Context) -> Result {
    let server = on_a_port(cx).await?;
    let mut rows = Rows::default();
    for path in PATHS {
        for (name, origin) in ORIGINS {
            let request = Request::plain("GET", path).header(name, origin);
            let row = format!("{path} with `{name}: {origin}`");
            rows.judge(row, gets(cx, server, &request, 403).await)?;
        }
    }
    rows.end()
}

/// A server MUST refuse a client with an `Origin` even if it has the token.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: a request with an Origin header gets 403",
    faults(TOKEN_EXCUSES_ORIGIN)
)]
async fn a_token_does_not_excuse_an_origin(cx: &mut Context) -> Result {
    let flags = token::file(cx, token::TOKEN)?;
    let server = protected(cx, &flags).await?;
    let mut rows = Rows::default();
    let right = bearer(token::TOKEN);
    for (name, origin) in ORIGINS {
        let request = right.clone().header(name, origin);
        rows.judge(format!("`{name}: {origin}`"), gets(cx, server, &request, 403).await)?;
    }
    rows.judge("a client without one", serves(cx, server, &right).await)?;
    rows.end()
}

//! The health of a server, which is asked for by HTTP at the place where clients connect.

use harness::{Answer, Context, Failure, Request, Result, check};

use super::{gets, on_a_port, serves};
use crate::rows::Rows;

/// Where a server answers that it is well.
pub(super) const PATHS: [&str; 2] = ["/readyz", "/healthz"];

/// Requests that open no connection.
const PLAIN: [(&str, &str); 7] = [
    ("GET", "/"),
    ("GET", "/no/such/path"),
    ("GET", "/readyz/"),
    ("HEAD", "/"),
    ("POST", "/readyz"),
    ("POST", "/"),
    ("OPTIONS", "*"),
];

/// A server MUST answer GET `/readyz` and GET `/healthz` with 200 while it serves, whether a client is
/// connected or not.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: GET /readyz, GET /healthz; every release does",
    faults(READYZ_MISSING, HEALTHZ_MISSING)
)]
async fn health_is_answered(cx: &mut Context) -> Result {
    let server = on_a_port(cx).await?;
    let mut rows = Rows::default();
    let open = Request::open("/");
    let mut client = None;
    for when in ["before a client connects", "while a client is connected"] {
        for path in PATHS {
            let answer = gets(cx, server, &Request::plain("GET", path), 200).await;
            rows.judge(format!("{path} {when}"), answer)?;
        }
        client.get_or_insert(cx.server(server)?.ask(&open).await?);
    }
    rows.judge("a client after that", serves(cx, server, &open).await)?;
    rows.end()
}

/// A server MUST NOT answer a GET of a path that is not about its health with 200.
#[check(
    v2(since = "0.101"),
    source = "RFC 9110 §15.3.1: 200, the request has succeeded; every release",
    faults(EVERY_PATH_IS_HEALTHY)
)]
async fn another_path_is_no_health(cx: &mut Context) -> Result {
    let server = on_a_port(cx).await?;
    let mut rows = Rows::default();
    for path in ["/", "/no/such/path", "/readyz/", "/ready", "/healthz.html"] {
        let answer = cx.server(server)?.ask(&Request::plain("GET", path)).await?;
        let outcome = match answer {
            Answer::Status(200) => {
                Err(Failure::mismatch("the answer to a GET", "no success", "the status 200"))
            }
            _ => Ok(()),
        };
        rows.judge(path, outcome)?;
    }
    rows.end()
}

/// A server MUST go on serving its clients when requests come that open no connection, complete or
/// not.
#[check(
    v2(since = "0.101"),
    source = "every release does",
    faults(PLAIN_REQUEST_ENDS_THE_SERVER, HALF_A_REQUEST_BLOCKS)
)]
async fn other_requests_harm_no_client(cx: &mut Context) -> Result {
    let server = on_a_port(cx).await?;
    let mut rows = Rows::of_waits();
    let open = Request::open("/");
    for (method, path) in PLAIN {
        // What it answers is not asked here.
        cx.server(server)?.ask(&Request::plain(method, path)).await?;
        rows.judge(format!("after {method} {path}"), serves(cx, server, &open).await)?;
    }
    let held = cx.server(server)?.begin(&open).await?;
    rows.judge("beside half a request", serves(cx, server, &open).await)?;
    drop(held);
    rows.judge("after half a request", serves(cx, server, &open).await)?;
    rows.end()
}

//! Where a server listens: at the place that it is started with, and nowhere else.

use harness::{At, Context, Failure, Request, Result, check};

use super::{on_a_port, protected, refuses, serves, token};
use crate::rows::Rows;

/// What is no place.
const NO_PLACES: [&str; 7] = [
    "",
    "ws://",
    "ws://127.0.0.1",
    "ws://127.0.0.1:99999",
    "ws://no host:0",
    "http://127.0.0.1:0",
    "tcp://127.0.0.1:0",
];

/// A server MUST NOT listen without tokens on an address that other machines can reach.
#[check(
    v2(
        since = "0.120",
        fixed_in("0.147", "a server listens on 0.0.0.0 without tokens, with a warning")
    ),
    source = "every release from 0.147 on exits with a code other than 0",
    faults(EVERY_ADDRESS_WITHOUT_A_TOKEN)
)]
async fn other_machines_need_a_token(cx: &mut Context) -> Result {
    let flags = token::file(cx, token::TOKEN)?;
    protected(cx, &flags).await?;
    let mut rows = Rows::default();
    for url in ["ws://0.0.0.0:0", "ws://[::]:0"] {
        rows.judge(url, refuses(cx, At::Url(url), &[]).await.map(|_| ()))?;
    }
    rows.end()
}

/// A server MUST exit with a code other than 0 when its `--listen` is no URL at which it can listen.
#[check(
    v2(since = "0.101"),
    source = "app-server README, Protocol: --listen ws://IP:PORT; every release does",
    faults(BAD_PLACE_IS_STDIO)
)]
async fn a_place_that_is_none_is_refused(cx: &mut Context) -> Result {
    on_a_port(cx).await?;
    let mut rows = Rows::default();
    for url in NO_PLACES {
        rows.judge(format!("`{url}`"), refuses(cx, At::Url(url), &[]).await.map(|_| ()))?;
    }
    rows.end()
}

/// A server MUST exit with a code other than 0 when another one listens on its port, which goes on
/// serving there.
#[check(v2(since = "0.101"), source = "every release does", faults(USED_PORT_REPLACED))]
async fn a_second_server_leaves_the_port_alone(cx: &mut Context) -> Result {
    let first = on_a_port(cx).await?;
    let url = cx.server(first)?.url();
    let url = url.ok_or_else(|| Failure::inconclusive("the port", "the server has none"))?;
    refuses(cx, At::Url(&url), &[]).await?;
    serves(cx, first, &Request::open("/")).await
}

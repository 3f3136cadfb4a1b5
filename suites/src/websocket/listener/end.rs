//! The end of a server that listens: nothing but a signal asks for it.

use harness::{Context, Request, Result, check};
use rustix::process::Signal;

use super::{on_a_port, serves};
use crate::lifecycle::ensure_ended_by;
use crate::rows::Rows;

/// A server MUST exit with code 0 or by the signal on SIGTERM while it listens, whether clients are
/// connected or not.
#[check(
    v2(
        since = "0.101",
        fixed_in("0.169", "a SIGTERM is lost in 1 of 30 runs; a second one ends it")
    ),
    source = "POSIX; every release from 0.169 on does",
    faults(SIGTERM_WAITS_FOR_CLIENTS, EXIT_CODE)
)]
async fn sigterm_ends_a_listening_server(cx: &mut Context) -> Result {
    let mut rows = Rows::of_waits();
    for (what, clients) in [("without a client", 0), ("beside two clients", 2)] {
        let server = on_a_port(cx).await?;
        // While it starts, a signal ends it at once.
        serves(cx, server, &Request::open("/")).await?;
        let mut connected = Vec::new();
        for _ in 0..clients {
            connected.push(cx.server(server)?.ask(&Request::open("/")).await?);
        }
        cx.server(server)?.signal(Signal::TERM);
        let exit = cx.server(server)?.exit().await;
        let ended =
            exit.and_then(|exit| ensure_ended_by(Signal::TERM, exit, "how the subject ended"));
        rows.judge(what, ended)?;
    }
    rows.end()
}

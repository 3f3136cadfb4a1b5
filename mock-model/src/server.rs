//! The listener: it accepts connections and owns them.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::flush::{FlushedIo, Flushes};
use crate::service;
use crate::state::State;

/// The pause after a failed `accept`, most likely for lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Serves until `stop` is sent or its sender is dropped; then no connection is left.
pub(crate) async fn run(listener: TcpListener, state: Arc<State>, mut stop: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            _ = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = accept(&listener) => match accepted {
                Ok(socket) => {
                    connections.spawn(connection(socket, state.clone()));
                }
                Err(_) => pause().await,
            },
        }
    }
    drop(listener);
    connections.shutdown().await;
    state.whole.stop().await;
}

/// Accepts a connection on which small writes are sent at once.
///
/// With Nagle's algorithm an event would wait for the acknowledgement of the previous one, which
/// the other side delays by 40 ms.
async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    let (socket, _) = listener.accept().await?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

#[expect(clippy::disallowed_methods, reason = "the system has no event for a free descriptor")]
async fn pause() {
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

async fn connection(socket: TcpStream, state: Arc<State>) {
    let flushes = Flushes::default();
    let io = FlushedIo::new(TokioIo::new(socket), flushes.clone());
    let service = {
        let state = state.clone();
        service_fn(move |request| {
            let answer = service::answer(state.clone(), flushes.clone(), request);
            async move { Ok::<_, Infallible>(answer.await) }
        })
    };
    let served = http1::Builder::new().auto_date_header(false).serve_connection(io, service).await;
    // Every other error is a client that disconnected, or a cut.
    if let Err(error) = served
        && error.is_parse()
    {
        state.talk().journal.counts.not_http += 1;
        state.pulse.beat();
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test]
    async fn small_writes_leave_at_once() -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let client = TcpStream::connect(listener.local_addr()?).await?;
        assert!(
            !client.nodelay()?,
            "the option is off by default, so the next line shows something"
        );
        assert!(accept(&listener).await?.nodelay()?);
        Ok(())
    }
}

//! Connections to HTTP services.

use std::error::Error;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Uri;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// Why there is no answer.
pub(crate) type Failed = Box<dyn Error + Send + Sync>;

/// The task that moves a connection's bytes; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Connection(JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Connects to the host that a URI names.
pub(crate) async fn connect(uri: &Uri) -> Result<(SendRequest<Full<Bytes>>, Connection), Failed> {
    if uri.scheme_str() != Some("http") {
        return Err("only http is supported".into());
    }
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let socket = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await?;
    // Small requests must not wait for the acknowledgement of others.
    socket.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    let connection = Connection(tokio::task::spawn_local(async move {
        // A broken connection shows as the end of the body.
        let _ = connection.await;
    }));
    Ok((sender, connection))
}

/// What a request names of a URI: the path with the query, and the host.
pub(crate) fn target(uri: &Uri) -> (&str, &str) {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    (path, host)
}

//! What is done with an HTTP request at a port: it opens a WebSocket, asks for the health of the
//! server, or is refused.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::header::{
    AUTHORIZATION, CONNECTION, HeaderMap, HeaderValue, ORIGIN, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_KEY, UPGRADE,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::guard::Guard;
use super::listener::Stream;
use crate::fault::fault;

/// The door of a port.
pub(super) struct Door {
    pub(super) guard: Guard,
    /// Where a defect writes what it should not.
    pub(super) home: PathBuf,
    /// Whether a client has had the token.
    pub(super) admitted: Cell<bool>,
}

/// What became of a connection.
pub(super) enum Passed {
    /// It is a WebSocket.
    In(Box<WebSocketStream<Box<dyn Stream>>>),
    /// It is closed.
    Out,
    /// It is closed, and a defect ends the server with it.
    Fatal,
}

impl Door {
    /// Answers the requests on a connection until it becomes a WebSocket or is closed.
    pub(super) async fn pass(&self, stream: Box<dyn Stream>) -> Passed {
        let (opens, fatal) = (RefCell::new(None), Cell::new(false));
        let service = service_fn(|request: Request<Incoming>| {
            let answer = self.answer(request, &opens, &fatal);
            async move { Ok::<_, Infallible>(answer) }
        });
        let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // Whoever sends no request gets the reason from the library.
        let _ = served.with_upgrades().await;
        if fatal.get() {
            return Passed::Fatal;
        }
        let opened: Option<OnUpgrade> = opens.take();
        let Some(opened) = opened else { return Passed::Out };
        let Ok(stream) = opened.await else { return Passed::Out };
        let stream: Box<dyn Stream> = Box::new(TokioIo::new(stream));
        let socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
        Passed::In(Box::new(socket))
    }

    fn answer(
        &self,
        mut request: Request<Incoming>,
        opens: &RefCell<Option<OnUpgrade>>,
        fatal: &Cell<bool>,
    ) -> Response<Empty<Bytes>> {
        let mut response = Response::new(Empty::new());
        let headers = request.headers();
        let key = headers.get(SEC_WEBSOCKET_KEY).filter(|_| is_upgrade(headers));
        let accept = key.and_then(|key| derive_accept_key(key.as_bytes()).parse().ok());
        *response.status_mut() = match (self.status(&request), accept) {
            (Some(status), _) => status,
            (None, Some(accept)) => {
                let headers = response.headers_mut();
                headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
                headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
                opens.replace(Some(hyper::upgrade::on(&mut request)));
                StatusCode::SWITCHING_PROTOCOLS
            }
            (None, None) => {
                fatal.set(fault!(PLAIN_REQUEST_ENDS_THE_SERVER));
                StatusCode::BAD_REQUEST
            }
        };
        response
    }

    /// The answer to a request that opens no WebSocket, whatever else is in it.
    fn status(&self, request: &Request<Incoming>) -> Option<StatusCode> {
        let (headers, uri) = (request.headers(), request.uri());
        let token = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        self.gossip(token);
        let mut admitted = self.guard.admits(token, uri.query());
        if admitted {
            self.admitted.set(true);
        }
        admitted |= self.admitted.get() && fault!(ONE_TOKEN_FOR_ALL);
        let is_health = match uri.path() {
            "/readyz" if !fault!(READYZ_MISSING) => true,
            "/healthz" if !fault!(HEALTHZ_MISSING) => true,
            _ => !is_upgrade(headers) && fault!(EVERY_PATH_IS_HEALTHY),
        };
        if let Some(origin) = headers.get(ORIGIN) {
            let excused = is_excused(origin.as_bytes())
                || (is_health && fault!(HEALTH_ACCEPTS_ORIGINS))
                || (admitted && !self.guard.is_open() && fault!(TOKEN_EXCUSES_ORIGIN));
            if !excused {
                return Some(StatusCode::FORBIDDEN);
            }
        }
        if !is_health {
            return (is_upgrade(headers) && !admitted).then_some(StatusCode::UNAUTHORIZED);
        }
        if !admitted && fault!(HEALTH_NEEDS_A_TOKEN) {
            return Some(StatusCode::UNAUTHORIZED);
        }
        let reads = [Method::GET, Method::HEAD].contains(request.method());
        Some(if reads { StatusCode::OK } else { StatusCode::METHOD_NOT_ALLOWED })
    }

    /// Writes down what a client has shown, where a defect does.
    fn gossip(&self, token: Option<&[u8]>) {
        let Some(token) = token else { return };
        // A defect that cannot write harms nobody.
        if fault!(TOKENS_OF_CLIENTS_ON_STDERR) {
            let _ = writeln!(io::stderr(), "a client shows {}", String::from_utf8_lossy(token));
        }
        if fault!(TOKENS_OF_CLIENTS_IN_A_FILE) {
            let _ = fs::write(self.home.join("clients.log"), token);
        }
    }
}

/// Whether a defect lets this origin in.
fn is_excused(origin: &[u8]) -> bool {
    let local: [&[u8]; 2] = [b"http://localhost", b"http://127.0.0.1"];
    fault!(ORIGIN_ACCEPTED)
        || (origin == b"null" && fault!(NULL_ORIGIN_ACCEPTED))
        || (origin.is_empty() && fault!(EMPTY_ORIGIN_ACCEPTED))
        || (local.iter().any(|start| origin.starts_with(start)) && fault!(LOCAL_ORIGIN_ACCEPTED))
}

/// Whether a request asks for a WebSocket.
fn is_upgrade(headers: &HeaderMap) -> bool {
    let says = |name, word: &str| {
        let value = headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        value.is_some_and(|value| value.to_ascii_lowercase().contains(word))
    };
    says(CONNECTION, "upgrade") && says(UPGRADE, "websocket")
}

//! HTTP requests, written byte by byte, and their answers: what a client sends before there are frames.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::listening::{Stream, unbounded};

/// The longest head of an answer, in bytes.
const HEAD: usize = 64 << 10;
/// The end of a head.
const END: &[u8] = b"\r\n\r\n";
/// What opens a WebSocket; the key is that of RFC 6455.
const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    bytes: Vec<u8>,
}

/// What a subject does with a request.
pub enum Answer {
    /// It opens a WebSocket.
    Open(Box<super::Frames>),
    /// It answers with this status.
    Status(u16),
    /// It closes the connection without an answer.
    Closed,
}

/// A connection on which the subject waits for more.
pub struct Held {
    _stream: Box<dyn Stream>,
}

impl Held {
    pub(super) fn of(stream: Box<dyn Stream>) -> Self {
        Self { _stream: stream }
    }
}

impl Request {
    /// A request that opens a WebSocket at this path.
    pub fn open(path: &str) -> Self {
        Self::begun("GET", path, UPGRADE)
    }

    /// A request that opens none.
    pub fn plain(method: &str, path: &str) -> Self {
        Self::begun(method, path, "Connection: close\r\n")
    }

    fn begun(method: &str, path: &str, headers: &str) -> Self {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}");
        Self { bytes: head.into_bytes() }
    }

    /// Adds a header, as it is written here.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b": ");
        self.bytes.extend_from_slice(value.as_ref());
        self.bytes.extend_from_slice(b"\r\n");
        self
    }

    /// Its bytes up to here, without the end of the head.
    pub(super) fn begin(&self) -> &[u8] {
        &self.bytes
    }

    /// Sends it and reads the head of the answer: its status, or none if there is no answer.
    pub(super) async fn send(&self, stream: &mut Box<dyn Stream>) -> io::Result<Option<u16>> {
        let whole = [&self.bytes, &b"\r\n"[..]].concat();
        // Whoever refuses a request may answer before it is complete.
        if stream.write_all(&whole).await.is_err() {
            return Ok(None);
        }
        let mut head = Vec::new();
        // Byte by byte, so that no frame is read with it.
        while !head.ends_with(END) && head.len() < HEAD {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => break,
            }
        }
        let line = String::from_utf8_lossy(&head);
        let words = line.strip_prefix("HTTP/1.").map(str::split_whitespace);
        let status = words.and_then(|mut words| words.nth(1));
        match status.and_then(|status| status.parse().ok()) {
            Some(status) => Ok(Some(status)),
            None if head.is_empty() => Ok(None),
            None => Err(io::Error::other("the answer is not HTTP")),
        }
    }
}

/// The connection after the head that opens a WebSocket.
pub(super) async fn upgraded(stream: Box<dyn Stream>) -> WebSocketStream<Box<dyn Stream>> {
    WebSocketStream::from_raw_socket(stream, Role::Client, Some(unbounded())).await
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::runtime::Builder;

    use super::{END, Request};
    use crate::listening::Stream;

    /// The status that is read from an answer, and the request that came; the error as a text.
    fn sent(request: &Request, answer: &'static [u8]) -> (Result<Option<u16>, String>, String) {
        Builder::new_current_thread().build().unwrap().block_on(async {
            let (ours, mut theirs) = duplex(4 << 10);
            let subject = async move {
                let mut seen = Vec::new();
                while !seen.ends_with(END) {
                    seen.push(theirs.read_u8().await.unwrap());
                }
                theirs.write_all(answer).await.unwrap();
                String::from_utf8(seen).unwrap()
            };
            let mut stream: Box<dyn Stream> = Box::new(ours);
            let (status, seen) = tokio::join!(request.send(&mut stream), subject);
            (status.map_err(|error| error.to_string()), seen)
        })
    }

    #[test]
    fn a_request_is_written_as_it_is_given() {
        let request =
            Request::plain("GET", "/readyz").header("oRIGIN", "").header("X", b"\xc3\xa9");
        let (_, seen) = sent(&request, b"");
        let expected = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
            oRIGIN: \r\nX: \u{e9}\r\n\r\n";
        assert_eq!(seen, expected);
    }

    #[test]
    fn the_status_is_read_and_nothing_after_the_head() {
        let request = Request::open("/");
        let status = |answer| sent(&request, answer).0;
        assert_eq!(status(b"HTTP/1.1 403 Forbidden\r\n\r\n"), Ok(Some(403)));
        assert_eq!(status(b"HTTP/1.1 101\r\nUpgrade: websocket\r\n\r\n\x81\x00"), Ok(Some(101)));
        assert_eq!(status(b"HTTP/1.0 400 Bad Request\r\n"), Ok(Some(400)), "cut off");
        assert_eq!(status(b""), Ok(None));
        assert!(status(b"{\"id\":1}\n").is_err());
    }
}

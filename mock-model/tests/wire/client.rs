//! A raw HTTP client, which shows chunks, breaks and partial bodies as they are.

use std::future::Future;
use std::io;
use std::time::Duration;

use mock_model::MockModel;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Far longer than anything here takes.
const DEADLINE: Duration = Duration::from_secs(20);

/// Waits with a deadline.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.expect("the deadline of the test has passed")
}

/// One connection.
pub(crate) struct Client {
    pub(crate) socket: TcpStream,
    buffer: Vec<u8>,
}

/// The head of an answer.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: Head,
    pub(crate) body: String,
    /// Whether the body ended as HTTP requires, not with the connection.
    pub(crate) is_complete: bool,
}

impl Client {
    pub(crate) async fn connect(model: &MockModel) -> Self {
        let socket = within(TcpStream::connect(model.address())).await.expect("connect");
        Self { socket, buffer: Vec::new() }
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        within(self.socket.write_all(bytes)).await.expect("write");
    }

    /// Sends a request; `headers` are complete lines.
    pub(crate) async fn request(&mut self, target: &str, headers: &str, body: &str) {
        let length = body.len();
        let request = format!(
            "{target} HTTP/1.1\r\nhost: model\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        self.write(request.as_bytes()).await;
    }

    pub(crate) async fn ask(&mut self, body: &Value) {
        self.request("POST /v1/responses", "", &body.to_string()).await;
    }

    pub(crate) async fn head(&mut self) -> Head {
        let bytes = within(self.take_until(b"\r\n\r\n")).await.expect("a head");
        let text = String::from_utf8(bytes).expect("a head is text");
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status");
        let header = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_lowercase(), value.to_owned()))
        };
        let headers = lines.filter_map(header).collect();
        Head { status: status.parse().expect("a status is a number"), headers }
    }

    /// One chunk of a chunked body; `None` is its end, an error the end of the connection.
    pub(crate) async fn chunk(&mut self) -> io::Result<Option<String>> {
        within(async {
            let size = self.take_until(b"\r\n").await?;
            let size = String::from_utf8_lossy(&size).trim().to_owned();
            let size = usize::from_str_radix(&size, 16).expect("a chunk begins with its size");
            let mut chunk = self.take(size + 2).await?;
            chunk.truncate(size);
            let chunk = String::from_utf8(chunk).expect("a chunk is text");
            Ok((size > 0).then_some(chunk))
        })
        .await
    }

    pub(crate) async fn answer(&mut self) -> Answer {
        let head = self.head().await;
        if let Some(length) = head.get("content-length") {
            let length = length.parse().expect("a length is a number");
            let taken = within(self.take(length)).await;
            let is_complete = taken.is_ok();
            let body = String::from_utf8(taken.unwrap_or_default()).expect("a body is text");
            return Answer { head, body, is_complete };
        }
        let mut body = String::new();
        loop {
            match self.chunk().await {
                Ok(Some(chunk)) => body.push_str(&chunk),
                Ok(None) => return Answer { head, body, is_complete: true },
                Err(_) => return Answer { head, body, is_complete: false },
            }
        }
    }

    /// Whether the service has closed the connection, without a further byte.
    pub(crate) async fn is_closed(&mut self) -> bool {
        let mut byte = [0];
        !matches!(within(self.socket.read(&mut byte)).await, Ok(1..)) && self.buffer.is_empty()
    }

    async fn take_until(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        loop {
            let found = self.buffer.windows(end.len()).position(|window| window == end);
            if let Some(at) = found {
                return Ok(self.buffer.drain(..at + end.len()).collect());
            }
            self.fill().await?;
        }
    }

    async fn take(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < count {
            self.fill().await?;
        }
        Ok(self.buffer.drain(..count).collect())
    }

    async fn fill(&mut self) -> io::Result<()> {
        match self.socket.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

impl Head {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(header, _)| header == name)?;
        Some(&header.1)
    }
}

impl Answer {
    /// The data of the events, in order.
    pub(crate) fn data(&self) -> Vec<Value> {
        let lines = self.body.lines().filter_map(|line| line.strip_prefix("data: "));
        lines.filter_map(|data| serde_json::from_str(data).ok()).collect()
    }

    /// The types of the events, in order.
    pub(crate) fn types(&self) -> Vec<String> {
        let kind = |event: &Value| event["type"].as_str().unwrap_or_default().to_owned();
        self.data().iter().map(kind).collect()
    }

    /// The events of a type.
    pub(crate) fn of_type(&self, kind: &str) -> Vec<Value> {
        self.data().into_iter().filter(|event| event["type"] == kind).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }
}

/// One request on a connection of its own.
pub(crate) async fn send(model: &MockModel, target: &str, headers: &str, body: &str) -> Answer {
    let mut client = Client::connect(model).await;
    client.request(target, headers, body).await;
    client.answer().await
}

/// One Responses request on a connection of its own.
pub(crate) async fn ask(model: &MockModel, body: &Value) -> Answer {
    send(model, "POST /v1/responses", "", &body.to_string()).await
}

/// A service with this script.
pub(crate) async fn model(script: impl Into<mock_model::Script>) -> MockModel {
    let model = MockModel::start().await.expect("a free port");
    model.script(script);
    model
}

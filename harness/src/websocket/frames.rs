//! A client that decides on each frame: pings, fragments, closes, and messages of any size.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame as Raw;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};

use crate::failure::{Failure, Kind, Result};
use crate::listening::Stream;

/// What comes from a subject over a WebSocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A message.
    Text(String),
    /// A ping, with its payload; it has been answered.
    Ping(Vec<u8>),
    /// A pong, with its payload.
    Pong(Vec<u8>),
    /// The subject closes the connection, with a code or without.
    Close(Option<u16>),
    /// The connection is closed.
    Gone,
}

/// A connection on which the check decides on each frame. It is in no transcript.
pub struct Frames {
    socket: WebSocketStream<Box<dyn Stream>>,
    within: Duration,
}

impl Frames {
    pub(crate) fn new(socket: WebSocketStream<Box<dyn Stream>>, within: Duration) -> Self {
        Self { socket, within }
    }

    /// Sends a text in one frame; whether the subject has taken it.
    ///
    /// # Errors
    ///
    /// If the subject neither reads nor closes the connection.
    pub async fn text(&mut self, text: impl Into<String>) -> Result<bool> {
        self.send(Message::text(text.into()), "a text frame").await
    }

    /// Sends one fragment of a text; `number` counts from zero.
    ///
    /// # Errors
    ///
    /// Those of [`Frames::text`].
    pub async fn fragment(&mut self, number: usize, part: &[u8], is_last: bool) -> Result<bool> {
        let kind = OpCode::Data(if number == 0 { Data::Text } else { Data::Continue });
        let frame = Raw::message(part.to_vec(), kind, is_last);
        self.send(Message::Frame(frame), "a fragment").await
    }

    /// Sends a ping.
    ///
    /// # Errors
    ///
    /// Those of [`Frames::text`].
    pub async fn ping(&mut self, payload: &[u8]) -> Result<bool> {
        self.send(Message::Ping(payload.to_vec().into()), "a ping").await
    }

    /// Sends a pong that nobody has asked for.
    ///
    /// # Errors
    ///
    /// Those of [`Frames::text`].
    pub async fn pong(&mut self, payload: &[u8]) -> Result<bool> {
        self.send(Message::Pong(payload.to_vec().into()), "a pong").await
    }

    /// Asks the subject to close the connection, as a client does that leaves.
    ///
    /// # Errors
    ///
    /// Those of [`Frames::text`].
    pub async fn close(&mut self) -> Result<bool> {
        let why = CloseFrame { code: CloseCode::Normal, reason: "bye".into() };
        self.send(Message::Close(Some(why)), "a close frame").await
    }

    async fn send(&mut self, message: Message, what: &str) -> Result<bool> {
        match timeout(self.within, self.socket.send(message)).await {
            Ok(sent) => Ok(sent.is_ok()),
            Err(_) => Err(late(&format!("the subject to read {what}"), self.within)),
        }
    }

    /// Waits for the next frame.
    ///
    /// # Errors
    ///
    /// If none comes in time.
    pub async fn next(&mut self, awaited: &str) -> Result<Frame> {
        match timeout(self.within, self.socket.next()).await {
            Err(_) => Err(late(awaited, self.within)),
            Ok(None | Some(Err(_))) => Ok(Frame::Gone),
            Ok(Some(Ok(message))) => Ok(match message {
                Message::Text(text) => Frame::Text(text.to_string()),
                Message::Binary(bytes) => Frame::Text(String::from_utf8_lossy(&bytes).into_owned()),
                Message::Ping(payload) => Frame::Ping(payload.to_vec()),
                Message::Pong(payload) => Frame::Pong(payload.to_vec()),
                Message::Close(why) => Frame::Close(why.map(|why| why.code.into())),
                // Frames as they are do not come from a reader.
                Message::Frame(_) => Frame::Gone,
            }),
        }
    }
}

/// The failure of a wait.
fn late(awaited: &str, within: Duration) -> Failure {
    let (what, expected) = (format!("waiting for {awaited}"), format!("it within {within:?}"));
    Failure::new(Kind::Timeout, what, expected, "nothing came; the connection is open")
}

//! A model service for tests: it runs on loopback, answers as a script says, and keeps a journal of
//! its requests.
//!
//! It serves, under any prefix, `POST …/responses` and `POST …/chat/completions` (streams of
//! server-sent events), `GET …/models` (an empty list) and `POST …/responses/compact`; under
//! `/backend-api` an account backend answers. Everything else is answered with an error object and
//! recorded.
//!
//! ```
//! use std::time::Duration;
//!
//! use mock_model::{Delivery, MockModel, calls, says};
//! use serde_json::json;
//! # use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! # async fn post(url: &str, body: serde_json::Value) -> std::io::Result<String> {
//! #     let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
//! #     let mut socket = tokio::net::TcpStream::connect(host).await?;
//! #     let body = body.to_string();
//! #     let head = format!(
//! #         "POST /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
//! #         body.len(),
//! #     );
//! #     socket.write_all((head + &body).as_bytes()).await?;
//! #     let mut answer = String::new();
//! #     socket.read_to_string(&mut answer).await?;
//! #     Ok(answer)
//! # }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let model = MockModel::start().await?;
//! model.script([
//!     calls("shell", json!({ "command": ["ls"] })).id("call_1"),
//!     says("There is ").hold("half said").continues("one file."),
//! ]);
//!
//! // The client under test, configured with the base URL, asks for the first reply…
//! let url = format!("{}/responses", model.base_url());
//! let question = json!({ "type": "message", "role": "user", "content": "What is there?" });
//! let answer = post(&url, json!({ "model": "m", "input": [question] })).await?;
//! assert!(answer.contains("event: response.completed"));
//!
//! // …runs the command and asks again; this time the stream waits in the middle of the text.
//! let conversation = json!([
//!     question,
//!     { "type": "function_call", "call_id": "call_1", "name": "shell", "arguments": "{}" },
//!     { "type": "function_call_output", "call_id": "call_1", "output": "README.md" },
//! ]);
//! let second = post(&url, json!({ "model": "m", "input": conversation }));
//! let meanwhile = async {
//!     model.reached("half said").await?;
//!     assert_eq!(model.requests()[1].delivery(), Delivery::Pending);
//!     model.open("half said");
//!     Ok::<_, mock_model::WaitError>(())
//! };
//! let (answer, waited) = tokio::join!(second, meanwhile);
//! waited?;
//! assert!(answer?.contains("There is one file."));
//!
//! // What did it ask?
//! let requests = model.wait_for_requests(2, Duration::from_secs(5)).await?;
//! assert_eq!(requests[0].user_texts(), ["What is there?"]);
//! assert_eq!(requests[1].tool_output("call_1").as_deref(), Some("README.md"));
//! model.verify()?;
//! model.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Nothing varies
//!
//! Ids count (`resp_1`, `msg_1_0`, `call_1_0`: request 1, item 0), time stands still, and there is
//! no `Date` header. The service does not know who calls it: the same requests get the same
//! answers.
//!
//! # Two servers, one address
//!
//! wiremock gives one-shot answers, with [`ResponseTemplate`](wiremock::ResponseTemplate) as their
//! form, but it can neither stream nor break a connection, and it keeps every request it matches
//! for as long as it lives. So a small hyper server is the front: it owns the address, the journal,
//! the order of the script, streams, gates and cuts; an answer in one piece it fetches from a
//! wiremock behind it. That one starts with the first such answer, on a thread of its own, and is
//! replaced after a few hundred. A model that only streams therefore starts in well under a
//! millisecond, without a thread, and its memory is bounded by the [`Limits`] of its journal. The
//! list of models and the answers to requests at fault come from the front, because every client
//! may need them at start-up.

mod account;
mod flush;
mod frame;
mod gates;
mod model;
mod offer;
mod pulse;
mod render;
mod reply;
mod requests;
mod script;
mod server;
mod service;
mod state;
mod stream;
mod verify;
mod whole;

pub use crate::model::{MockModel, WaitError};
pub use crate::reply::Reply;
pub use crate::reply::want::Unoffered;
pub use crate::reply::words::{
    applies_patch, calls, calls_custom, completes, event, fails, holds, http, is_incomplete, item,
    misuses_commands, opens_program, rate_limited, raw, reasons, runs_command, runs_local_shell,
    says, server_error, unauthorized, uses_tool, writes_to,
};
pub use crate::requests::journal::Limits;
pub use crate::requests::pairing::{Missing, Violation};
pub use crate::requests::{Answer, Delivery, Request};
pub use crate::script::{Script, ScriptError};
pub use crate::verify::VerifyError;

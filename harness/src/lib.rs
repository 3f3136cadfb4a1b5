//! How a subject is started, spoken to, watched and reaped, and how a check is run and reported.
//!
//! # For tests of yours
//!
//! [`AppServer`] starts a server of the Codex app-server protocol, greets it, and ends it with everything that it started. With a
//! model service of the crate `mock-model`, which says what a script says, a test needs no network:
//!
//! ```
//! use harness::AppServer;
//! use mock_model::{MockModel, runs_command, says};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (server, args) = ("my-server", vec!["app-server"]);
//! # // Here the reference that comes with the kit.
//! # let (server, args) = (utils_cargo_bin::cargo_bin("proctor")?, vec!["reference", "app-server"]);
//! let model = MockModel::start().await?;
//! model.script([runs_command("touch made"), says("done")]);
//!
//! let mut server = AppServer::builder(server).args(args).model(&model).spawn().await?;
//! // The command of the script writes a file; the default sandbox of a thread forbids that.
//! let started = server.request("thread/start", json!({ "sandbox": "danger-full-access" })).await?;
//! let thread = &started["thread"]["id"];
//! let input = json!([{ "type": "text", "text": "make it" }]);
//! server.request("turn/start", json!({ "threadId": thread, "input": input })).await?;
//! server.next_notification(|call| call.method == "turn/completed").await?;
//! assert!(server.home().join("made").exists(), "the command was not run");
//!
//! let report = server.shutdown().await?;
//! assert!(report.is_clean(), "{report:?}");
//! # Ok(())
//! # }
//! ```
//!
//! | you want | you use |
//! |---|---|
//! | a server, requests, notifications, its own requests | [`AppServer`], [`Call`], [`Reply`], [`Policy`] |
//! | bounds other than the usual ones | [`Settings`] |
//! | whatever [`AppServer`] does not offer: raw lines, signals, the exit | [`Peer`], by [`AppServer::peer`] |
//! | any other child process that cannot be forgotten; to know what a command leaves behind | the crate `reaper` |
//! | a program at a terminal; a REPL | the crate `terminal` |
//! | to compare, and report where two values differ | [`ensure!`], [`ensure_eq!`] |
//!
//! A [`Failure`] names what was looked at, what was expected, what came instead and the end of the conversation, by `{}`, by
//! `{:?}` and so also by `unwrap()`; a [`ShutdownReport`](reaper::process::ShutdownReport) describes in the same way how a
//! server ended and what it left.
//!
//! # The kit's own
//!
//! Checks are written with [`check`](macro@check), [`Context`] and [`Conversation`]; see CONTRIBUTING.md. [`discover()`],
//! [`profile`], [`precondition`], [`select`], [`run`], [`session`] and [`known_failures`] make a run of them, [`trial`] tests
//! for cargo-nextest; [`trap`] records what a subject tried to reach outside the machine. These modules change as the kit
//! needs it; every other name stands at the root.

mod app_server;
mod applies;
mod check;
mod context;
mod conversation;
mod course;
pub mod coverage;
mod discover;
mod ensure;
mod failure;
mod fifo;
mod file_log;
mod home;
pub mod known_failures;
mod library;
mod line;
mod listening;
mod looks;
mod machine_lock;
mod mcp;
mod message;
mod moment;
mod no_such_method;
mod order;
mod peer;
mod policy;
pub mod precondition;
pub mod profile;
pub mod run;
pub mod select;
pub mod session;
mod settings;
mod subject;
mod transcript;
pub mod trap;
pub mod trial;
pub mod websocket;
mod weight;

// What a check is.
pub use applies::{Applies, FixedIn, Release};
pub use check::{Body, CHECKS, Check, INQUIRY, TOUR, TOUR_OF_LAWS, TOUR_OF_MCP, all as all_checks};
pub use harness_macros::{check, inquiry, law, observer, tour};
pub use report::{Dialect, Family, Level, Outcome, Revision, Transport, Verdict};

// What a check is given, and what it does with it.
pub use context::Context;
pub use conversation::Conversation;
pub use course::{Asked, Course, Event};
pub use ensure::show;
pub use failure::{Failure, Kind, OrInconclusive, Result};
pub use fifo::Fifo;
pub use home::{Home, Template};
pub use listening::At;
pub use looks::Looks;
pub use message::{Call, Id, Message, Reply, RpcError, code, text_at};
pub use moment::Moment;
pub use no_such_method::NoSuchMethod;
pub use order::Order;
pub use peer::{Ended, Peer, Ticket};
pub use policy::Policy;
pub use transcript::Entry;
pub use websocket::{Answer, Frame, Frames, Held, Request, Server};

// How a subject is started and greeted.
pub use app_server::{CLIENT_NAME, INITIALIZE, V1_METHODS, V2_METHODS};
pub use discover::discover;
pub use library::{AppServer, Builder};
pub use mcp::request_meta;
pub use profile::Method;
pub use reaper::process::Exit;
pub use settings::{Calls, Settings};
pub use subject::{Examined, Subject, SubjectError};

#[doc(hidden)]
pub mod compare;
#[doc(hidden)]
pub mod private;

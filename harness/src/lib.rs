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
//! | a server, requests, notifications, its own requests | [`AppServer`], [`policy`], [`message`] |
//! | bounds other than the usual ones | [`Settings`] |
//! | whatever [`AppServer`] does not offer: raw lines, signals, the exit | [`Peer`], by [`AppServer::peer`] |
//! | any other child process that cannot be forgotten | [`guard`] |
//! | a program at a terminal; a REPL | [`pty`], [`repl`] |
//! | to know what a command leaves behind | [`supervise`] |
//! | to compare, and say where two values differ | [`ensure!`], [`ensure_eq!`] |
//!
//! A [`Failure`] says what was looked at, what was expected, what came instead and the end of the conversation, by `{}`, by `{:?}`
//! and so also by `unwrap()`; a [`process::ShutdownReport`] says the same way how a server ended and what it left.
//!
//! # The kit's own
//!
//! Checks are written with [`check`](macro@check), [`Context`] and [`Conversation`]; see CONTRIBUTING.md. [`discover`], [`applies`],
//! [`select`], [`run`], [`session`], [`known_failures`], [`outcome`] and [`report`] make a run of them, [`trial`] tests for
//! cargo-nextest. [`subject`], [`home`], [`trap`], [`fifo`],
//! [`process`] and [`guardian`] are the world of one check, [`line`](mod@line), [`order`] and [`transcript`] what was said in it. These change
//! as the kit needs it.

pub mod app_server;
pub mod applies;
pub mod check;
pub mod context;
pub mod conversation;
pub mod discover;
pub mod ensure;
pub mod failure;
pub mod fifo;
pub mod home;
pub mod known_failures;
pub mod library;
pub mod line;
pub mod looks;
mod machine_lock;
pub mod mcp;
pub mod message;
pub mod order;
pub mod peer;
pub mod policy;
pub mod precondition;
pub mod profile;
pub mod run;
pub mod select;
pub mod session;
pub mod settings;
pub mod subject;
pub mod transcript;
pub mod trap;
pub mod trial;
mod weight;

pub use harness_macros::{check, observer, tour};

pub use applies::{Applies, FixedIn, Release};
pub use check::{Body, CHECKS, Check, TOUR};
pub use context::Context;
pub use conversation::Conversation;
pub use failure::{Failure, Result};
pub use library::AppServer;
pub use message::{Id, Message, Reply, RpcError};
pub use peer::Peer;
pub use profile::Profile;
pub use reaper::process::Exit;
pub use report::{Dialect, Level, Outcome, Verdict};
pub use settings::Settings;
pub use subject::Subject;

#[doc(hidden)]
pub mod private {
    //! What the attributes of `harness-macros` expand to; not for people.

    pub use linkme;
    pub use serde_json;
}

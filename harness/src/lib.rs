//! How a subject is started, spoken to, watched and reaped, and how a check is run and reported.

pub mod app_server;
pub mod applies;
pub mod check;
pub mod context;
pub mod conversation;
pub mod dialect;
pub mod discover;
pub mod ensure;
pub mod failure;
pub mod fifo;
pub mod guard;
pub mod guardian;
pub mod home;
pub mod known_failures;
pub mod library;
pub mod line;
pub mod mcp;
pub mod message;
pub mod order;
pub mod outcome;
pub mod peer;
pub mod policy;
pub mod process;
pub mod prove;
pub mod pty;
mod queue;
pub mod repl;
pub mod report;
pub mod run;
pub mod select;
pub mod session;
pub mod settings;
pub mod stdin;
pub mod subject;
pub mod supervise;
pub mod transcript;
pub mod trap;
pub mod trial;

pub use harness_macros::{check, observer, tour};

pub use applies::{Applies, FixedIn, Release};
pub use check::{Body, CHECKS, Check, Level, TOUR};
pub use context::Context;
pub use conversation::Conversation;
pub use dialect::Dialect;
pub use failure::{Failure, Result};
pub use library::AppServer;
pub use message::{Id, Message, Reply, RpcError};
pub use outcome::{Outcome, Verdict};
pub use peer::Peer;
pub use settings::Settings;
pub use subject::Subject;

#[doc(hidden)]
pub mod private {
    //! What the attributes of `harness-macros` expand to; not for people.

    pub use linkme;
    pub use serde_json;
}

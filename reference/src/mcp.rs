//! The second reference subject: a small, correct server of the Model Context Protocol over stdio.
//!
//! It speaks both eras: the revisions that open a session with `initialize`, and the one in which each request says its
//! version and its client's capabilities in `_meta`. Everything that the checks look at is here in its simplest form.
//!
//! One thread reads lines and answers at once what changes nothing and takes no time. A call that takes time has a thread of
//! its own (`calls`), so that nothing waits for it. All of them write through `output`, a whole message at a time.

mod asking;
mod calls;
mod codex;
mod completion;
mod ending;
mod envelope;
mod era;
mod input;
mod legacy;
mod logging;
mod methods;
mod modern;
mod output;
mod paging;
mod prompts;
mod questions;
mod resources;
mod serve;
mod server;
mod subscriptions;
mod tasks;
mod tools;
pub(crate) mod variants;

pub(crate) use serve::main;

//! What planted faults do, apart from the server that they are planted in: nothing happens here unless one is active.
//!
//! What has to see private parts of a module stands beside it, in a `faults.rs` of its own.

pub(crate) mod approvals;
pub(crate) mod archive;
pub(crate) mod auth;
pub(crate) mod clients;
pub(crate) mod config;
pub(crate) mod context;
pub(crate) mod crowd;
pub(crate) mod ending;
pub(crate) mod events;
pub(crate) mod forms;
pub(crate) mod frames;
pub(crate) mod gates;
pub(crate) mod history;
pub(crate) mod home;
pub(crate) mod input;
pub(crate) mod laws;
pub(crate) mod lifecycle;
pub(crate) mod members;
pub(crate) mod message;
pub(crate) mod model;
pub(crate) mod moments;
pub(crate) mod not_a_message;
pub(crate) mod outbox;
pub(crate) mod process;
pub(crate) mod requests;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod sse;
pub(crate) mod tools;
pub(crate) mod transport;
pub(crate) mod turn;

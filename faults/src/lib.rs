//! The deliberate defects of the reference subject, by chapter of the protocol: names and sentences, no code.
//!
//! A check names the faults that it must detect. The reference subject has one line for each fault where its code
//! bends, `if fault!(LOGOUT_KEEPS_AUTH) {`. Neither knows the other; both know this table.

mod archive;
mod auth;
mod basics;
mod conversation;
mod default_model;
mod exec;
pub mod fault;
mod initialize;
mod lifecycle;
mod model_view;
mod pty;
mod resume;
mod servers;
mod thread;
mod turn;
mod websocket;
mod wire;

pub use fault::{Fault, UnknownFault};

pub use archive::*;
pub use auth::*;
pub use basics::*;
pub use conversation::*;
pub use default_model::*;
pub use exec::*;
pub use initialize::*;
pub use lifecycle::*;
pub use model_view::*;
pub use pty::*;
pub use resume::*;
pub use servers::*;
pub use thread::*;
pub use turn::*;
pub use websocket::*;
pub use wire::*;

/// The tables, by chapter of the checks that detect their faults.
pub const CHAPTERS: &[(&str, &[Fault])] = &[
    ("archive", archive::FAULTS),
    ("auth", auth::FAULTS),
    ("basics", basics::FAULTS),
    ("conversation", conversation::FAULTS),
    ("default_model", default_model::FAULTS),
    ("exec", exec::FAULTS),
    ("initialize", initialize::FAULTS),
    ("lifecycle", lifecycle::FAULTS),
    ("model_view", model_view::FAULTS),
    ("pty", pty::FAULTS),
    ("resume", resume::FAULTS),
    ("servers", servers::FAULTS),
    ("thread", thread::FAULTS),
    ("turn", turn::FAULTS),
    ("websocket", websocket::FAULTS),
    ("wire", wire::FAULTS),
];

/// Every fault, by chapter.
pub fn all() -> impl Iterator<Item = Fault> {
    CHAPTERS.iter().flat_map(|(_, faults)| faults.iter().copied())
}

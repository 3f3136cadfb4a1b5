//! The deliberate defects of the reference subject, by chapter of the protocol: names and sentences, no code.
//!
//! A check names the faults that it must detect. The reference subject has one line for each fault where its code
//! bends, `if fault!(LOGOUT_KEEPS_AUTH) {`. Neither knows the other; both know this table.

mod archive;
mod auth;
mod basics;
mod codex_mcp;
mod compact;
mod conversation;
mod crowd;
mod default_model;
mod exec;
pub mod fault;
mod forms;
mod history;
mod initialize;
mod laws;
mod lifecycle;
mod mcp;
mod members;
mod model_view;
mod moments;
mod pty;
mod resume;
mod review;
mod schema;
mod servers;
mod settings;
mod thread;
mod tools;
mod turn;
mod websocket;
mod wire;

pub use fault::{Fault, UnknownFault};

pub use archive::*;
pub use auth::*;
pub use basics::*;
pub use codex_mcp::*;
pub use compact::*;
pub use conversation::*;
pub use crowd::*;
pub use default_model::*;
pub use exec::*;
pub use forms::*;
pub use history::*;
pub use initialize::*;
pub use laws::*;
pub use lifecycle::*;
pub use mcp::cancel::*;
pub use mcp::completion::*;
pub use mcp::declared::*;
pub use mcp::end::*;
pub use mcp::envelope::*;
pub use mcp::framing::*;
pub use mcp::input::*;
pub use mcp::listen::*;
pub use mcp::logging::*;
pub use mcp::modern::*;
pub use mcp::paging::*;
pub use mcp::ping::*;
pub use mcp::progress::*;
pub use mcp::prompts::*;
pub use mcp::refusal::*;
pub use mcp::resources::*;
pub use mcp::robust::*;
pub use mcp::roles::*;
pub use mcp::start::*;
pub use mcp::tasks::*;
pub use mcp::tools::*;
pub use members::*;
pub use model_view::*;
pub use moments::*;
pub use pty::*;
pub use resume::*;
pub use review::*;
pub use schema::*;
pub use servers::*;
pub use settings::*;
pub use thread::*;
pub use tools::*;
pub use turn::*;
pub use websocket::*;
pub use wire::*;

/// The tables, by chapter of the checks that detect their faults.
pub const CHAPTERS: &[(&str, &[Fault])] = &[
    ("archive", archive::FAULTS),
    ("auth", auth::FAULTS),
    ("basics", basics::FAULTS),
    ("codex_mcp", codex_mcp::FAULTS),
    ("compact", compact::FAULTS),
    ("conversation", conversation::FAULTS),
    ("crowd", crowd::FAULTS),
    ("default_model", default_model::FAULTS),
    ("dynamic_tool", tools::FAULTS),
    ("exec", exec::FAULTS),
    ("forms", forms::FAULTS),
    ("initialize", initialize::FAULTS),
    ("laws", laws::FAULTS),
    ("lifecycle", lifecycle::FAULTS),
    ("mcp::cancel", mcp::cancel::FAULTS),
    ("mcp::completion", mcp::completion::FAULTS),
    ("mcp::declared", mcp::declared::FAULTS),
    ("mcp::end", mcp::end::FAULTS),
    ("mcp::envelope", mcp::envelope::FAULTS),
    ("mcp::framing", mcp::framing::FAULTS),
    ("mcp::input", mcp::input::FAULTS),
    ("mcp::listen", mcp::listen::FAULTS),
    ("mcp::logging", mcp::logging::FAULTS),
    ("mcp::modern", mcp::modern::FAULTS),
    ("mcp::paging", mcp::paging::FAULTS),
    ("mcp::ping", mcp::ping::FAULTS),
    ("mcp::progress", mcp::progress::FAULTS),
    ("mcp::prompts", mcp::prompts::FAULTS),
    ("mcp::refusal", mcp::refusal::FAULTS),
    ("mcp::resources", mcp::resources::FAULTS),
    ("mcp::robust", mcp::robust::FAULTS),
    ("mcp::roles", mcp::roles::FAULTS),
    ("mcp::start", mcp::start::FAULTS),
    ("mcp::tasks", mcp::tasks::FAULTS),
    ("mcp::tools", mcp::tools::FAULTS),
    ("members", members::FAULTS),
    ("model_view", model_view::FAULTS),
    ("moments", moments::FAULTS),
    ("pty", pty::FAULTS),
    ("resume", resume::FAULTS),
    ("review", review::FAULTS),
    ("rollback", history::FAULTS),
    ("schema", schema::FAULTS),
    ("servers", servers::FAULTS),
    ("settings", settings::FAULTS),
    ("thread", thread::FAULTS),
    ("turn", turn::FAULTS),
    ("websocket", websocket::FAULTS),
    ("wire", wire::FAULTS),
];

/// Every fault, by chapter.
pub fn all() -> impl Iterator<Item = Fault> {
    CHAPTERS.iter().flat_map(|(_, faults)| faults.iter().copied())
}

//! The deliberate defects of the reference subject, by chapter of the protocol: names and sentences, no code.
//!
//! A check names the faults that it must detect. The reference subject has one line for each fault where its code
//! bends, `if fault!(LOGOUT_KEEPS_AUTH) {`. Neither knows the other; both know this table.

mod account;
mod answers;
mod archive;
mod ask;
mod attachment;
mod auth;
mod basics;
mod clients;
mod codex_mcp;
mod compact;
mod conversation;
mod crowd;
mod default_model;
mod exec;
pub mod fault;
mod forms;
mod fs;
mod fuzzy;
mod gates;
mod git_diff;
mod goal;
mod history;
mod hooks;
mod initialize;
mod inventory;
mod items;
mod laws;
mod lifecycle;
mod listener;
mod mcp;
mod members;
mod model_view;
mod moments;
mod process;
mod project;
mod pty;
mod queue;
mod resume;
mod review;
mod rollback;
mod schema;
mod servers;
mod settings;
mod shell;
mod skills;
mod thread;
mod tools;
mod turn;
mod upkeep;
mod websocket;
mod wire;

pub use fault::{Fault, UnknownFault};

pub use account::*;
pub use answers::*;
pub use archive::*;
pub use ask::*;
pub use attachment::*;
pub use auth::*;
pub use basics::*;
pub use clients::*;
pub use codex_mcp::*;
pub use compact::*;
pub use conversation::*;
pub use crowd::*;
pub use default_model::*;
pub use exec::*;
pub use forms::*;
pub use fs::*;
pub use fuzzy::*;
pub use gates::*;
pub use git_diff::*;
pub use goal::*;
pub use history::*;
pub use hooks::*;
pub use initialize::*;
pub use inventory::*;
pub use items::*;
pub use laws::*;
pub use lifecycle::*;
pub use listener::*;
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
pub use process::*;
pub use project::*;
pub use pty::*;
pub use queue::*;
pub use resume::*;
pub use review::*;
pub use rollback::*;
pub use schema::*;
pub use servers::*;
pub use settings::*;
pub use shell::*;
pub use skills::*;
pub use thread::*;
pub use tools::*;
pub use turn::*;
pub use upkeep::*;
pub use websocket::*;
pub use wire::*;

/// The tables, by chapter of the checks that detect their faults.
pub const CHAPTERS: &[(&str, &[Fault])] = &[
    ("account", account::FAULTS),
    ("answers", answers::FAULTS),
    ("archive", archive::FAULTS),
    ("ask", ask::FAULTS),
    ("attachment", attachment::FAULTS),
    ("auth", auth::FAULTS),
    ("basics", basics::FAULTS),
    ("clients", clients::FAULTS),
    ("codex_mcp", codex_mcp::FAULTS),
    ("compact", compact::FAULTS),
    ("conversation", conversation::FAULTS),
    ("crowd", crowd::FAULTS),
    ("default_model", default_model::FAULTS),
    ("dynamic_tool", tools::FAULTS),
    ("exec", exec::FAULTS),
    ("forms", forms::FAULTS),
    ("fs", fs::FAULTS),
    ("fuzzy", fuzzy::FAULTS),
    ("gates", gates::FAULTS),
    ("git_diff", git_diff::FAULTS),
    ("goal", goal::FAULTS),
    ("history", history::FAULTS),
    ("hooks", hooks::FAULTS),
    ("initialize", initialize::FAULTS),
    ("inventory", inventory::FAULTS),
    ("items", items::FAULTS),
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
    ("process", process::FAULTS),
    ("project", project::FAULTS),
    ("pty", pty::FAULTS),
    ("queue", queue::FAULTS),
    ("resume", resume::FAULTS),
    ("review", review::FAULTS),
    ("rollback", rollback::FAULTS),
    ("schema", schema::FAULTS),
    ("servers", servers::FAULTS),
    ("settings", settings::FAULTS),
    ("shell", shell::FAULTS),
    ("skills", skills::FAULTS),
    ("thread", thread::FAULTS),
    ("turn", turn::FAULTS),
    ("upkeep", upkeep::FAULTS),
    ("websocket", websocket::FAULTS),
    ("websocket::listener", listener::FAULTS),
    ("wire", wire::FAULTS),
];

/// Every fault, by chapter.
pub fn all() -> impl Iterator<Item = Fault> {
    CHAPTERS.iter().flat_map(|(_, faults)| faults.iter().copied())
}

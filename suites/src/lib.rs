//! What the protocols require: one module a chapter, one function a requirement.
//!
//! A chapter only converses and compares; what chapters send to a subject are the methods of
//! [`client`].

pub mod account;
pub mod answers;
pub mod archive;
pub mod ask;
pub mod attachment;
pub mod auth;
pub mod basics;
pub mod bytes;
pub mod client;
pub mod clients;
pub mod codex_mcp;
pub mod compact;
pub mod conversation;
pub mod crowd;
pub mod default_model;
pub mod dynamic_tool;
pub mod exec;
pub mod faults;
pub mod forms;
pub mod fs;
pub mod fuzzy;
pub mod gates;
pub mod git_diff;
pub mod goal;
pub mod history;
pub mod hooks;
pub mod initialize;
pub mod inventory;
pub mod items;
pub mod laws;
pub mod lifecycle;
pub mod mcp;
pub mod members;
pub mod methods;
pub mod model_view;
pub mod moments;
pub mod offered;
pub mod process;
pub mod project;
pub mod pty;
pub mod queue;
pub mod resume;
pub mod review;
pub mod rollback;
pub mod rows;
pub mod schema;
pub mod servers;
pub mod settings;
pub mod shell;
pub mod skills;
pub mod stored;
pub mod template;
pub mod thread;
pub mod turn;
mod unwanted;
pub mod upkeep;
pub mod websocket;
pub mod wire;

pub use methods::METHODS;
pub use template::{Standard, template};

/// The chapters by the names of their suites, and what each is about: the first line of its file.
macro_rules! chapters {
    ($($name:ident),* $(,)?) => {
        /// Every chapter with checks: the name of its suite, and what it is about.
        pub const CHAPTERS: &[(&str, &str)] =
            &[$((stringify!($name), first_line(include_str!(concat!(stringify!($name), ".rs"))))),*];
    };
}

chapters! {
    account, answers, archive, ask, attachment, auth, basics, clients, codex_mcp, compact,
    conversation, crowd, default_model, dynamic_tool, exec, forms, fs, fuzzy, gates, git_diff, goal,
    history, hooks, initialize, inventory, items, laws, lifecycle, mcp, members, model_view,
    moments, process, project, pty, queue, resume, review, rollback, schema, servers, settings,
    shell, skills, thread, turn, upkeep, websocket, wire,
}

/// The first line of a file, which is its documentation.
const fn first_line(file: &'static str) -> &'static str {
    let mut end = 0;
    while file.as_bytes()[end] != b'\n' {
        end += 1;
    }
    file.split_at(end).0.split_at("//! ".len()).1
}

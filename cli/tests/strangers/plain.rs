//! A server that does what the protocol says, written by somebody else: nothing that it offers is held against it.

use crate::examined::{examine, examine_twice};
use crate::program::Language;

/// What a server of one thread and one turn has to do.
const CORE: [&str; 6] =
    ["--check", "initialize::*", "--check", "wire::*", "--check", "turn::interrupt::*"];

#[test]
fn one_in_python_holds() {
    examine_twice(Language::Python, "plain", &CORE).exits(0).nothing_amiss(45);
}

#[test]
fn one_in_node_holds() {
    examine_twice(Language::Node, "plain", &CORE).exits(0).nothing_amiss(40);
}

#[test]
fn its_stored_threads_hold() {
    let args =
        ["--check", "archive::*", "--check", "resume::listing::*", "--check", "resume::paging::*"];
    examine(Language::Python, "plain", &args).exits(0).nothing_amiss(40);
}

/// It keeps its threads in memory: what begins with conversations that Codex stored says nothing of it.
#[test]
fn what_needs_conversations_of_codex_could_not_tell_without_them() {
    let examined = examine(Language::Node, "plain", &["--suite", "archive"]);
    examined.could_not_tell(
        "archive::an_unknown_conversation_is_rejected",
        &["needs", "what Codex stored"],
    );
}

#[test]
fn its_turns_hold() {
    let args = [
        "--check",
        "turn::reply::*",
        "--check",
        "turn::model_error::*",
        "--check",
        "turn::input::*",
    ];
    for language in [Language::Python, Language::Node] {
        examine(language, "plain", &args).exits(0).nothing_amiss(30);
    }
}

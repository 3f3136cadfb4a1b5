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

/// It stores nothing, and says so by a list that is empty: what looks for stored threads does not blame it for an answer.
#[test]
fn what_it_does_not_offer_is_left_out() {
    let examined = examine(Language::Node, "plain", &["--suite", "archive"]);
    examined.not_offered("archive::not_an_unknown_one", "thread/archive");
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

//! Servers that greet in another way, late, or not at all.

use crate::examined::{examine, examine_twice};
use crate::program::Language;

const TURNS: [&str; 4] = ["--check", "turn::interrupt::*", "--check", "wire::*"];

/// `serverInfo` is no proof of an MCP server.
#[test]
fn one_that_greets_like_an_mcp_server_is_examined_as_what_it_is() {
    for language in [Language::Python, Language::Node] {
        examine(language, "server-info", &TURNS).opens_with(&["v2"]).exits(0).nothing_amiss(30);
    }
}

/// It answers nothing without the member; that is found out once, said, and used. Only the rules
/// about the member are broken, and with them the law that everything is answered.
#[test]
fn one_that_wants_the_version_member_gets_it() {
    let broken = [
        "basics::answers_a_client_without_jsonrpc_member",
        "conversation::no_version_member",
        "laws::answered::every_request_is_answered",
    ];
    for language in [Language::Python, Language::Node] {
        examine(language, "wants-jsonrpc", &TURNS)
            .opens_with(&["jsonrpc", "v2"])
            .nothing_amiss_but(&broken, 30);
    }
}

/// Each start computes for three seconds, so a few checks have to do.
#[test]
fn one_that_starts_late_has_the_outcomes_of_the_fast_one() {
    let args = [
        "--check",
        "initialize::only_once",
        "--check",
        "initialize::originator_override_wins",
        "--check",
        "initialize::opt_out_is_honored",
    ];
    let fast = examine(Language::Python, "plain", &args).exits(0);
    for language in [Language::Python, Language::Node] {
        let slow = examine(language, "slow-start", &args).exits(0);
        assert_eq!(slow.outcomes(), fast.outcomes(), "{language:?}\n{}", slow.told());
    }
}

#[test]
fn one_that_starts_late_has_the_same_outcomes_alone() {
    let args = ["--check", "initialize::only_once"];
    examine_twice(Language::Python, "slow-start", &args).nothing_amiss(1);
}

/// Refused, with the last words of the server.
#[test]
fn one_that_dies_is_refused_with_its_reason() {
    examine(Language::Python, "dies", &[]).exits(3).opens_with(&[
        "exit code 3",
        "ModuleNotFoundError",
        "a_module_that_nobody_installed",
    ]);
}

#[test]
fn what_is_no_server_is_refused_with_what_it_said() {
    examine(Language::Python, "not-a-server", &[])
        .exits(3)
        .opens_with(&["exit code 0", "usage: stranger"]);
}

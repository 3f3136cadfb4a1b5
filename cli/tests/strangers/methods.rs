//! Servers that have few methods, refuse one, or break in one.

use crate::examined::{examine, examine_twice};
use crate::program::Language;

/// Checks of what a server of four methods has, and of what it lacks.
const FOUR: &[&str] = &[
    "--check",
    "wire::unknown_methods_are_rejected",
    "--check",
    "wire::unknown_members_are_ignored",
    "--check",
    "turn::start_message_and_end_are_in_order",
    "--check",
    "turn::interrupt::*",
    "--check",
    "turn::steer::joins_the_running_turn",
    "--check",
    "archive::an_archived_conversation_is_rejected",
    "--check",
    "archive::an_unknown_conversation_is_rejected",
    "--check",
    "archive::rejects_another_threads_rollout",
    "--check",
    "archive::not_resumed_by_its_id",
    "--check",
    "archive::an_invalid_id_is_rejected",
    "--check",
    "resume::listing::lists_its_own",
    "--check",
    "resume::listing::lists_after_a_restart",
    "--check",
    "basics::*",
];

/// The preconditions, what needs none of them, and what needs a thread.
const BASICS: [&str; 10] = [
    "--suite",
    "basics",
    "--suite",
    "initialize",
    "--suite",
    "model_view",
    "--suite",
    "exec",
    "--suite",
    "turn",
];

#[test]
fn one_that_has_four_is_examined_in_those() {
    for language in [Language::Python, Language::Node] {
        let examined = examine(language, "four-methods", FOUR);
        assert_eq!(examined.outcome("turn::start_message_and_end_are_in_order"), "passed");
        assert_eq!(
            examined.outcome("turn::interrupt::ends_the_turn_while_the_model_speaks"),
            "passed"
        );
        assert_eq!(examined.outcome("wire::unknown_methods_are_rejected"), "passed");
        examined.not_offered("archive::an_unknown_conversation_is_rejected", "thread/archive");
        examined.not_offered("turn::steer::joins_the_running_turn", "turn/steer");
        assert_eq!(examined.outcome("resume::listing::lists_its_own"), "not_applicable");
        examined.not_offered("basics::lists_threads", "thread/list");
    }
}

#[test]
fn one_that_has_four_has_the_same_outcomes_alone() {
    let args = ["--check", "initialize::*", "--check", "wire::*", "--check", "turn::interrupt::*"];
    examine_twice(Language::Python, "four-methods", &args).nothing_amiss(20);
}

/// The method is there and refuses everything: that is told where it is asked for, and nowhere
/// else.
#[test]
fn one_that_does_not_read_threads_is_judged_by_the_rest() {
    let args = [
        "--check",
        "lifecycle::home::*",
        "--check",
        "turn::tool::command::ended_commands_are_reaped",
        "--check",
        "turn::interrupt::*",
    ];
    for language in [Language::Python, Language::Node] {
        let examined = examine(language, "no-read", &args);
        let flooded = examined.checks.iter().any(|check| check.to_string().contains("flood"));
        assert!(!flooded, "blamed for answering us:\n{}", examined.told());
        assert_eq!(examined.outcome("turn::interrupt::a_finished_turn_is_rejected"), "passed");
        assert_eq!(examined.outcome("turn::tool::command::ended_commands_are_reaped"), "passed");
    }
    let stored = examine(Language::Python, "no-read", &args);
    assert_eq!(stored.outcome("lifecycle::home::survives_a_kill"), "passed", "{}", stored.told());
}

#[test]
fn one_whose_threads_do_not_start_fails_once() {
    for (language, word) in
        [(Language::Python, "NameError"), (Language::Node, "Cannot read properties")]
    {
        let examined =
            examine(language, "broken-start", &BASICS).exits(1).opens_with(&["thread/start", word]);
        let failed: Vec<_> = examined
            .outcomes()
            .into_iter()
            .filter(|(_, outcome)| outcome == "failed")
            .map(|(id, _)| id)
            .collect();
        assert_eq!(failed, ["basics::starts_a_thread"], "{}", examined.told());
        examined
            .could_not_tell("turn::start_message_and_end_are_in_order", &["needs", "thread/start"]);
        assert_eq!(examined.outcome("initialize::only_once"), "passed");
        let told = examined.stdout.matches(word).count();
        assert!(told < 12, "the cause is told {told} times:\n{}", examined.told());
    }
}

#[test]
fn one_whose_threads_do_not_start_has_the_same_outcomes_alone() {
    examine_twice(
        Language::Python,
        "broken-start",
        &["--suite", "basics", "--suite", "initialize"],
    );
}

/// Real releases up to 0.40 are like that: a method that it does not know is not answered.
#[test]
fn one_that_is_silent_is_not_waited_for() {
    let args = [
        "--check",
        "turn::interrupt::*",
        "--check",
        "turn::steer::*",
        "--check",
        "default_model::read::*",
    ];
    let examined = examine(Language::Python, "silent-unknown", &args);
    assert_eq!(examined.outcome("turn::interrupt::another_turn_is_rejected"), "passed");
    assert_eq!(examined.outcome("turn::steer::joins_the_running_turn"), "passed");
    examined.not_offered("default_model::read::a_missing_file_reads_as_empty", "config/read");
}

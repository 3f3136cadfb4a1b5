//! Servers that offer the model another tool for commands, each of the forms that there are, and none.

use crate::examined::{Examined, examine, examine_twice};
use crate::program::Language;

/// Commands that run, are asked for, and are interrupted.
const COMMANDS: [&str; 12] = [
    "--check",
    "turn::tool::the_*",
    "--check",
    "turn::tool::a_*",
    "--check",
    "turn::tool::c*",
    "--check",
    "turn::approval::denied_*",
    "--check",
    "turn::interrupt::ends_*",
    "--check",
    "lifecycle::sigterm_ends_the_running_command",
];

/// Nothing that is run by a tool failed; what the form cannot say is left open.
#[track_caller]
fn holds(examined: &Examined, passed: usize) {
    let failed: Vec<_> = examined
        .amiss()
        .into_iter()
        .filter(|(_, seen)| !seen.starts_with("inconclusive"))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(
        examined.count("passed") >= passed,
        "{} passed\n{}",
        examined.count("passed"),
        examined.told()
    );
    assert_eq!(examined.outcome("turn::tool::the_output_reaches_the_model"), "passed");
    assert_eq!(examined.outcome("turn::approval::a_denied_command_does_not_run"), "passed");
}

#[test]
fn a_list_of_words() {
    for language in [Language::Python, Language::Node] {
        holds(&examine(language, "tool-shell", &COMMANDS), 12);
    }
}

#[test]
fn a_line_for_a_shell() {
    holds(&examine(Language::Python, "tool-shell-command", &COMMANDS), 12);
}

#[test]
fn a_line_for_a_terminal() {
    holds(&examine(Language::Python, "tool-exec", &COMMANDS), 12);
}

#[test]
fn the_shell_of_the_api() {
    holds(&examine(Language::Python, "tool-local-shell", &COMMANDS), 12);
}

/// Of a name that nobody knows: its schema says how to call it.
#[test]
fn a_tool_of_its_own() {
    holds(&examine_twice(Language::Python, "tool-own", &COMMANDS), 10);
}

/// Nothing can be said of commands then: it could not be told, and what was offered is named.
#[test]
fn none_at_all() {
    for language in [Language::Python, Language::Node] {
        let args = [
            "--check",
            "turn::tool::the_output_reaches_the_model",
            "--check",
            "turn::approval::a_denied_command_does_not_run",
        ];
        let examined = examine(language, "tool-none", &args);
        for id in [
            "turn::tool::the_output_reaches_the_model",
            "turn::approval::a_denied_command_does_not_run",
        ] {
            examined.could_not_tell(id, &["tool"]);
        }
    }
}

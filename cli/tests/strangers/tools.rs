//! Servers that offer the model another tool for commands, each of the forms that there are, and
//! none.

use crate::examined::{Examined, examine, examine_twice};
use crate::program::Language;

/// Commands that run, are asked for, and are interrupted.
const COMMANDS: &[&str] = &[
    "--check",
    "turn::tool::the_output_reaches_the_model",
    "--check",
    "turn::tool::the_end_of_a_command_is_reported",
    "--check",
    "turn::tool::the_start_of_a_command_is_reported",
    "--check",
    "turn::tool::commands_run_in_the_directory_of_the_call",
    "--check",
    "turn::tool::the_exit_code_reaches_the_model",
    "--check",
    "turn::tool::a_call_runs_once",
    "--check",
    "turn::tool::commands_run_in_the_directory_of_the_conversation",
    "--check",
    "turn::tool::calls_go_on_until_the_model_is_done",
    "--check",
    "turn::tool::command::commands_do_not_share_the_server_stdin",
    "--check",
    "turn::tool::command::a_killed_command_is_not_a_success",
    "--check",
    "turn::tool::command::a_command_with_much_output_completes",
    "--check",
    "turn::tool::command::every_line_of_output_reaches_the_model",
    "--check",
    "turn::tool::command::whitespace_in_output_is_kept",
    "--check",
    "turn::tool::command::non_ascii_output_reaches_the_model",
    "--check",
    "turn::tool::command::output_with_invalid_utf8_reaches_the_model",
    "--check",
    "turn::tool::command::commands_inherit_the_environment",
    "--check",
    "turn::tool::command::ended_commands_are_reaped",
    "--check",
    "turn::approval::a_denied_command_does_not_run",
    "--check",
    "turn::approval::a_denial_is_reported_to_the_model",
    "--check",
    "turn::approval::a_denied_command_is_completed_as_declined",
    "--check",
    "turn::interrupt::ends_the_turn_while_the_model_speaks",
    "--check",
    "turn::interrupt::ends_the_turn_while_a_command_runs",
    "--check",
    "turn::interrupt::ends_the_running_command",
    "--check",
    "turn::interrupt::ends_the_turn_while_an_approval_is_pending",
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
        holds(&examine(language, "tool-shell", COMMANDS), 12);
    }
}

#[test]
fn a_line_for_a_shell() {
    holds(&examine(Language::Python, "tool-shell-command", COMMANDS), 12);
}

#[test]
fn a_line_for_a_terminal() {
    holds(&examine(Language::Python, "tool-exec", COMMANDS), 12);
}

#[test]
fn the_shell_of_the_api() {
    holds(&examine(Language::Python, "tool-local-shell", COMMANDS), 12);
}

/// Of a name that nobody knows: its schema says how to call it.
#[test]
fn a_tool_of_its_own() {
    holds(&examine_twice(Language::Python, "tool-own", COMMANDS), 10);
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

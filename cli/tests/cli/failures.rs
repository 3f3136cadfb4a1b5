//! What a failure says from its first line to its last: the reference subject with one fault each,
//! as `proctor run` tells it.
//!
//! The text is the product. Whoever changes it looks at all of it: `cargo insta review`, or
//! `INSTA_UPDATE=always`.

use insta::{Settings, assert_snapshot};
use shown::masked;

use crate::world::{World, binary};

/// How much of a line is kept that the report has cut: where it is cut depends on the lengths of
/// paths.
const KEPT: usize = 150;

/// Ids of conversations that checks seed, which are the same in every run; the last digits tell
/// them apart.
const SEEDED: &str = "01956000-0000-7000-8000-0000000000";

/// What one check says of the reference subject with one fault.
fn told(fault: &str, check: &str, more: &[&str], conversation: Conversation) -> String {
    let binary = binary();
    let world = World::new();
    let subject = ["--", binary.to_str().unwrap(), "reference", "app-server", "--fault", fault];
    let ran = world.proctor([&["run", "--check", check], more, &subject].concat());
    assert_eq!(ran.stderr, "");
    let told = ran.stdout.replace(SEEDED, "seeded-");
    let lines = told.lines().map(|line| cut(&masked(line)));
    let told = lines.collect::<Vec<_>>().join("\n");
    match conversation {
        Conversation::Shown => told,
        Conversation::Counted => without_conversation(&told),
    }
}

/// Whether the conversation belongs to the text: where both sides speak at once, its order is
/// another in every run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Conversation {
    Shown,
    Counted,
}

/// The text without the messages that one saw and sent.
fn without_conversation(told: &str) -> String {
    let mut talk = false;
    let kept = told.lines().filter(|line| {
        talk = *line == "  transcript" || talk && line.starts_with("    ");
        let message = line.starts_with("  came ") || line.starts_with("  earlier ");
        !message && (!talk || !line.starts_with("    "))
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// The beginning of a line whose middle was left out.
fn cut(line: &str) -> String {
    if line.contains(" bytes left out) … ") {
        line.chars().take(KEPT).chain(" [cut]".chars()).collect()
    } else {
        line.to_owned()
    }
}

/// What is left that differs from machine to machine, from run to run, or when a check moves in its
/// file.
fn bound() -> impl Drop {
    let mut settings = Settings::clone_current();
    let snapshots = utils_cargo_bin::find_resource!("tests/cli/snapshots");
    // In full: what is relative lies below the workspace in which this was compiled.
    settings.set_snapshot_path(
        snapshots.unwrap_or_else(|error| panic!("the snapshots must be here: {error}")),
    );
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (form, name) in [
        (r"(?m)^    (=> )? *\{n\} ms (->|<-)", "    $1[time] $2"),
        (r"\S*/proctor reference app-server", "[proctor] reference app-server"),
        (r"\(linux [^;]+; [^)]+\) unknown", "([os])"),
        // An answer that comes twice comes beside what we say next.
        (r"\bline \d+ of the conversation", "line [n] of the conversation"),
        (r"\bpid \d+", "pid [pid]"),
        (r"fd \d+ -> pipe:\[\d+\]", "fd [n] -> pipe:[n]"),
        (r#"(startedAt|completedAt|durationMs)":\d+"#, r#"$1":[time]"#),
        (r"; (\{n\}|\d+) m?s\n", "; [time]\n"),
        (r"conformant in 1 of [\d,]+ checks", "conformant in 1 of [n] checks"),
        (r"(?m)^start     .*$", "start     [measured]"),
        (r"\.rs:\d+(:\d+)?", ".rs:[line]"),
        (r"thread '([^']*)' \(\d+\)", "thread '$1' ([thread])"),
        (r#"call_id":"[^"]+"#, r#"call_id":"[call]"#),
    ] {
        settings.add_filter(form, name);
    }
    settings.bind_to_scope()
}

/// A test for each: its name, the fault, the case, further arguments.
macro_rules! snapshots {
    ($($name:ident: $conversation:ident, $fault:literal, $case:literal $(, $more:literal)*;)*) => {
        $(
            #[test]
            fn $name() {
                let _bound = bound();
                assert_snapshot!(stringify!($name), told($fault, $case, &[$($more),*], Conversation::$conversation));
            }
        )*
    };
}

snapshots! {
    a_wrong_value: Counted, "model-override-ignored", "default_model::effect::an_override_wins@v2";
    a_missing_notification: Shown, "account-update-untold", "auth::notices::a_logout_is_announced_once@v2", "--check-timeout", "4s";
    a_wrong_order: Counted, "key-completion-late", "auth::notices::completion_comes_before_the_change@v2";
    a_timeout_with_something_else: Shown, "text-ids-as-numbers", "wire::ids_are_returned_unchanged@v2", "--check-timeout", "4s";
    a_death_in_a_request: Shown, "dies-of-garbage", "wire::survives_invalid_lines@v2";
    rubbish_on_stdout: Counted, "banner-on-stdout", "conversation::only_messages_on_stdout@v2";
    a_leaked_grandchild: Counted, "exit-leaves-command", "lifecycle::sigterm_ends_the_running_command@v2";
    a_wrong_file: Shown, "archive-marks-the-rollout", "archive::the_rollout_is_unchanged@v2";
    a_wrong_mode: Shown, "auth-world-readable", "auth::key::the_file_is_private@v2";
    a_duplicate_answer: Counted, "answers-twice", "conversation::one_answer_for_each_request@v2";
    a_wrong_request_to_the_model: Counted, "stores-responses", "model_view::nothing_is_stored@v2";
    mixed_threads: Counted, "messages-in-every-thread", "turn::two_threads_do_not_mix@v2";
    a_refusal_that_did_not_come: Shown, "archive-of-nothing-succeeds", "archive::an_unknown_conversation_is_rejected@v2";
    a_list_with_too_much: Counted, "archive-copies", "archive::no_longer_listed@v2";
    no_question_before_the_deed: Counted, "everything-is-safe", "turn::approval::a_denied_command_does_not_run@v2", "--check-timeout", "4s";
}

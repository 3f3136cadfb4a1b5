//! The checks as ordinary tests: where nothing can be run, nothing is green.

use std::path::PathBuf;
use std::process::Command;

use crate::world::{Ran, World, binary, bounded};

/// The tests of `cli/tests/conformance.rs`, which cargo and an archive put beside these. Older builds
/// may lie there too.
fn conformance() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let beside = std::fs::read_dir(own.parent().unwrap()).unwrap().map(|entry| entry.unwrap());
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let programs = beside
        .map(|entry| entry.path())
        .filter(|path| name(path).starts_with("conformance-") && path.extension().is_none());
    programs.max_by_key(|path| path.metadata().unwrap().modified().unwrap()).unwrap()
}

fn run(variables: &[(&str, &str)], args: &[&str]) -> Ran {
    let world = World::new();
    let mut command = Command::new(conformance());
    command.current_dir(world.path(".")).args(args).env("NEXTEST_BIN_EXE_proctor", binary());
    command.envs(variables.iter().copied());
    bounded("the trials to end", move || Ran::of(command.output().unwrap()))
}

fn reference() -> String {
    format!("{} reference app-server", binary().display())
}

#[test]
fn a_subject_that_cannot_be_examined_is_red_whatever_is_selected() {
    let broken = [("PROCTOR_SUBJECT", "false")];
    for args in [&[][..], &["wire::"], &["--exact", "no::such_check"], &["--skip", "the_subject"]] {
        let ran = run(&broken, args).exits(101);
        assert!(ran.stdout.contains("0 passed; 1 failed; 0 ignored"), "{args:?}: {}", ran.stdout);
        assert!(ran.stdout.contains("the subject had ended: exit code 1"), "{}", ran.stdout);
    }
    let listed = run(&broken, &["--list", "--format", "terse"]).exits(3);
    assert_eq!(listed.stdout, "");
    assert!(listed.stderr.contains("the subject had ended: exit code 1"), "{}", listed.stderr);
}

#[test]
fn a_run_of_no_check_of_a_named_subject_is_red() {
    let subject = reference();
    let named = [("PROCTOR_SUBJECT", subject.as_str())];
    let ran = run(&named, &["no::such_check"]).exits(4);
    assert!(ran.stderr.starts_with("error: no check was run: "), "{}", ran.stderr);
    let ran = run(&named, &["wire::unknown_methods"]).exits(0);
    assert!(!ran.stdout.contains("test result: ok. 0 passed"), "{}", ran.stdout);
}

#[test]
fn a_subject_that_cannot_be_remembered_is_examined_anew() {
    let subject = reference();
    let nowhere = [("PROCTOR_SUBJECT", subject.as_str()), ("TEST_TMPDIR", "/proc/nowhere")];
    let ran = run(&nowhere, &["wire::unknown_methods"]).exits(0);
    assert!(ran.stdout.contains("0 failed; 0 ignored"), "{}", ran.stdout);
}

#[test]
fn a_subject_is_remembered_where_bazel_keeps_the_files_of_a_test() {
    let (world, subject) = (World::new(), reference());
    let own = world.path("tmp");
    let variables = [("PROCTOR_SUBJECT", subject.as_str()), ("TEST_TMPDIR", own.to_str().unwrap())];
    run(&variables, &["wire::unknown_methods"]).exits(0);
    assert_eq!(std::fs::read_dir(own.join("proctor-subjects")).unwrap().count(), 1);
}

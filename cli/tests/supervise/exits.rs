//! The exit of the command is that of `supervise`, unless something was left.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;

use crate::stage::Stage;

fn run(options: &[&str], script: &str) -> std::process::Output {
    let command = ["sh", "-c", script].map(OsString::from);
    let stage = Stage::new();
    stage.supervise(options, &command).output().unwrap()
}

#[test]
fn code_is_passed_on() {
    for code in [0, 1, 2, 42, 101, 255] {
        assert_eq!(run(&[], &format!("exit {code}")).status.code(), Some(code));
    }
}

#[test]
fn death_by_a_signal_is_passed_on() {
    for (name, number) in [("TERM", 15), ("KILL", 9), ("SEGV", 11), ("ABRT", 6), ("USR1", 10)] {
        let status = run(&[], &format!("ulimit -c 0; kill -{name} $$")).status;
        assert_eq!((status.code(), status.signal()), (None, Some(number)), "{name}");
    }
}

#[test]
fn leak_counts_more_than_the_code() {
    let output = run(&["--grace", "0"], "sleep 50 & exit 42");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("had ended with exit code 42") && told.contains("sleep 50"), "{told}");
}

#[test]
fn what_cannot_be_run_is_said() {
    let stage = Stage::new();
    let output = stage.supervise(&[], &["/no/such/program".into()]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.starts_with("error: cannot run /no/such/program: "), "{told}");
    assert_eq!(stage.supervise(&[], &[]).output().unwrap().status.code(), Some(2));
    let nowhere = stage.supervise(&["--json", "no/such/folder"], &["true".into()]);
    assert_eq!({ nowhere }.output().unwrap().status.code(), Some(2));
}

#[test]
fn command_that_takes_too_long_is_killed() {
    let output = run(&["--timeout", "200ms"], "exec sleep 50");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("its timeout had passed"), "{told}");
}

//! Programs that leave nothing behind are not accused, and pass through untouched.

use std::ffi::OsString;
use std::io::Write;
use std::process::Stdio;

use crate::stage::Stage;

fn sh(script: &str) -> Vec<OsString> {
    ["sh", "-c", script].map(OsString::from).to_vec()
}

#[test]
fn nobody_is_accused() {
    for kind in ["clean", "clean-children", "clean-pipeline", "clean-threads", "clean-killed"] {
        let ran = Stage::new().leave(&["--strict", "--grace", "0"], &[kind]);
        assert_eq!(ran.output.status.code(), Some(0), "{kind}: {}", ran.stderr());
        assert_eq!((ran.report.leaks.len(), ran.report.noted.len()), (0, 0), "{kind}");
        assert_eq!(ran.report.doubts, Vec::<String>::new(), "{kind}");
        let tail = ran.report.tail;
        assert_eq!(tail.stdout.map(|tail| tail.as_nanos()), Some(0), "{kind}");
    }
}

#[test]
fn streams_are_those_of_the_command() {
    let stage = Stage::new();
    let script = "cat; echo out; echo err >&2; printf 'no end'";
    let mut supervise = stage.supervise(&[], &sh(script));
    supervise.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = supervise.spawn().unwrap();
    running.stdin.take().unwrap().write_all(b"\0in\xff\n").unwrap();
    let output = running.wait_with_output().unwrap();
    assert_eq!(output.stdout, b"\0in\xff\nout\nno end");
    assert_eq!(output.stderr, b"err\n");
    assert!(output.status.success());
}

#[test]
fn daemon_that_ends_before_the_command_is_no_zombie() {
    // The command waits until nobody has the daemon's number any more: somebody must reap it.
    let script = "pid=$(setsid sh -c 'echo $$' &) \n while kill -0 $pid 2>/dev/null; do :; done";
    let stage = Stage::new();
    let output = stage.supervise(&[], &sh(script)).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn listing_runs_nothing_and_is_not_supervised() {
    let stage = Stage::new();
    // It becomes the command: no record, and what it leaves is its own business.
    let script = "echo \"$PPID $$\"; exec echo listed \"$@\"";
    let mut command = sh(script);
    command.extend(["name", "--list", "--format", "terse"].map(OsString::from));
    let mut supervise = stage.supervise(&["--json", "json"], &command);
    let running = supervise.stdout(Stdio::piped()).spawn().unwrap();
    let (pid, us) = (running.id(), std::process::id());
    let output = running.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, format!("{us} {pid}\nlisted --list --format terse\n"));
    assert!(!stage.path("json").exists());
}

//! What a test that uses the library is told when a child of it leaves something behind.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};

use harness::AppServer;
use reaper::guard::Guarded;
use reaper::leak::Class;
use reaper::process::{EndedBy, Exit};

use crate::stage::{exists, leaky};

const LEAVES: &str = "setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo $!; exec cat";

fn guarded(script: &str) -> (Guarded, u32) {
    use std::io::{BufRead, BufReader};

    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut guarded = Guarded::spawn(&mut command).unwrap();
    let mut line = String::new();
    BufReader::new(guarded.take_stdout().unwrap()).read_line(&mut line).unwrap();
    (guarded, line.trim().parse().unwrap())
}

fn panics(body: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(body)).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn end_names_what_was_left() {
    let (guarded, left) = guarded(LEAVES);
    let pid = guarded.pid();
    let error = guarded.end().unwrap_err();
    let [survivor] = error.0.survivors.as_slice() else { panic!("{error}") };
    assert_eq!((survivor.pid, survivor.class), (left, Class::Descendant));
    assert_eq!(survivor.tag.id, std::env::var("NEXTEST_ATTEMPT_ID").ok());
    assert!(error.to_string().contains(&format!("sleep 1000 (pid {left})")), "{error}");
    assert!(!exists(left) && !exists(pid));
}

#[test]
fn drop_fails_the_test_and_names_what_was_left() {
    let (guarded, left) = guarded(LEAVES);
    let told = panics(|| drop(guarded));
    assert!(told.contains(&format!("sleep 1000 (pid {left})")), "{told}");
    assert!(!exists(left));
}

#[test]
fn child_that_leaves_nothing_ends_well() {
    let mut command = Command::new(leaky());
    let (clean, null) = (command.arg("clean-threads"), Stdio::null);
    let report = Guarded::spawn(clean.stdin(null()).stdout(null())).unwrap().end().unwrap();
    // It may have ended before it was asked to.
    assert!(matches!(report.exit, Some(Exit::Code(0) | Exit::Signal(15))), "{report:?}");
    let (guarded, _) = guarded("echo 1; exec cat");
    let pid = guarded.pid();
    drop(guarded);
    assert!(!exists(pid), "ended and reaped");
}

#[test]
fn child_that_ignores_everything_is_killed() {
    let (mut guarded, _) = guarded("trap '' TERM; echo 1; while :; do sleep 0.01; done");
    guarded.set_ladder(reaper::process::Ladder {
        eof: std::time::Duration::from_millis(20),
        term: std::time::Duration::from_millis(20),
        ..reaper::process::Ladder::default()
    });
    let pid = guarded.pid();
    let report = guarded.end().unwrap();
    assert_eq!((report.ended_by, report.exit), (EndedBy::Kill, Some(Exit::Signal(9))));
    assert!(!exists(pid));
}

#[test]
fn server_that_is_dropped_and_leaves_something_fails_the_test() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let told = panics(|| {
        runtime.block_on(async {
            let server = AppServer::builder("sh").args(["-c", LEAVES]).without_greeting();
            let mut server = server.spawn().await.unwrap();
            // Its first line is no message; it has come when the child is there.
            let _ = server.next_notification(|_| true).await;
            drop(server);
        });
    });
    assert!(told.contains("sleep 1000 (pid "), "{told}");
}

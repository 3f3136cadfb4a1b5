//! However the subject and its peer end, no process is left running.

use std::sync::Barrier;

use harness::{AppServer, Kind, Peer, Settings};
use reaper::process::{EndedBy, Exit, take_undelivered_of};
use serde_json::json;

use crate::subject::{
    LONG, SERVE, bounded, end, ends_clean, exists, fails, peer, runtime, says, settings, shows,
};

/// Ignores the end of its input and SIGTERM.
const STUBBORN: &str = r#"trap '' TERM; echo '{"method":"ready"}'; while :; do read -r line; done"#;

#[test]
fn stubborn_subject_is_killed_and_reported() {
    runtime().block_on(async {
        let mut peer = peer(STUBBORN);
        peer.next("ready").await.unwrap();
        let report = ends_clean(&mut peer).await;
        assert_eq!((report.ended_by, report.exit), (EndedBy::Kill, Some(Exit::Signal(9))));
    });
}

#[test]
fn flooding_subject_that_is_dropped_is_ended() {
    let pid = runtime().block_on(async {
        let mut peer = peer(r#"trap '' TERM; while :; do echo '{"method":"noise"}'; done"#);
        peer.next("noise").await.unwrap();
        peer.pid().unwrap()
    });
    dropped(pid, &[EndedBy::Kill]);
}

#[test]
fn subject_that_is_owed_answers_is_ended() {
    runtime().block_on(async {
        // Its stdin is full of rejections that it does not read, and one is waiting to be written.
        let script = r#"yes '{"id":1,"method":"ask"}' | head -n 900; echo '{"method":"ready"}'; exec sleep 1000"#;
        let mut peer = peer(script);
        peer.next("ready").await.unwrap();
        // The waiting write fails at once when the pipe is closed.
        peer.close_stdin();
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Inconclusive);
        says(
            &failure,
            "we could not tell: sending to the subject\n  because   the check had closed the subject's \
             stdin before",
        );
        end(&mut peer).await;
    });
}

/// A dropped subject has ended when the drop returns, and its report is available.
fn dropped(pid: u32, ended_by: &[EndedBy]) {
    assert!(!exists(pid), "it is reaped");
    let reports = take_undelivered_of(|report| report.pid == pid);
    assert_eq!(reports.len(), 1);
    assert!(reports[0].is_clean(), "{:?}", reports[0]);
    assert!(ended_by.contains(&reports[0].ended_by), "{:?}", reports[0]);
}

async fn started() -> (Peer, u32) {
    let mut peer = peer(SERVE);
    peer.call("m", json!({})).await.unwrap();
    let pid = peer.pid().unwrap();
    (peer, pid)
}

#[test]
fn peer_that_is_dropped_in_its_runtime() {
    runtime().block_on(async {
        let (peer, pid) = started().await;
        drop(peer);
        assert!(!exists(pid));
    });
}

#[test]
fn peer_that_is_dropped_outside_of_its_runtime() {
    let runtime = runtime();
    let (peer, pid) = runtime.block_on(started());
    drop(peer);
    assert!(!exists(pid));
}

#[test]
fn peer_that_is_dropped_after_its_runtime() {
    let (peer, pid) = runtime().block_on(started());
    drop(peer);
    assert!(!exists(pid));
}

#[test]
fn peer_that_is_dropped_keeps_to_its_own_ladder() {
    // Slower than the default step, and within that of this peer.
    let script = r#"echo '{"method":"ready"}'; while read -r line; do :; done; sleep 1.5; exit 4"#;
    let pid = runtime().block_on(async {
        let mut peer = bounded(script, |settings| settings.ladder.eof = LONG);
        peer.next("ready").await.unwrap();
        peer.pid().unwrap()
    });
    dropped(pid, &[EndedBy::Eof]);
}

#[test]
fn shutdown_that_is_given_up_is_finished_by_the_drop() {
    runtime().block_on(async {
        let mut peer = peer(STUBBORN);
        peer.next("ready").await.unwrap();
        let pid = peer.pid().unwrap();
        let given_up = tokio::time::timeout(std::time::Duration::ZERO, peer.shutdown()).await;
        assert!(given_up.is_err());
        drop(peer);
        dropped(pid, &[EndedBy::Kill]);
    });
}

#[test]
fn shutdown_that_is_given_up_is_finished_by_the_next_one() {
    runtime().block_on(async {
        let mut peer = peer(STUBBORN);
        peer.next("ready").await.unwrap();
        let given_up = tokio::time::timeout(std::time::Duration::ZERO, peer.shutdown()).await;
        assert!(given_up.is_err());
        // Nothing is lost: the record of the process is that of this one.
        let ended = peer.shutdown().await.unwrap();
        assert_eq!(ended.report.ended_by, EndedBy::Kill);
        assert_eq!(ended.transcript.entries().len(), 1);
        assert_eq!(peer.ended().len(), 1);
    });
}

#[test]
fn eight_at_once() {
    let all_running = Barrier::new(8);
    std::thread::scope(|scope| {
        for index in 0..8 {
            let all_running = &all_running;
            scope.spawn(move || {
                runtime().block_on(async {
                    let mut peer = peer(SERVE);
                    peer.call("m", json!(index)).await.unwrap();
                    all_running.wait();
                    for _ in 0..20 {
                        peer.call("m", json!(index)).await.unwrap();
                    }
                    let report = ends_clean(&mut peer).await;
                    assert_eq!(report.ended_by, EndedBy::Eof);
                    let entries = peer.ended()[0].transcript.entries();
                    let asked = entries.iter().filter(|entry| entry.method() == Some("m"));
                    assert!(asked.clone().all(|entry| *entry.params() == json!(index)));
                    assert_eq!(asked.count(), 21);
                });
            });
        }
    });
}

fn server(script: &str) -> harness::Builder {
    let settings = Settings { ladder: settings().ladder, ..settings() };
    AppServer::builder("sh").args(["-c", script]).settings(settings)
}

#[test]
fn library_greets_asks_and_ends() {
    runtime().block_on(async {
        let script = r#"read -r a; echo '{"id":1,"result":{"userAgent":"x/1"}}'; read -r initialized
            read -r b; printf '{"method":"n","params":%s}\n{"id":2,"result":"two"}\n' "$initialized"
            read -r c; echo '{"id":3,"error":{"code":-32600,"message":"no"}}'; read -r d"#;
        let mut server = server(script).spawn().await.unwrap();
        let pid = server.peer().pid().unwrap();
        assert_eq!(server.request("two", json!({})).await.unwrap(), "two");
        let note = server.next_notification(|call| call.method == "n").await.unwrap();
        assert_eq!(note.params, json!({ "method": "initialized" }));
        let refused = server.ask("three", json!({})).await.unwrap();
        assert_eq!(refused.error_code().unwrap(), -32600);
        let report = server.shutdown().await.unwrap();
        assert!(report.is_clean(), "{report:?}");
        assert!(!exists(pid));
    });
}

#[test]
fn library_reports_why_no_greeting_succeeded() {
    runtime().block_on(async {
        let Err(failure) = server("echo 'no licence' >&2; read -r a; exit 9").spawn().await else {
            panic!("greeted")
        };
        shows(
            &failure,
            &[
                "the answer to `initialize` (id 1)",
                "the subject had ended: exit code 9",
                "stderr    no licence",
            ],
        );
    });
}

#[test]
fn library_that_is_dropped() {
    let pid = runtime().block_on(async {
        let mut server = server(SERVE).without_greeting().spawn().await.unwrap();
        server.request("m", json!({})).await.unwrap();
        server.peer().pid().unwrap()
    });
    // The input ends just before the look, which may find that the subject has ended.
    dropped(pid, &[EndedBy::Eof, EndedBy::Itself]);
}

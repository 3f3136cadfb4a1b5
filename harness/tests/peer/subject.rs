//! A shell script as the subject of a peer, and helpers of the tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use harness::profile::Handshake;
use harness::{Failure, Peer, Settings};
use reaper::process::{EndedBy, Ladder, Launch, ShutdownReport};
use serde_json::json;
use tokio::runtime::Runtime;

/// Longer than anything takes.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// Long enough for immediate output of a script, for waits that are known to fail.
pub(crate) const SHORT: Duration = Duration::from_secs(2);

/// A ladder with short first steps, for subjects that are known to ignore them.
pub(crate) const IMPATIENT: Ladder = Ladder {
    eof: Duration::from_millis(20),
    busy: Duration::ZERO,
    term: Duration::from_millis(500),
    kill: LONG,
    settle: Duration::from_millis(100),
};

/// Answers trivial requests of a test: `m` is answered with `{}`, in the order of the ids from 1.
pub(crate) const SERVE: &str =
    r#"id=0; while read -r line; do id=$((id+1)); printf '{"id":%d,"result":{}}\n' $id; done"#;

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) fn launch(script: &str) -> Launch {
    Launch {
        program: "sh".into(),
        args: vec!["-c".into(), script.into()],
        env: BTreeMap::from([("PATH".into(), "/usr/bin:/bin".into())]),
        cwd: std::env::temp_dir(),
        stderr_cap: 1024,
        label: "script".to_owned(),
    }
}

pub(crate) fn settings() -> Settings {
    Settings { wait: LONG, exit: LONG, ladder: IMPATIENT, ..Settings::default() }
}

/// A peer of this script, with long waits.
pub(crate) fn peer(script: &str) -> Peer {
    Peer::new(launch(script), Handshake::AppServer, settings())
}

/// A peer of this script with its own limits.
pub(crate) fn bounded(script: &str, change: impl FnOnce(&mut Settings)) -> Peer {
    let mut settings = settings();
    change(&mut settings);
    Peer::new(launch(script), Handshake::AppServer, settings)
}

/// A peer with short waits, because one of them fails.
pub(crate) fn impatient(script: &str) -> Peer {
    bounded(script, |settings| settings.wait = SHORT)
}

/// Sends a request whose failure is of interest.
pub(crate) async fn fails(peer: &mut Peer, method: &str) -> Failure {
    peer.request(method, json!({})).await.unwrap_err()
}

/// Ends the subject, which must leave nothing behind.
pub(crate) async fn end(peer: &mut Peer) {
    drop(ends_clean(peer).await);
}

/// Ends a subject that must leave nothing behind; returns the report.
pub(crate) async fn ends_clean(peer: &mut Peer) -> ShutdownReport {
    let report = peer.shutdown().await.unwrap().report.clone();
    assert!(report.is_clean(), "{report:?}");
    assert_ne!(report.ended_by, EndedBy::NotReaped);
    assert!(!exists(report.pid), "it is reaped");
    report
}

pub(crate) fn exists(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

/// Compares the whole text of a failure.
#[track_caller]
pub(crate) fn says(failure: &Failure, expected: &str) {
    pretty_assertions::assert_eq!(failure.to_string(), expected);
}

/// Compares parts of the text of a failure, if the rest is not constant.
#[track_caller]
pub(crate) fn shows(failure: &Failure, parts: &[&str]) {
    let text = failure.to_string();
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

//! A shell script as the subject of a peer, and what a test asks of both.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use harness::profile::Handshake;
use harness::{Failure, Peer, Settings};
use reaper::process::{EndedBy, Ladder, Launch, ShutdownReport};
use serde_json::json;
use tokio::runtime::Runtime;

/// Long enough for anything that happens at all.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// Long enough for what a script writes at once, for waits that are known to fail.
pub(crate) const SHORT: Duration = Duration::from_secs(2);

/// A ladder whose first rungs are short, for subjects that are known to ignore them.
pub(crate) const IMPATIENT: Ladder = Ladder {
    eof: Duration::from_millis(20),
    term: Duration::from_millis(500),
    kill: LONG,
    settle: Duration::from_millis(100),
};

/// Answers to the requests of a test that need no thought: `m` is answered with `{}`, in the order of the ids from 1.
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

/// A peer of this script, whose every wait lasts as long as it must.
pub(crate) fn peer(script: &str) -> Peer {
    Peer::new(launch(script), Handshake::AppServer, settings())
}

/// A peer of this script with bounds of its own.
pub(crate) fn bounded(script: &str, change: impl FnOnce(&mut Settings)) -> Peer {
    let mut settings = settings();
    change(&mut settings);
    Peer::new(launch(script), Handshake::AppServer, settings)
}

/// A peer whose waits are short, because one of them fails.
pub(crate) fn impatient(script: &str) -> Peer {
    bounded(script, |settings| settings.wait = SHORT)
}

/// Sends a request of which nothing but its failure is of interest.
pub(crate) async fn fails(peer: &mut Peer, method: &str) -> Failure {
    peer.request(method, json!({})).await.unwrap_err()
}

/// Ends the subject, which leaves nothing behind.
pub(crate) async fn end(peer: &mut Peer) {
    drop(ends_clean(peer).await);
}

/// How a subject that leaves nothing behind ended.
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

/// What a person reads.
#[track_caller]
pub(crate) fn says(failure: &Failure, expected: &str) {
    pretty_assertions::assert_eq!(failure.to_string(), expected);
}

/// What a person reads, where some of it cannot be foretold.
#[track_caller]
pub(crate) fn tells(failure: &Failure, parts: &[&str]) {
    let text = failure.to_string();
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

//! What cargo-nextest says of servers that tests start: guarded ones are never called a leak, an
//! unguarded one is. For `cargo xtask bench leaks`, which runs these many times with a short
//! `leak-timeout`; they are ignored otherwise, because one of them leaks on purpose.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

use std::io::Read;
use std::process::Stdio;

use harness::AppServer;
use reaper::guard::Guarded;

/// A child with 200 MB that holds our stderr, once it says that it is there.
fn heavy() -> (std::process::Command, std::io::PipeReader) {
    let (ours, theirs) = std::io::pipe().unwrap();
    let mut command = std::process::Command::new(utils_cargo_bin::cargo_bin("leaky").unwrap());
    command.arg("__heavy").stdin(theirs).stdout(Stdio::null()).stderr(Stdio::inherit());
    (command, ours)
}

fn wait_for(mut ready: std::io::PipeReader) {
    ready.read_exact(&mut [0]).unwrap();
}

#[test]
#[ignore = "for cargo xtask bench leaks"]
fn nothing_is_started() {
    assert_ne!(std::process::id(), 0);
}

#[test]
#[ignore = "for cargo xtask bench leaks"]
fn guarded_server() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let proctor = utils_cargo_bin::cargo_bin("proctor").unwrap();
        let server = AppServer::builder(proctor).args(["reference", "app-server"]);
        let report = server.spawn().await.unwrap().shutdown().await.unwrap();
        assert!(report.is_clean(), "{report:?}");
    });
}

#[test]
#[ignore = "for cargo xtask bench leaks"]
fn guarded_child_that_is_heavy() {
    let (mut command, ready) = heavy();
    let child = Guarded::spawn(&mut command).unwrap();
    drop(command);
    wait_for(ready);
    assert!(child.end().is_ok());
}

#[test]
#[ignore = "for cargo xtask bench leaks"]
fn unguarded_control() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (command, ready) = heavy();
        let mut command = tokio::process::Command::from(command);
        let child = command.kill_on_drop(true).spawn().unwrap();
        drop(command);
        wait_for(ready);
        drop(child);
    });
}

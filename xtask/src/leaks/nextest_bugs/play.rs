//! The crate whose tests leave processes behind.

/// Its files.
pub(super) const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", MANIFEST),
    (".config/nextest.toml", CONFIG),
    ("src/lib.rs", ""),
    ("tests/holders.rs", HOLDERS),
];

const MANIFEST: &str = r#"[package]
name = "play"
version = "0.0.0"
edition = "2021"
[workspace]
"#;

// The leak-timeout of `failing` is longer than a busy machine keeps a chatty process from its next word.
const CONFIG: &str = r#"[profile.default]
leak-timeout = "200ms"
slow-timeout = { period = "1s", terminate-after = 2 }
[profile.default.junit]
path = "junit.xml"
[profile.failing]
leak-timeout = { period = "1s", result = "fail" }
slow-timeout = { period = "1s", terminate-after = 2 }
[profile.retrying]
retries = 1
"#;

const HOLDERS: &str = r#"//! Each test ends at once and leaves a process behind that has its stdout and stderr.
use std::process::Command;

fn leave(script: &str) {
    Command::new("sh").args(["-c", script]).spawn().unwrap();
}

#[test]
fn silent() {
    leave("sleep 3");
}

#[test]
fn chatty() {
    leave("n=0; while [ $n -lt 60 ]; do echo chatter; sleep 0.05; n=$((n + 1)); done");
}

#[test]
fn chatty_for_long() {
    leave("n=0; while [ $n -lt 160 ]; do echo chatter; sleep 0.05; n=$((n + 1)); done");
}

#[test]
fn silent_at_the_second_try() {
    if std::env::var("NEXTEST_ATTEMPT").as_deref() == Ok("1") {
        panic!("the first try fails");
    }
    leave("sleep 3");
}
"#;

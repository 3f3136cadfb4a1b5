//! A subject that starts slowly gets more time while it uses the processor, and fails only if it is
//! idle.

use std::time::Duration;

use harness::Kind;
use serde_json::json;

use crate::subject::{bounded, runtime};

/// Half a second of processor time, however many processes share it; the shell itself counts.
const COMPUTE: &str = "n=0; while [ $n -lt 300000 ]; do n=$((n+1)); done";

#[test]
fn a_subject_that_computes_before_its_first_word_is_waited_for() {
    let serve = r#"read -r line; printf '{"id":1,"result":{}}\n'; read -r line"#;
    runtime().block_on(async {
        let wait = Duration::from_millis(50);
        let mut peer = bounded(&format!("{COMPUTE}; {serve}"), |settings| settings.wait = wait);
        peer.request("m", json!({})).await.unwrap().result().unwrap();
        peer.shutdown().await;
    });
}

#[test]
fn a_silent_subject_that_waits_is_not() {
    runtime().block_on(async {
        let wait = Duration::from_millis(50);
        let mut peer = bounded("read -r line; read -r line", |settings| settings.wait = wait);
        let failure = peer.request("m", json!({})).await.unwrap_err();
        assert_eq!(failure.kind(), Kind::Timeout, "{failure}");
        peer.shutdown().await;
    });
}

#[test]
fn a_subject_that_has_spoken_is_not_starting_any_more() {
    let endless = format!("read -r line; printf '{{\"method\":\"up\"}}\\n'; {COMPUTE}; {COMPUTE}");
    runtime().block_on(async {
        let mut peer = bounded(&endless, |settings| settings.wait = Duration::from_millis(50));
        peer.notify("hello", json!({})).await.unwrap();
        peer.next("up").await.unwrap();
        let failure = peer.request("m", json!({})).await.unwrap_err();
        assert_eq!(failure.kind(), Kind::Timeout, "{failure}");
        peer.shutdown().await;
    });
}

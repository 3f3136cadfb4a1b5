//! A wait without result fails at its deadline, and reports every possible cause.

use std::time::Duration;

use harness::Kind;
use serde_json::json;

use crate::subject::{bounded, end, fails, impatient, peer, runtime, says, shows};

#[test]
fn is_reported_with_other_messages_and_open_requests() {
    runtime().block_on(async {
        let mut peer = impatient(
            r#"printf '{"method":"early"}\n{"method":"early"}\n{"method":"started"}\n'
            read -r first; read -r second
            printf '{"method":"busy","params":{"percent":5}}\n{"id":"q","method":"may/I"}\nwarning\n[]\n'
            echo 'disk is slow' >&2; echo 'still slow' >&2; exec sleep 1000"#,
        );
        peer.next("started").await.unwrap();
        peer.send("other", json!({})).await.unwrap();
        let failure = fails(&mut peer, "thread/start").await;
        assert_eq!(failure.kind(), Kind::Timeout);
        says(
            &failure,
            "waiting for the answer to `thread/start` (id 2)
  expected  it within 2s
  observed  something else came: `busy`, the request `may/I`, a line that is not JSON, not a valid message (not an object); the subject still runs
  came      {\"method\":\"busy\",\"params\":{\"percent\":5}}
  came      {\"id\":\"q\",\"method\":\"may/I\"}
  came      warning  <== not a message: not JSON at byte 0: expected value
  came      []  <== not a valid message: not an object
  earlier   messages that no wait has taken yet: `early` × 2
  unanswered `other` (id 1), `thread/start` (id 2)
  refused   unexpected requests of the subject: `may/I`
  stderr    disk is slow
  stderr    still slow",
        );
        end(&mut peer).await;
    });
}

#[test]
fn of_a_hanging_subject() {
    runtime().block_on(async {
        let mut peer =
            bounded("exec sleep 1000", |settings| settings.wait = Duration::from_millis(50));
        let failure = peer.next("turn/completed").await.unwrap_err();
        assert_eq!(failure.kind(), Kind::Timeout);
        says(
            &failure,
            "waiting for the notification `turn/completed`
  expected  it within 50ms
  observed  nothing came; the subject still runs",
        );
        end(&mut peer).await;
    });
}

#[test]
fn of_a_subject_that_forgot_the_line_end() {
    runtime().block_on(async {
        let mut peer = impatient(r#"read -r a; printf '{"id":1,"result":{}}'; exec sleep 1000"#);
        says(
            &fails(&mut peer, "m").await,
            "waiting for the answer to `m` (id 1)
  expected  it within 2s
  observed  nothing came; it began a line, 20 bytes so far, and did not end it; the subject still runs
  unended   20 bytes without a line end: {\"id\":1,\"result\":{}}
  unanswered `m` (id 1)",
        );
        end(&mut peer).await;
    });
}

#[test]
fn of_a_dead_subject_whose_child_has_its_stdout() {
    runtime().block_on(async {
        let mut peer = impatient("read -r a; sleep 1000 & exit 5");
        let failure = fails(&mut peer, "m").await;
        says(
            &failure,
            "waiting for the answer to `m` (id 1)
  expected  it within 2s
  observed  nothing came; the subject had ended: exit code 5
  unanswered `m` (id 1)",
        );
        let report = peer.shutdown().await.unwrap().report.clone();
        assert_eq!(report.survivors.len(), 1, "the sleep");
        assert!(report.survivors[0].is_gone());
    });
}

#[test]
fn of_a_subject_that_does_not_exit() {
    runtime().block_on(async {
        let mut peer =
            bounded("exec sleep 1000", |settings| settings.exit = Duration::from_millis(50));
        peer.start().unwrap();
        peer.close_stdin();
        says(
            &peer.exit().await.unwrap_err(),
            "waiting for the subject to exit by itself
  expected  it within 50ms
  observed  nothing came; the subject still runs",
        );
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Inconclusive);
        shows(&failure, &["the check had closed the subject's stdin before"]);
        end(&mut peer).await;
    });
}

#[test]
fn of_a_subject_that_does_not_read() {
    runtime().block_on(async {
        let mut peer =
            bounded("exec sleep 1000", |settings| settings.wait = Duration::from_millis(100));
        let failure = peer.request("big", json!("x".repeat(10_000_000))).await.unwrap_err();
        assert_eq!(failure.kind(), Kind::Timeout);
        says(
            &failure,
            "waiting for the subject to read its stdin, 10000036 bytes that we send
  expected  it within 100ms
  observed  nothing came; the subject still runs
  unanswered `big` (id 1)",
        );
        says(
            &peer.until_read().await.unwrap_err(),
            "waiting for the subject to read its stdin
  expected  it within 100ms
  observed  nothing came; the subject still runs
  unanswered `big` (id 1)",
        );
        end(&mut peer).await;
    });
}

#[test]
fn of_a_subject_that_reads_again_spoils_no_line() {
    runtime().block_on(async {
        // It reads when it gets a signal, and prints the length of each line.
        let script = r#"trap : USR1; sleep 1000 & echo '{"method":"ready"}'; wait; kill $!
            while read -r line; do printf '{"method":"read","params":%d}\n' ${#line}; done"#;
        let mut peer = peer(script);
        peer.next("ready").await.unwrap();
        let line = b"x".repeat(200_000);
        let given_up = tokio::time::timeout(Duration::from_millis(50), peer.send_line(&line)).await;
        assert!(given_up.is_err(), "no pipe takes it all");
        peer.signal(rustix::process::Signal::USR1).unwrap();
        peer.send_line(b"short").await.unwrap();
        assert_eq!(peer.next("read").await.unwrap().params, 200_000);
        assert_eq!(peer.next("read").await.unwrap().params, 5);
        end(&mut peer).await;
    });
}

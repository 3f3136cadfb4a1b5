//! A subject that ends, entirely or in part, is reported at once, with its exit.

use harness::Kind;

use crate::subject::{end, fails, peer, runtime, says, shows};

#[test]
fn exit_is_reported_with_code_and_stderr() {
    runtime().block_on(async {
        let mut peer = peer(r#"read -r a; echo 'cannot open \033[31mconfig' >&2; exit 3"#);
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Closed);
        says(
            &failure,
            "the connection to the subject
  expected  the answer to `m` (id 1)
  observed  the subject had ended: exit code 3
  unanswered `m` (id 1)
  stderr    cannot open \\u{1b}[31mconfig",
        );
        end(&mut peer).await;
    });
}

#[test]
fn exit_before_the_first_line_is_reported() {
    runtime().block_on(async {
        let mut peer = peer("echo 'no config' >&2; exit 3");
        peer.start().unwrap();
        peer.exit().await.unwrap();
        // The pipe is broken by now, and the failure is that of a subject that ends a moment later.
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Closed);
        says(
            &failure,
            "the connection to the subject
  expected  the answer to `m` (id 1)
  observed  the subject had ended: exit code 3
  unanswered `m` (id 1)
  stderr    no config",
        );
        end(&mut peer).await;
    });
}

#[test]
fn messages_before_its_end_are_shown() {
    runtime().block_on(async {
        let mut peer = peer(
            r#"read -r a; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do echo "{\"method\":\"n$i\"}"; done; exit 0"#,
        );
        let failure = fails(&mut peer, "m").await;
        shows(&failure, &["exit code 0", "came      … 1 messages left out …", "came      {\"method\":\"n13\"}"]);
        end(&mut peer).await;
    });
}

#[test]
fn signal_is_reported_by_name() {
    runtime().block_on(async {
        let mut peer = peer("read -r a; kill -KILL $$");
        says(
            &fails(&mut peer, "m").await,
            "the connection to the subject
  expected  the answer to `m` (id 1)
  observed  the subject had ended: signal 9 (SIGKILL)
  unanswered `m` (id 1)",
        );
        end(&mut peer).await;
    });
}

#[test]
fn closed_stdout_is_reported() {
    runtime().block_on(async {
        let mut peer = peer("read -r a; exec >&-; exec sleep 1000");
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Closed);
        says(
            &failure,
            "the connection to the subject
  expected  the answer to `m` (id 1)
  observed  the subject had closed its stdout, and still runs
  unanswered `m` (id 1)",
        );
        end(&mut peer).await;
    });
}

#[test]
fn closed_stdin_is_reported() {
    runtime().block_on(async {
        let mut peer = peer(r#"exec <&-; echo '{"method":"ready"}'; exec sleep 1000"#);
        peer.next("ready").await.unwrap();
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Closed);
        says(
            &failure,
            "the connection to the subject
  expected  the subject to read its stdin, 34 bytes that we send
  observed  the subject had closed its stdin, and still runs
  came      {\"method\":\"ready\"}
  unanswered `m` (id 1)",
        );
        end(&mut peer).await;
    });
}

#[test]
fn input_that_will_never_be_read_is_reported_at_once() {
    runtime().block_on(async {
        // It ends after it has begun to read: part of the line is left in the pipe.
        let mut peer = peer("head -c 1 >/dev/null; exit 6");
        peer.send_bytes(b"a line without an end").await.unwrap();
        peer.exit().await.unwrap();
        let failure = peer.until_read().await.unwrap_err();
        shows(&failure, &["the subject to read its stdin", "the subject had ended: exit code 6"]);
        end(&mut peer).await;
    });
}

#[test]
fn no_program_is_not_the_subjects_fault() {
    runtime().block_on(async {
        let mut peer = peer("");
        peer.launch_mut().program = "no-such-program".into();
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Inconclusive);
        shows(&failure, &["starting the subject", "no executable no-such-program"]);
        assert!(peer.shutdown().await.is_none());
    });
}

//! Waits that look again and again ask for little, whatever the subject makes of it.

#![expect(clippy::unwrap_used, reason = "what a test's helper cannot do fails the test")]

use std::time::{Duration, Instant};

use harness::profile::{Handshake, Profile};
use harness::{Context, Dialect, Examined, Kind, Subject};
use serde_json::Value;
use suites::client::{ContextExt, Thread};
use suites::stored::files::written;
use tokio::runtime::Builder;

/// How long a wait is in these tests; those of a run are 15 s.
const WAIT: Duration = Duration::from_secs(3);

/// A subject that refuses to read a thread, and answers or refuses everything else.
fn subject(others: &str) -> Examined {
    let script = format!(
        r#"id=0; while read -r line; do id=$((id+1)); case $line in
            *thread/read*) echo "{{\"id\":$id,\"error\":{{\"code\":-32600,\"message\":\"not yet\"}}}}" ;;
            *) echo "{{\"id\":$id,{others}}}" ;;
        esac; done"#
    );
    let mut subject = Subject::new(["sh", "-c", &script]).unwrap();
    subject.settings.wait = WAIT;
    let profile = Profile::plain(Handshake::AppServer, vec![Dialect::V2]);
    Examined { subject, profile }
}

const REFUSES: &str = r#"\"error\":{\"code\":-32600,\"message\":\"never\"}"#;
const ANSWERS: &str = r#"\"result\":{}"#;

fn thread(cx: &Context) -> Thread {
    Thread { id: "a thread".to_owned(), path: cx.home.join("rollout.jsonl"), result: Value::Null }
}

fn asked(cx: &Context) -> usize {
    let transcript = cx.peer.transcript();
    let ours = transcript.iter().flat_map(|transcript| transcript.entries());
    ours.filter(|entry| !entry.is_from_subject()).count()
}

fn run(others: &str, body: impl AsyncFnOnce(&mut Context)) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut cx = Context::new(&subject(others), Dialect::V2, &[]).await.unwrap();
        body(&mut cx).await;
        cx.finish().await;
    });
}

#[test]
fn what_never_comes_costs_a_whole_wait_and_no_flood() {
    for others in [REFUSES, ANSWERS] {
        run(others, async |cx| {
            let thread = thread(cx);
            let began = Instant::now();
            let failure = written(cx, &thread, "hello").await.unwrap_err();
            assert_eq!(failure.kind(), Kind::Mismatch);
            assert_eq!(failure.parts().observed, "no such file");
            assert!(began.elapsed() >= WAIT);
            assert!(asked(cx) <= 100, "{} requests", asked(cx));
        });
    }
}

#[test]
fn what_is_there_is_seen_without_a_barrier() {
    for others in [REFUSES, ANSWERS] {
        run(others, async |cx| {
            let thread = thread(cx);
            std::fs::write(&thread.path, "hello\n").unwrap();
            let bytes = written(cx, &thread, "hello").await.unwrap();
            assert_eq!(bytes, b"hello\n");
            assert!(asked(cx) <= 100, "{} requests", asked(cx));
        });
    }
}

#[test]
fn a_refused_barrier_is_none() {
    run(REFUSES, async |cx| {
        let thread = thread(cx);
        let failure = cx.client().barrier(&thread).await.unwrap_err();
        assert_eq!(failure.kind(), Kind::Inconclusive);
        assert!(failure.parts().observed.contains("never"), "{failure}");
    });
    run(ANSWERS, async |cx| {
        let thread = thread(cx);
        cx.client().barrier(&thread).await.unwrap();
        assert_eq!(asked(cx), 2, "what is refused, and what is answered in its place");
    });
}

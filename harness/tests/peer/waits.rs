//! Waits take each message once, lose none, and look back to their mark.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::json;

use crate::subject::{SERVE, end, ends_clean, exists, peer, runtime};

/// Three notifications, then the answer.
const NOTES: &str = r#"read -r a
    printf '{"method":"n","params":1}\n{"method":"other"}\n{"method":"n","params":2}\n{"id":1,"result":{}}\n'; read -r b"#;

#[test]
fn in_a_row_take_different_messages() {
    runtime().block_on(async {
        let mut peer = peer(NOTES);
        peer.call("m", json!({})).await.unwrap();
        let first = peer.next("n").await.unwrap();
        let second = peer.next("n").await.unwrap();
        assert_eq!((&first.params, &second.params), (&json!(1), &json!(2)));
        assert!(first.seq < second.seq);
        // A message that was skipped is still available.
        let other = peer.next("other").await.unwrap();
        assert!(first.seq < other.seq && other.seq < second.seq);
        end(&mut peer).await;
    });
}

#[test]
fn leave_calls_since_a_mark_as_they_are() {
    runtime().block_on(async {
        let mut peer = peer(NOTES);
        peer.start().unwrap();
        let mark = peer.mark();
        assert_eq!(mark, 0);
        peer.call("m", json!({})).await.unwrap();
        peer.next("n").await.unwrap();
        let methods = |peer: &harness::Peer, mark| -> Vec<String> {
            peer.calls_since(mark).into_iter().map(|call| call.method).collect()
        };
        assert_eq!(methods(&peer, mark), ["n", "other", "n"], "taken and untaken ones");
        let later = peer.next("other").await.unwrap().seq;
        assert_eq!(methods(&peer, later), ["other", "n"]);
        assert_eq!(methods(&peer, peer.mark()), [""; 0]);
        end(&mut peer).await;
    });
}

#[test]
fn that_are_cancelled_lose_nothing() {
    runtime().block_on(async {
        let mut peer = peer(NOTES);
        for _ in 0..20 {
            let given_up = tokio::time::timeout(Duration::ZERO, peer.next("n")).await;
            assert!(given_up.is_err(), "nothing is sent before it is asked for");
        }
        let ticket = peer.send("m", json!({})).await.unwrap();
        // The first looks find no message, or all: messages that are not taken are left for the
        // next.
        let mut taken = Vec::new();
        while taken.len() < 2 {
            let moment = Duration::from_millis(1);
            if let Ok(call) = tokio::time::timeout(moment, peer.next("n")).await {
                taken.push(call.unwrap().params);
            }
        }
        assert_eq!(taken, [json!(1), json!(2)]);
        peer.answer(&ticket).await.unwrap();
        end(&mut peer).await;
    });
}

#[test]
fn that_panic_leave_the_conversation_whole() {
    runtime().block_on(async {
        let mut peer = peer(NOTES);
        peer.call("m", json!({})).await.unwrap();
        let panics = AssertUnwindSafe(peer.next_matching("a panic", |_| panic!("on purpose")));
        panics.catch_unwind().await.unwrap_err();
        assert_eq!(peer.next("n").await.unwrap().params, 1);
        assert_eq!(peer.calls_since(0)[0].params, 1);
        end(&mut peer).await;
    });
}

#[test]
fn go_on_with_a_new_process() {
    runtime().block_on(async {
        let mut peer =
            peer(r#"read -r a; printf '{"id":%d,"result":%d}\n' $N $$; exec sleep 1000"#);
        let mut pids = Vec::new();
        for number in ["1", "2"] {
            // The ids continue; this script answers by number.
            peer.launch_mut().env.insert("N".into(), number.into());
            let pid = peer.call("m", json!({})).await.unwrap();
            assert_eq!(pid, peer.pid().unwrap());
            pids.push(peer.pid().unwrap());
            end(&mut peer).await;
            assert_eq!(peer.pid(), None);
        }
        assert_ne!(pids[0], pids[1]);
        let ended: Vec<_> = peer.take_ended().iter().map(|ended| ended.report.pid).collect();
        assert_eq!(ended, pids);
        assert!(peer.take_ended().is_empty());
    });
}

#[test]
fn of_two_peers_do_not_meet() {
    runtime().block_on(async {
        let (mut one, mut other) = (peer(SERVE), peer(NOTES));
        one.call("m", json!({})).await.unwrap();
        let ticket = other.send("m", json!({})).await.unwrap();
        assert_eq!(other.next("other").await.unwrap().method, "other");
        let first = ends_clean(&mut one).await;
        assert!(exists(other.pid().unwrap()) && other.pid() != Some(first.pid));
        other.answer(&ticket).await.unwrap();
        assert!(
            one.ended()[0].transcript.entries().iter().all(|entry| entry.method() != Some("n"))
        );
        end(&mut other).await;
    });
}

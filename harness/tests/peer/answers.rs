//! An answer belongs to the request with its id, whatever other messages come, in any order.

use harness::{Id, Kind, Peer};
use serde_json::{Value, json};

use crate::subject::{end, fails, impatient, peer, runtime, says};

/// The result of one request to a script that reads it and then prints `print`.
fn answered_by(print: &str) -> harness::Result<Value> {
    runtime().block_on(async {
        let mut peer = peer(&format!("read -r line; printf '{print}'; exec cat >&2"));
        let answer = peer.call("m", json!({})).await;
        end(&mut peer).await;
        answer
    })
}

#[test]
fn come_in_any_order() {
    runtime().block_on(async {
        let answers = r#"{"id":3,"result":"c"}\n{"id":1,"result":"a"}\n{"id":2,"result":"b"}\n"#;
        let mut peer =
            peer(&format!("read -r a; read -r b; read -r c; printf '{answers}'; read -r d"));
        let mut tickets = Vec::new();
        for method in ["a", "b", "c"] {
            tickets.push(peer.send(method, json!({})).await.unwrap());
        }
        for ticket in &tickets {
            let answer = peer.answer(ticket).await.unwrap();
            assert_eq!(*answer.result().unwrap(), ticket.method, "the answer to {}", ticket.id);
        }
        end(&mut peer).await;
    });
}

#[test]
fn are_no_requests_of_the_subject_with_the_same_id() {
    runtime().block_on(async {
        // The subject sends a request with the id of our open request, waits for the rejection, and
        // shows it.
        let mut peer = peer(
            r#"read -r line; echo '{"id":1,"method":"ask","params":{}}'; read -r refusal
            printf '{"method":"refused","params":%s}\n{"id":1,"result":"ours"}\n' "$refusal"; read -r line"#,
        );
        assert_eq!(peer.call("m", json!({})).await.unwrap(), "ours");
        let refused = peer.next("refused").await.unwrap();
        assert_eq!(refused.params["id"], 1);
        assert_eq!(refused.params["error"]["code"], -32601);
        end(&mut peer).await;
    });
}

#[test]
fn of_the_wrong_kind_fail_at_once() {
    // The deadline of this peer is far away, so the failure is no timeout.
    let failure = answered_by(r#"{"id":1,"error":{"code":-32600,"message":"no"}}\n"#).unwrap_err();
    assert_eq!(failure.kind(), Kind::Mismatch);
    says(
        &failure,
        "reply to `m`\n  expected  a result\n  observed  error -32600 \"no\"\n  asked     m {}",
    );
}

#[test]
fn without_exactly_one_of_result_and_error_are_shown() {
    let both = answered_by(r#"{"id":1,"result":2,"error":{}}\n"#).unwrap_err();
    says(
        &both,
        "reply to `m`\n  expected  a result\n  observed  {\"id\":1,\"result\":2,\"error\":{}}\n  asked     m {}",
    );
    let neither = answered_by(r#"{"id":1}\n"#).unwrap_err();
    says(&neither, "reply to `m`\n  expected  a result\n  observed  {\"id\":1}\n  asked     m {}");
}

#[test]
fn count_once() {
    runtime().block_on(async {
        let mut peer = peer(
            r#"read -r a; printf '{"id":1,"result":"first"}\n{"id":1,"result":"again"}\n'
            read -r b; printf '{"id":1,"result":"still"}\n{"id":2,"result":"second"}\n'; read -r c"#,
        );
        assert_eq!(peer.call("a", json!({})).await.unwrap(), "first");
        assert_eq!(peer.call("b", json!({})).await.unwrap(), "second");
        end(&mut peer).await;
    });
}

#[test]
fn to_one_id_that_is_used_twice_come_in_turn() {
    runtime().block_on(async {
        let mut peer = peer(
            r#"read -r a; read -r b; printf '{"id":"x","result":1}\n{"id":"x","result":2}\n'; read -r c"#,
        );
        let first = peer.send_as("x".into(), "a", json!({})).await.unwrap();
        let second = peer.send_as("x".into(), "b", json!({})).await.unwrap();
        assert_eq!(peer.answer(&first).await.unwrap().into_result().unwrap(), 1);
        assert_eq!(peer.answer(&second).await.unwrap().into_result().unwrap(), 2);
        end(&mut peer).await;
    });
}

#[test]
fn with_the_id_as_text_are_not_ours() {
    runtime().block_on(async {
        let mut peer = impatient(r#"read -r line; echo '{"id":"1","result":{}}'; read -r line"#);
        let failure = fails(&mut peer, "m").await;
        assert_eq!(failure.kind(), Kind::Timeout);
        says(
            &failure,
            "waiting for the answer to `m` (id 1)
  expected  it within 2s
  observed  something else came: an answer with the id \"1\", which is not that of the request; the subject still runs
  came      {\"id\":\"1\",\"result\":{}}
  unanswered `m` (id 1)
  stray     answers that no open request asked for: id \"1\" (1 and \"1\" are different ids)",
        );
        end(&mut peer).await;
    });
}

#[test]
fn may_stand_behind_notifications() {
    runtime().block_on(async {
        let mut peer = peer(
            r#"read -r a; printf '{"method":"n","params":1}\n{"method":"n","params":2}\n{"id":1,"result":{}}\n'
            read -r b"#,
        );
        peer.call("m", json!({})).await.unwrap();
        assert_eq!(peer.next("n").await.unwrap().params, 1);
        assert_eq!(peer.next("n").await.unwrap().params, 2);
        end(&mut peer).await;
    });
}

/// Waits for an answer that can never come.
async fn hopeless(peer: &mut Peer, ticket: &harness::Ticket) {
    let failure = peer.answer(ticket).await.unwrap_err();
    // Our fault, and at once: the subject is not to blame for requests to a process that has ended.
    assert_eq!(failure.kind(), Kind::Inconclusive);
    says(
        &failure,
        "we could not tell: the answer to `m` (id 1)\n  because   it was already taken, or its \
         process has ended",
    );
}

#[test]
fn are_taken_once_and_from_the_process_that_was_asked() {
    runtime().block_on(async {
        let mut peer = peer(crate::subject::SERVE);
        let ticket = peer.send("m", json!({})).await.unwrap();
        assert_eq!(ticket.id, Id::from(1));
        peer.answer(&ticket).await.unwrap();
        hopeless(&mut peer, &ticket).await;
        end(&mut peer).await;
        hopeless(&mut peer, &ticket).await;
        assert_eq!(peer.pid(), None, "nothing is started for it");
        peer.start().unwrap();
        hopeless(&mut peer, &ticket).await;
        end(&mut peer).await;
    });
}

//! Requests of the subject are answered by a policy or by the check, in the form of the connection.

use harness::profile::Handshake;
use harness::{Id, Kind, Peer, Policy};
use serde_json::{Value, json};

use crate::subject::{end, impatient, launch, peer, runtime, settings, shows};

/// Sends a request when it gets one, and shows the answer.
const ASKS: &str = r#"read -r a; echo '{"id":"q","method":"may/I","params":{"what":"go"}}'
    read -r answer; printf '{"method":"answered","params":%s}\n{"id":1,"result":{}}\n' "$answer"; read -r b"#;

/// The answer that the subject got, with these settings.
fn answer(handshake: Handshake, prepare: impl FnOnce(&mut Peer)) -> Value {
    runtime().block_on(async {
        let mut peer = Peer::new(launch(ASKS), handshake, settings());
        prepare(&mut peer);
        peer.call("m", json!({})).await.unwrap();
        let answered = peer.next("answered").await.unwrap();
        end(&mut peer).await;
        answered.params
    })
}

fn refusal() -> Value {
    json!({ "code": -32601, "message": "this client does not serve `may/I`" })
}

#[test]
fn are_refused_without_a_policy() {
    let answered = answer(Handshake::AppServer, |_| {});
    assert_eq!(answered, json!({ "id": "q", "error": refusal() }));
}

#[test]
fn are_answered_in_the_envelope_of_the_connection() {
    let answered = answer(Handshake::Mcp, |_| {});
    assert_eq!(answered, json!({ "jsonrpc": "2.0", "id": "q", "error": refusal() }));
}

#[test]
fn are_answered_by_the_policy_of_their_method() {
    let answered = answer(Handshake::AppServer, |peer| {
        peer.set_other_policy(Policy::Result(json!("other")));
        peer.set_policy("may/I", Policy::Result(json!({ "you": "may" })));
    });
    assert_eq!(answered, json!({ "id": "q", "result": { "you": "may" } }));
}

#[test]
fn are_answered_by_the_policy_for_all_others() {
    let answered = answer(Handshake::AppServer, |peer| {
        peer.set_policy("other", Policy::Result(json!(1)));
        peer.set_other_policy(Policy::Error(json!({ "code": 5, "message": "never" })));
    });
    assert_eq!(answered, json!({ "id": "q", "error": { "code": 5, "message": "never" } }));
}

/// The answer that the check itself sends.
fn held(respond: impl AsyncFnOnce(&mut Peer, &harness::Call)) -> Value {
    runtime().block_on(async {
        let mut peer = peer(ASKS);
        peer.hold("may/I");
        let ticket = peer.send("m", json!({})).await.unwrap();
        let asked = peer.server_request("may/I").await.unwrap();
        assert_eq!((&asked.id, asked.text("/what").unwrap()), (&Some(Id::from("q")), "go"));
        respond(&mut peer, &asked).await;
        peer.answer(&ticket).await.unwrap();
        let answered = peer.next("answered").await.unwrap();
        end(&mut peer).await;
        answered.params
    })
}

#[test]
fn that_are_held_wait_for_the_check() {
    let result = held(async |peer, asked| peer.respond(asked, json!([1])).await.unwrap());
    assert_eq!(result, json!({ "id": "q", "result": [1] }));
    let error = held(async |peer, asked| peer.respond_error(asked, "no").await.unwrap());
    assert_eq!(error, json!({ "id": "q", "error": { "code": -32603, "message": "no" } }));
}

#[test]
fn that_are_unexpected_are_named_in_the_failure() {
    runtime().block_on(async {
        let mut peer = impatient(
            r#"read -r a; printf '{"id":7,"method":"may/I"}\n{"id":8,"method":"or/not"}\n'; exec sleep 1000"#,
        );
        let failure = peer.call("m", json!({})).await.unwrap_err();
        assert_eq!(failure.kind(), Kind::Timeout);
        shows(
            &failure,
            &["\n  refused   unexpected requests of the subject: `may/I`, `or/not`"],
        );
        end(&mut peer).await;
    });
}

#[test]
fn policies_outlive_the_process() {
    runtime().block_on(async {
        let mut peer = peer(&ASKS.replace("\"id\":1,", "\"id\":'$N',"));
        for number in ["1", "2"] {
            peer.launch_mut().env.insert("N".into(), number.into());
            peer.set_policy("may/I", Policy::Result(json!("yes")));
            peer.call("m", json!({})).await.unwrap();
            assert_eq!(peer.next("answered").await.unwrap().params["result"], "yes");
            end(&mut peer).await;
        }
    });
}

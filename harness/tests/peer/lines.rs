//! Lines are found and told apart however they are written, and rubbish between them costs nothing but a remark.

use harness::Message;
use serde_json::json;

use crate::subject::{end, peer, runtime};

/// What the lines are that a script prints before it answers our only request.
fn printed(print: &str) -> Vec<Message> {
    runtime().block_on(async {
        let mut peer = peer(&format!(
            r#"read -r a; {print}
            printf '{{"id":1,"result":"äé"}}\n'; read -r b"#
        ));
        assert_eq!(peer.call("m", json!({})).await.unwrap(), "äé");
        end(&mut peer).await;
        let transcript = &peer.ended()[0].transcript;
        let lines = transcript.entries().iter().filter(|entry| entry.is_from_subject());
        let mut messages: Vec<_> = lines.map(|entry| entry.message.clone()).collect();
        assert_eq!(messages.pop(), Some(Message::Response { id: 1.into() }));
        messages
    })
}

fn note(method: &str) -> Message {
    Message::Notification { method: method.to_owned() }
}

fn pollution(why: &str) -> Message {
    Message::Pollution(why.to_owned())
}

#[test]
fn end_with_cr_lf() {
    assert_eq!(printed(r#"printf '{"method":"n"}\r\n'"#), [note("n")]);
}

#[test]
fn may_have_extra_members() {
    let print = r#"echo '{"jsonrpc":"2.0","method":"n","params":{},"extra":[1],"more":null}'"#;
    assert_eq!(printed(print), [note("n")]);
}

#[test]
fn come_in_many_pieces() {
    // Also between the two bytes of a letter.
    let print =
        r#"for piece in '{"me' 'thod"' ':"' '\303' '\251' '"}' '\n'; do printf "$piece"; done"#;
    assert_eq!(printed(print), [note("é")]);
}

#[test]
fn come_many_at_once() {
    let print = r#"awk 'BEGIN { for (i = 0; i < 5000; i++) printf "{\"method\":\"n\"}\n" }'"#;
    let messages = printed(print);
    assert_eq!(messages.len(), 5_000);
    assert!(messages.iter().all(|message| *message == note("n")));
}

#[test]
fn that_are_rubbish_are_told_with_the_place() {
    let deep = ["[".repeat(200), "]".repeat(200)].concat();
    for (print, why) in [
        (r"echo", "an empty line"),
        (r"echo oops", "not JSON at byte 0: expected value"),
        (
            r#"echo '{"method":"n"'"#,
            "not JSON: it breaks off at byte 13: EOF while parsing an object",
        ),
        (
            r#"echo '{"method":"n"}{"method":"n"}'"#,
            "a second message in the same line, from byte 14",
        ),
        (r"printf '\000\001\002\n'", "not JSON at byte 0: expected value"),
        (
            r#"printf '{"method":"\000"}\n'"#,
            "not JSON at byte 11: control character (\\u0000-\\u001F) found while parsing a string",
        ),
        (r#"printf '{"method":"\377"}\n'"#, "not UTF-8 at byte 11"),
        (r#"printf '\357\273\277{"method":"n"}\n'"#, "not JSON: it begins with a byte order mark"),
        (&format!("echo '{deep}'"), "nested deeper than the 128 levels that are read"),
    ] {
        assert_eq!(printed(print), [pollution(why)], "{print}");
    }
}

#[test]
fn that_are_json_but_no_message_are_told() {
    let print = r#"echo '[]'; echo '"text"'; echo '{}'; echo '{"method":5}'"#;
    assert_eq!(
        printed(print),
        [
            Message::Malformed("not an object"),
            Message::Malformed("not an object"),
            Message::Malformed("neither an id nor a method"),
            Message::Malformed("a method that is not text"),
        ]
    );
}

#[test]
fn without_an_end_count_when_the_stream_ends() {
    runtime().block_on(async {
        let mut peer = peer(r#"read -r a; printf '{"id":1,"result":{}}'"#);
        peer.call("m", json!({})).await.unwrap();
        end(&mut peer).await;
    });
}

#[test]
fn never_get_lost_before_the_end() {
    // The answer and the end of the stream come together, while the check waits on another thread.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for round in 0..50 {
            let mut peer = peer(r#"read -r a; printf '{"id":1,"result":{}}\n'"#);
            let answer = peer.call("m", json!({})).await;
            assert!(answer.is_ok(), "round {round}: {}", answer.unwrap_err());
            end(&mut peer).await;
        }
    });
}

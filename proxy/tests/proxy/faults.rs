//! The effects of faults on messages.

use pretty_assertions::assert_eq;

use proxy::{End, find, find_legal, legal};

use crate::world::{echoed, said, with_fault};

const ANSWERS: &str = "{\"id\":1,\"result\":1}\n{\"id\":2,\"result\":2}\n";
const FIRST: &str = "{\"id\":1,\"result\":1}\n";

#[test]
fn the_second_answer_is_bent() {
    for (fault, second) in [
        ("id-as-text", "{\"id\":\"2\",\"result\":2}\n"),
        ("id-off-by-one", "{\"id\":3,\"result\":2}\n"),
        ("id-null", "{\"id\":null,\"result\":2}\n"),
        ("id-missing", "{\"result\":2}\n"),
        ("answer-to-nobody", "{\"id\":2,\"result\":2}\n{\"id\":\"never sent\",\"result\":2}\n"),
        ("neither-result-nor-error", "{\"id\":2}\n"),
        ("answer-with-method", "{\"id\":2,\"result\":2,\"method\":\"bent/answer\"}\n"),
        ("answer-in-array", "[{\"id\":2,\"result\":2}]\n"),
        ("duplicate-answers", "{\"id\":2,\"result\":2}\n{\"id\":2,\"result\":2}\n"),
        ("answers-over-lines", "{\n  \"id\": 2,\n  \"result\": 2\n}\n"),
        ("invalid-utf8-in-answers", "{\"id\":2,\"result\u{fffd}\":2}\n"),
        ("drop-errors", "{\"id\":2,\"result\":2}\n"),
    ] {
        assert_eq!(echoed(fault, ANSWERS), format!("{FIRST}{second}"), "{fault}");
    }
}

#[test]
fn numbers_are_rounded_as_by_a_double() {
    let answer = "{\"id\":9007199254740993,\"result\":2}\n";
    let bent = "{\"id\":9007199254740992,\"result\":2}\n";
    assert_eq!(echoed("id-rounded", &format!("{FIRST}{answer}")), format!("{FIRST}{bent}"));
}

#[test]
fn beginnings_and_ends_are_found_without_known_names() {
    let call = |method: &str| {
        format!("{{\"method\":\"{method}\",\"params\":{{\"threadId\":\"t\",\"n\":1}}}}\n")
    };
    let story = ["a/started", "b/started", "b/completed", "a/completed"].map(call);
    let [a, b, end_b, end_a] = &story;
    for (fault, told) in [
        ("drop-last-notification", [a, b, end_b].map(String::as_str).concat()),
        ("drop-first-notification", [b, end_b, end_a].map(String::as_str).concat()),
        ("end-before-start", [end_b, b, end_a, a].map(String::as_str).concat()),
        ("duplicate-ends", [a, b, end_b, end_b, end_a, end_a].map(String::as_str).concat()),
    ] {
        assert_eq!(echoed(fault, &story.concat()), told, "{fault}");
    }
}

#[test]
fn the_clients_messages_are_changed_on_their_way() {
    // `cat` returns what reached it; the first request is the greeting.
    let calls =
        "{\"id\":1,\"method\":\"a\"}\n{\"id\":2,\"method\":\"b\",\"params\":{\"t\":[\"x\"]}}\n";
    let second = |text: &str| format!("{{\"id\":1,\"method\":\"a\"}}\n{text}");
    for (fault, reached) in [
        ("client-texts-as-numbers", "{\"id\":2,\"method\":\"b\",\"params\":{\"t\":[5]}}\n"),
        ("client-params-missing", "{\"id\":2,\"method\":\"b\"}\n"),
    ] {
        assert_eq!(echoed(fault, calls), second(reached), "{fault}");
    }
}

#[test]
fn what_an_mcp_server_says_of_itself_is_bent() {
    let result = |text: &str| format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{text}}}\n");
    let greeting = result(
        r#"{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"a"}}"#,
    );
    for (fault, left, bent) in [
        ("revision-unknown", "2025-11-25", "1999-01-01"),
        ("server-info-missing", r#","serverInfo":{"name":"a"}"#, ""),
        ("tools-undeclared", r#""tools":{}"#, ""),
        ("jsonrpc-missing", r#""jsonrpc":"2.0","#, ""),
    ] {
        assert_eq!(echoed(fault, &greeting), greeting.replace(left, bent), "{fault}");
    }
    let tools = result(r#"{"tools":[{"name":"a","inputSchema":{"type":"object"}}]}"#);
    assert_eq!(echoed("input-schema-is-an-array", &tools), tools.replace("object", "array"));
    let error =
        |code: i32| format!("{{\"id\":1,\"error\":{{\"code\":{code},\"message\":\"no\"}}}}\n");
    let unknown = echoed("unknown-method-succeeds", &error(-32601));
    assert_eq!(unknown, "{\"id\":1,\"result\":{}}\n");
    assert_eq!(echoed("unknown-method-succeeds", &error(-32602)), error(-32602));
    let second = error(-32601) + &error(-32601);
    assert_eq!(echoed("error-code-positive", &second), error(-32601) + &error(1));
}

#[test]
fn the_client_is_answered_and_the_server_dies_of_what_it_cannot_read() {
    let notification = "{\"method\":\"a\"}\n";
    let seen = echoed("notifications-answered", notification);
    let answer = "\"id\":null,\"error\":{\"code\":-32601,";
    assert!(seen.contains(notification) && seen.contains(answer), "{seen}");
    let (_, end) = said(with_fault("dies-of-a-bad-line"), "cat", b"rubbish\n");
    assert_eq!(end, End::Signal(9));
    let seen = echoed("banner", notification);
    assert_eq!(seen, format!("Server is ready, listening on stdio\n{notification}"));
}

#[test]
fn what_is_legal_is_no_fault() {
    for planted in legal() {
        let name = planted.fault.name;
        assert!(find(name).is_err() && find_legal(name).is_ok(), "{name}");
    }
    assert!(find_legal("banner").is_err());
}

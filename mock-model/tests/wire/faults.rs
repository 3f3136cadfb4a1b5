//! Answers that a client does not hope for.

use std::time::{Duration, Instant};

use mock_model::{
    Answer, Delivery, MockModel, Reply, Script, calls, http, item, rate_limited, raw, reasons,
    says, server_error, unauthorized,
};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::client::{Client, ask, model, send, within};

#[tokio::test]
async fn http_errors_have_an_error_object() {
    let model = model([unauthorized(), rate_limited(7), server_error()]).await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(ask(&model, &json!({})).await);
    }
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.head.status).collect();
    assert_eq!(statuses, [401, 429, 500]);
    let codes: Vec<Value> =
        answers.iter().map(|answer| answer.json()["error"]["code"].clone()).collect();
    assert_eq!(codes, ["invalid_api_key", "rate_limit_exceeded", "server_error"]);
    assert_eq!(answers[1].head.get("retry-after"), Some("7"));
    assert_eq!(answers[1].head.get("content-type"), Some("application/json"));
    assert_eq!(answers[1].head.get("date"), None);
    assert_eq!(within(model.delivered(3)).await.unwrap(), Delivery::Complete);
    model.verify().unwrap();
}

#[tokio::test]
async fn an_http_answer_may_have_any_body_and_header() {
    let model = model([
        http(503).body("<busy>").content_type("text/html").header("x-own", "1"),
        http(404).json(json!({ "detail": [1] })),
        http(204),
        ResponseTemplate::new(418).set_body_string("teapot").into(),
    ])
    .await;
    let answer = ask(&model, &json!({})).await;
    assert_eq!((answer.head.status, answer.body.as_str()), (503, "<busy>"));
    assert_eq!(answer.head.get("content-type"), Some("text/html"));
    assert_eq!(answer.head.get("x-own"), Some("1"));
    let answer = ask(&model, &json!({})).await;
    assert_eq!((answer.head.status, answer.body.as_str()), (404, r#"{"detail":[1]}"#));
    let mut client = Client::connect(&model).await;
    client.ask(&json!({})).await;
    assert_eq!(client.head().await.status, 204);
    // The connection still works: the empty answer had no stray byte.
    client.ask(&json!({})).await;
    let answer = client.answer().await;
    assert_eq!((answer.head.status, answer.body.as_str()), (418, "teapot"));
}

#[tokio::test]
async fn one_shot_answers_do_not_run_out() {
    // More answers than two wiremocks serve.
    let model = model(Script::forever(http(503).json(json!({ "busy": true })))).await;
    let mut client = Client::connect(&model).await;
    for _ in 0..410 {
        client.ask(&json!({})).await;
        let answer = client.answer().await;
        assert_eq!((answer.head.status, answer.body.as_str()), (503, r#"{"busy":true}"#));
    }
}

#[tokio::test]
async fn a_cut_delivers_the_events_before_it_and_breaks() {
    let long = "word ".repeat(100_000);
    let model = model([says(long).deltas(3).cut_after(5), says("a").cut_after(0)]).await;
    let mut client = Client::connect(&model).await;
    client.ask(&json!({})).await;
    assert_eq!(client.head().await.status, 200);
    let mut delivered = 0;
    let broken = loop {
        match client.chunk().await {
            Ok(chunk) => delivered += usize::from(chunk.is_some()),
            Err(error) => break error,
        }
    };
    assert_eq!(delivered, 5);
    assert_eq!(broken.kind(), std::io::ErrorKind::UnexpectedEof);
    assert_eq!(within(model.delivered(1)).await.unwrap(), Delivery::Cut);

    let mut client = Client::connect(&model).await;
    client.ask(&json!({})).await;
    assert_eq!(client.head().await.status, 200);
    assert!(client.chunk().await.is_err());
}

#[tokio::test]
async fn an_http_answer_can_be_cut_too() {
    let model = model([server_error().cut_after(1), server_error().cut_after(0)]).await;
    for has_body in [true, false] {
        let answer = ask(&model, &json!({})).await;
        assert_eq!((answer.head.status, answer.is_complete), (500, false));
        assert_eq!(!answer.body.is_empty(), has_body);
    }
}

#[tokio::test]
async fn raw_bytes_are_sent_as_they_are() {
    let malformed = "data: {not json\n\n";
    let model = model([raw(malformed), says("a").raw(malformed)]).await;
    let answer = ask(&model, &json!({})).await;
    assert_eq!(answer.body, malformed);
    assert_eq!(answer.head.get("content-type"), Some("text/event-stream"));
    let answer = ask(&model, &json!({})).await;
    let expected = "\n\ndata: {not json\n\nevent: response.output_text.done\n";
    assert!(answer.body.contains(expected), "{}", answer.body);
    assert_eq!(answer.types().last().unwrap(), "response.completed");
}

#[tokio::test]
async fn the_content_type_may_be_wrong() {
    let model = model([says("a").content_type("text/html")]).await;
    assert_eq!(ask(&model, &json!({})).await.head.get("content-type"), Some("text/html"));
}

#[tokio::test]
async fn the_first_byte_may_be_late() {
    let delay = Duration::from_millis(60);
    let model = model([says("a").first_byte_after(delay), http(500).first_byte_after(delay)]).await;
    for _ in 0..2 {
        let mut client = Client::connect(&model).await;
        let start = Instant::now();
        client.ask(&json!({})).await;
        client.head().await;
        assert!(start.elapsed() >= delay);
    }
}

#[tokio::test]
async fn a_reply_that_contradicts_itself_is_refused_with_the_reason() {
    let cases: [(Reply, &str); 8] = [
        (says("a").id("x"), "`id` needs a call before it"),
        (calls("a", json!({})).deltas(2), "`deltas` needs a text before it"),
        (calls("a", json!({})).continues("x"), "`continues` needs a text before it"),
        (says("a").json(json!(1)), "a body needs an HTTP answer"),
        (
            says("a").and(unauthorized()),
            "an HTTP answer stands alone: nothing goes before or after it",
        ),
        (http(999), "an HTTP status is a number from 200 to 599"),
        (
            says("a").header("no good", "x"),
            "a header has a name or a value that HTTP does not allow",
        ),
        (mock_model::fails("a", "b").and(reasons("late")), "nothing can follow the end of a reply"),
    ];
    for (reply, reason) in cases {
        let model = model([reply]).await;
        let answer = ask(&model, &json!({})).await;
        let message = format!("the reply to request 1 cannot be served: {reason}");
        assert_eq!(answer.head.status, 500);
        assert_eq!(answer.json()["error"]["message"], message);
        let refused = Answer::Refused { status: 500, reason: message };
        assert_eq!(model.requests()[0].answer(), &refused);
        assert_eq!(model.verify().unwrap_err().refused, 1);
    }
}

#[tokio::test]
async fn a_script_may_come_from_json() {
    let script = r#"{
        "replies": [
            { "send": [{ "reasons": "hm" }, { "says": { "text": "one two", "deltas": 1 } },
                       { "hold": "gate" }, { "continues": " three" },
                       { "calls": { "name": "shell", "arguments": { "a": 1 }, "id": "c" } },
                       { "calls_custom": { "name": "apply_patch", "input": "p" } },
                       { "runs_local_shell": { "command": ["ls"] } },
                       { "item": { "type": "other" } }, { "event": { "type": "odd" } },
                       { "raw": ": comment\n\n" }],
              "end": { "incomplete": { "reason": "content_filter" } },
              "usage": { "input": 1, "output": 2 },
              "hold_after": [{ "events": 1, "name": "gate" }] },
            { "http": { "status": 429, "body": { "slow": "down" } },
              "headers": { "retry-after": "1" }, "first_byte_after_ms": 1 },
            { "send": [{ "says": "x" }], "cut_after": 1, "content_type": "a/b" },
            { "end": "nothing" }
        ],
        "forever": {},
        "compact_with": { "http": { "status": 500 } }
    }"#;
    let model = model(Script::from_json(script).unwrap()).await;
    model.open("gate");
    let answer = ask(&model, &json!({})).await;
    let last = answer.data().pop().unwrap();
    assert_eq!(last["response"]["incomplete_details"]["reason"], "content_filter");
    assert_eq!(last["response"]["usage"]["total_tokens"], 3);
    let kinds: Vec<&Value> =
        last["response"]["output"].as_array().unwrap().iter().map(|item| &item["type"]).collect();
    assert_eq!(
        kinds,
        ["reasoning", "message", "function_call", "custom_tool_call", "local_shell_call", "other"]
    );
    assert_eq!(last["response"]["output"][1]["content"][0]["text"], "one two three");
    assert!(answer.body.contains("event: odd\n") && answer.body.contains(": comment\n\n"));
    let answer = ask(&model, &json!({})).await;
    assert_eq!((answer.head.status, answer.head.get("retry-after")), (429, Some("1")));
    let answer = ask(&model, &json!({})).await;
    assert_eq!((answer.head.get("content-type"), answer.is_complete), (Some("a/b"), false));
    assert_eq!(ask(&model, &json!({})).await.types(), ["response.created"]);
    assert_eq!(ask(&model, &json!({})).await.types().len(), 2);
    assert_eq!(send(&model, "POST /v1/responses/compact", "", "{}").await.head.status, 500);
}

#[test]
fn an_invalid_script_is_rejected_with_the_place() {
    let message = |text: &str| Script::from_json(text).unwrap_err().to_string();
    let cases = [
        (r#"{ "reply": [] }"#, "unknown field `reply`, expected one of `replies`"),
        (r#"{ "replies": [{ "says": "a" }] }"#, "unknown field `says`"),
        (r#"{ "replies": [{ "send": [{ "shouts": "a" }] }] }"#, "unknown variant `shouts`"),
        (
            r#"{ "replies": [{ "send": [{ "says": { "text": "a", "loud": 1 } }] }] }"#,
            "unknown field `loud`",
        ),
        (
            r#"{ "replies": [{ "send": [{ "says": 1 }] }] }"#,
            "expected a string, or an object with `text`",
        ),
        (
            r#"{ "replies": [{ "send": [{ "calls": { "name": "a", "arg": 1 } }] }] }"#,
            "unknown field `arg`",
        ),
        (r#"{ "replies": [{ "end": { "failed": { "code": "a" } } }] }"#, "missing field `message`"),
        (r#"{ "replies": [{}, { "http": { "status": 9 } }] }"#, "reply 2: an HTTP status is"),
        (r#"{ "forever": { "send": [{ "continues": "a" }] } }"#, "`forever`: `continues` needs"),
        (
            r#"{ "replies": [{ "send": [{ "says": "a" }], "http": { "status": 500 } }] }"#,
            "reply 1: an HTTP answer stands alone",
        ),
        (
            r#"{ "replies": [{ "send": [{ "says": { "text": "a", "deltas": 1, "delta_chars": 1 } }] }] }"#,
            "reply 1: `deltas` and `delta_chars` exclude each other",
        ),
        ("{", "EOF while parsing"),
    ];
    for (text, expected) in cases {
        let message = message(text);
        assert!(message.starts_with("cannot read the script: "), "{message}");
        assert!(message.contains(expected), "{text}: {message}");
    }
    assert!(message(r#"{ "reply": [] }"#).ends_with("at line 1 column 9"));
}

#[tokio::test]
async fn a_repeating_reply_follows_the_others() {
    let model = model(Script::new([says("once")]).then_forever(item(json!({ "type": "x" })))).await;
    model.push(says("pushed"));
    assert_eq!(model.replies_left(), 2);
    let mut kinds = Vec::new();
    for _ in 0..4 {
        let ended = ask(&model, &json!({})).await.data().pop().unwrap();
        let item = &ended["response"]["output"][0];
        kinds.push(item["content"][0]["text"].as_str().unwrap_or("forever").to_owned());
    }
    assert_eq!(kinds, ["once", "pushed", "forever", "forever"]);
    verified(&model);
}

fn verified(model: &MockModel) {
    model.verify().expect("a repeating reply is not in the way");
}

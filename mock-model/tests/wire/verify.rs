//! The message about the differences between script and requests.

use mock_model::{Limits, MockModel, calls, says};
use pretty_assertions::assert_eq;
use serde_json::json;

use crate::client::{Client, ask, model, send};

fn message(model: &MockModel) -> String {
    model.verify().expect_err("they differ").to_string()
}

#[tokio::test]
async fn no_error_if_all_replies_were_used() {
    let model = model([says("a")]).await;
    ask(&model, &json!({})).await;
    send(&model, "GET /v1/models", "", "").await;
    model.verify().unwrap();
}

#[tokio::test]
async fn an_unused_reply_is_a_minus() {
    let model =
        model([says("Hello"), calls("shell", json!({ "command": ["ls"] })), says("x")]).await;
    ask(&model, &json!({})).await;
    let expected = r#"
script and requests differ: 2 replies never asked for
--- scripted
+++ asked
@@ -1,3 +1 @@
 request 1: says "Hello"
-request 2: calls shell({"command":["ls"]})
-request 3: says "x"
"#;
    assert_eq!(message(&model), expected.trim());
    assert_eq!(model.verify().unwrap_err().unused.len(), 2);
}

#[tokio::test]
async fn an_unscripted_request_is_a_plus() {
    let model = model([says("Hello")]).await;
    send(&model, "GET /v1/files", "", "").await;
    ask(&model, &json!({})).await;
    ask(&model, &json!({})).await;
    let expected = r#"
script and requests differ: 1 request without a reply, 1 request refused
--- scripted
+++ asked
@@ -1 +1,3 @@
+status 404: GET /v1/files is not served here
 request 1: says "Hello"
+request 2: POST /v1/responses: no reply left
"#;
    assert_eq!(message(&model), expected.trim());
}

#[tokio::test]
async fn broken_rules_and_rubbish_are_listed_without_a_diff() {
    let model = model([says("Hello")]).await;
    let input = json!([
        { "type": "function_call", "call_id": "call_1" },
        { "type": "custom_tool_call_output", "call_id": "call_2" },
    ]);
    ask(&model, &json!({ "input": input })).await;
    let mut rubbish = Client::connect(&model).await;
    rubbish.write(b"nonsense\r\n\r\n").await;
    rubbish.head().await;
    assert!(rubbish.is_closed().await);
    let expected = r#"
script and requests differ: 1 request refused, 2 broken rules
request 1: custom_tool_call_output "call_2" has no call before it
request 1: function_call "call_1" has no output after it
1 connection not HTTP
"#;
    assert_eq!(message(&model), expected.trim());
}

#[tokio::test]
async fn long_lists_are_cut_short_and_counted() {
    let model = model([says("Hello")]).await;
    let input: Vec<_> = (10..35)
        .map(|id| json!({ "type": "function_call", "call_id": format!("call_{id}") }))
        .collect();
    ask(&model, &json!({ "input": input })).await;
    let message = message(&model);
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines[0], "script and requests differ: 25 broken rules");
    assert_eq!(lines[20], "request 1: function_call \"call_29\" has no output after it");
    assert_eq!(lines[21], "… and 5 broken rules");
    assert_eq!(lines.len(), 22);
}

#[tokio::test]
async fn forgotten_requests_still_count() {
    let model = MockModel::bind_with(0, Limits { requests: 1, bytes: 1000 }).await.unwrap();
    for _ in 0..3 {
        ask(&model, &json!({})).await;
    }
    let expected = r#"
script and requests differ: 3 requests without a reply
--- scripted
+++ asked
@@ -0,0 +1 @@
+request 3: POST /v1/responses: no reply left
the journal had no room for 2 requests
"#;
    assert_eq!(message(&model), expected.trim());
}

#[tokio::test]
async fn dropping_a_model_that_is_not_verified_does_not_panic() {
    let model = model([says("never")]).await;
    ask(&model, &json!({ "input": [{ "type": "function_call", "call_id": "a" }] })).await;
    ask(&model, &json!({})).await;
    drop(model);
}

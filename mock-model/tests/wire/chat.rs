//! Replies as chat completions.

use mock_model::{calls, calls_custom, fails, is_incomplete, reasons, runs_local_shell, says};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::client::{Answer, model, send};

async fn ask(model: &mock_model::MockModel, body: &Value) -> Answer {
    send(model, "POST /v1/chat/completions", "", &body.to_string()).await
}

/// The first choice of a chunk or completion.
fn choice(value: &Value) -> &Value {
    &value["choices"][0]
}

#[tokio::test]
async fn a_message_is_written_in_chunks() {
    let model = model([says("Hi you")]).await;
    let answer = ask(&model, &json!({ "model": "m", "stream": true })).await;
    assert_eq!(answer.head.get("content-type"), Some("text/event-stream"));
    let chunk = |delta: &str, finish: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl_1\",\"object\":\"chat.completion.chunk\",\
             \"created\":1700000000,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{delta},\
             \"finish_reason\":{finish}}}]}}\n\n"
        )
    };
    let expected = [
        chunk(r#"{"role":"assistant","content":""}"#, "null"),
        chunk(r#"{"content":"Hi "}"#, "null"),
        chunk(r#"{"content":"you"}"#, "null"),
        chunk("{}", "\"stop\""),
        "data: [DONE]\n\n".to_owned(),
    ];
    assert_eq!(answer.body, expected.concat());
}

#[tokio::test]
async fn calls_are_numbered_and_finish_as_such() {
    let reply = reasons("Hm")
        .and(calls("shell", json!({ "command": ["ls"] })).id("mine"))
        .and(calls_custom("apply_patch", "patch"));
    let model = model([reply]).await;
    let body = json!({ "stream": true, "stream_options": { "include_usage": true } });
    let chunks = ask(&model, &body).await.data();
    let deltas: Vec<&Value> = chunks.iter().map(|chunk| &choice(chunk)["delta"]).collect();
    assert_eq!(deltas[1], &json!({ "reasoning": "Hm" }));
    assert_eq!(
        deltas[2]["tool_calls"],
        json!([{ "index": 0, "id": "mine", "type": "function",
            "function": { "name": "shell", "arguments": r#"{"command":["ls"]}"# } }]),
    );
    assert_eq!(
        deltas[3]["tool_calls"],
        json!([{ "index": 1, "id": "call_1_2", "type": "custom",
            "custom": { "name": "apply_patch", "input": "patch" } }]),
    );
    assert_eq!(choice(&chunks[4])["finish_reason"], "tool_calls");
    assert_eq!(chunks[5]["usage"]["total_tokens"], 15);
    assert_eq!(chunks.len(), 6);
}

#[tokio::test]
async fn without_a_stream_it_is_one_object() {
    let reply = says("Hi").and(calls("shell", json!({})));
    let model = model([reply]).await;
    let answer = ask(&model, &json!({ "model": "m" })).await;
    assert_eq!(answer.head.get("content-type"), Some("application/json"));
    assert_eq!(
        answer.json(),
        json!({
            "id": "chatcmpl_1", "object": "chat.completion", "created": 1_700_000_000, "model": "m",
            "choices": [{ "index": 0, "message": {
                "role": "assistant", "content": "Hi",
                "tool_calls": [{ "id": "call_1_1", "type": "function",
                    "function": { "name": "shell", "arguments": "{}" } }],
            }, "finish_reason": "tool_calls" }],
            "usage": { "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 },
        }),
    );
}

#[tokio::test]
async fn other_ends_have_their_own_form() {
    let model = model([is_incomplete("max_output_tokens"), fails("overloaded", "later")]).await;
    let stream = json!({ "stream": true });
    let chunks = ask(&model, &stream).await.data();
    assert_eq!(choice(chunks.last().unwrap())["finish_reason"], "length");
    let answer = ask(&model, &stream).await;
    let error = json!({ "error": { "code": "overloaded", "message": "later" } });
    assert_eq!(answer.data().last(), Some(&error));
    assert!(!answer.body.contains("[DONE]"));
}

#[tokio::test]
async fn steps_without_a_chat_form_are_an_error() {
    let model = model([runs_local_shell(["ls"])]).await;
    let answer = ask(&model, &json!({ "stream": true })).await;
    assert_eq!(answer.head.status, 500);
    assert_eq!(
        answer.json()["error"]["message"],
        "the reply to request 1 cannot be served: a chat completion has no local shell call",
    );
    assert!(model.verify().is_err());
}

//! The journal of the service.

use std::time::Duration;

use mock_model::{Limits, Missing, MockModel, Script, Violation, says};
use pretty_assertions::assert_eq;
use serde_json::json;

use crate::client::{ask, model, send, within};

#[tokio::test]
async fn a_request_can_be_read_in_every_part() {
    let model = model([says("a")]).await;
    let body = json!({
        "model": "m", "instructions": "be brief",
        "input": [{ "type": "message", "role": "user",
            "content": [{ "type": "input_text", "text": "hi" }] }],
        "tools": [{ "type": "function", "name": "shell" }],
    });
    let headers = "Authorization: Bearer fake-token\r\nX-Own: one\r\n";
    send(&model, "POST /v1/responses?a=b", headers, &body.to_string()).await;
    let request = within(model.request(1)).await.unwrap();
    assert_eq!(request.number(), Some(1));
    assert_eq!((request.method(), request.path()), ("POST", "/v1/responses"));
    assert_eq!(request.query(), Some("a=b"));
    assert_eq!(request.header("authorization"), Some("Bearer fake-token"));
    assert_eq!(request.header("X-OWN"), Some("one"));
    assert_eq!(request.header("cookie"), None);
    assert_eq!(request.header_names(), ["host", "content-length", "authorization", "x-own"]);
    assert_eq!(request.body(), &body);
    assert_eq!(request.bytes(), body.to_string().as_bytes());
    assert_eq!(request.user_texts(), ["hi"]);
    assert_eq!(request.tools(), ["shell"]);
    assert_eq!(request.instructions(), Some("be brief"));
    assert_eq!(request.model_name(), Some("m"));
    assert_eq!(request.input_items().len(), 1);
    assert_eq!(request.violations(), []);
}

#[tokio::test]
async fn the_journal_is_bounded_and_counts_forgotten_requests() {
    let limits = Limits { requests: 2, bytes: 1 << 20 };
    let model = MockModel::bind_with(0, limits).await.unwrap();
    model.script(Script::forever(says("a")));
    for _ in 0..5 {
        ask(&model, &json!({})).await;
    }
    let numbers: Vec<Option<usize>> = model.requests().iter().map(|it| it.number()).collect();
    assert_eq!(numbers, [Some(4), Some(5)]);
    assert_eq!(model.overflowed(), 3);
    assert_eq!(
        model.request(1).await.unwrap_err().to_string(),
        "request 1 is no longer in the journal"
    );
    assert_eq!(model.request(5).await.unwrap().number(), Some(5));
}

#[tokio::test]
async fn who_begins_anew_sees_only_later_requests() {
    let model = model([says("a"), says("unused")]).await;
    ask(&model, &json!({ "model": "before" })).await;
    model.begin_anew();
    assert_eq!((model.replies_left(), model.requests().len()), (0, 0));
    model.script([says("b")]);
    ask(&model, &json!({ "model": "after" })).await;
    let first = within(model.request(1)).await.unwrap();
    assert_eq!(first.model_name(), Some("after"));
    assert_eq!((model.requests().len(), model.journal().len()), (1, 2));
}

#[tokio::test]
async fn the_journal_is_bounded_in_bytes() {
    let model = MockModel::bind_with(0, Limits { requests: 100, bytes: 10_000 }).await.unwrap();
    model.script(Script::forever(says("a")));
    for size in [4_000, 4_000, 4_000, 20_000] {
        ask(&model, &json!({ "input": "x".repeat(size) })).await;
    }
    let kept = model.requests();
    let kept: Vec<_> = kept.iter().map(|it| (it.number(), it.is_truncated())).collect();
    assert_eq!(kept, [(Some(2), false), (Some(3), false), (Some(4), true)]);
    assert_eq!(model.overflowed(), 2);
}

#[tokio::test]
async fn waiting_ends_with_the_request_or_a_summary() {
    let model = model([says("a"), says("b"), says("c")]).await;
    let body = json!({});
    let (request, _) = tokio::join!(within(model.request(1)), ask(&model, &body));
    assert_eq!(request.unwrap().number(), Some(1));
    let deadline = Duration::from_millis(20);
    assert_eq!(model.wait_for_requests(1, deadline).await.unwrap().len(), 1);
    assert_eq!(
        model.wait_for_requests(2, deadline).await.unwrap_err().to_string(),
        "request 2 not seen within 20ms; requests for a reply so far: 1, \
         the last was request 1: POST /v1/responses; replies left: 2",
    );
}

#[tokio::test]
async fn a_broken_pair_is_recorded_with_its_request() {
    let model = model([says("a"), says("b")]).await;
    ask(&model, &json!({})).await;
    let orphan = json!({ "type": "function_call_output", "call_id": "call_9", "output": "" });
    ask(&model, &json!({ "input": [orphan] })).await;
    let requests = model.requests();
    assert_eq!(requests[0].violations(), []);
    let Violation { request, item, call_id, missing, .. } = &requests[1].violations()[0];
    assert_eq!((*request, *missing), (Some(2), Missing::Call));
    assert_eq!((item.as_str(), call_id.as_str()), ("function_call_output", "call_9"));
}

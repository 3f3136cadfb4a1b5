//! Requests that a script does not cover.

use mock_model::{Answer, Delivery, Script, calls, http, says};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::client::{Client, ask, model, send, within};

fn message(answer: &crate::client::Answer) -> Value {
    answer.json()["error"]["message"].clone()
}

#[tokio::test]
async fn an_unknown_path_or_method_is_a_404_that_says_so() {
    let model = model([]).await;
    let requests =
        ["GET /v1/files", "GET /v1/responses", "DELETE /v1/models", "POST /v1/xresponses"];
    for request in requests {
        let answer = send(&model, request, "", "").await;
        assert_eq!(answer.head.status, 404);
        assert_eq!(message(&answer), format!("{request} is not served here"));
    }
    let paths: Vec<String> = model.journal().iter().map(ToString::to_string).collect();
    assert_eq!(paths, requests);
    assert_eq!(model.requests().len(), 0, "none of them asks for a reply");
    assert_eq!(model.verify().unwrap_err().refused, 4);
}

#[tokio::test]
async fn a_request_without_a_reply_is_a_500_that_says_so() {
    let model = model([says("only")]).await;
    ask(&model, &json!({})).await;
    let answer = ask(&model, &json!({})).await;
    assert_eq!(answer.head.status, 500);
    assert_eq!(message(&answer), "no reply scripted for request 2 (POST /v1/responses)");
    assert_eq!(model.requests()[1].answer(), &Answer::NoReplyLeft);
    assert_eq!(model.verify().unwrap_err().unscripted, 1);
}

#[tokio::test]
async fn any_prefix_will_do() {
    let model = model(Script::forever(says("a"))).await;
    for path in ["/responses", "/a/b/responses", "/v1/responses?api-version=1"] {
        assert_eq!(send(&model, &format!("POST {path}"), "", "{}").await.head.status, 200);
    }
    assert_eq!(model.requests()[2].query(), Some("api-version=1"));
}

#[tokio::test]
async fn the_list_of_models_is_empty_and_takes_no_reply() {
    let model = model([says("a")]).await;
    let answer = send(&model, "GET /v1/models?client_version=1", "", "").await;
    assert_eq!(answer.json(), json!({ "object": "list", "data": [], "models": [] }));
    assert_eq!(model.journal()[0].answer(), &Answer::Models);
    assert_eq!((model.replies_left(), model.journal()[0].number()), (1, None));
}

#[tokio::test]
async fn a_compaction_keeps_the_users_messages() {
    let model = model([]).await;
    let user = json!({ "type": "message", "role": "user", "content": "hi" });
    let body = json!({ "input": [user, { "type": "message", "role": "assistant" }] });
    let target = "POST /v1/responses/compact";
    let answer = send(&model, target, "", &body.to_string()).await;
    let summary = json!({ "type": "compaction", "id": "cmp_1", "encrypted_content": "compacted" });
    assert_eq!(answer.json()["output"], json!([user, summary]));
    model.verify().unwrap();

    model.script(Script::default().compact_with(http(200).json(json!({ "output": [] }))));
    assert_eq!(send(&model, target, "", "{}").await.json(), json!({ "output": [] }));
    model.script(Script::default().compact_with(says("no")));
    let answer = send(&model, target, "", "{}").await;
    assert_eq!(message(&answer), "a compaction needs an HTTP answer");
}

#[tokio::test]
async fn a_websocket_handshake_is_sent_back_to_http() {
    let model = model([]).await;
    let headers = "connection: Upgrade\r\nupgrade: WebSocket\r\nsec-websocket-version: 13\r\n";
    let answer = send(&model, "GET /v1/responses", headers, "").await;
    assert_eq!(answer.head.status, 426);
    assert_eq!(message(&answer), "the WebSocket transport is not served: use POST");
    assert_eq!(model.journal()[0].answer(), &Answer::WebSocketRefused);
    model.verify().expect("a client may try");
}

#[tokio::test]
async fn bodies_that_cannot_be_read_take_no_reply() {
    let model = model([says("a")]).await;
    let target = "POST /v1/responses";
    let answer = send(&model, target, "", "{").await;
    assert_eq!(answer.head.status, 400);
    assert_eq!(
        message(&answer),
        "the body is not JSON: EOF while parsing an object at line 1 column 1"
    );
    let answer = send(&model, target, "content-encoding: zstd\r\n", "(packed)").await;
    assert_eq!(answer.head.status, 415);
    assert_eq!(message(&answer), "the body is encoded as \"zstd\"; only identity is read");
    assert_eq!(model.journal()[1].bytes(), b"(packed)");
    let answer = send(&model, target, "content-encoding: identity\r\n", "{}").await;
    assert_eq!(answer.head.status, 200);
    assert_eq!((model.requests().len(), model.verify().unwrap_err().refused), (1, 2));
}

#[tokio::test]
async fn a_body_without_bound_is_not_read() {
    let model = model([]).await;
    let mut client = Client::connect(&model).await;
    let head = "POST /v1/responses HTTP/1.1\r\nhost: model\r\ncontent-length: 67108865\r\n\r\n";
    client.write(head.as_bytes()).await;
    let block = vec![b' '; 1 << 20];
    // The service closes the connection once it has answered, perhaps before all is written.
    for _ in 0..65 {
        if within(client.socket.write_all(&block)).await.is_err() {
            break;
        }
    }
    let refused = within(async {
        loop {
            if let Some(request) = model.journal().first() {
                break request.answer().clone();
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    let reason = "the body is larger than 67108864 bytes".to_owned();
    assert_eq!(refused, Answer::Refused { status: 413, reason });
}

#[tokio::test]
async fn rubbish_and_half_requests_do_no_harm() {
    let model = model([says("a")]).await;
    let mut rubbish = Client::connect(&model).await;
    rubbish.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n").await;
    assert_eq!(rubbish.head().await.status, 400);
    assert!(rubbish.is_closed().await);

    let mut half = Client::connect(&model).await;
    half.write(b"POST /v1/responses HTTP/1.1\r\ncontent-length: 10\r\n\r\n{\"a").await;
    half.socket.shutdown().await.unwrap();
    assert_eq!(message(&half.answer().await), "the request ended early");
    assert!(half.is_closed().await);

    let mut silent = Client::connect(&model).await;
    silent.socket.shutdown().await.unwrap();
    assert!(silent.is_closed().await);

    let vanished = Client::connect(&model).await;
    drop(vanished);

    assert_eq!(ask(&model, &json!({})).await.head.status, 200);
    assert_eq!(model.not_http(), 1);
    let answers: Vec<(Answer, Delivery)> = model
        .journal()
        .iter()
        .map(|request| (request.answer().clone(), request.delivery()))
        .collect();
    assert_eq!(answers[0], (Answer::Unfinished, Delivery::Abandoned));
    assert_eq!(answers.len(), 2);
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let model = model([says("a"), calls("b", json!({}))]).await;
    let mut client = Client::connect(&model).await;
    client.ask(&json!({})).await;
    assert!(client.answer().await.is_complete);
    client.request("GET /v1/models", "", "").await;
    assert_eq!(client.answer().await.head.status, 200);
    // Two at once.
    client.ask(&json!({})).await;
    client.request("GET /v1/nowhere", "", "").await;
    assert!(client.answer().await.is_complete);
    assert_eq!(client.answer().await.head.status, 404);
}

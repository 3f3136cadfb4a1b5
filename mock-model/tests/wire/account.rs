//! The account backend beside the model.

use mock_model::{Answer, says};
use pretty_assertions::assert_eq;

use crate::client::{model, send};

const LOGIN: &str = "authorization: Bearer access\r\nchatgpt-account-id: acc\r\n";

#[tokio::test]
async fn the_account_of_the_request_is_the_one_that_there_is() {
    let model = model([says("a")]).await;
    assert!(model.account_url().ends_with("/backend-api"), "{}", model.account_url());
    let answer = send(&model, "GET /backend-api/wham/accounts/check", LOGIN, "").await;
    let account = &answer.json()["accounts"][0];
    assert_eq!(account["id"], "acc");
    assert_eq!(account["account_routing_override"], "NO_CONSTRAINT");
    let answer = send(&model, "GET /backend-api/wham/usage", LOGIN, "").await;
    assert_eq!(answer.json()["rate_limit"]["primary_window"]["used_percent"], 50);
}

#[tokio::test]
async fn its_requests_can_be_read_and_take_no_reply() {
    let model = model([says("a")]).await;
    send(&model, "GET /backend-api/wham/usage", LOGIN, "").await;
    let [asked] = model.account_requests().try_into().unwrap();
    assert_eq!((asked.path(), asked.answer()), ("/backend-api/wham/usage", &Answer::Account));
    assert_eq!(asked.header("authorization"), Some("Bearer access"));
    assert_eq!((model.replies_left(), model.requests().len()), (1, 0));
}

#[tokio::test]
async fn a_request_without_account_is_answered_and_an_unknown_path_is_no_fault() {
    let model = model([]).await;
    assert_eq!(send(&model, "GET /backend-api/wham/usage", "", "").await.head.status, 401);
    assert_eq!(send(&model, "GET /backend-api/wham/tasks", LOGIN, "").await.head.status, 404);
    model.verify().unwrap();
}

#[tokio::test]
async fn a_model_behind_it_is_still_the_model() {
    let model = model([says("a")]).await;
    let answer = send(&model, "POST /backend-api/codex/responses", LOGIN, "{}").await;
    assert_eq!((answer.head.status, model.requests().len()), (200, 1));
}

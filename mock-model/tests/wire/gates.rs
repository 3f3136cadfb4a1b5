//! Gates; and every event is sent on its own.

use mock_model::{Delivery, Script, calls, holds, says, unauthorized};
use pretty_assertions::assert_eq;
use serde_json::json;

use crate::client::{Client, ask, model, within};

/// Whether the client gets no further chunk: everything before the gate was read, and the gate has
/// been reached.
async fn holds_at(model: &mock_model::MockModel, gate: &str, client: &Client) {
    within(model.reached(gate)).await.expect("the service runs");
    let mut byte = [0];
    let read = client.socket.try_read(&mut byte);
    assert!(read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
}

#[tokio::test]
async fn a_gate_holds_later_events_until_it_is_opened() {
    let model = model([says("one").hold("middle").continues("two")]).await;
    let mut client = Client::connect(&model).await;
    client.ask(&json!({})).await;
    assert_eq!(client.head().await.status, 200);
    // Created, item, part and the first delta: each is a chunk of its own, and has arrived.
    for kind in ["created", "output_item.added", "content_part.added", "output_text.delta"] {
        let chunk = client.chunk().await.unwrap().unwrap();
        assert!(chunk.starts_with(&format!("event: response.{kind}\n")), "{chunk}");
    }
    holds_at(&model, "middle", &client).await;
    assert_eq!(model.requests()[0].delivery(), Delivery::Pending);

    model.open("middle");
    let chunk = client.chunk().await.unwrap().unwrap();
    assert!(chunk.contains(r#""delta":"two""#), "{chunk}");
    assert_eq!(client.answer_rest().await, 4);
    assert_eq!(within(model.delivered(1)).await.unwrap(), Delivery::Complete);
}

impl Client {
    /// The number of chunks up to the end of the body.
    async fn answer_rest(&mut self) -> usize {
        let mut count = 0;
        while self.chunk().await.expect("the body ends in good order").is_some() {
            count += 1;
        }
        count
    }
}

#[tokio::test]
async fn a_gate_after_a_call_follows_the_whole_item() {
    let model = model([calls("shell", json!({})).hold("gate")]).await;
    let mut client = Client::connect(&model).await;
    client.ask(&json!({})).await;
    client.head().await;
    let mut last = String::new();
    for _ in 0..5 {
        last = client.chunk().await.unwrap().unwrap();
    }
    assert!(last.starts_with("event: response.output_item.done\n"), "{last}");
    holds_at(&model, "gate", &client).await;
    model.open_all();
    assert_eq!(client.answer_rest().await, 1);
}

#[tokio::test]
async fn a_gate_before_everything_withholds_the_status_line() {
    let model = model([holds("start").and(says("a")), unauthorized().hold("start")]).await;
    for status in [200, 401] {
        let mut client = Client::connect(&model).await;
        client.ask(&json!({})).await;
        holds_at(&model, "start", &client).await;
        model.open("start");
        assert_eq!(client.answer().await.head.status, status);
        model.script([unauthorized().hold("start")]);
    }
}

#[tokio::test]
async fn a_gate_may_be_placed_by_event_count() {
    let model = model([says("a").hold_after(0, "head").hold_after(2, "two")]).await;
    let mut client = Client::connect(&model).await;
    client.ask(&json!({})).await;
    assert_eq!(client.head().await.status, 200);
    holds_at(&model, "head", &client).await;
    model.open("head");
    for _ in 0..2 {
        client.chunk().await.unwrap().unwrap();
    }
    holds_at(&model, "two", &client).await;
    model.open("two");
    assert_eq!(client.answer_rest().await, 6);
}

#[tokio::test]
async fn one_gate_holds_several_streams() {
    let model = model(Script::forever(says("a").hold("gate"))).await;
    let mut clients = [Client::connect(&model).await, Client::connect(&model).await];
    for client in &mut clients {
        client.ask(&json!({})).await;
    }
    within(model.request(2)).await.unwrap();
    model.open("gate");
    for client in &mut clients {
        assert!(client.answer().await.is_complete);
    }
    assert!(ask(&model, &json!({})).await.is_complete, "it stays open");
}

#[tokio::test]
async fn a_client_that_goes_away_is_noticed_at_the_gate() {
    let in_body = says("a").hold("body");
    let before_head = holds("head").and(says("a"));
    let model = model([in_body, before_head]).await;
    for (number, gate) in [(1, "body"), (2, "head")] {
        let mut client = Client::connect(&model).await;
        client.ask(&json!({})).await;
        within(model.reached(gate)).await.unwrap();
        drop(client);
        assert_eq!(within(model.delivered(number)).await.unwrap(), Delivery::Abandoned);
    }
}

#[tokio::test]
async fn the_end_of_the_service_ends_waits_at_gates() {
    let model = model([says("a").hold("gate")]).await;
    let mut client = Client::connect(&model).await;
    client.ask(&json!({})).await;
    within(model.reached("gate")).await.unwrap();
    let (never, ()) =
        within(async { tokio::join!(model.reached("never"), model.shutdown()) }).await;
    assert_eq!(
        never.unwrap_err().to_string(),
        "gate \"never\" not seen before the service ended; requests for a reply so far: 1, \
         the last was request 1: POST /v1/responses; replies left: 0",
    );
    assert!(!client.answer().await.is_complete);
}

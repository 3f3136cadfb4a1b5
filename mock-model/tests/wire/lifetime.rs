//! The start and the end of a service.

use std::net::SocketAddr;

use futures_util::future::join_all;
use mock_model::{Delivery, MockModel, WaitError, http, says};
use pretty_assertions::assert_eq;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

use crate::client::{Client, ask, model, within};

/// Whether the port is free, once the runtime has ended the listener.
async fn is_free(address: SocketAddr) -> bool {
    within(async { while TcpStream::connect(address).await.is_ok() {} }).await;
    TcpListener::bind(address).await.is_ok()
}

#[tokio::test]
async fn the_base_url_is_on_loopback() {
    let model = MockModel::start().await.unwrap();
    let port = model.address().port();
    assert_ne!(port, 0);
    assert_eq!(model.base_url(), format!("http://127.0.0.1:{port}/v1"));
}

#[tokio::test]
async fn a_port_may_be_given_and_may_be_taken() {
    let first = MockModel::start().await.unwrap();
    let taken = MockModel::bind(first.address().port()).await;
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    let port = first.address().port();
    first.shutdown().await;
    assert_eq!(MockModel::bind(port).await.unwrap().address().port(), port);
}

#[tokio::test]
async fn dropping_it_frees_the_port_and_ends_the_connections() {
    let model = model([says("a").hold("gate"), http(503)]).await;
    let address = model.address();
    let mut idle = Client::connect(&model).await;
    let mut held = Client::connect(&model).await;
    held.ask(&json!({})).await;
    within(model.reached("gate")).await.unwrap();
    // Its wiremock must not keep it alive either.
    ask(&model, &json!({})).await;
    let request = model.requests().remove(0);
    drop(model);
    assert!(idle.is_closed().await);
    assert!(!held.answer().await.is_complete);
    assert!(is_free(address).await);
    assert_eq!(request.delivery(), Delivery::Abandoned);
}

#[tokio::test]
async fn shutdown_waits_for_the_end_and_leaves_the_journal() {
    let model = model([says("a").hold("gate"), says("b")]).await;
    let mut client = Client::connect(&model).await;
    client.ask(&json!({})).await;
    within(model.reached("gate")).await.unwrap();
    within(model.shutdown()).await;
    within(model.shutdown()).await;
    assert!(TcpListener::bind(model.address()).await.is_ok(), "the port is free at once");
    assert_eq!(model.requests()[0].delivery(), Delivery::Abandoned);
    assert_eq!(model.verify().unwrap_err().unused, [r#"says "b""#]);
    let never = within(model.request(2)).await.unwrap_err();
    assert!(matches!(never, WaitError::Closed { .. }), "{never}");
}

#[tokio::test]
async fn services_do_not_know_of_each_other() {
    let (one, two) = (model([says("one")]).await, model([says("two")]).await);
    let body = json!({});
    let (first, second) = tokio::join!(ask(&one, &body), ask(&two, &body));
    assert!(first.body.contains("one") && second.body.contains("two"));
    assert_eq!((one.requests().len(), two.requests().len()), (1, 1));
}

#[test]
fn a_model_outlives_its_runtime_without_harm() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let model = runtime.block_on(async {
        let model = model([http(503)]).await;
        ask(&model, &json!({})).await;
        model
    });
    drop(runtime);
    assert_eq!(model.requests().len(), 1);
    model.verify().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_runs_on_a_runtime_of_several_threads_too() {
    let model = model((0..20).map(|_| says("a").hold("gate"))).await;
    let body = json!({});
    let clients = join_all((0..20).map(|_| ask(&model, &body)));
    let open = async {
        within(model.request(20)).await.unwrap();
        model.open("gate");
    };
    let (answers, ()) = tokio::join!(clients, open);
    assert!(answers.iter().all(|answer| answer.is_complete));
    model.verify().unwrap();
}

//! Replies as Responses events.

use mock_model::{
    calls, calls_custom, completes, event, fails, is_incomplete, item, reasons, runs_local_shell,
    says,
};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::client::{ask, model};

/// A whole reply of one word, byte for byte.
const ONE_WORD: &str = r#"event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1700000000,"status":"in_progress","error":null,"incomplete_details":null,"model":"m","output":[],"usage":null}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1_0","type":"message","status":"in_progress","role":"assistant","content":[]}}

event: response.content_part.added
data: {"type":"response.content_part.added","sequence_number":2,"item_id":"msg_1_0","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":3,"item_id":"msg_1_0","output_index":0,"content_index":0,"delta":"Hi"}

event: response.output_text.done
data: {"type":"response.output_text.done","sequence_number":4,"item_id":"msg_1_0","output_index":0,"content_index":0,"text":"Hi"}

event: response.content_part.done
data: {"type":"response.content_part.done","sequence_number":5,"item_id":"msg_1_0","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hi","annotations":[]}}

event: response.output_item.done
data: {"type":"response.output_item.done","sequence_number":6,"output_index":0,"item":{"id":"msg_1_0","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[]}]}}

event: response.completed
data: {"type":"response.completed","sequence_number":7,"response":{"id":"resp_1","object":"response","created_at":1700000000,"status":"completed","error":null,"incomplete_details":null,"model":"m","output":[{"id":"msg_1_0","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[]}]}],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":0},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":15}}}

"#;

fn members<'a>(events: &'a [Value], name: &str) -> Vec<&'a str> {
    events.iter().filter_map(|event| event[name].as_str()).collect()
}

/// The items that an answer reports as done.
fn items(answer: &crate::client::Answer) -> Vec<Value> {
    let done = answer.of_type("response.output_item.done");
    done.into_iter().map(|mut event| event["item"].take()).collect()
}

#[tokio::test]
async fn a_message_is_written_as_the_real_service_writes_it() {
    let model = model([says("Hi")]).await;
    let answer = ask(&model, &json!({ "model": "m", "stream": true, "input": [] })).await;
    assert_eq!(answer.head.status, 200);
    assert_eq!(answer.head.get("content-type"), Some("text/event-stream"));
    assert_eq!(answer.head.get("date"), None, "the same request gets the same answer");
    assert!(answer.is_complete);
    assert_eq!(answer.body, ONE_WORD);
}

#[tokio::test]
async fn the_deltas_are_what_the_script_says() {
    let text = "añ日🦀 two";
    let cases = [
        (says(text), vec!["añ日🦀 ", "two"]),
        (says(text).deltas(2), vec!["añ日🦀", " two"]),
        (says(text).deltas(0), vec![]),
        (says(text).delta_chars(3), vec!["añ日", "🦀 t", "wo"]),
        (says("a").continues("b c").deltas(1), vec!["a", "b c"]),
    ];
    let wholes = [text, text, text, text, "ab c"];
    for ((reply, deltas), whole) in cases.into_iter().zip(wholes) {
        let model = model([reply]).await;
        let answer = ask(&model, &json!({})).await;
        let events = answer.of_type("response.output_text.delta");
        assert_eq!(members(&events, "delta"), deltas);
        assert_eq!(items(&answer)[0]["content"][0]["text"], whole);
    }
}

#[tokio::test]
async fn a_function_call_carries_its_arguments_as_json_text() {
    let model = model([calls("shell", json!({ "command": ["ls", "-l"] }))]).await;
    let answer = ask(&model, &json!({})).await;
    assert_eq!(
        answer.types(),
        [
            "response.created",
            "response.output_item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "response.completed",
        ],
    );
    assert_eq!(
        items(&answer),
        [json!({ "id": "fc_1_0", "type": "function_call", "status": "completed",
            "call_id": "call_1_0", "name": "shell", "arguments": r#"{"command":["ls","-l"]}"# })],
    );
}

#[tokio::test]
async fn arguments_that_are_no_json_are_sent_as_they_are() {
    let model =
        model([calls("shell", json!("{\"command\": [")), calls("shell", Value::Null)]).await;
    let answer = ask(&model, &json!({})).await;
    assert_eq!(items(&answer)[0]["arguments"], "{\"command\": [");
    let answer = ask(&model, &json!({})).await;
    assert_eq!(items(&answer)[0]["arguments"], "{}");
}

#[tokio::test]
async fn a_custom_call_and_a_local_shell_call_come_through() {
    let model = model([
        calls_custom("apply_patch", "*** Begin Patch").id("patch"),
        runs_local_shell(["ls", "-l"]).id("local"),
    ])
    .await;
    let answer = ask(&model, &json!({})).await;
    assert_eq!(
        items(&answer),
        [json!({ "id": "ctc_1_0", "type": "custom_tool_call", "status": "completed",
            "call_id": "patch", "name": "apply_patch", "input": "*** Begin Patch" })],
    );
    assert_eq!(answer.types()[2], "response.custom_tool_call_input.delta");
    let answer = ask(&model, &json!({})).await;
    assert_eq!(
        items(&answer),
        [json!({ "id": "lsh_2_0", "type": "local_shell_call", "status": "completed",
            "call_id": "local", "action": { "type": "exec", "command": ["ls", "-l"], "env": {} } })],
    );
}

#[tokio::test]
async fn several_items_come_in_order_and_are_repeated_at_the_end() {
    let reply = reasons("Think first")
        .and(says("Then speak"))
        .and(calls("one", json!({})).id("mine"))
        .and(calls("two", json!({})))
        .and(item(json!({ "type": "web_search_call", "id": "ws", "status": "completed" })))
        .usage(1000, 24);
    let model = model([reply]).await;
    let answer = ask(&model, &json!({})).await;
    let items = items(&answer);
    let kinds: Vec<&str> = members(&items, "type");
    assert_eq!(
        kinds,
        ["reasoning", "message", "function_call", "function_call", "web_search_call"]
    );
    assert_eq!(members(&items, "call_id"), ["mine", "call_1_3"]);
    assert_eq!(
        items[0],
        json!({ "id": "rs_1_0", "type": "reasoning",
            "summary": [{ "type": "summary_text", "text": "Think first" }] }),
    );
    let thoughts = answer.of_type("response.reasoning_summary_text.delta");
    assert_eq!(members(&thoughts, "delta"), ["Think ", "first"]);
    let last = &answer.of_type("response.completed")[0]["response"];
    assert_eq!(last["output"], json!(items));
    assert_eq!(last["usage"]["total_tokens"], 1024);
}

#[tokio::test]
async fn sequence_numbers_count_and_ids_follow_the_request() {
    let model = model([says("one two"), says("three")]).await;
    for number in 1..=2 {
        let answer = ask(&model, &json!({})).await;
        let sequence: Vec<u64> =
            answer.data().iter().filter_map(|event| event["sequence_number"].as_u64()).collect();
        let expected: Vec<u64> = (0..answer.data().len() as u64).collect();
        assert_eq!(sequence, expected);
        let ended = &answer.of_type("response.completed")[0]["response"];
        assert_eq!(ended["id"], format!("resp_{number}"));
        assert_eq!(ended["output"][0]["id"], format!("msg_{number}_0"));
    }
}

#[tokio::test]
async fn a_response_may_end_otherwise() {
    let model = model([
        completes(),
        says("so far").and(fails("server_is_overloaded", "try later")),
        says("so far").and(is_incomplete("max_output_tokens")),
        says("so far").without_completion(),
    ])
    .await;
    let answer = ask(&model, &json!({})).await;
    assert_eq!(answer.types(), ["response.created", "response.completed"]);

    let answer = ask(&model, &json!({})).await;
    let ended = answer.data().pop().unwrap();
    assert_eq!(ended["type"], "response.failed");
    assert_eq!(
        ended["response"]["error"],
        json!({ "code": "server_is_overloaded", "message": "try later" })
    );
    assert_eq!(items(&answer)[0]["content"][0]["text"], "so far");

    let ended = ask(&model, &json!({})).await.data().pop().unwrap();
    assert_eq!(ended["type"], "response.incomplete");
    assert_eq!(ended["response"]["incomplete_details"], json!({ "reason": "max_output_tokens" }));

    let answer = ask(&model, &json!({})).await;
    assert!(answer.is_complete, "the stream itself ends in good order");
    assert_eq!(answer.types().pop().unwrap(), "response.output_item.done");
}

#[tokio::test]
async fn an_event_of_any_kind_is_sent_as_it_is() {
    let ping = json!({ "type": "keepalive", "own": true });
    let model = model([says("a").and(event(ping.clone()))]).await;
    let answer = ask(&model, &json!({})).await;
    assert_eq!(answer.of_type("keepalive"), [ping]);
    assert!(
        answer.body.contains("event: keepalive\ndata: {\"type\":\"keepalive\",\"own\":true}\n")
    );
}

#[tokio::test]
async fn a_request_without_streaming_gets_one_object() {
    let model = model([says("Hi").hold("gate")]).await;
    model.open("gate");
    let answer = ask(&model, &json!({ "model": "m", "stream": false })).await;
    assert_eq!(answer.head.get("content-type"), Some("application/json"));
    let response = answer.json();
    assert_eq!(response["status"], "completed");
    assert_eq!(response["output"][0]["content"][0]["text"], "Hi");
}

//! The id that a client gives its message: it is shown wherever the message is.

use harness::{Call, Context, Failure, Result, check, ensure_eq, show};
use mock_model::{Script, says};
use serde_json::{Value, json};

use crate::client::{Begun, ContextExt, Thread, add, is_item};
use crate::stored::files::written;

/// The ids of messages, the second of which has none.
fn ids() -> [Option<String>; 3] {
    [Some("message 1".to_owned()), None, Some("ñ 日本 \"q\"".to_owned())]
}

/// Says something under each id; the ids as they are announced.
async fn say_all(cx: &mut Context, thread: &Thread) -> Result<Vec<Value>> {
    cx.model.script(Script::new([]).then_forever(says("heard")));
    let mut announced = Vec::new();
    for id in ids() {
        let mark = cx.peer.mark();
        let mut params = cx.protocol().turn_params(&thread.id, "said under an id");
        if let Some(id) = id {
            add(&mut params, json!({ "clientUserMessageId": id }));
        }
        cx.peer.call("turn/start", params).await?;
        let turn = cx.client().end_turn(thread, &Begun { mark, id: None }).await?;
        let is_message = |call: &&Call| is_item(call, thread, "item/started", "userMessage");
        let Some(message) = turn.calls.iter().find(is_message) else {
            let what = "the messages of the user in a turn";
            return Err(Failure::mismatch(what, "one", show(&turn.calls.len())));
        };
        announced.push(message.params["item"]["clientId"].clone());
    }
    Ok(announced)
}

/// The ids of the user's messages in the thread that is read.
async fn read(cx: &mut Context, thread: &Thread) -> Result<Vec<Value>> {
    let read = cx.client().read_thread(&thread.id, true).await?;
    let turns = read["turns"].as_array().into_iter().flatten();
    let items = turns.flat_map(|turn| turn["items"].as_array().into_iter().flatten());
    let messages = items.filter(|item| item["type"] == "userMessage");
    Ok(messages.map(|item| item["clientId"].clone()).collect())
}

/// A server MUST show the `clientUserMessageId` of a turn as the `clientId` of the message, when the
/// message is announced, when the thread is read, and after a restart.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, turn/start: clientUserMessageId; every release since does",
    faults(CLIENT_ID_FORGOTTEN)
)]
async fn the_id_of_a_message_is_shown_everywhere(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let wanted = ids().map(|id| json!(id));
    ensure_eq!(say_all(cx, &thread).await?, wanted, "`clientId` of the announced messages");
    ensure_eq!(read(cx, &thread).await?, wanted, "`clientId` of the messages that are read");
    written(cx, &thread, "heard").await?;
    cx.restart().await;
    cx.client().initialize().await?;
    ensure_eq!(read(cx, &thread).await?, wanted, "`clientId` of the messages after a restart");
    Ok(())
}

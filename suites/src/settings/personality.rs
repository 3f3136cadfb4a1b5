//! The personality of a thread: what the model receives of it, and for how long.

use harness::{Context, Failure, Result, check, ensure, ensure_eq};
use mock_model::{Request, says};
use serde_json::{Value, json};

use super::begin_experimental;
use crate::client::{ContextExt, Start, Thread};
use crate::rows::Rows;
use crate::stored::files::written;
use crate::stored::last_request;

const BOTH: [&str; 2] = ["friendly", "pragmatic"];

/// A model that can talk in more ways than one.
async fn model(cx: &mut Context) -> Result<String> {
    let mut cursor = Value::Null;
    loop {
        let page = cx.peer.call("model/list", json!({ "cursor": cursor })).await?;
        let mut models = page["data"].as_array().into_iter().flatten();
        let able = models.find(|model| model["supportsPersonality"] == true);
        if let Some(id) = able.and_then(|model| model["id"].as_str()) {
            return Ok(id.to_owned());
        }
        if page["nextCursor"].is_null() || page["nextCursor"] == cursor {
            return Err(Failure::lacks("a model with `supportsPersonality`"));
        }
        cursor = page["nextCursor"].clone();
    }
}

/// A thread with this model, and with a personality if one is named.
async fn started(cx: &mut Context, model: &str, personality: Option<&str>) -> Result<Thread> {
    let more = personality.map_or(Value::Null, |named| json!({ "personality": named }));
    cx.client().start_with(Start { model: Some(model.to_owned()), more, ..Start::default() }).await
}

/// What the model is told about itself: the instructions, and the messages of the developer.
fn told(request: &Request) -> Vec<String> {
    let developer = request.developer_texts();
    request.instructions().into_iter().chain(developer).map(str::to_owned).collect()
}

/// Runs a turn, with a personality if one is named; what the model is told about itself.
async fn turn(cx: &mut Context, thread: &Thread, personality: Option<&str>) -> Result<Vec<String>> {
    cx.model.script([says("it is stored")]);
    let mark = cx.peer.mark();
    let mut params = cx.protocol().turn_params(&thread.id, "hello");
    if let Some(personality) = personality {
        params["personality"] = json!(personality);
    }
    cx.peer.call("turn/start", params).await?;
    cx.client().end_turn(thread, mark).await?;
    Ok(told(&last_request(cx)?))
}

/// Fails if both personalities tell the model the same.
fn differ(both: &[Vec<String>]) -> Result {
    ensure!(
        both[0] != both[1],
        "what the model is told about itself with `friendly` and with `pragmatic`",
        "different instructions",
        "the same"
    );
    Ok(())
}

/// A server MUST send the model the personality of a start, of a turn, and of the resume of a stored
/// thread, if the model supports it.
#[check(
    v2(since = "0.101"),
    source = "app-server protocol, personality; model/list: supportsPersonality; every release that lists such a model does",
    faults(PERSONALITY_IGNORED, TURN_PERSONALITY_IGNORED)
)]
async fn it_reaches_the_model(cx: &mut Context) -> Result {
    begin_experimental(cx).await?;
    let model = model(cx).await?;
    let mut rows = Rows::of_waits();
    let mut both = Vec::new();
    for personality in BOTH {
        let thread = started(cx, &model, Some(personality)).await?;
        both.push(turn(cx, &thread, None).await?);
    }
    rows.judge("the personality of a start", differ(&both))?;
    let (mut both, mut later) = (Vec::new(), Vec::new());
    for personality in BOTH {
        let thread = started(cx, &model, None).await?;
        both.push(turn(cx, &thread, Some(personality)).await?);
        later.push(turn(cx, &thread, None).await?);
    }
    rows.judge("the personality of a turn, in that turn", differ(&both))?;
    rows.judge("the personality of a turn, in the next turn", differ(&later))?;
    let mut stored = Vec::new();
    for _ in BOTH {
        let thread = started(cx, &model, None).await?;
        turn(cx, &thread, None).await?;
        written(cx, &thread, "it is stored").await?;
        stored.push(thread);
    }
    cx.restart().await;
    cx.client().initialize_experimental().await?;
    let mut both = Vec::new();
    for (thread, personality) in stored.iter().zip(BOTH) {
        let params = json!({ "threadId": thread.id, "model": model, "personality": personality });
        cx.peer.call("thread/resume", params).await?;
        both.push(turn(cx, thread, None).await?);
    }
    rows.judge("the personality of a resume", differ(&both))?;
    rows.end()
}

/// A server MUST announce a changed personality with the settings of the thread.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/settings/updated; every release since does",
    faults(PERSONALITY_UNANNOUNCED),
    shared
)]
async fn a_change_is_announced(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    for personality in BOTH {
        let params = json!({ "threadId": thread.id, "personality": personality });
        cx.peer.call("thread/settings/update", params).await?;
        let call = cx.client().notification(&thread, "thread/settings/updated").await?;
        let announced = &call.params["threadSettings"]["personality"];
        ensure_eq!(*announced, personality, "the announced personality");
    }
    Ok(())
}

//! Settings that a client changes between turns: for the turns to come, and announced.

use harness::{Context, Result, check, code, ensure_eq};
use serde_json::{Value, json};

use super::findings::Findings;
use super::turn::of_a_turn;
use super::{Opening, begin_experimental, open};
use crate::client::{ContextExt, Thread};
use crate::stored::UNKNOWN;

const UPDATE: &str = "thread/settings/update";

/// A server MUST apply every setting of `thread/settings/update` to all following turns of the
/// thread.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/settings/update: for the next turn; every release does",
    faults(SETTINGS_UPDATE_IGNORED)
)]
async fn each_setting_stays(cx: &mut Context) -> Result {
    begin_experimental(cx).await?;
    let mut findings = Findings::default();
    for row in of_a_turn(cx)? {
        let Some(thread) = open(cx, Opening::Start, Value::Null).await? else { continue };
        update(cx, &thread, row.members.clone()).await?;
        for turn in ["first", "second"] {
            let seen = row.look(cx, &thread).await?;
            findings.note(format!("`{}` of an update, in the {turn} turn", row.name), seen);
        }
    }
    findings.end()
}

async fn update(cx: &mut Context, thread: &Thread, settings: Value) -> Result {
    let mut params = json!({ "threadId": thread.id });
    crate::client::add(&mut params, settings);
    cx.peer.call(UPDATE, params).await.map(|_| ())
}

/// A server MUST announce changed settings of a thread by `thread/settings/updated`, and only those.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/settings/update: emitted only when a setting changes; every release does",
    faults(SETTINGS_UPDATE_UNANNOUNCED, UNCHANGED_SETTINGS_ANNOUNCED)
)]
async fn what_changed_is_announced(cx: &mut Context) -> Result {
    begin_experimental(cx).await?;
    let Some(thread) = open(cx, Opening::Start, Value::Null).await? else { return Ok(()) };
    // The second changes nothing: the next announcement is that of the third.
    for (model, effort) in [("model-one", "high"), ("model-one", "high"), ("model-two", "low")] {
        update(cx, &thread, json!({ "model": model, "effort": effort })).await?;
    }
    for (model, effort) in [("model-one", "high"), ("model-two", "low")] {
        let call = cx.client().notification(&thread, "thread/settings/updated").await?;
        let settings = &call.params["threadSettings"];
        let announced = [&settings["model"], &settings["effort"]];
        ensure_eq!(announced, [model, effort], "model and effort in the next announcement");
    }
    Ok(())
}

/// A server MUST reject settings for an unknown thread with the error code -32600.
#[check(v2(since = "0.147"), source = "every release does", faults(SETTINGS_OF_NO_THREAD))]
async fn an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let params = json!({ "threadId": UNKNOWN, "model": "model-one" });
    let reply = cx.peer.request(UPDATE, params).await?;
    reply.refused(code::INVALID_REQUEST, "answer to settings for an unknown thread").map(|_| ())
}

//! The name of a thread: given, told, shown, and kept.

use harness::failure::Result;
use harness::{Context, check, ensure_eq};
use serde_json::{Value, json};

use crate::stored::{UNKNOWN, seed, two_turns};
use crate::words::greet;

/// Names a stored thread; its id.
async fn named(cx: &mut Context, name: &str) -> Result<String> {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    greet(cx).await?;
    let id = rollout.id().to_string();
    cx.peer.call("thread/name/set", json!({ "threadId": id, "name": name })).await?;
    Ok(id)
}

async fn shown(cx: &mut Context, id: &str) -> Result<[Value; 2]> {
    let read = cx.peer.call("thread/read", json!({ "threadId": id })).await?;
    let list = cx.peer.call("thread/list", json!({})).await?;
    Ok([read["thread"]["name"].clone(), list["data"][0]["name"].clone()])
}

/// A server MUST tell that a thread has got a name.
#[check(
    v2(since = "0.120"),
    source = "app-server tests, thread_name; app-server README, thread/name/updated"
)]
async fn is_told(cx: &mut Context) -> Result {
    let id = named(cx, "the name ñ").await?;
    let told = cx.peer.next("thread/name/updated").await?;
    ensure_eq!(told.params["threadId"], id, "the thread that has got a name");
    ensure_eq!(told.params["threadName"], "the name ñ", "the name that it has got");
    Ok(())
}

/// A server MUST show the name of a thread where it shows the thread, the latest one, also after a restart.
#[check(v2(since = "0.120"), source = "app-server tests, thread_name: read and list")]
async fn is_shown(cx: &mut Context) -> Result {
    let id = named(cx, "the first name").await?;
    cx.peer.call("thread/name/set", json!({ "threadId": id, "name": "the name" })).await?;
    ensure_eq!(shown(cx, &id).await?, ["the name", "the name"], "the name, read and listed");
    cx.restart().await;
    greet(cx).await?;
    ensure_eq!(shown(cx, &id).await?, ["the name", "the name"], "the name after a restart");
    Ok(())
}

/// A server MUST refuse to name a thread that does not exist.
#[check(v2(since = "0.120"), source = "every release since does")]
async fn nobody_cannot_be_named(cx: &mut Context) -> Result {
    greet(cx).await?;
    let params = json!({ "threadId": UNKNOWN, "name": "nobody" });
    cx.peer.request("thread/name/set", params).await?.error()?;
    Ok(())
}

/// A server MUST refuse an empty name.
#[check(v2(since = "0.120"), source = "every release since does")]
async fn an_empty_name_is_refused(cx: &mut Context) -> Result {
    let id = named(cx, "the name").await?;
    for name in ["", "  "] {
        let params = json!({ "threadId": id, "name": name });
        cx.peer.request("thread/name/set", params).await?.error()?;
    }
    Ok(())
}

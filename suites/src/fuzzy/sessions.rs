//! Sessions of a search: each new query is answered by notifications with the files.

use harness::{Call, Context, Result, check};
use serde_json::json;

use super::{ensure_found, place};
use crate::client::ContextExt;

/// Begins a session in the check's working directory.
async fn begin(cx: &mut Context, id: &str) -> Result {
    let params = json!({ "sessionId": id, "roots": [cx.home.work()] });
    cx.peer.call("fuzzyFileSearch/sessionStart", params).await.map(|_| ())
}

/// Sends the query of a session.
async fn query(cx: &mut Context, id: &str, query: &str) -> Result {
    let params = json!({ "sessionId": id, "query": query });
    cx.peer.call("fuzzyFileSearch/sessionUpdate", params).await.map(|_| ())
}

/// Whether the call is a notification of a session.
fn is_of(call: &Call, method: &str, id: &str) -> bool {
    call.method == method && call.params["sessionId"] == id
}

/// A server MUST announce the files of each query of a session, and that its search is complete.
#[check(
    v2(since = "0.120"),
    source = "app-server README, fuzzyFileSearch/sessionUpdated; every release does",
    faults(FUZZY_SESSION_IS_SILENT, FUZZY_SESSION_NEVER_COMPLETES, FUZZY_SESSION_KEEPS_ITS_QUERY)
)]
async fn each_query_is_answered(cx: &mut Context) -> Result {
    place(cx)?;
    cx.client().initialize_experimental().await?;
    begin(cx, "one").await?;
    for text in ["abe", "zzz"] {
        query(cx, "one", text).await?;
        let awaited = format!("`fuzzyFileSearch/sessionUpdated` for {text:?} with the files");
        let updated = cx
            .peer
            .next_matching(&awaited, |call| {
                // The search may announce what it has found so far, which may be nothing.
                is_of(call, "fuzzyFileSearch/sessionUpdated", "one")
                    && call.params["query"] == text
                    && call.params["files"].as_array().is_some_and(|files| {
                        files.len() == if text == "abe" { super::FOUND.len() } else { 1 }
                    })
            })
            .await?;
        if text == "abe" {
            ensure_found(&updated.params["files"])?;
        }
        let awaited = format!("`fuzzyFileSearch/sessionCompleted` after the query {text:?}");
        cx.peer
            .next_matching(&awaited, |call| is_of(call, "fuzzyFileSearch/sessionCompleted", "one"))
            .await?;
    }
    Ok(())
}

/// A server MUST reject the query of a session that was never started or that was stopped.
#[check(v2(since = "0.120"), source = "every release does", faults(FUZZY_UNKNOWN_SESSION_SERVED))]
async fn an_unknown_session_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    begin(cx, "stopped").await?;
    cx.peer.call("fuzzyFileSearch/sessionStop", json!({ "sessionId": "stopped" })).await?;
    for id in ["never", "stopped"] {
        let params = json!({ "sessionId": id, "query": "abe" });
        let reply = cx.peer.request("fuzzyFileSearch/sessionUpdate", params).await?;
        reply.refusal(format!("the answer to a query of the session `{id}`"))?;
    }
    Ok(())
}

/// A server MUST reject a session with an empty id.
#[check(v2(since = "0.120"), source = "every release does", faults(FUZZY_SESSION_WITHOUT_AN_ID))]
async fn a_session_has_an_id(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let params = json!({ "sessionId": "", "roots": [cx.home.work()] });
    let reply = cx.peer.request("fuzzyFileSearch/sessionStart", params).await?;
    reply.refusal("the answer to a session with an empty id")?;
    Ok(())
}

/// A server MUST accept `fuzzyFileSearch/sessionStop` for a session that was stopped.
#[check(v2(since = "0.120"), source = "every release does", faults(FUZZY_SECOND_STOP_REFUSED))]
async fn a_session_may_be_stopped_twice(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    begin(cx, "one").await?;
    for time in ["the first", "the second"] {
        let params = json!({ "sessionId": "one" });
        let reply = cx.peer.request("fuzzyFileSearch/sessionStop", params).await?;
        reply.granted(format!("the answer to {time} end of a session"))?;
    }
    Ok(())
}

//! Methods of the experimental part.

use harness::{Context, Failure, NoSuchMethod, Reply, Result, check};
use serde_json::{Value, json};

use super::{ensure_gated, is_gated};
use crate::client::ContextExt;
use crate::offered::{may_have, no_such_method};
use crate::rows::Rows;

/// Experimental methods, each with parameters that can be read. A method that changes something
/// outside of the home without any members is not among them.
const METHODS: [(&str, &str); 67] = [
    ("accountSession/list", "{}"),
    ("accountSession/switch", r#"{"accountId":"x","sessionId":"x"}"#),
    ("account/bedrock/setup", r#"{"profile":"x","region":"x","type":"profile"}"#),
    ("account/gcp/setup", r#"{"projectId":"x"}"#),
    ("collaborationMode/list", "{}"),
    ("environment/info", r#"{"environmentId":"x"}"#),
    ("environment/status", r#"{"environmentId":"x"}"#),
    ("fuzzyFileSearch/sessionStart", r#"{"roots":["/"],"sessionId":"x"}"#),
    ("fuzzyFileSearch/sessionStop", r#"{"sessionId":"x"}"#),
    ("fuzzyFileSearch/sessionUpdate", r#"{"query":"x","sessionId":"x"}"#),
    (
        "mcpServer/event/stream/start",
        r#"{"arguments":null,"name":"x","server":"x","subscriptionId":"x","threadId":"x"}"#,
    ),
    ("mcpServer/event/stream/stop", r#"{"subscriptionId":"x"}"#),
    ("memory/status", "{}"),
    ("mock/experimentalMethod", "{}"),
    ("plugin/search", r#"{"searchTerm":"x"}"#),
    ("process/kill", r#"{"processHandle":"x"}"#),
    ("process/resizePty", r#"{"processHandle":"x","size":{"cols":1,"rows":1}}"#),
    ("process/spawn", r#"{"command":[],"cwd":"/","processHandle":"x"}"#),
    ("process/writeStdin", r#"{"processHandle":"x"}"#),
    ("project/create", r#"{"idempotencyKey":"x","name":"x","roots":[]}"#),
    ("project/delete", r#"{"projectId":"x"}"#),
    ("project/import", r#"{"idempotencyKey":"x","name":"x","roots":[]}"#),
    ("project/list", "{}"),
    ("project/move", r#"{"projectId":"x"}"#),
    ("project/read", r#"{"projectId":"x"}"#),
    ("project/update", r#"{"projectId":"x"}"#),
    ("remoteControl/client/list", r#"{"environmentId":"x"}"#),
    ("remoteControl/client/revoke", r#"{"clientId":"x","environmentId":"x"}"#),
    ("remoteControl/status/read", "null"),
    ("server/diagnostics", "{}"),
    ("thread/backgroundTerminals/clean", r#"{"threadId":"x"}"#),
    ("thread/backgroundTerminals/list", r#"{"threadId":"x"}"#),
    ("thread/backgroundTerminals/terminate", r#"{"processId":"1","threadId":"x"}"#),
    ("thread/decrement_elicitation", r#"{"threadId":"x"}"#),
    ("thread/guardianReview", r#"{"threadId":"x"}"#),
    ("thread/increment_elicitation", r#"{"threadId":"x"}"#),
    ("thread/items/read", r#"{"itemIds":[],"threadId":"x","turnId":"x"}"#),
    ("thread/memory/read", r#"{"threadId":"x"}"#),
    ("thread/memoryMode/set", r#"{"mode":"enabled","threadId":"x"}"#),
    ("thread/prediction/request", r#"{"sourceTurnId":"x","threadId":"x"}"#),
    ("thread/prepareApprovedPlan", r#"{"markdown":"x","threadId":"x"}"#),
    ("thread/queue/add", r#"{"clientUserMessageId":"x","input":[],"threadId":"x"}"#),
    ("thread/queue/delete", r#"{"queuedSubmissionId":"x","threadId":"x"}"#),
    ("thread/queue/list", r#"{"threadId":"x"}"#),
    ("thread/queue/reorder", r#"{"queuedSubmissionIds":[],"threadId":"x"}"#),
    ("thread/queue/start", r#"{"threadId":"x"}"#),
    ("thread/queue/update", r#"{"input":[],"queuedSubmissionId":"x","threadId":"x"}"#),
    ("thread/realtime/appendSpeech", r#"{"text":"x","threadId":"x"}"#),
    ("thread/realtime/appendText", r#"{"text":"x","threadId":"x"}"#),
    ("thread/realtime/list", r#"{"threadId":"x"}"#),
    ("thread/realtime/listVoices", "{}"),
    ("thread/realtime/start", r#"{"outputModality":"text","threadId":"x"}"#),
    ("thread/realtime/stop", r#"{"threadId":"x"}"#),
    ("thread/sample", r#"{"expectedTurnId":"x","prompt":"x","threadId":"x"}"#),
    ("thread/sample/cancel", r#"{"requestId":"x"}"#),
    ("thread/search", r#"{"searchTerm":"x"}"#),
    ("thread/search/cancel", r#"{"requestId":"x"}"#),
    ("thread/search/stream", r#"{"searchTerm":"x"}"#),
    ("thread/search/stream/cancel", r#"{"requestId":"x"}"#),
    ("thread/searchOccurrences", r#"{"searchTerm":"x","threadId":"x"}"#),
    ("thread/settings/update", r#"{"threadId":"x"}"#),
    ("thread/timeline/list", r#"{"threadId":"x"}"#),
    ("turn/settings/update", r#"{"threadId":"x","turnId":"x"}"#),
    ("userVerification/cancel", r#"{"requestId":"x"}"#),
    ("userVerification/status", "{}"),
    ("thread/realtime/appendAudio", AUDIO),
    ("thread/readState/update", READ_STATE),
];

/// Parameters that do not fit on a line.
const AUDIO: &str = r#"{"audio":{"data":"eA==","numChannels":1,"sampleRate":1},"threadId":"x"}"#;
const READ_STATE: &str = r#"{"expectedRevision":"x","operation":{"type":"read"},"threadId":"x"}"#;

/// The beginning of the refusal of parameters that the subject cannot read.
async fn unreadable(cx: &mut Context) -> Result<String> {
    let reply = cx.peer.request("thread/read", json!({ "threadId": [7] })).await?;
    let error = reply.refusal("the answer to a thread id that is a list")?;
    Ok(error.message.split(':').next().unwrap_or_default().to_owned())
}

/// The name of a member that the refusal says is missing.
fn missing(message: &str) -> Option<&str> {
    message.split_once("missing field `")?.1.split('`').next()
}

/// Sends a method, with the members that the subject asks for; `None` if it does not have the method,
/// or cannot read the parameters: what a request means is looked at before who may send it.
async fn ask(
    cx: &mut Context,
    (method, mut params): (&str, Value),
    (none, unreadable): (&NoSuchMethod, &str),
) -> Result<Option<Reply>> {
    /// More members than any request needs.
    const MOST: usize = 6;
    if !may_have(cx, method) {
        return Ok(None);
    }
    for _ in 0..MOST {
        let reply = cx.peer.request(method, params.clone()).await?;
        if none.is_said_of(method, &reply) {
            return Ok(None);
        }
        let message = reply.error().map(|error| error.message).unwrap_or_default();
        if !message.starts_with(unreadable) || is_gated(&reply) {
            return Ok(Some(reply));
        }
        let Some(member) = missing(&message) else { return Ok(None) };
        params[member] = json!("x");
    }
    Ok(None)
}

/// Asks each of the methods that the subject has, and judges the answer.
async fn judge(cx: &mut Context, verdict: fn(&Reply, &str) -> Result) -> Result {
    let none = no_such_method(cx).await?;
    let unreadable = unreadable(cx).await?;
    let (mut rows, mut asked) = (Rows::default(), 0);
    for (method, params) in METHODS {
        let params: Value = serde_json::from_str(params).map_err(|error| {
            Failure::inconclusive(format!("the parameters of `{method}`"), error.to_string())
        })?;
        match ask(cx, (method, params), (&none, &unreadable)).await {
            Ok(None) => continue,
            Ok(Some(reply)) => rows.judge(method, verdict(&reply, method))?,
            Err(failure) => rows.judge(method, Err(failure))?,
        }
        asked += 1;
    }
    if asked == 0 {
        return Err(Failure::lacks("experimental methods"));
    }
    rows.end()
}

/// A server MUST reject each experimental method without the capability `experimentalApi`, and name
/// the method.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Initialization: experimentalApi; every release does",
    faults(EXPERIMENTAL_METHODS_UNGATED, EXPERIMENTAL_METHODS_UNANSWERED)
)]
async fn are_rejected_without_the_capability(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    judge(cx, ensure_gated).await
}

/// A server MUST answer each experimental method of a client that has the capability
/// `experimentalApi`, and not ask for it again.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Initialization: experimentalApi; every release does",
    faults(GATE_OF_METHODS_NEVER_OPENS)
)]
async fn are_answered_with_the_capability(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    judge(cx, |reply, method| {
        if is_gated(reply) {
            reply.granted(format!("the answer to `{method}` with the capability"))?;
        }
        Ok(())
    })
    .await
}

//! Optional members that change nothing that a client or the model could see here: each is accepted or
//! rejected, and the thread goes on.

use harness::{Context, Result, check};
use mock_model::says;
use serde_json::{Value, json};

use super::accepted;
use crate::client::{ContextExt, End, Thread};
use crate::rows::Rows;
use crate::stored::files::written;

/// Members of a request for a new thread.
fn of_a_start(cx: &Context) -> Vec<Value> {
    let location =
        json!({ "type": "environment", "environmentId": "local", "path": cx.home.work() });
    vec![
        json!({ "allowProviderModelFallback": true }),
        json!({ "daybreakEnabled": true }),
        json!({ "environments": [] }),
        json!({ "historyMode": "legacy" }),
        json!({ "historyMode": "paginated" }),
        json!({ "mockExperimentalField": "x" }),
        json!({ "multiAgentMode": "proactive" }),
        json!({ "persistExtendedHistory": true }),
        json!({ "personality": "friendly" }),
        json!({ "projectId": "00000000-0000-7000-8000-000000000000" }),
        json!({ "selectedCapabilityRoots": [{ "id": "x", "location": location }] }),
        json!({ "serviceName": "a \"service\"" }),
        json!({ "sessionStartSource": "startup" }),
        json!({ "sessionStartSource": "clear" }),
    ]
}

/// Members of a request for a fork.
fn of_a_fork() -> Vec<Value> {
    vec![
        json!({ "attachToSource": true, "excludeTurns": true }),
        json!({ "deferGoalContinuation": true }),
        json!({ "persistExtendedHistory": true }),
        json!({ "experimentalPredictionMode": true, "ephemeral": true, "excludeTurns": true }),
        json!({ "experimentalPredictionMode": true, "experimentalDisablePredictionMcp": true,
            "ephemeral": true, "excludeTurns": true }),
    ]
}

/// Members of a request for a turn.
fn of_a_turn() -> Vec<Value> {
    vec![
        json!({ "cyberAccessProgram": "standard" }),
        json!({ "disabledPluginIds": ["a"] }),
        json!({ "environments": [] }),
        json!({ "multiAgentMode": "proactive" }),
        json!({ "personality": "pragmatic" }),
    ]
}

/// Sends a request; the thread that it opens, or `None` if the request is rejected for what it says.
async fn opened(cx: &mut Context, method: &str, params: Value) -> Result<Option<Thread>> {
    let result = accepted(&cx.peer.request(method, params).await?)?;
    result.map(|result| (cx.protocol().opened)(result)).transpose()
}

/// Runs a turn with these members, if the server accepts them, and fails unless it is completed.
async fn turn(cx: &mut Context, thread: &Thread, members: Value) -> Result {
    cx.model.script([says("it is stored")]);
    let mark = cx.peer.mark();
    let mut params = cx.protocol().turn_params(&thread.id, "hello");
    crate::client::add(&mut params, members);
    if accepted(&cx.peer.request("turn/start", params).await?)?.is_none() {
        return Ok(());
    }
    cx.client().end_turn(thread, mark).await?.ended(End::Completed, "how the turn ended")
}

/// A server MUST accept or reject a start, a fork, a resume or a turn with any optional member, and
/// run the next turn if it accepts the request.
#[check(
    v2(since = "0.98"),
    source = "app-server protocol, thread/start, thread/fork, thread/resume, turn/start; every release does",
    faults(SERVICE_NAME_UNANSWERED)
)]
async fn each_is_accepted_or_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let mut rows = Rows::of_waits();
    for member in of_a_start(cx) {
        let mut params = json!({ "cwd": cx.home.work() });
        crate::client::add(&mut params, member.clone());
        let judged = match opened(cx, "thread/start", params).await {
            Ok(Some(thread)) => turn(cx, &thread, Value::Null).await,
            other => other.map(|_| ()),
        };
        rows.judge(format!("a start with {member}"), judged)?;
    }
    let thread = cx.client().start_thread().await?;
    turn(cx, &thread, Value::Null).await?;
    written(cx, &thread, "it is stored").await?;
    for member in of_a_fork() {
        let mut params = json!({ "threadId": thread.id });
        crate::client::add(&mut params, member.clone());
        let judged = match opened(cx, "thread/fork", params).await {
            Ok(Some(fork)) => turn(cx, &fork, Value::Null).await,
            other => other.map(|_| ()),
        };
        rows.judge(format!("a fork with {member}"), judged)?;
    }
    for member in of_a_turn() {
        rows.judge(format!("a turn with {member}"), turn(cx, &thread, member).await)?;
    }
    cx.restart().await;
    cx.client().initialize_experimental().await?;
    let params = json!({ "threadId": thread.id, "persistExtendedHistory": true,
        "personality": "friendly" });
    let judged = match opened(cx, "thread/resume", params).await {
        Ok(Some(thread)) => turn(cx, &thread, Value::Null).await,
        other => other.map(|_| ()),
    };
    rows.judge("a resume with `persistExtendedHistory` and `personality`", judged)?;
    rows.end()
}

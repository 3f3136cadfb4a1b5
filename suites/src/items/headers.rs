//! What the model service says in the headers of an answer: limits, and the model that answers.

use harness::{Context, Result, check, ensure_eq};
use mock_model::{Reply, says};
use serde_json::{Value, json};

use crate::account::window;
use crate::client::{ContextExt, Thread};

/// The used share, the length in minutes and the end of a window.
type Window = (u64, u64, u64);

const FIRST: Window = (42, 300, 1_900_000_000);
const SECOND: Window = (7, 10_080, 1_900_000_001);

/// An answer with the limits of the account in its headers.
fn limited() -> Reply {
    let mut reply = says("done");
    for (name, (used, minutes, reset)) in [("primary", FIRST), ("secondary", SECOND)] {
        for (member, value) in
            [("used-percent", used), ("window-minutes", minutes), ("reset-at", reset)]
        {
            reply = reply.header(format!("x-codex-{name}-{member}"), value.to_string());
        }
    }
    reply
}

/// A server MUST announce the limits in the headers of the model's answer by
/// `account/rateLimits/updated`.
#[check(
    v2(since = "0.98"),
    source = "app-server README, account/rateLimits/updated; every release does",
    faults(LIMITS_OF_THE_ANSWER_UNTOLD, SECOND_LIMIT_LOST),
    shared
)]
async fn limits_are_announced(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([limited()]);
    let mark = cx.peer.mark();
    cx.client().turn(&thread, "hello").await?;
    cx.client().barrier(&thread).await?;
    let calls = cx.peer.calls_since(mark);
    let updates = cx.client().heard_among(&calls, &thread, "account/rateLimits/updated");
    let expected = |(used, minutes, reset): Window| [Some(used), Some(minutes), Some(reset)];
    let all: Vec<&Value> = updates.iter().map(|call| &call.params["rateLimits"]).collect();
    // Other updates have something else to say.
    let about = |limits: &&&Value| window(limits, "primary") == expected(FIRST);
    let known = all.iter().find(about).or(all.last()).copied().cloned().unwrap_or_default();
    for (name, values) in [("primary", FIRST), ("secondary", SECOND)] {
        ensure_eq!(window(&known, name), expected(values), "`{name}` of the announced limits");
    }
    Ok(())
}

/// The announcements of another model in a turn whose answer names this one.
async fn rerouted(cx: &mut Context, thread: &Thread, named: &str) -> Result<Vec<Value>> {
    cx.model.script([says("done").header("openai-model", named)]);
    let turn = cx.client().turn(thread, "hello").await?;
    let calls = cx.client().heard(&turn, thread, "model/rerouted");
    Ok(calls.iter().map(|call| call.params.clone()).collect())
}

/// A server MUST announce by `model/rerouted` that another model than the requested one answers.
#[check(
    v2(since = "0.107"),
    source = "app-server README, model/rerouted; every release since does",
    faults(REROUTING_UNTOLD, REROUTED_TO_ITSELF),
    shared
)]
async fn another_model_is_announced(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let own = thread.result["model"].as_str().unwrap_or_default().to_owned();
    ensure_eq!(rerouted(cx, &thread, &own).await?.len(), 0, "announcements of the same model");
    let announced = rerouted(cx, &thread, "another-model").await?;
    let named: Vec<_> =
        announced.iter().map(|params| [&params["fromModel"], &params["toModel"]]).collect();
    let (own, other) = (json!(own), json!("another-model"));
    ensure_eq!(named, [[&own, &other]], "`fromModel` and `toModel` of the announcements");
    Ok(())
}

//! Every method that a server offers is answered, whatever its parameters are.

use harness::{Context, Kind, Result, check, ensure};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::ContextExt;
use crate::offered::{may_have, no_such_method};
use crate::rows::Rows;

/// Methods that change something outside of the home, or ask another machine, when they are sent
/// without any members: these are sent with parameters that cannot be read, and no others.
const OUTSIDE: [&str; 20] = [
    "account/bedrock/checkGovCloudRequirements",
    "account/bedrock/discover",
    "account/gatewayOAuth/login",
    "account/rateLimits/read",
    "account/securitySetup/read",
    "account/usage/read",
    "account/workspaceMessages/read",
    "app/installed",
    "app/list",
    "marketplace/upgrade",
    "plugin/installed",
    "plugin/list",
    "plugin/reconcile",
    "plugin/share/list",
    "remoteControl/enable",
    "remoteControl/pairing/start",
    "remoteControl/pairing/status",
    "userVerification/delete",
    "userVerification/enroll",
    "windowsSandbox/setupStart",
];

/// Methods that are not sent at all: they open a port that the machine has once, whatever their
/// parameters are.
const UNSENT: [&str; 1] = ["loginChatGpt"];

/// Sends a method with these parameters; fails unless it is answered.
async fn answered(cx: &mut Context, method: &str, params: Value) -> Result {
    let reply = cx.peer.request(method, params).await?;
    let members = ["result", "error"].map(|member| reply.value.get(member).is_some());
    ensure!(
        members[0] != members[1],
        format!("the answer to `{method}`"),
        "a result or an error",
        reply.value.to_string()
    );
    Ok(())
}

/// A server MUST answer every method that it offers with a result or an error, also if the
/// parameters are empty or of a wrong type.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "JSON-RPC 2.0 §5: a server replies to every request",
    faults(SILENT_ON_UNKNOWN, SILENT_ON_WRONG_TYPES, ENDED_BY_WRONG_TYPES)
)]
async fn every_method_is_answered(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let none = no_such_method(cx).await?;
    let named: Vec<String> = none.listed().map(str::to_owned).collect();
    let dialect = cx.dialect();
    let known = crate::METHODS.iter().filter(|method| method.asked && method.dialect == dialect);
    let known = known.map(|method| method.name.to_owned());
    // A server that names none is asked those that checks use.
    let methods: Vec<String> = if named.is_empty() { known.collect() } else { named };
    let methods: Vec<String> = methods.into_iter().filter(|method| may_have(cx, method)).collect();
    let mut rows = Rows::default();
    for method in methods.iter().filter(|method| !UNSENT.contains(&method.as_str())) {
        for (form, params) in [("a text", json!("wrong")), ("a list", json!([[]]))] {
            rows.judge(
                format!("`{method}` with {form} as its parameters"),
                answered(cx, method, params).await,
            )?;
        }
        if !OUTSIDE.contains(&method.as_str()) {
            rows.judge(
                format!("`{method}` without any members"),
                answered(cx, method, json!({})).await,
            )?;
        }
    }
    rows.end()?;
    serves(cx).await
}

/// Fails unless the subject still runs a turn; one that never could is not to blame.
async fn serves(cx: &mut Context) -> Result {
    cx.model.script([says("still here")]);
    let thread = cx.client().start_thread().await?;
    match cx.client().turn(&thread, "are you there?").await {
        Err(failure) if failure.kind() == Kind::Inconclusive => Ok(()),
        turn => turn?.says(&["still here"], "the agent's messages after all of that"),
    }
}

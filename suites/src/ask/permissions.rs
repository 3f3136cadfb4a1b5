//! `item/permissions/requestApproval`: permissions that the model wants from the user.

use harness::{Context, Result, check, ensure_eq, ensure_includes};
use serde_json::{Value, json};

use super::{Answer, Asking, tool};
use crate::client::{ContextExt, Start, Thread};
use crate::rows::Rows;
use crate::template::configure;

const METHOD: &str = "item/permissions/requestApproval";

/// A thread over an initialized connection, the tool with which the model asks, and what it wants.
async fn asking(cx: &mut Context) -> Result<(Thread, String, Value)> {
    configure(cx, |config| config.set("features.request_permissions_tool", true))?;
    cx.client().initialize_experimental().await?;
    let start = Start {
        approval: Some("on-request"),
        sandbox: Some("workspace-write"),
        ..Start::default()
    };
    let thread = cx.client().start_with(start).await?;
    let tool = tool(cx, &thread, None, "request_permissions").await?;
    let place = cx.home.work().join("elsewhere");
    let wanted = json!({
        "reason": "to \"look\" it up",
        "permissions": { "network": { "enabled": true }, "file_system": { "write": [place] } },
    });
    Ok((thread, tool, wanted))
}

fn asks(tool: &str, arguments: Value) -> Asking<'_> {
    Asking { tool, arguments, method: METHOD, mode: None }
}

/// A server MUST ask the client for the permissions that the model wants, with the reason.
#[check(
    v2(since = "0.120"),
    source = "app-server protocol, item/permissions/requestApproval; every release does",
    faults(PERMISSION_WITHOUT_REASON, WANTED_FILES_LEFT_OUT)
)]
async fn the_request_reaches_the_client(cx: &mut Context) -> Result {
    let (thread, tool, wanted) = asking(cx).await?;
    let (begun, request, call) = asks(&tool, wanted.clone()).begin(cx, &thread).await?;
    let expected = json!({
        "threadId": thread.id,
        "turnId": begun.id(),
        "itemId": call,
        "reason": wanted["reason"],
        "permissions": { "network": { "enabled": true } },
    });
    ensure_includes!(request.params, expected, "the parameters of `{METHOD}`");
    let files = &request.params["permissions"]["fileSystem"]["write"];
    ensure_eq!(*files, wanted["permissions"]["file_system"]["write"], "the files to be written");
    cx.peer.respond(&request, json!({ "permissions": {}, "scope": "turn" })).await?;
    cx.client().end_turn(&thread, &begun).await.map(|_| ())
}

/// What the model is granted: network, and files.
fn granted(output: &str) -> [bool; 2] {
    let output: Value = serde_json::from_str(output).unwrap_or_default();
    let permissions = &output["permissions"];
    let files = [&permissions["file_system"], &permissions["fileSystem"]];
    [permissions["network"]["enabled"] == true, files.iter().any(|files| files.is_object())]
}

/// A server MUST grant the model exactly the permissions that the client grants, and none when the
/// client returns an error or an invalid result.
#[check(
    v2(since = "0.120"),
    source = "app-server protocol, item/permissions/requestApproval; every release does",
    faults(EVERYTHING_IS_GRANTED, ERROR_GRANTS_PERMISSIONS, GRANT_IS_LOST)
)]
async fn what_the_client_grants_is_granted(cx: &mut Context) -> Result {
    let (thread, tool, wanted) = asking(cx).await?;
    let network = json!({ "permissions": { "network": { "enabled": true } }, "scope": "turn" });
    let nothing = json!({ "permissions": {}, "scope": "turn" });
    let answers = [
        (Answer::of("the network alone", network), [true, false]),
        (Answer::of("nothing", nothing), [false, false]),
    ];
    let senseless = Answer::senseless().map(|answer| (answer, [false, false]));
    let mut rows = Rows::of_waits();
    for (answer, expected) in answers.into_iter().chain(senseless) {
        let asked = asks(&tool, wanted.clone()).run(cx, &thread, &answer).await;
        let judged = asked.and_then(|(_, output)| {
            let what = format!("network and files that the model is granted by {output:?}");
            ensure_eq!(granted(&output), expected, "{what}");
            Ok(())
        });
        rows.judge(answer.what, judged)?;
    }
    rows.end()
}

/// A server MUST interrupt a turn that waits for permissions, and go on with the thread.
#[check(
    v2(since = "0.120"),
    source = "app-server README, turn/interrupt; every release does",
    faults(QUESTION_KEEPS_THE_TURN)
)]
async fn an_interrupt_ends_the_request(cx: &mut Context) -> Result {
    let (thread, tool, wanted) = asking(cx).await?;
    let late = json!({ "permissions": { "network": { "enabled": true } }, "scope": "turn" });
    asks(&tool, wanted).interrupt(cx, &thread, late).await
}

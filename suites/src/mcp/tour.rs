//! The conversation that observers watch when they run on their own.

use harness::{Context, Kind, Result, tour};
use serde_json::json;

use crate::mcp::client::{List, McpExt};
use crate::mcp::{called, listen, tasks};

/// Asks for everything that the server declares, and for something that no server has.
#[tour(mcp)]
async fn everything(cx: &mut Context) -> Result {
    let mut mcp = cx.mcp();
    mcp.open().await?;
    for list in List::ALL {
        match mcp.list(list).await {
            Err(failure) if failure.kind() == Kind::NotOffered => {}
            listed => drop(listed?),
        }
    }
    if mcp.is_modern() {
        listen::tour(mcp.cx).await?;
    }
    features(cx).await?;
    let mut mcp = cx.mcp();
    let unknown = mcp.send("proctor/unknown", json!({})).await?;
    mcp.answer_or_silence(&unknown).await?;
    mcp.notify("notifications/proctor", json!({})).await?;
    mcp.barrier().await?;
    Ok(())
}

/// Uses what the server declares and what may be used: log levels, subscriptions, calls of tools, tasks.
async fn features(cx: &mut Context) -> Result {
    let has = |name: &str| cx.declared().is_some_and(|declared| declared.has(name));
    let (logs, subscribes, calls) = (has("logging"), has("resources.subscribe"), has("tools"));
    if !cx.mcp().is_modern() {
        if logs {
            cx.mcp().request("logging/setLevel", json!({ "level": "error" })).await?;
        }
        let resources = if subscribes { cx.mcp().list(List::RESOURCES).await? } else { Vec::new() };
        if let Some(uri) = resources.first().map(|first| first["uri"].clone()) {
            for method in ["resources/subscribe", "resources/unsubscribe"] {
                cx.mcp().request(method, json!({ "uri": uri })).await?;
            }
        }
    }
    if !calls {
        return Ok(());
    }
    match called::all(cx).await {
        Err(failure) if failure.kind() == Kind::NotOffered => Ok(()),
        Err(failure) => Err(failure),
        Ok(_) => tasks::tour(cx).await,
    }
}

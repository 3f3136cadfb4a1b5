//! The conversation that observers watch when they run on their own.

use harness::{Context, Kind, Result, tour};
use serde_json::json;

use crate::mcp::client::{List, McpExt};

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
    let unknown = mcp.send("proctor/unknown", json!({})).await?;
    mcp.answer_or_silence(&unknown).await?;
    mcp.notify("notifications/proctor", json!({})).await?;
    mcp.barrier().await?;
    Ok(())
}

//! The conversation that observers watch when they run on their own.

use harness::{Context, Kind, Result, tour};
use serde_json::json;

use crate::mcp::client::{List, McpExt};
use crate::mcp::listen;

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
    let unknown = mcp.send("proctor/unknown", json!({})).await?;
    mcp.answer_or_silence(&unknown).await?;
    Ok(())
}

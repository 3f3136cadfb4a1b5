//! The start of a session: versions, what is accepted before it, and what servers may ask for in it.

pub mod before;
pub mod early;
pub mod roles;
pub mod versions;

use harness::profile::SESSION;
use harness::{Context, Failure, Result, check, ensure, ensure_eq, show};

use crate::mcp::client::McpExt;
use crate::mcp::framing::spread;

/// A server MUST answer the first request of a client with a result.
#[check(
    mcp,
    shared = "questions",
    source = "Lifecycle, Initialization; Discovery",
    grants(SESSION),
    faults(MCP_FIRST_REQUEST_REFUSED)
)]
async fn opens(cx: &mut Context) -> Result {
    match cx.mcp().open().await {
        Ok(_) => cx.mcp().barrier().await.map(|_| ()),
        Err(failure) => Err(named(cx, failure)),
    }
}

/// The failure of a first request, with its cause in words if the answer is spread over lines.
fn named(cx: &Context, failure: Failure) -> Failure {
    match cx.peer.look(spread).flatten() {
        Some((first, last)) => Failure::new(
            failure.kind(),
            failure.parts().what.clone(),
            "it on one line",
            format!("a message that is spread over {} lines", last - first + 1),
        )
        .at_line(first),
        None => failure,
    }
}

/// A server MUST say its version, its capabilities and who it is when it opens a session.
#[check(
    mcp(until = "2025-11-25"),
    shared = "questions",
    source = "Lifecycle, Initialization",
    faults(MCP_NO_SERVER_INFO, SERVER_INFO_MISSING)
)]
async fn the_answer_to_initialize_is_complete(cx: &mut Context) -> Result {
    let opened = cx.mcp().open().await?;
    let observed = || format!("the result {}", show(&opened));
    let text = |pointer: &str| opened.pointer(pointer).is_some_and(serde_json::Value::is_string);
    let what = "the answer to `initialize`";
    ensure!(text("/protocolVersion"), what, "a text as `protocolVersion`", observed());
    ensure!(opened["capabilities"].is_object(), what, "an object as `capabilities`", observed());
    ensure!(opened["serverInfo"].is_object(), what, "an object as `serverInfo`", observed());
    ensure!(text("/serverInfo/name"), what, "a text as `serverInfo.name`", observed());
    ensure!(text("/serverInfo/version"), what, "a text as `serverInfo.version`", observed());
    Ok(())
}

/// A server MUST confirm a version that it has.
#[check(
    mcp(until = "2025-11-25"),
    shared = "questions",
    source = "Lifecycle, Version Negotiation",
    faults(MCP_GIVES_AN_OLDER_VERSION)
)]
async fn a_version_that_it_has_is_confirmed(cx: &mut Context) -> Result {
    let opened = cx.mcp().open().await?;
    let revision = cx.mcp().revision();
    ensure_eq!(
        opened["protocolVersion"],
        revision.name(),
        "`protocolVersion` of the answer to a client that asks for {revision}, which it gave before"
    );
    Ok(())
}

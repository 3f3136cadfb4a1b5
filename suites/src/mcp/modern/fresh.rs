//! What must hold for a process that was just started, and for every process alike.
//!
//! The checks share processes: each begins with a fresh one where it needs one, and the lists of the
//! first are kept to compare.

use harness::{Context, Failure, Reply, Result, Revision, check, ensure, ensure_eq};
use serde_json::{Value, json};

use crate::mcp::client::{DISCOVER, INITIALIZE, List, McpExt};
use crate::mcp::input;
use crate::mcp::modern::versions::{names_versions, unsupported};
use crate::mcp::modern::{UNSUPPORTED, harmless};

/// What is kept from one process for the next.
#[derive(Default)]
struct Kept {
    /// The lists, and the process that gave them.
    lists: Option<(u32, Vec<(&'static str, Value)>)>,
    /// The answer to `initialize` as the first request of a process.
    initialized: Option<Reply>,
}

/// Sees to it that a process runs that was asked nothing yet.
async fn fresh(cx: &mut Context) -> Result {
    if cx.peer.pid().is_some() && cx.peer.mark() > 0 {
        cx.restart().await;
    }
    cx.peer.start()
}

/// A server MUST serve a client that does not begin with `server/discover`.
#[check(
    mcp(since = "2026-07-28"),
    shared = "fresh processes",
    source = "Discovery, When to Call",
    faults(MCP_NEEDS_DISCOVER_FIRST)
)]
async fn a_client_need_not_discover(cx: &mut Context) -> Result {
    fresh(cx).await?;
    let method = harmless(cx);
    let first = cx.mcp().request(method, Value::Null).await?;
    if first.is_error() {
        // A server may be unable to give its list at all.
        cx.mcp().call(DISCOVER, Value::Null).await?;
        let again = cx.mcp().request(method, Value::Null).await?;
        if let Ok(error) = again.error() {
            return Err(Failure::inconclusive(format!("the answer to `{method}`"), error));
        }
        first.granted(format!("the answer to `{method}` as the first request"))?;
    }
    let lists = lists(cx).await?;
    cx.kept::<Kept>()?.lists = Some((cx.peer.pid().unwrap_or_default(), lists));
    Ok(())
}

/// A server SHOULD accept a request state that another process of it gave.
#[check(
    mcp(since = "2026-07-28"),
    shared = "fresh processes",
    source = "Base Protocol, Statelessness; Multi Round-Trip Requests, Basic Workflow",
    faults(MCP_STATE_OF_ONE_PROCESS)
)]
async fn a_state_is_accepted_by_another_process(cx: &mut Context) -> Result {
    let asking = input::answerable(cx).await?;
    let Some(asking) = asking.iter().find(|asking| asking.state.is_some()) else {
        return Err(Failure::lacks("a state for input that is required"));
    };
    let answers = input::answers(cx, asking);
    cx.restart().await;
    let reply = input::redeem(cx, asking, answers, asking.state.clone()).await?;
    reply.granted("the answer of another process to the input, with the state")?;
    Ok(())
}

/// A server MUST refuse an unsupported version in the first request, and name the supported ones.
#[check(
    mcp(since = "2026-07-28"),
    shared = "fresh processes",
    source = "Versioning, Protocol Version Negotiation",
    faults(
        MCP_FIRST_VERSION_UNCHECKED,
        MCP_UNSUPPORTED_VERSION_HAS_ANOTHER_CODE,
        MCP_UNSUPPORTED_VERSION_WITHOUT_OTHERS,
        MCP_UNSUPPORTED_VERSION_NOT_REPEATED
    )
)]
async fn an_unsupported_version_is_refused_at_first(cx: &mut Context) -> Result {
    fresh(cx).await?;
    let reply = unsupported(cx, harmless(cx)).await?;
    reply.refusal(format!("the answer to version {UNSUPPORTED}, in the first request"))?;
    names_versions(cx, &reply)
}

/// A server MUST give the same tools, prompts and resources in every process.
#[check(
    mcp(since = "2026-07-28"),
    shared = "fresh processes",
    source = "Tools, Prompts and Resources, Listing",
    faults(MCP_LISTS_DIFFER_BY_PROCESS)
)]
async fn lists_are_the_same_in_every_process(cx: &mut Context) -> Result {
    let kept = cx.kept::<Kept>()?.lists.clone();
    let (process, before) = match kept {
        Some(kept) => kept,
        None => {
            let lists = lists(cx).await?;
            (cx.peer.pid().unwrap_or_default(), lists)
        }
    };
    if before.is_empty() {
        return Err(Failure::lacks("lists"));
    }
    if cx.peer.pid() == Some(process) {
        cx.restart().await;
    }
    let after = lists(cx).await?;
    for ((method, before), (_, after)) in before.iter().zip(&after) {
        ensure_eq!(after, before, "`{method}` of a second process, in order of names");
    }
    Ok(())
}

/// All lists of the running process, each in the order of its names.
async fn lists(cx: &mut Context) -> Result<Vec<(&'static str, Value)>> {
    let mut lists = Vec::new();
    let declared = |cx: &Context, list: List| {
        cx.declared().is_some_and(|declared| declared.has(list.capability))
    };
    for list in List::ALL {
        if !declared(cx, list) {
            continue;
        }
        // That a declared list is given is the matter of another check.
        let Ok(mut entries) = cx.mcp().list(list).await else { continue };
        entries.sort_by_key(|entry| (entry["name"].to_string(), entry["uri"].to_string()));
        lists.push((list.method, Value::Array(entries)));
    }
    Ok(lists)
}

/// The answer to `initialize` as the first request of a process.
async fn initialized(cx: &mut Context) -> Result<Reply> {
    if let Some(reply) = cx.kept::<Kept>()?.initialized.clone() {
        return Ok(reply);
    }
    fresh(cx).await?;
    let params = json!({
        "protocolVersion": Revision::NEWEST_LEGACY.name(),
        "capabilities": {},
        "clientInfo": cx.client_info(),
    });
    let reply = cx.peer.request(INITIALIZE, params).await?;
    cx.kept::<Kept>()?.initialized = Some(reply.clone());
    // What follows in this process would have the rules of sessions.
    cx.restart().await;
    Ok(reply)
}

/// A server MUST open a session in a version that it names beside this revision.
#[check(
    mcp(since = "2026-07-28"),
    shared = "fresh processes",
    source = "Versioning, Backward Compatibility",
    faults(MCP_INITIALIZE_REFUSED_WITHOUT_VERSIONS)
)]
async fn named_sessions_can_be_opened(cx: &mut Context) -> Result {
    let discovered = cx.mcp().call(DISCOVER, Value::Null).await?;
    let newest = Revision::NEWEST_LEGACY.name();
    let named = discovered["supportedVersions"].as_array();
    if !named.is_some_and(|versions| versions.contains(&json!(newest))) {
        return Err(Failure::not_offered("initialize"));
    }
    let what = format!("the answer to `initialize` for {newest}, which `server/discover` names");
    initialized(cx).await?.granted(what)?;
    Ok(())
}

/// A server without sessions SHOULD name its versions in the error with which it refuses `initialize`.
#[check(
    mcp(since = "2026-07-28"),
    shared = "fresh processes",
    source = "Versioning, Backward Compatibility",
    faults(MCP_INITIALIZE_REFUSED_WITHOUT_VERSIONS)
)]
async fn refused_sessions_name_the_versions(cx: &mut Context) -> Result {
    let own = cx.mcp().revision().name();
    let reply = initialized(cx).await?;
    if !reply.is_error() {
        return Ok(());
    }
    let error = reply.error()?;
    let data = error.data.clone().unwrap_or_default().to_string();
    ensure!(
        data.contains(own) || error.message.contains(own),
        "the error with which `initialize` is refused",
        format!("one that names {own}"),
        format!("{error}, data {data}")
    );
    Ok(())
}

//! Notifications about a thread before its first turn.

use harness::{Context, Result, check, ensure_eq};

use crate::client::ContextExt;

/// A server MUST announce each new thread exactly once by a `thread/started` with the id of its
/// answer.
#[check(
    v2,
    source = "app-server README, Threads: thread/start emits thread/started",
    faults(THREAD_STARTED_MISSING, THREAD_STARTED_TWICE)
)]
async fn a_new_thread_is_announced_once(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mark = cx.peer.mark();
    let (first, second) = (cx.client().start_thread().await?, cx.client().start_thread().await?);
    for thread in [&first, &second] {
        // Before the answer or after it: either is fine.
        let id = thread.id.clone();
        cx.peer
            .next_matching("`thread/started` of the new thread", |call| {
                call.method == "thread/started" && call.params["thread"]["id"] == id.as_str()
            })
            .await?;
        cx.client().barrier(thread).await?;
    }
    let calls = cx.peer.calls_since(mark);
    // Threads of others may be announced, too.
    let own = |id: &str| id == first.id || id == second.id;
    let started = calls.iter().filter(|call| call.method == "thread/started");
    let announced =
        started.filter(|call| call.params["thread"]["id"].as_str().is_some_and(own)).count();
    ensure_eq!(announced, 2, "`thread/started` notifications of two new threads");
    Ok(())
}

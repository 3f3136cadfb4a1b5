//! How long the processes of MCP servers live: as long as their thread, and once for each.

use fixtures::{Habit, ToolServer};
use harness::{Context, Result, check, ensure_eq};
use mock_model::says;
use rustix::process::Signal;
use serde_json::json;

use super::{Wanted, asking_thread, configured, offered, one, started, until, uses};
use crate::client::{By, ContextExt, Thread};

/// Starts a thread whose model calls a tool of its MCP server, so that the server runs and the thread
/// is stored.
async fn in_use(cx: &mut Context) -> Result<Thread> {
    let thread = started(cx).await?;
    look(cx, &thread).await?;
    Ok(thread)
}

/// Runs a turn in which the model calls the tool `look`.
async fn look(cx: &mut Context, thread: &Thread) -> Result {
    cx.model.script([uses("look", "at this"), says("done")]);
    let turn = cx.client().turn(thread, "look").await?;
    turn.says(&["done"], "the agent's messages of a turn with a tool")
}

/// Waits until so many processes of the MCP server run.
async fn until_running(cx: &Context, server: &ToolServer, number: usize, when: &str) -> Result {
    let what = format!("processes of the MCP server that run {when}");
    until(cx, &what, number, || server.running()).await
}

/// A server MUST NOT start the MCP servers of a loaded thread again when a client resumes it.
#[check(
    v2(
        since = "0.58",
        fixed_in("0.107", "each resume of a loaded thread starts its MCP servers again")
    ),
    source = "every release from 0.107 on does",
    faults(RESUME_STARTS_SERVERS_AGAIN)
)]
async fn a_loaded_thread_starts_them_once(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let thread = in_use(cx).await?;
    for _ in 0..3 {
        cx.client().resume_own(&thread).await?;
    }
    // A turn waits for the MCP servers of its thread.
    look(cx, &thread).await?;
    ensure_eq!(server.started(), 1, "processes of the MCP server that were started");
    Ok(())
}

/// A server MUST end the MCP servers of a thread that is archived.
#[check(
    v2(since = "0.58", fixed_in("0.101", "the MCP servers of an archived thread run on")),
    source = "every release from 0.101 on does",
    faults(ARCHIVE_LEAVES_SERVERS)
)]
async fn archiving_ends_them(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let thread = in_use(cx).await?;
    cx.client().archive(&thread.id, &thread.path).await?;
    until_running(cx, &server, 0, "after the thread was archived").await
}

/// A server MUST end the MCP servers of a thread that is deleted.
#[check(v2(since = "0.169"), source = "every release does", faults(DELETE_LEAVES_SERVERS))]
async fn deleting_ends_them(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let thread = in_use(cx).await?;
    cx.peer.call("thread/delete", json!({ "threadId": thread.id })).await?;
    until_running(cx, &server, 0, "after the thread was deleted").await
}

/// A server MUST NOT end the MCP servers of a thread when another thread is archived.
#[check(v2(since = "0.58"), source = "every release does", faults(ARCHIVE_ENDS_ALL_SERVERS))]
async fn archiving_another_thread_leaves_them(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let (first, second) = (in_use(cx).await?, asking_thread(cx).await?);
    look(cx, &second).await?;
    cx.client().archive(&first.id, &first.path).await?;
    offered(cx, &second, "after another thread was archived").await?;
    look(cx, &second).await?;
    ensure_eq!(
        server.called().len(),
        3,
        "calls that the MCP server received, the last of them after another thread was archived"
    );
    Ok(())
}

/// A server MUST start the MCP servers of a thread that was archived, restored and resumed.
#[check(v2(since = "0.98"), source = "every release does", faults(RESUMED_WITHOUT_SERVERS))]
async fn a_resumed_thread_has_them_again(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let thread = in_use(cx).await?;
    cx.client().archive(&thread.id, &thread.path).await?;
    cx.client().unarchive(&thread.id).await?;
    let thread = cx.client().resume(By::Id(&thread.id)).await?;
    offered(cx, &thread, "after the thread was resumed").await?;
    look(cx, &thread).await?;
    ensure_eq!(server.called(), ["look", "look"], "the tools that were called");
    Ok(())
}

/// An MCP server that goes on when its input ends.
const TENACIOUS: Wanted = Wanted { habits: &[Habit::LivesOn], ..Wanted::USUAL };

/// Runs an MCP server that does not end by itself, ends the subject with `end`, and fails if the MCP
/// server outlived it.
async fn outlived(cx: &mut Context, end: impl FnOnce(&mut Context) -> Result) -> Result {
    cx.needs(super::TOOLS)?;
    configured(cx, &[TENACIOUS])?;
    in_use(cx).await?;
    end(cx)?;
    cx.peer.exit().await?;
    cx.restart().await;
    let ended = cx.peer.ended().last();
    let survivors = ended.map_or(0, |ended| ended.report.survivors.len());
    ensure_eq!(survivors, 0, "processes of MCP servers that outlived the server");
    Ok(())
}

/// A server MUST end its MCP servers when it exits at the end of its input, even those that do not
/// end by themselves.
#[check(
    v2(since = "0.58"),
    source = "every release does",
    stdio = "a server that listens goes on when a client leaves",
    faults(EXIT_LEAVES_SERVERS)
)]
async fn the_end_of_input_ends_them(cx: &mut Context) -> Result {
    outlived(cx, |cx| {
        cx.peer.close_stdin();
        Ok(())
    })
    .await
}

/// A server SHOULD end its MCP servers when it exits on SIGTERM, even those that do not end by
/// themselves.
#[check(
    v2(since = "0.58"),
    source = "0.169 and later do; releases up to 0.147 end without a look at their children",
    faults(EXIT_LEAVES_SERVERS)
)]
async fn sigterm_ends_them(cx: &mut Context) -> Result {
    outlived(cx, |cx| cx.peer.signal(Signal::TERM)).await
}

/// A server MUST NOT keep the input of its MCP servers open when a signal ends it, so that they can
/// end by themselves.
#[check(v2(since = "0.58"), source = "every release does", faults(SERVERS_KEEP_THEIR_INPUT))]
async fn a_signal_closes_their_input(cx: &mut Context) -> Result {
    let server = one(cx)?;
    for (signal, name) in [(Signal::KILL, "SIGKILL"), (Signal::TERM, "SIGTERM")] {
        in_use(cx).await?;
        cx.peer.signal(signal)?;
        cx.peer.exit().await?;
        until_running(cx, &server, 0, &format!("after {name} ended the server")).await?;
        cx.restart().await;
    }
    Ok(())
}

//! Paths of rollouts in every spelling: what is accepted is the conversation that the path names.

mod spellings;

use std::path::Path;

use harness::{Context, Dialect, Failure, Reply, Result, check, ensure, show};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{By, ContextExt, is_of};
use crate::rows::Rows;
use crate::stored::files::{Rollouts, ensure_unchanged, rollouts};
use crate::stored::{ensure_model_input, last_request};

use spellings::{NAMING, NAMING_NONE, Named, spelled};

/// Initializes the connection so that a path may be given in either dialect.
async fn begin(cx: &mut Context) -> Result {
    match cx.dialect() {
        Dialect::V1 => cx.client().initialize().await,
        _ => cx.client().initialize_experimental().await,
    }
}

/// Requests to resume or to fork the conversation of a path.
async fn ask(cx: &mut Context, fork: bool, path: &Path) -> Result<Reply> {
    let protocol = cx.protocol();
    let method = if fork { protocol.fork } else { protocol.resume };
    cx.peer.request(method, (protocol.resume_params)(By::Path(path))).await
}

/// Fails unless the answer is the conversation that the path names, or a refusal.
fn leads_there(cx: &Context, fork: bool, named: &Named, reply: &Reply) -> Result {
    if reply.is_error() {
        let message = reply.error()?.message;
        ensure!(
            !named.required && !message.trim().is_empty(),
            "answer",
            "the conversation",
            format!("error {message:?}")
        );
        return Ok(());
    }
    let protocol = cx.protocol();
    let thread = (protocol.opened)(reply.result()?.clone())?;
    let first = (protocol.resumed_messages)(&thread.result).into_iter().next();
    let wanted = format!("user: {}", named.said);
    ensure!(first.as_ref() == Some(&wanted), "first message", show(&wanted), show(&first));
    let same = thread.id == named.id;
    let wanted = if fork { "a new one" } else { &named.id };
    ensure!(same != fork, "id of the thread", wanted, thread.id);
    if fork || thread.path.as_os_str().is_empty() {
        return Ok(());
    }
    let from = [cx.home.work(), cx.home.path()];
    let leads = from.iter().any(|base| base.join(&thread.path).canonicalize().ok() == named.file);
    ensure!(
        leads,
        "path in the answer",
        format!("a path of {}", named.file.as_deref().unwrap_or(&named.path).display()),
        thread.path.display().to_string()
    );
    Ok(())
}

/// Those of these files that were there before.
fn remaining(before: &Rollouts, mut after: Rollouts) -> Rollouts {
    after.retain(|name, _| before.contains_key(name));
    after
}

/// A server MUST resume the conversation that a path names, however the path is written, unless it
/// rejects the request.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, thread/resume: path; POSIX, 4.16; every release does",
    faults(ESCAPES_IN_PATHS_DECODED, LINKED_ROLLOUT_GETS_A_NEW_ID, ROLLOUT_FOUND_BY_ITS_NAME)
)]
async fn a_path_resumes_what_it_names(cx: &mut Context) -> Result {
    let all = spelled(cx, NAMING)?;
    begin(cx).await?;
    let mut rows = Rows::default();
    for named in &all {
        let reply = ask(cx, false, &named.path).await?;
        rows.judge(format!("a resume by {}", named.what), leads_there(cx, false, named, &reply))?;
    }
    rows.end()
}

/// A server MUST fork the conversation that a path names, however the path is written, unless it
/// rejects the request.
#[check(
    v1(since = "0.80"),
    v2(since = "0.80"),
    source = "app-server README, thread/fork: path; POSIX, 4.16; every release does",
    faults(FORK_IGNORES_ITS_PATH, ROLLOUT_FOUND_BY_ITS_NAME)
)]
async fn a_path_forks_what_it_names(cx: &mut Context) -> Result {
    let all = spelled(cx, NAMING)?;
    begin(cx).await?;
    let before = rollouts(cx)?;
    let mut rows = Rows::default();
    for named in &all {
        let reply = ask(cx, true, &named.path).await?;
        rows.judge(format!("a fork by {}", named.what), leads_there(cx, true, named, &reply))?;
    }
    rows.end()?;
    ensure_unchanged(&before, &remaining(&before, rollouts(cx)?), "the rollouts after the forks")
}

/// A server MUST reject a request to resume the conversation of a path that names no rollout, without
/// changing any rollout.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, thread/resume: path; every release does",
    faults(PATH_ENDS_AT_A_NUL, PATH_TRIMMED)
)]
async fn a_path_of_nothing_is_not_resumed(cx: &mut Context) -> Result {
    rejected(cx, false).await
}

/// A server MUST reject a request to fork the conversation of a path that names no rollout, without
/// storing a thread.
#[check(
    v1(since = "0.80"),
    v2(since = "0.80"),
    source = "app-server README, thread/fork: path; every release does",
    faults(PATH_ENDS_AT_A_NUL, PATH_TRIMMED)
)]
async fn a_path_of_nothing_is_not_forked(cx: &mut Context) -> Result {
    rejected(cx, true).await
}

async fn rejected(cx: &mut Context, fork: bool) -> Result {
    let all = spelled(cx, NAMING_NONE.map(|(what, spell)| (what, false, spell)))?;
    begin(cx).await?;
    let before = rollouts(cx)?;
    let mut rows = Rows::default();
    for named in &all {
        let reply = ask(cx, fork, &named.path).await?;
        let row = format!("a {} by {}", if fork { "fork" } else { "resume" }, named.what);
        rows.judge(row, reply.refusal("answer").map(|_| ()))?;
    }
    rows.end()?;
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the requests")
}

/// A server MUST keep one session of a thread that is resumed by several paths of its rollout.
#[check(
    v2(since = "0.66"),
    source = "app-server README, thread/resume: joins a loaded thread; every release does",
    faults(ANOTHER_PATH_LOADS_AGAIN)
)]
async fn two_paths_are_one_thread(cx: &mut Context) -> Result {
    // Others name another file, or are not accepted by every release.
    let same = [
        "dots and slashes in the path",
        "a symbolic link to the file",
        "a symbolic link to the home",
    ];
    let same = NAMING.into_iter().filter(|(what, ..)| same.contains(what));
    let all = spelled(cx, same)?;
    begin(cx).await?;
    let mut rows = Rows::default();
    for named in &all {
        if ask(cx, false, &named.path).await?.is_error() {
            continue;
        }
        let outcome = joined(cx, named).await;
        rows.judge(format!("a thread that was resumed by {}", named.what), outcome)?;
    }
    rows.end()
}

/// Resumes the thread by the plain path and by its id; a turn shows whether there is one of it.
async fn joined(cx: &mut Context, named: &Named) -> Result {
    if let Some(file) = &named.file {
        ask(cx, false, file).await?;
    }
    let thread = cx.client().resume(By::Id(&named.id)).await?;
    ensure!(thread.id == named.id, "id after a resume by id", &named.id, thread.id);
    cx.model.script([says("once")]);
    let begun = cx.client().begin_turn(&thread, "only once").await?;
    cx.client().end_turn(&thread, &begun).await?;
    ensure_model_input(&last_request(cx)?, &[("user", &named.said), ("user", "only once")])?;
    cx.client().barrier(&thread).await?;
    let calls = cx.peer.calls_since(begun.mark);
    let ends = calls.iter().filter(|call| is_of(call, &thread, "turn/completed")).count();
    ensure!(ends <= 1, "announced ends of one turn", "1", ends.to_string());
    let loaded = cx.peer.request("thread/loaded/list", json!({})).await?;
    // The first release does not have it.
    let Ok(loaded) = loaded.result() else { return Ok(()) };
    let loaded = loaded["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let count = loaded.iter().filter(|id| id.as_str() == Some(&named.id)).count();
    ensure!(count == 1, "loaded threads with the id", "1", count.to_string());
    Ok(())
}

/// A server MUST summarize the conversation that a path names, however the path is written, unless it
/// rejects the request.
#[check(
    v1(since = "0.58"),
    source = "app-server protocol, getConversationSummary: rolloutPath; every release does",
    faults(ROLLOUT_FOUND_BY_ITS_NAME)
)]
async fn a_path_is_summarized_as_what_it_names(cx: &mut Context) -> Result {
    let all = spelled(cx, NAMING)?;
    cx.client().initialize().await?;
    let mut rows = Rows::default();
    for named in &all {
        let params = json!({ "rolloutPath": named.path });
        let reply = cx.peer.request("getConversationSummary", params).await?;
        let outcome = match reply.result() {
            Ok(result) => summarizes(&result["summary"], named),
            Err(_) if named.required => reply.result().map(|_| ()),
            Err(_) => Ok(()),
        };
        rows.judge(format!("a summary by {}", named.what), outcome)?;
    }
    rows.end()
}

fn summarizes(summary: &Value, named: &Named) -> Result {
    let holds =
        summary["preview"] == named.said.as_str() && summary["conversationId"] == named.id.as_str();
    if holds {
        return Ok(());
    }
    let wanted = format!("id {}, preview {:?}", named.id, named.said);
    Err(Failure::mismatch("summary", wanted, show(summary)))
}

//! The conversation in which the laws look for themselves: a little of everything that they are
//! about.
//!
//! A step that a server cannot take is left out. Whether it should be able to is for the checks to
//! say; what it does is for the laws.

use harness::{Context, Fifo, OrInconclusive, Result, tour};
use mock_model::{applies_patch, runs_command, says};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::client::{By, ContextExt, Query, Settings, Start, Thread};

/// A model that no configuration names.
const ANOTHER: &str = "mock-model-of-the-tour";

#[tour(laws)]
async fn tour(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    write(cx).await;
    let first = cx.client().start_thread().await?;
    two_turns(cx, &first).await?;
    let second = Start { model: Some(ANOTHER.to_owned()), ..Start::default() };
    let second = cx.client().start_with(second).await?;
    cx.model.script([says("the answer of another model")]);
    cx.client().turn(&second, "a question to another model").await?;
    // Each of them may be more than a server can do.
    let _ = joined(cx, &second).await;
    let _ = interrupted(cx, &second).await;
    let _ = pages(cx).await;
    let _ = named(cx, &first).await;
    let cut = cut_short(cx).await;
    cx.restart().await;
    after(cx, &first, cut.ok()).await
}

/// What a turn consists of: words, a command, a patch; and a turn that begins after another.
async fn two_turns(cx: &mut Context, thread: &Thread) -> Result {
    let patch = "*** Begin Patch\n*** Add File: patched\n+once\n*** End Patch\n";
    let tools =
        [runs_command("echo ran"), applies_patch(patch), says("the first answer").deltas(3)];
    cx.model.script(tools.into_iter().chain([says("the second answer")]));
    cx.client().turn(thread, "the first question").await?;
    cx.client().turn(thread, "the second question").await.map(|_| ())
}

/// A message that comes while a turn runs.
async fn joined(cx: &mut Context, thread: &Thread) -> Result {
    cx.model.script([says("held").hold("held"), says("the answer to both")]);
    let begun = cx.client().begin_turn(thread, "a question that waits").await?;
    cx.reached("held").await?;
    cx.client().begin_turn(thread, "a question that joins").await?;
    cx.model.open("held");
    cx.client().end_turn(thread, &begun).await?;
    // Some releases give it a turn of its own; the barrier is behind both.
    cx.client().barrier(thread).await?;
    show(cx, thread).await
}

/// Has the thread shown, where that can be done.
async fn show(cx: &mut Context, thread: &Thread) -> Result {
    match cx.protocol().read_thread {
        Some(_) => cx.client().read_thread(&thread.id, true).await.map(|_| ()),
        None => Ok(()),
    }
}

/// A turn that is interrupted while its command runs.
async fn interrupted(cx: &mut Context, thread: &Thread) -> Result {
    let mut up = Fifo::new(cx.home.join("up"))?;
    let line = format!("echo up > {}; exec sleep 1000", up.path().display());
    cx.model.script([runs_command(&line), says("never said")]);
    let settings = Settings { approval: Some("never"), ..Settings::default() };
    let begun = cx.client().begin_turn_with(thread, "run it", settings).await?;
    let within = cx.peer.settings().wait;
    up.line(within).await?;
    let ticket = cx.client().interrupt(thread, &begun).await?;
    let answered = cx.peer.answer(&ticket).await?.result().is_ok();
    if answered {
        cx.client().end_turn(thread, &begun).await?;
        show(cx, thread).await?;
    }
    Ok(())
}

/// A list, page by page.
async fn pages(cx: &mut Context) -> Result {
    let one = || Query { limit: Some(1), ..Query::default() };
    let page = cx.client().page(&one()).await?;
    cx.client().page(&Query { cursor: page.next, ..one() }).await.map(|_| ())
}

/// A thread with a name, and then with another.
async fn named(cx: &mut Context, thread: &Thread) -> Result {
    const NAME: &str = "thread/name/set";
    cx.peer.gate().offers(NAME)?;
    for name in ["a name", "another name"] {
        cx.peer.call(NAME, json!({ "threadId": thread.id, "name": name })).await?;
    }
    show(cx, thread).await?;
    cx.client().page(&Query::default()).await.map(|_| ())
}

/// Writes to the configuration: a key of a table, and a batch that is rejected.
async fn write(cx: &mut Context) {
    let edit = |path: &str, value: Value| json!({ "keyPath": path, "value": value, "mergeStrategy": "upsert" });
    let table = edit("shell_environment_policy.set.PROCTOR", json!("1"));
    let bad = [edit("model_reasoning_effort", json!("low")), edit("model", json!(["no", "text"]))];
    for (method, params) in
        [("config/value/write", table), ("config/batchWrite", json!({ "edits": bad }))]
    {
        if cx.peer.gate().offers(method).is_ok() {
            // Rejected or not, the laws see it.
            let _ = cx.peer.request(method, params).await;
        }
    }
}

/// A turn during which the process is killed; its thread.
async fn cut_short(cx: &mut Context) -> Result<Thread> {
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("said before the end"), says("never said").hold("never")]);
    cx.client().turn(&thread, "a question that is answered").await?;
    cx.client().begin_turn(&thread, "a question that is not").await?;
    cx.reached("never").await?;
    cx.peer.signal(Signal::KILL)?;
    cx.peer.exit().await?;
    Ok(thread)
}

/// What a new process makes of it.
async fn after(cx: &mut Context, whole: &Thread, cut: Option<Thread>) -> Result {
    cx.model.open_all();
    cx.client().initialize().await?;
    // The stored thread, before it is loaded.
    let _ = show(cx, whole).await;
    let _ = cx.client().page(&Query::default()).await;
    let whole = cx.client().resume_own(whole).await?;
    cx.model.script([says("the third answer"), says("the fourth answer")]);
    let begun = cx.client().begin_turn(&whole, "the third question").await?;
    cx.client().end_turn(&whole, &begun).await?;
    // Not waited for: a server that leaves it unanswered is found at the end.
    cx.client().interrupt(&whole, &begun).await?;
    if let Some(cut) = cut {
        let _ = cx.client().request_resume(By::Id(&cut.id), Value::Null).await;
    }
    cx.client().start_thread().await.or_inconclusive("starting a thread").map(|_| ())
}

//! Resuming stored conversations: by path, by id or by history.

pub mod file;
pub mod filters;
pub mod fork;
pub mod listing;
pub mod live;
pub mod paging;
pub mod reading;
pub mod refusals;
pub mod repository;

use harness::{Context, Result, check, ensure, ensure_eq, ensure_includes};
use mock_model::{runs_command, says};
use serde_json::json;

use crate::client::{By, ContextExt, Thread};
use crate::stored::files::written;
use crate::stored::{SAID, conversation, ensure_model_input, last_request, seed, two_turns};

/// A server MUST resume a conversation, with its id and its history, by the path of its rollout.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: resume; app-server tests, list_resume",
    faults(RESUME_FORGETS_THE_HISTORY, RESUME_STARTS_ANEW, RESUME_UNDER_A_NEW_ID)
)]
async fn by_path(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    cx.client().initialize_experimental().await?;
    let thread = cx.client().resume(By::Path(&path)).await?;
    ensure_eq!(thread.id, rollout.id().to_string(), "the id of the resumed conversation");
    ensure_eq!(thread.path, path, "the rollout of the resumed conversation");
    goes_on(cx, &thread).await
}

/// A server MUST resume a conversation, with its rollout and its history, by its id alone.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server README, Threads: resume; app-server tests, list_resume",
    faults(RESUME_FORGETS_THE_HISTORY, RESUME_STARTS_ANEW, RESUME_UNDER_A_NEW_ID)
)]
async fn by_id(cx: &mut Context) -> Result {
    seed(cx, &conversation(0))?;
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    seed(cx, &conversation(2))?;
    cx.client().initialize().await?;
    let id = rollout.id().to_string();
    let thread = cx.client().resume(By::Id(&id)).await?;
    ensure_eq!(thread.id, id, "the id of the resumed conversation");
    ensure_eq!(thread.path, path, "the rollout of the resumed conversation");
    goes_on(cx, &thread).await
}

/// Runs a turn in the conversation of [`two_turns`] and compares the model's input.
async fn goes_on(cx: &mut Context, thread: &Thread) -> Result {
    cx.model.script([says("go on then")]);
    let turn = cx.client().turn(thread, "the third question").await?;
    turn.says(&["go on then"], "the agent's messages after it was resumed")?;
    let mut wanted = SAID.to_vec();
    wanted.push(("user", "the third question"));
    ensure_model_input(&last_request(cx)?, &wanted)
}

/// A server MUST start a new conversation from a history that the client sends, with that history
/// in its requests to the model service.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server README, Threads: resume; app-server tests, list_resume",
    faults(HISTORY_OF_THE_CLIENT_IGNORED)
)]
async fn by_history(cx: &mut Context) -> Result {
    let source = two_turns(1);
    seed(cx, &source)?;
    cx.client().initialize_experimental().await?;
    let items = json!([
        { "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "said elsewhere" }] },
        { "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "heard elsewhere" }] },
    ]);
    let thread = cx.client().resume(By::History(&items)).await?;
    ensure!(
        thread.id != source.id().to_string(),
        "the id of the conversation",
        "a new one",
        &thread.id
    );
    cx.model.script([says("here now")]);
    cx.client().turn(&thread, "and here").await?;
    let wanted =
        [("user", "said elsewhere"), ("assistant", "heard elsewhere"), ("user", "and here")];
    ensure_model_input(&last_request(cx)?, &wanted)
}

/// A server MUST use the first user message after a history that the client sent, instead of one in
/// that history, as the preview.
#[check(
    v1(
        since = "0.53",
        fixed_in("0.101", "the preview is a message of the history that the client sent")
    ),
    v2(fixed_in("0.101", "the preview is a message of the history that the client sent")),
    source = "every release since does",
    faults(HISTORY_IN_THE_PREVIEW)
)]
async fn a_history_is_no_preview(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let said = |role: &str, kind: &str, text: &str| json!({ "type": "message", "role": role, "content": [{ "type": kind, "text": text }] });
    let items = json!([
        said("assistant", "output_text", "good morning"),
        said("user", "input_text", "said elsewhere"),
    ]);
    let thread = cx.client().resume(By::History(&items)).await?;
    cx.model.script([says("here now")]);
    cx.client().turn(&thread, "and here").await?;
    written(cx, &thread, "here now").await?;
    let listed = cx.client().first_page().await?;
    let previews: Vec<_> = listed.items.into_iter().map(|item| item.preview).collect();
    ensure_eq!(previews, ["and here"], "the previews in the list");
    Ok(())
}

/// A server MUST send the whole history of a resumed conversation to the model service, each
/// message once and in order.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: resume; every release does",
    faults(RESUME_FORGETS_THE_HISTORY, RESUME_FORGETS_THE_LAST_ITEM, RESUME_REVERSES_THE_HISTORY)
)]
async fn history_reaches_the_model(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let thread = cx.client().resume_seeded(&rollout).await?;
    goes_on(cx, &thread).await
}

/// A server MUST send the whole history of a conversation of its own to the model service after a
/// restart and a resume.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: resume; every release does",
    faults(RESUME_FORGETS_THE_HISTORY, RESUME_FORGETS_THE_LAST_ITEM, RESUME_UNDER_A_NEW_ID)
)]
async fn its_own_history_survives_a_restart(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("answer-one"), says("answer-two"), says("answer-three")]);
    cx.client().turn(&thread, "first").await?;
    cx.client().turn(&thread, "second").await?;
    crate::stored::files::written(cx, &thread, "answer-two").await?;
    cx.restart().await;
    cx.client().initialize().await?;
    let again = cx.client().resume_own(&thread).await?;
    ensure_eq!(again.id, thread.id, "the id of the resumed conversation");
    cx.client().turn(&again, "third").await?;
    let wanted = [
        ("user", "first"),
        ("assistant", "answer-one"),
        ("user", "second"),
        ("assistant", "answer-two"),
        ("user", "third"),
    ];
    ensure_model_input(&last_request(cx)?, &wanted)
}

/// A server MUST send every earlier command call exactly once, with its output, to the model
/// service after a restart and a resume.
#[check(
    v1,
    v2,
    source = "Responses API: a call and its output belong together; every release does",
    faults(RESUME_KEEPS_MESSAGES_ONLY)
)]
async fn commands_survive_a_restart(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([
        runs_command("echo seen-before").id("call_kept"),
        says("it ran"),
        says("yes"),
    ]);
    cx.client().turn(&thread, "run it").await?;
    crate::stored::files::written(cx, &thread, "it ran").await?;
    cx.restart().await;
    cx.client().initialize().await?;
    let again = cx.client().resume_own(&thread).await?;
    cx.client().turn(&again, "did it run?").await?;
    let request = last_request(cx)?;
    let calls = request.input_items().iter().filter(|item| {
        item["call_id"] == "call_kept"
            && item["type"].as_str().is_some_and(|kind| kind.ends_with("_call"))
    });
    ensure_eq!(calls.count(), 1, "calls `call_kept` in the input of the model");
    let output = request.tool_output("call_kept").unwrap_or_default();
    ensure!(
        output.contains("seen-before"),
        "the output of the call",
        "to contain \"seen-before\"",
        format!("{output:?}")
    );
    Ok(())
}

/// A server MUST continue a conversation that is resumed while it is loaded, without repeating a
/// message to the model service.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: resume; every release does",
    faults(RESUME_DOUBLES_THE_HISTORY)
)]
async fn resumed_while_loaded(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("answer-one"), says("answer-two")]);
    cx.client().turn(&thread, "first").await?;
    crate::stored::files::written(cx, &thread, "answer-one").await?;
    let again = cx.client().resume_own(&thread).await?;
    ensure_eq!(again.id, thread.id, "the id of the resumed conversation");
    let turn = cx.client().turn(&again, "second").await?;
    turn.says(&["answer-two"], "the agent's messages after it was resumed")?;
    let wanted = [("user", "first"), ("assistant", "answer-one"), ("user", "second")];
    ensure_model_input(&last_request(cx)?, &wanted)
}

/// A server MUST continue a conversation that is resumed twice, with the same id and without
/// repeating its history.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: resume; every release does",
    faults(RESUME_DOUBLES_THE_HISTORY, RESUME_FORGETS_THE_HISTORY)
)]
async fn resumed_twice(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let first = cx.client().resume_seeded(&rollout).await?;
    let second = cx.client().resume_seeded(&rollout).await?;
    ensure_eq!(second.id, first.id, "the id of the conversation that was resumed twice");
    goes_on(cx, &second).await
}

/// A server MUST return the messages of user and agent, in order, in the result of a resume.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server tests, list_resume and thread_resume",
    faults(RESUME_RETURNS_NOTHING)
)]
async fn returns_what_was_said(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let thread = cx.client().resume_seeded(&rollout).await?;
    let said = (cx.protocol().resumed_messages)(&thread.result);
    let wanted: Vec<String> = SAID.iter().map(|(role, text)| format!("{role}: {text}")).collect();
    ensure_eq!(said, wanted, "the messages of user and agent that come with the conversation");
    Ok(())
}

/// A server MUST announce a resumed conversation with exactly one `sessionConfigured` that has its
/// id, model and rollout.
#[check(v1(since = "0.44"), source = "app-server tests, list_resume", faults(SESSION_UNANNOUNCED))]
async fn announces_the_session(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let mark = cx.peer.mark();
    let thread = cx.client().resume(By::Path(&path)).await?;
    cx.client().barrier(&thread).await?;
    let mut calls = cx.peer.calls_since(mark);
    calls.retain(|call| call.params.get("sessionId").is_none_or(|id| *id == thread.id));
    let announced = harness::Order::of(&calls).once("sessionConfigured")?;
    let wanted =
        json!({ "sessionId": thread.id, "model": thread.result["model"], "rolloutPath": path });
    ensure_includes!(announced.params, wanted, "the notification `sessionConfigured`");
    Ok(())
}

/// A server MUST run a resumed conversation with the model that the resume request names.
#[check(
    v1,
    v2,
    source = "app-server tests, list_resume and thread_resume",
    faults(MODEL_OVERRIDE_IGNORED)
)]
async fn overrides_the_model(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let overrides = (cx.protocol().overrides)(json!({ "model": "another-model" }));
    let thread = cx.client().resume_seeded_with(&rollout, overrides).await?;
    ensure_eq!(
        thread.result["model"].as_str().unwrap_or("another-model"),
        "another-model",
        "`model` in the result"
    );
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let request = last_request(cx)?;
    ensure_eq!(request.model_name(), Some("another-model"), "the model that is asked");
    Ok(())
}

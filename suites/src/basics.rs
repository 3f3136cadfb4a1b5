//! The basic abilities that most checks need: they run first, and checks that need a missing ability are skipped.

use harness::failure::Result;
use harness::looks::Looks;
use harness::message::text_at;
use harness::profile::MODEL;
use harness::{Context, Dialect, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::json;

use crate::stored::files::written;
use crate::stored::listing::{Query, page};
use crate::stored::{STORED, conversation, resume_own, seed};
use crate::words::{End, TURN, Thread, greet, run_turn, start};
use crate::{v1, v2};

/// A server MUST answer `initialize` of a client whose messages have no `jsonrpc` member.
#[check(
    v1(since = "0.44"),
    v2,
    source = "app-server README, Protocol: the `\"jsonrpc\":\"2.0\"` header is omitted",
    faults(VERSION_MEMBER_WANTED)
)]
async fn answers_a_client_without_jsonrpc_member(cx: &mut Context) -> Result {
    cx.peer.set_jsonrpc(false);
    greet(cx).await.map_err(|failure| {
        failure.note("so it was spoken to with `\"jsonrpc\":\"2.0\"` in all other checks")
    })
}

/// A server MUST start a thread for a request that sets no parameter.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: every member is optional; every release does",
    grants("newConversation", "thread/start"),
    faults(DIRECTORY_WANTED)
)]
async fn starts_a_thread(cx: &mut Context) -> Result {
    greet(cx).await?;
    let (method, read): (_, fn(_) -> _) = match cx.dialect() {
        Dialect::V1 => ("newConversation", v1::thread),
        _ => ("thread/start", v2::thread),
    };
    let result = cx.peer.call(method, json!({})).await?;
    read(result).map(|_| ())
}

/// A server MUST run a turn to its completion.
#[check(
    v1,
    v2,
    source = "app-server README, Turns: turn/started, item/*, turn/completed",
    grants("sendUserMessage", "turn/start", TURN),
    faults(TURN_NEVER_COMPLETES)
)]
async fn runs_a_turn(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = start(cx).await?;
    cx.model.script([says("hello")]);
    let turn = run_turn(cx, &thread, "say hello").await?;
    turn.ended(End::Completed, "how the turn ended")
}

/// A server SHOULD send its model requests to the service that its configuration names.
#[check(
    v1,
    v2,
    source = "config.toml, model_provider and base_url; every release does",
    grants(MODEL),
    faults(MODEL_SERVICE_FIXED)
)]
async fn asks_the_configured_model_service(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = start(cx).await?;
    cx.model.script([says("from the model service")]);
    let turn = run_turn(cx, &thread, "say something").await?;
    ensure!(
        !cx.model.requests().is_empty(),
        "the requests to the model service that config.toml names, in a turn",
        "one",
        format!("none; the agent said {:?}", turn.said)
    );
    Ok(())
}

/// A server MUST list a thread that it has created.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: thread/list",
    grants("listConversations", "thread/list"),
    faults(ONLY_CONVERSATION_UNLISTED)
)]
async fn lists_threads(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = held(cx).await?;
    let mut looks = Looks::until(cx.peer.deadline());
    loop {
        // It is stored behind the answers, and nobody says when.
        let found = page(cx, &Query::default()).await?;
        if found.ids().contains(&&*thread.id) {
            return Ok(());
        }
        ensure!(
            looks.again().await,
            "the ids in the list, after a turn",
            format!("{:?} among them", thread.id),
            format!("{:?}", found.ids())
        );
    }
}

/// A server MUST resume its own threads after a restart.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: thread/resume",
    grants("resumeConversation", "thread/resume"),
    faults(RESUME_UNDER_A_NEW_ID)
)]
async fn resumes_a_thread(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = held(cx).await?;
    if !thread.path.as_os_str().is_empty() {
        written(cx, &thread, ANSWER).await?;
    }
    cx.restart().await;
    greet(cx).await?;
    let resumed = resume_own(cx, &thread).await?;
    ensure_eq!(resumed.id, thread.id, "the id of the resumed conversation");
    Ok(())
}

/// A server MUST return a thread that it has created in `thread/read`.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Threads: thread/read",
    grants("thread/read"),
    faults(READ_OF_STORED_ONES_ONLY)
)]
async fn reads_a_thread(cx: &mut Context) -> Result {
    greet(cx).await?;
    let thread = held(cx).await?;
    let params = json!({ "threadId": thread.id, "includeTurns": false });
    let result = cx.peer.call("thread/read", params).await?;
    let id = text_at(&result, "/thread/id", "result of `thread/read`")?;
    ensure_eq!(id, thread.id, "the id of the thread that was read");
    Ok(())
}

/// A server SHOULD list the threads that Codex has stored in the home.
#[check(
    v1,
    v2,
    source = "CODEX_HOME/sessions; every release does, a server with a store of its own need not",
    grants(STORED),
    faults(ONLY_CONVERSATION_UNLISTED)
)]
async fn lists_threads_stored_by_codex(cx: &mut Context) -> Result {
    let rollout = conversation(1);
    seed(cx, &rollout)?;
    greet(cx).await?;
    let found = page(cx, &Query::default()).await?;
    let id = rollout.id().to_string();
    ensure!(
        found.ids() == [&*id],
        "the ids in the list",
        format!("[{id:?}]"),
        format!("{:?}", found.ids())
    );
    Ok(())
}

/// What the agent says in [`held`].
const ANSWER: &str = "a-basic-answer";

/// A conversation of the subject's own in which something was said.
async fn held(cx: &mut Context) -> Result<Thread> {
    let thread = start(cx).await?;
    cx.model.script([says(ANSWER)]);
    run_turn(cx, &thread, "say something").await?;
    Ok(thread)
}

//! The basic abilities that most checks need: they run first, and checks that need a missing ability are skipped.

use harness::profile::MODEL;
use harness::{Context, Looks, Result, check, ensure, ensure_eq, text_at};
use mock_model::says;
use serde_json::json;

use crate::client::{ContextExt, End, Query, TURN, Thread};
use crate::stored::files::written;
use crate::stored::{STORED, conversation, seed};

/// A server MUST answer `initialize` of a client whose messages have no `jsonrpc` member.
#[check(
    v1(since = "0.44"),
    v2,
    source = "app-server README, Protocol: the `\"jsonrpc\":\"2.0\"` header is omitted",
    faults(VERSION_MEMBER_WANTED)
)]
async fn answers_a_client_without_jsonrpc_member(cx: &mut Context) -> Result {
    cx.peer.set_jsonrpc(false);
    cx.client().initialize().await.map_err(|failure| {
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
    cx.client().initialize().await?;
    let protocol = cx.protocol();
    let result = cx.peer.call(protocol.start, json!({})).await?;
    (protocol.opened)(result).map(|_| ())
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
    let thread = cx.client().start().await?;
    cx.model.script([says("hello")]);
    let turn = cx.client().turn(&thread, "say hello").await?;
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
    let thread = cx.client().start().await?;
    cx.model.script([says("from the model service")]);
    let turn = cx.client().turn(&thread, "say something").await?;
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
    cx.client().initialize().await?;
    let thread = thread_with_one_turn(cx).await?;
    let mut looks = Looks::until(cx.peer.deadline());
    loop {
        // It is stored after the answers, and no notification says when.
        let found = cx.client().page(&Query::default()).await?;
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
    cx.client().initialize().await?;
    let thread = thread_with_one_turn(cx).await?;
    if !thread.path.as_os_str().is_empty() {
        written(cx, &thread, ANSWER).await?;
    }
    cx.restart().await;
    cx.client().initialize().await?;
    let resumed = cx.client().resume_own(&thread).await?;
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
    cx.client().initialize().await?;
    let thread = thread_with_one_turn(cx).await?;
    let read = cx.client().read_thread(&thread.id, false).await?;
    let id = text_at(&read, "/id", "thread in the result of `thread/read`")?;
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
    cx.client().initialize().await?;
    let found = cx.client().page(&Query::default()).await?;
    let id = rollout.id().to_string();
    ensure!(
        found.ids() == [&*id],
        "the ids in the list",
        format!("[{id:?}]"),
        format!("{:?}", found.ids())
    );
    Ok(())
}

/// What the agent says in [`thread_with_one_turn`].
const ANSWER: &str = "a-basic-answer";

/// A conversation of the subject's own in which something was said.
async fn thread_with_one_turn(cx: &mut Context) -> Result<Thread> {
    let thread = cx.client().start_thread().await?;
    cx.model.script([says(ANSWER)]);
    cx.client().turn(&thread, "say something").await?;
    Ok(thread)
}

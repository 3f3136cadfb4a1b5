//! Stored conversations: seed, list, resume, archive and inspect them.

pub mod files;
pub mod listing;

use std::path::{Path, PathBuf};

use fixtures::Rollout;
use fixtures::rollout::Turn;
use harness::app_server::initialize_params;
use harness::failure::{Failure, OrInconclusive, Result};
use harness::message::Reply;
use harness::profile::Handshake;
use harness::{Context, Dialect, mcp};
use jiff::{SignedDuration, Timestamp};
use mock_model::Request;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::words::{Thread, unspoken};
use crate::{v1, v2};

/// When the first seeded conversation began, in seconds since 1970: 2025-03-04 10:00:00 UTC.
const FIRST: i64 = 1_741_082_400;

/// The id of no conversation.
pub const UNKNOWN: &str = "01956000-0000-7000-8000-ffffffffffff";

/// The id of the conversation with this number.
pub fn id(number: u32) -> Uuid {
    Uuid::from_u128(0x0195_6000_0000_7000_8000_0000_0000_0000 + u128::from(number))
}

/// When the conversation with this number began: each one a minute after the one before.
pub fn begun(number: u32) -> Timestamp {
    let first = Timestamp::from_second(FIRST).unwrap_or_default();
    first + SignedDuration::from_mins(i64::from(number))
}

/// The conversation with this number, in which the user said `conversation NUMBER`.
pub fn conversation(number: u32) -> Rollout {
    Rollout::new(id(number), begun(number)).preview(&format!("conversation {number}"))
}

/// What was said in [`two_turns`], as role and text.
pub const SAID: [(&str, &str); 4] = [
    ("user", "the first question"),
    ("assistant", "the first answer"),
    ("user", "the second question"),
    ("assistant", "the second answer"),
];

/// A conversation of two turns.
pub fn two_turns(number: u32) -> Rollout {
    conversation(number).turns([Turn::new(SAID[0].1, SAID[1].1), Turn::new(SAID[2].1, SAID[3].1)])
}

/// The need of whatever begins with conversations in the home.
pub const STORED: &str = "a server that finds what Codex stored";

/// Puts a conversation into the home of the check; the path of its file.
pub fn seed(cx: &Context, rollout: &Rollout) -> Result<PathBuf> {
    cx.needs(STORED)?;
    rollout.write(cx.home.path()).or_inconclusive("seeding a conversation")
}

/// Puts the conversations with these numbers into the home of the check, in this order.
pub fn seed_all(cx: &Context, numbers: impl IntoIterator<Item = u32>) -> Result {
    numbers.into_iter().try_for_each(|number| seed(cx, &conversation(number)).map(|_| ()))
}

/// Greets the subject and asks for the experimental part of the protocol, where several ways of resuming are.
pub async fn greet_for_experiments(cx: &mut Context) -> Result {
    let mut params = match cx.peer.handshake() {
        Handshake::AppServer => initialize_params(),
        Handshake::Mcp => mcp::initialize_params(),
    };
    params["capabilities"]["experimentalApi"] = json!(true);
    cx.peer.initialize_with(params).await.map(|_| ())
}

/// By what a conversation is brought back.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// The path of its rollout.
    Path(&'a Path),
    /// Its id.
    Id(&'a str),
    /// What was said, as the model's items.
    History(&'a Value),
}

/// Asks for a conversation to be brought back, with further members of the request in the dialect of the check.
pub async fn ask_to_resume(cx: &mut Context, by: By<'_>, more: Value) -> Result<Reply> {
    let (method, mut params) = match (cx.dialect(), by) {
        (Dialect::V1, By::Path(path)) => ("resumeConversation", json!({ "path": path })),
        (Dialect::V1, By::Id(id)) => ("resumeConversation", json!({ "conversationId": id })),
        (Dialect::V1, By::History(items)) => ("resumeConversation", json!({ "history": items })),
        // The id has to be there in each form of this dialect; where there is something better, it does not count.
        (Dialect::V2, By::Path(path)) => {
            ("thread/resume", json!({ "threadId": UNKNOWN, "path": path }))
        }
        (Dialect::V2, By::Id(id)) => ("thread/resume", json!({ "threadId": id })),
        (Dialect::V2, By::History(items)) => {
            ("thread/resume", json!({ "threadId": UNKNOWN, "history": items }))
        }
        (Dialect::Mcp, _) => return Err(unspoken(cx)),
    };
    v2::add(&mut params, more);
    cx.peer.request(method, params).await
}

/// Brings a conversation back and listens to it.
pub async fn resume(cx: &mut Context, by: By<'_>) -> Result<Thread> {
    resume_with(cx, by, Value::Null).await
}

/// Brings a conversation back with further members of the request, and listens to it.
pub async fn resume_with(cx: &mut Context, by: By<'_>, more: Value) -> Result<Thread> {
    let result = ask_to_resume(cx, by, more).await?.into_result()?;
    let mut thread = opened(cx, result).await?;
    if let (true, By::Path(path)) = (thread.path.as_os_str().is_empty(), by) {
        path.clone_into(&mut thread.path);
    }
    Ok(thread)
}

/// Brings a seeded conversation back in the way that every release of the dialect has.
pub async fn resume_seeded(cx: &mut Context, rollout: &Rollout) -> Result<Thread> {
    let path = cx.home.join(rollout.relative_path());
    let id = rollout.id().to_string();
    let by = if cx.dialect() == Dialect::V1 { By::Path(&path) } else { By::Id(&id) };
    resume(cx, by).await
}

/// Brings back a conversation of the subject's own in the way that every release of the dialect has.
pub async fn resume_own(cx: &mut Context, thread: &Thread) -> Result<Thread> {
    let by = if cx.dialect() == Dialect::V1 { By::Path(&thread.path) } else { By::Id(&thread.id) };
    resume(cx, by).await
}

/// The conversation that the result opened, listened to.
async fn opened(cx: &mut Context, result: Value) -> Result<Thread> {
    if cx.dialect() == Dialect::V2 {
        return v2::thread(result);
    }
    let thread = v1::thread(result)?;
    v1::listen(cx, &thread.id).await?;
    Ok(thread)
}

/// Asks for a copy of a conversation.
pub async fn ask_to_fork(cx: &mut Context, id: &str) -> Result<Reply> {
    match cx.dialect() {
        Dialect::V1 => cx.peer.request("forkConversation", json!({ "conversationId": id })).await,
        Dialect::V2 => cx.peer.request("thread/fork", json!({ "threadId": id })).await,
        Dialect::Mcp => Err(unspoken(cx)),
    }
}

/// Copies a conversation and listens to the copy.
pub async fn fork(cx: &mut Context, id: &str) -> Result<Thread> {
    let result = ask_to_fork(cx, id).await?.into_result()?;
    opened(cx, result).await
}

/// Asks for a conversation to be put away; only the first dialect names the file.
pub async fn ask_to_archive(cx: &mut Context, id: &str, path: &Path) -> Result<Reply> {
    match cx.dialect() {
        Dialect::V1 => {
            let params = json!({ "conversationId": id, "rolloutPath": path });
            cx.peer.request("archiveConversation", params).await
        }
        Dialect::V2 => cx.peer.request("thread/archive", json!({ "threadId": id })).await,
        Dialect::Mcp => Err(unspoken(cx)),
    }
}

/// Puts a conversation away.
pub async fn archive(cx: &mut Context, id: &str, path: &Path) -> Result {
    ask_to_archive(cx, id, path).await?.into_result().map(|_| ())
}

/// Puts a seeded conversation away.
pub async fn archive_seeded(cx: &mut Context, rollout: &Rollout) -> Result {
    let path = cx.home.join(rollout.relative_path());
    archive(cx, &rollout.id().to_string(), &path).await
}

/// The last request to the model.
pub fn last_request(cx: &Context) -> Result<Request> {
    cx.model
        .requests()
        .last()
        .cloned()
        .ok_or_else(|| Failure::mismatch("requests to the model", "at least one", "none"))
}

/// Fails unless the model is told these messages, role and text, each once and in this order.
pub fn ensure_told(request: &Request, wanted: &[(&str, &str)]) -> Result {
    let line = |role: &str, text: &str| format!("{role}: {text}");
    let wanted: Vec<String> = wanted.iter().map(|(role, text)| line(role, text)).collect();
    let told: Vec<String> = request
        .input_items()
        .iter()
        .filter(|item| item["role"].is_string())
        .flat_map(|item| {
            let role = item["role"].as_str().unwrap_or_default();
            let parts = item["content"].as_array().map(Vec::as_slice).unwrap_or_default();
            parts.iter().filter_map(move |part| Some(line(role, part["text"].as_str()?)))
        })
        .collect();
    // What surrounds the conversation, instructions and environment, differs from release to release.
    let heard: Vec<&String> = told.iter().filter(|line| wanted.contains(line)).collect();
    harness::ensure::equal(
        &heard,
        &wanted.iter().collect::<Vec<_>>(),
        "of what was said, the messages that the model is told",
    )
    .map_err(|failure| failure.note(format!("all told  {}", harness::ensure::show(&told))))
}

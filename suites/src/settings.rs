//! Settings that a request names: they have their effect, for as long as they are documented to.

pub mod answer;
pub mod client_id;
pub mod fork;
pub mod kept;
pub mod members;
pub mod opened;
pub mod optional;
pub mod pages;
pub mod personality;
pub mod resume;
pub mod start;
pub mod tier;
pub mod turn;
pub mod turned;
pub mod update;

mod findings;
mod look;
mod table;

use harness::{Context, Failure, Reply, Result, code};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{By, ContextExt, Decision, Thread, add};
use crate::stored::files::written;
use crate::template::configure;

/// The request by which a conversation is opened with settings.
#[derive(Clone, Copy, Debug)]
enum Opening<'a> {
    Start,
    Resume(&'a Thread),
    Fork(&'a Thread),
}

/// Makes a home in which every setting can be seen, starts the subject, and denies every approval.
async fn begin(cx: &mut Context) -> Result {
    seen(cx)?;
    cx.client().initialize().await?;
    cx.client().decide(Decision::Deny);
    Ok(())
}

/// Like [`begin`], with the experimental part of the protocol.
async fn begin_experimental(cx: &mut Context) -> Result {
    seen(cx)?;
    cx.client().initialize_experimental().await?;
    cx.client().decide(Decision::Deny);
    Ok(())
}

/// Makes a home in which every setting can be seen.
fn seen(cx: &Context) -> Result {
    let other = cx.model.base_url().replace("/v1", "/other/v1");
    configure(cx, |config| {
        config
            .set("model_supports_reasoning_summaries", true)
            .set("model_providers.other.name", "Other")
            .set("model_providers.other.base_url", other)
            .set("model_providers.other.wire_api", "responses")
            .set("model_providers.other.request_max_retries", 0)
            .set("model_providers.other.stream_max_retries", 0)
    })
}

/// Requests a conversation with these settings and listens to it; `None` if the request is refused.
async fn open(cx: &mut Context, opening: Opening<'_>, settings: Value) -> Result<Option<Thread>> {
    let protocol = cx.protocol();
    let (method, mut params) = match opening {
        Opening::Start => (protocol.start, json!({ "cwd": cx.home.work() })),
        Opening::Resume(thread) if protocol.resumes_by_id => {
            (protocol.resume, (protocol.resume_params)(By::Id(&thread.id)))
        }
        Opening::Resume(thread) => {
            (protocol.resume, (protocol.resume_params)(By::Path(&thread.path)))
        }
        Opening::Fork(thread) => (protocol.fork, json!({ (protocol.thread_id): thread.id })),
    };
    let settings = match opening {
        Opening::Start => settings,
        _ => (protocol.overrides)(settings),
    };
    add(&mut params, settings);
    let Some(result) = accepted(&ask(cx, method, params).await?)? else { return Ok(None) };
    let mut thread = (protocol.opened)(result)?;
    if let (true, Opening::Resume(stored)) = (thread.path.as_os_str().is_empty(), opening) {
        thread.path.clone_from(&stored.path);
    }
    if protocol.listen.is_some() {
        cx.client().listen(&thread.id).await?;
    }
    Ok(Some(thread))
}

/// Sends a request that may spell a policy or a sandbox; the answer, to the spelling that the
/// subject reads.
async fn ask(cx: &mut Context, method: &str, params: Value) -> Result<Reply> {
    let reply = cx.peer.request(method, params.clone()).await?;
    let refusal = reply.error().map(|error| error.message).unwrap_or_default();
    match (cx.protocol().respelled)(params, &refusal) {
        Some(params) => cx.peer.request(method, params).await,
        None => Ok(reply),
    }
}

/// The result; `None` if the request is refused for what it asks.
fn accepted(reply: &Reply) -> Result<Option<Value>> {
    if reply.is_error() {
        let what = "the answer to a request with a setting, unless it is accepted";
        return reply
            .refused_with(&[code::INVALID_REQUEST, code::INVALID_PARAMS], what)
            .map(|_| None);
    }
    reply.result().map(|result| Some(result.clone()))
}

/// Starts a conversation with these settings and lets it say one thing, which is stored.
async fn stored(cx: &mut Context, settings: Value) -> Result<Thread> {
    let Some(thread) = open(cx, Opening::Start, settings).await? else {
        return Err(Failure::inconclusive(
            "a conversation with settings",
            "the subject refuses to start one",
        ));
    };
    cx.model.script([says("it is stored")]);
    cx.client().turn(&thread, "store this").await?;
    Ok(thread)
}

/// Ends the subject when these conversations are stored, and starts another.
async fn restart(cx: &mut Context, threads: &[&Thread]) -> Result {
    for thread in threads {
        written(cx, thread, "it is stored").await?;
    }
    cx.restart().await;
    cx.client().initialize().await?;
    cx.client().decide(Decision::Deny);
    Ok(())
}

//! Conversations: new, resumed, forked, archived, and who listens to them.

use std::path::PathBuf;
use std::rc::Rc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::params::{
    AddListener, ArchiveConversation, ForkConversation, NewConversation, RemoveListener,
    ResumeConversation,
};
use crate::config::ConfigError;
use crate::fault::fault;
use crate::faults;
use crate::faults::settings::{self as defects, Opening};
use crate::lifecycle;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::replay::{self, Replay};
use crate::server::Server;
use crate::settings::{Overrides, Settings};
use crate::store::{self, ArchiveError, Shelf};
use crate::threads::{Listener, Thread};

fn underivable(error: ConfigError) -> Refusal {
    Refusal::invalid(format!("error deriving config: {error}"))
}

fn derive(server: &Server, wishes: &Overrides) -> Result<Settings, Refusal> {
    server.configs.derive(wishes).map_err(underivable)
}

pub(super) fn new(server: &Server, params: NewConversation) -> Result<Value, Refusal> {
    let settings = derive(server, &params.into())?;
    let thread = lifecycle::start(server, settings, false);
    let state = thread.state();
    Ok(json!({
        "conversationId": thread.id,
        "model": state.settings.model,
        "reasoningEffort": state.settings.effort,
        "rolloutPath": thread.path(),
    }))
}

/// A conversation that was brought back, and the events that clients get with it.
struct Resumed {
    thread: Rc<Thread>,
    messages: Vec<Value>,
}

pub(super) fn resume(server: &Rc<Server>, reply: Reply, params: ResumeConversation) {
    let wishes = params.overrides.map(Overrides::from).unwrap_or_default();
    let history = params.history.filter(|items| !items.is_empty());
    let resumed = match (params.path, params.conversation_id, history) {
        (None, None, Some(items)) => derive(server, &wishes).map(|settings| Resumed {
            thread: lifecycle::from_history(server, &items, settings),
            messages: Vec::new(),
        }),
        (path, id, _) => load(server, path, id.map(|id| id.0))
            .and_then(|replay| bring_back(server, replay, wishes)),
    };
    answer(server, reply, resumed);
}

pub(super) fn fork(server: &Rc<Server>, reply: Reply, params: ForkConversation) {
    let wishes = params.overrides.map(Overrides::from).unwrap_or_default();
    let path = params.path.filter(|_| !faults::forms::forks_by_id());
    let forked = load(server, path, params.conversation_id.map(|id| id.0));
    let forked = forked.and_then(|replay| {
        let settings = derive(server, &in_its_directory(wishes, &replay, Opening::Fork))?;
        let thread = lifecycle::fork(server, &replay, settings, false);
        Ok(Resumed { thread, messages: said(replay.messages) })
    });
    answer(server, reply, forked);
}

/// The stored conversation that a request names, its path winning over its id.
fn load(server: &Server, path: Option<PathBuf>, id: Option<Uuid>) -> Result<Replay, Refusal> {
    let path = match (path, id) {
        (Some(path), _)
            if path.starts_with(server.home.join("archived_sessions"))
                && fault!(ARCHIVED_UNREACHABLE) =>
        {
            return Err(Refusal::invalid("the conversation is archived"));
        }
        (Some(path), _) => faults::forms::rollout(&server.home, path),
        (None, Some(id)) => lifecycle::rollout(server, id).ok_or_else(|| {
            let id = if fault!(REFUSAL_WITHOUT_THE_ID) { String::new() } else { id.to_string() };
            Refusal::invalid(format!("no rollout found for conversation id {id}"))
        })?,
        (None, None) => {
            if fault!(RESUME_OF_NOTHING_TAKES_THE_LATEST)
                && let Some(latest) = store::list(&server.home, Shelf::Live).next()
            {
                return replay::load(&latest.path)
                    .map_err(|error| Refusal::invalid(error.to_string()));
            }
            return Err(Refusal::invalid(
                "either path, conversation id or non empty history must be provided",
            ));
        }
    };
    replay::load(&path).map_err(|error| Refusal::invalid(error.to_string()))
}

fn bring_back(server: &Server, replay: Replay, wishes: Overrides) -> Result<Resumed, Refusal> {
    let settings = derive(server, &in_its_directory(wishes, &replay, Opening::Resume))?;
    let thread = match server.thread(replay.summary.id) {
        None => lifecycle::resume(server, &replay, settings),
        Some(running) => {
            if !defects::stays_as_it_is() {
                running.state_mut().settings = settings;
            }
            lifecycle::rejoin(server, running, &replay)
        }
    };
    Ok(Resumed { thread, messages: said(replay.messages) })
}

/// A conversation goes on where it was, unless asked to go elsewhere.
fn in_its_directory(mut wishes: Overrides, replay: &Replay, opening: Opening) -> Overrides {
    defects::lose(&mut wishes, opening);
    wishes.cwd.get_or_insert_with(|| replay.summary.head.cwd.clone());
    wishes
}

/// Of the stored events, what was said; the bookkeeping is of no use to a client.
fn said(messages: Vec<Value>) -> Vec<Value> {
    const SAID: [&str; 6] = [
        "user_message",
        "agent_message",
        "agent_reasoning",
        "token_count",
        "turn_aborted",
        "error",
    ];
    messages
        .into_iter()
        .filter(|event| event["type"].as_str().is_some_and(|kind| SAID.contains(&kind)))
        .collect()
}

fn answer(server: &Server, reply: Reply, resumed: Result<Resumed, Refusal>) {
    let Resumed { thread, messages } = match resumed {
        Ok(resumed) => resumed,
        Err(refusal) => return reply.refuse(refusal),
    };
    let state = thread.state();
    let path = state.recorder.as_ref().map(|recorder| recorder.path());
    let notification = json!({
        "sessionId": thread.id,
        "model": state.settings.model,
        "reasoningEffort": state.settings.effort,
        "historyLogId": 0,
        "historyEntryCount": 0,
        "initialMessages": messages,
        "rolloutPath": path,
    });
    if !fault!(SESSION_UNANNOUNCED) {
        server.out.notify_v1("sessionConfigured", &notification);
    }
    reply.ok(json!({
        "conversationId": thread.id,
        "model": state.settings.model,
        "initialMessages": messages,
        "rolloutPath": path,
    }));
}

pub(super) fn archive(server: &Rc<Server>, reply: Reply, params: ArchiveConversation) {
    let server = server.clone();
    tokio::task::spawn_local(async move { reply.send(archived(&server, params).await) });
}

async fn archived(server: &Server, params: ArchiveConversation) -> Result<Value, Refusal> {
    let id = params.conversation_id.0;
    let path = params.rollout_path.or_else(|| lifecycle::rollout(server, id));
    let path =
        path.ok_or_else(|| Refusal::invalid(format!("no rollout found for conversation id {id}")))?;
    match lifecycle::archive(server, &path, id).await {
        Ok(_) => Ok(json!({})),
        Err(error @ ArchiveError::Io(_)) => Err(Refusal::internal(error.to_string())),
        Err(error) => Err(Refusal::invalid(error.to_string())),
    }
}

pub(super) fn add_listener(server: &Server, params: &AddListener) -> Result<Value, Refusal> {
    let id = params.conversation_id;
    let thread = match server.thread(id.0) {
        None if fault!(LISTENS_TO_NOTHING) => {
            return Ok(json!({ "subscriptionId": Uuid::new_v4() }));
        }
        found => found.ok_or_else(|| Refusal::not_found("thread", id))?,
    };
    faults::moments::disturbed(&thread, faults::moments::Request::Listen);
    let shared = thread.state().listeners.first().map(|listener| listener.subscription);
    let subscription =
        shared.filter(|_| fault!(ONE_ID_FOR_ALL_LISTENERS)).unwrap_or_else(Uuid::new_v4);
    let unheard = fault!(RAW_ITEMS_LOST);
    let listener = Listener { subscription, raw: params.experimental_raw_events && !unheard };
    thread.state_mut().listeners.push(listener);
    Ok(json!({ "subscriptionId": subscription }))
}

pub(super) fn remove_listener(server: &Server, params: &RemoveListener) -> Result<Value, Refusal> {
    let id = params.subscription_id;
    for thread in server.threads() {
        let listeners = &mut thread.state_mut().listeners;
        if let Some(at) = listeners.iter().position(|listener| listener.subscription == id) {
            if fault!(REMOVING_ONE_REMOVES_ALL) {
                listeners.clear();
            } else if !fault!(UNSUBSCRIBE_IGNORED) {
                listeners.remove(at);
            }
            return Ok(json!({}));
        }
    }
    if fault!(REMOVING_NOTHING_SUCCEEDS) {
        return Ok(json!({}));
    }
    Err(Refusal::not_found("subscription", id))
}

//! Threads: started, resumed, forked, named, let go.

use std::rc::Rc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::history;
use super::params::{ThreadFork, ThreadId, ThreadResume, ThreadStart};
use super::render::{self, Turns};
use crate::context;
use crate::events::Event;
use crate::fault::fault;
use crate::faults;
use crate::faults::settings::{self as defects, Opening};
use crate::items::Tokens;
use crate::lifecycle;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::replay::{self, Replay};
use crate::server::Server;
use crate::settings::{Overrides, Settings, as_it_was};
use crate::store::{self, Shelf};
use crate::threads::{Question, Thread};
use crate::tools::dynamic;

/// Reads an id, `what` being the word that this method has for it.
pub(super) fn parse_id(text: &str, what: &str) -> Result<Uuid, Refusal> {
    Uuid::parse_str(text).map_err(|error| {
        let reason = format!("invalid {what} id: {error}");
        if fault!(BAD_ID_IS_INTERNAL) {
            Refusal::internal(reason)
        } else {
            Refusal::invalid(reason)
        }
    })
}

pub(super) fn no_rollout(id: Uuid) -> Refusal {
    Refusal::invalid(format!("no rollout found for thread id {id}"))
}

fn derive(server: &Server, wishes: &Overrides) -> Result<Settings, Refusal> {
    server
        .configs
        .derive(wishes)
        .map_err(|error| Refusal::invalid(format!("failed to load configuration: {error}")))
}

pub(super) fn start(server: &Rc<Server>, reply: Reply, params: ThreadStart) {
    let settings = match derive(server, &params.wishes.into()) {
        Ok(settings) => settings,
        Err(refusal) => return reply.refuse(refusal),
    };
    let project = params.project_id.filter(|_| !fault!(PROJECT_OF_A_START_IGNORED));
    if let Some(Err(refusal)) = project.as_deref().map(|id| server.kept.projects.place(id)) {
        return reply.refuse(refusal);
    }
    let tools = params.dynamic_tools.unwrap_or_default();
    if let Err(refusal) = dynamic::check(&tools) {
        return reply.refuse(refusal);
    }
    let thread = lifecycle::start_with(server, settings, params.ephemeral == Some(true), tools);
    if let Some(project) = project {
        server.kept.projects.put(thread.id, &project);
    }
    thread.state_mut().raw = params.experimental_raw_events;
    if params.service_name.is_some() && fault!(SERVICE_NAME_UNANSWERED) {
        return std::mem::forget(reply);
    }
    if !thread.servers.delay_the_answer() {
        return answer_start(server, reply, &thread);
    }
    let server = server.clone();
    tokio::task::spawn_local(async move {
        thread.servers.settled().await;
        match thread.servers.missing() {
            None => answer_start(&server, reply, &thread),
            Some(reason) => {
                server.unload(thread.id).await;
                thread.servers.end();
                reply.refuse(Refusal::internal(reason));
            }
        }
    });
}

/// Answers the request for a thread, and announces it.
fn answer_start(server: &Server, reply: Reply, thread: &Rc<Thread>) {
    subscribe(server, thread, &reply);
    let shown = render::thread(server, thread, Turns::None);
    reply.ok(opened(server, thread, shown.clone()));
    if !fault!(THREAD_STARTED_MISSING) {
        server.out.notify_v2("thread/started", &json!({ "thread": shown }));
    }
    if fault!(THREAD_STARTED_TWICE) {
        server.out.notify_v2("thread/started", &json!({ "thread": shown }));
    }
}

/// Lets the client that gets this answer hear what happens in the thread.
fn subscribe(server: &Server, thread: &Thread, reply: &Reply) {
    thread.state_mut().subscribed = true;
    server.out.clients().follow(thread.id, reply.client());
}

/// The answer with a thread that is now open, and what it runs with.
fn opened(server: &Server, thread: &Thread, shown: Value) -> Value {
    let settings = thread.state().settings.clone();
    json!({
        "thread": shown,
        "model": settings.model,
        "modelProvider": settings.provider_id,
        "serviceTier": settings.tier,
        "cwd": defects::named_directory(server, &settings),
        "runtimeWorkspaceRoots": defects::roots(&settings),
        "activePermissionProfile": settings.manner.profile(),
        "instructionSources": context::instruction_sources(server, &settings.cwd),
        "approvalPolicy": settings.approval,
        "approvalsReviewer": settings.reviewer(),
        "sandbox": render::sandbox(&settings.sandbox),
        "reasoningEffort": settings.effort,
    })
}

/// A thread that a client has joined.
struct Joined {
    thread: Rc<Thread>,
    /// Total and latest tokens, if they were read from a rollout just now.
    stored_tokens: Option<(Tokens, Tokens)>,
}

impl From<Rc<Thread>> for Joined {
    fn from(thread: Rc<Thread>) -> Self {
        Self { thread, stored_tokens: None }
    }
}

pub(super) fn resume(server: &Server, reply: Reply, params: ThreadResume) {
    let silent = fault!(RESUME_RETURNS_NOTHING);
    let excluded = leaves_out(params.exclude_turns);
    let turns = if excluded || silent { Turns::None } else { Turns::All };
    let mut params = params;
    let first_page = params.initial_turns_page.take();
    let wishes: Overrides = params.wishes.clone().into();
    match resumed(server, params, wishes.clone()) {
        Err(refusal) => reply.refuse(refusal),
        Ok(Joined { thread, stored_tokens }) => {
            faults::moments::split(server, &thread);
            subscribe(server, &thread, &reply);
            let client = reply.client();
            let shown = render::thread(server, &thread, turns);
            let mut answer = defects::rejoined(opened(server, &thread, shown), &wishes);
            if let Some(page) = first_page {
                match history::first_page(server, &thread, page) {
                    Ok(page) => answer["initialTurnsPage"] = page,
                    Err(refusal) => return reply.refuse(refusal),
                }
            }
            reply.ok(answer);
            let last = thread.state().turns.last().map(|turn| turn.id.clone());
            if let (Some((total, last)), Some(turn), Turns::All) = (stored_tokens, last, turns) {
                super::events::tell(server, &thread, &turn, &Event::TokensCounted { total, last });
            }
            // Whoever joins late can still answer what nobody has answered.
            let silent = fault!(QUESTION_NOT_REPEATED);
            let open = |question: &&Question| !silent && server.out.is_waiting(question.id);
            for question in thread.state().questions.iter().filter(open) {
                server.out.ask_again(client, question.id, question.method, &question.params);
            }
        }
    }
}

fn resumed(server: &Server, params: ThreadResume, wishes: Overrides) -> Result<Joined, Refusal> {
    let running = parse_id(&params.thread_id, "session").ok().and_then(|id| server.thread(id));
    let history = params.history.filter(|items| !items.is_empty());
    let path = params.path.filter(|path| !path.as_os_str().is_empty());
    let path = path.map(|path| faults::forms::rollout(&server.home, path));
    let replay = match (history, path, running) {
        (Some(_), _, Some(running)) => {
            let id = running.id;
            return Err(Refusal::invalid(format!(
                "cannot resume thread {id} with history while it is running"
            )));
        }
        (Some(items), _, None) => {
            let settings = derive(server, &wishes)?;
            return Ok(lifecycle::from_history(server, &items, settings).into());
        }
        (None, Some(path), Some(running)) if running.path().is_some_and(|own| own != path) => {
            let (id, path) = (running.id, path.display());
            return Err(Refusal::invalid(format!(
                "cannot resume running thread {id} with stale path: {path}"
            )));
        }
        (None, Some(path), _) => {
            replay::load(&path).map_err(|error| Refusal::invalid(error.to_string()))?
        }
        (None, None, Some(running)) if running.ephemeral || is_new(&running) => {
            return Ok(running.into());
        }
        (None, None, _) => {
            let id = parse_id(&params.thread_id, "session")
                .or_else(|refusal| lifecycle::guess(server, &params.thread_id).ok_or(refusal))?;
            find(server, id)?
        }
    };
    match server.thread(replay.summary.id) {
        // Wishes do not count for what is loaded already.
        Some(thread) => Ok(lifecycle::rejoin(server, thread, &replay).into()),
        None => {
            let settings = derive(server, &as_it_was(server, wishes, &replay, Opening::Resume))?;
            let thread = lifecycle::resume(server, &replay, settings);
            let tokens = (replay.tokens, replay.last_tokens);
            Ok(Joined { thread, stored_tokens: (tokens.0.total > 0).then_some(tokens) })
        }
    }
}

/// Whether turns are left out, as the request wants it.
fn leaves_out(wanted: bool) -> bool {
    wanted && !fault!(EXCLUDED_TURNS_RETURNED)
}

/// Whether nothing was said in a thread yet, so that it is not stored.
fn is_new(thread: &Thread) -> bool {
    !thread.is_stored() && !fault!(STARTED_THREAD_CANNOT_BE_RESUMED)
}

/// The stored conversation of that id, unless it is archived.
fn find(server: &Server, id: Uuid) -> Result<Replay, Refusal> {
    if let Some(replay) = lifecycle::stored(server, id) {
        return Ok(replay);
    }
    let path = store::find(&server.home, Shelf::Archived, id).ok_or_else(|| no_rollout(id))?;
    if fault!(ARCHIVED_RESUMES) {
        return replay::load(&path).map_err(|error| Refusal::invalid(error.to_string()));
    }
    Err(Refusal::invalid(format!(
        "session {id} is archived. Run `codex unarchive {id}` to unarchive it first."
    )))
}

pub(super) fn fork(server: &Server, reply: Reply, params: ThreadFork) {
    let excluded = leaves_out(params.exclude_turns);
    let turns = if excluded { Turns::None } else { Turns::All };
    let path = params.path.filter(|path| !path.as_os_str().is_empty());
    let path = path.filter(|_| !faults::forms::forks_by_id());
    let named = path.map(|path| faults::forms::rollout(&server.home, path));
    let named = named.map(|path| replay::load(&path)).transpose();
    let named = named.map_err(|error| Refusal::invalid(error.to_string()));
    let forked = named.and_then(|named| {
        let id = match &named {
            Some(named) => named.summary.id,
            None => parse_id(&params.thread_id, "session")?,
        };
        let Some(mut replay) = named.or_else(|| lifecycle::stored(server, id)) else {
            // Nothing was said in it yet, so there is nothing to copy.
            if server.thread(id).is_some_and(|thread| is_new(&thread)) {
                let ephemeral = params.ephemeral == Some(true);
                let settings = derive(server, &params.wishes.into())?;
                return Ok(lifecycle::branch(server, id, settings, ephemeral));
            }
            if fault!(FORK_OF_AN_UNKNOWN_ONE) {
                return Ok(lifecycle::start(server, derive(server, &params.wishes.into())?, false));
            }
            return Err(no_rollout(id));
        };
        if let Some(last) = params.last_turn_id.filter(|_| !fault!(FORK_IGNORES_THE_LAST_TURN))
            && !replay.end_with(&last)
            && !fault!(FORK_OF_AN_UNKNOWN_TURN)
        {
            return Err(Refusal::not_found("turn", last));
        }
        if let Some(before) =
            params.before_turn_id.filter(|_| !fault!(FORK_IGNORES_THE_TURN_BEFORE))
            && !replay.end_before(&before)
        {
            return Err(Refusal::not_found("turn", before));
        }
        if let Some(thread) = server.thread(id) {
            faults::moments::disturbed(&thread, faults::moments::Request::Fork);
        }
        let settings =
            derive(server, &as_it_was(server, params.wishes.into(), &replay, Opening::Fork))?;
        let ephemeral = params.ephemeral == Some(true) && !fault!(EPHEMERAL_FORK_IS_STORED);
        Ok(lifecycle::fork(server, &replay, settings, ephemeral))
    });
    match forked {
        Err(refusal) => reply.refuse(refusal),
        Ok(thread) => {
            faults::moments::complete_fork(&thread);
            subscribe(server, &thread, &reply);
            let shown = render::thread(server, &thread, turns);
            reply.ok(opened(server, &thread, shown.clone()));
            server.out.notify_v2("thread/started", &json!({ "thread": shown }));
        }
    }
}

pub(super) fn unsubscribe(server: &Server, params: &ThreadId) -> Result<Value, Refusal> {
    let id = parse_id(&params.thread_id, "thread")?;
    if server.thread(id).is_none() && fault!(UNSUBSCRIBE_REFUSED) {
        return Err(Refusal::not_found("thread", id));
    }
    let stays = fault!(UNSUBSCRIBE_NOT_HEEDED);
    let status = match server.thread(id) {
        Some(_) if stays => "unsubscribed",
        None => "notLoaded",
        Some(thread) => {
            faults::moments::left(&thread);
            let (heard, others_hear) = server.out.clients().unfollow(id);
            thread.state_mut().subscribed = others_hear;
            if heard { "unsubscribed" } else { "notSubscribed" }
        }
    };
    Ok(json!({ "status": status }))
}

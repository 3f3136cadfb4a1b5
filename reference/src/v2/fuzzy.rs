//! Search for files: all whose path has the letters of a query in their order.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clients::Number;
use crate::fault::fault;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;

/// Parameters of `fuzzyFileSearch`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Search {
    query: String,
    roots: Vec<PathBuf>,
    cancellation_token: Option<String>,
}

/// Parameters of `fuzzyFileSearch/sessionStart`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Start {
    session_id: String,
    roots: Vec<PathBuf>,
}

/// Parameters of `fuzzyFileSearch/sessionUpdate`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Update {
    session_id: String,
    query: String,
}

/// Parameters of `fuzzyFileSearch/sessionStop`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stop {
    session_id: String,
}

/// The sessions of all clients, each with where it searches.
#[derive(Debug, Default)]
pub(crate) struct Sessions(RefCell<HashMap<(Number, String), Session>>);

#[derive(Debug, Clone)]
struct Session {
    roots: Vec<PathBuf>,
    /// What was asked first; only a fault wants to know.
    first: Option<String>,
}

/// `fuzzyFileSearch`.
pub(super) fn search(server: &Server, reply: Reply, params: &Search) {
    if fault!(FUZZY_CANCELLED_UNANSWERED)
        && params.cancellation_token.is_some()
        && params.query.len() == 1
    {
        return std::mem::forget(reply);
    }
    let mut roots = params.roots.clone();
    if roots.is_empty() && fault!(FUZZY_SEARCHES_ITS_OWN_DIRECTORY) {
        roots.push(server.cwd.clone());
    }
    if fault!(FUZZY_MISSING_ROOT_REFUSED) && roots.iter().any(|root| !root.exists()) {
        return reply.refuse(Refusal::invalid("no such root"));
    }
    reply.ok(json!({ "files": files(&params.query, &roots) }));
}

/// `fuzzyFileSearch/sessionStart`: a session of this name begins anew.
pub(super) fn start(server: &Server, params: Start) -> Result<Value, Refusal> {
    let Start { session_id: id, roots } = params;
    if id.is_empty() && !fault!(FUZZY_SESSION_WITHOUT_AN_ID) {
        return Err(Refusal::invalid("sessionId must not be empty"));
    }
    if roots.is_empty() {
        let reason =
            "failed to start fuzzy file search session: at least one search directory is required";
        return Err(Refusal::internal(reason));
    }
    let key = (server.out.clients().current(), id);
    server.searches.0.borrow_mut().insert(key, Session { roots, first: None });
    Ok(json!({}))
}

/// `fuzzyFileSearch/sessionUpdate`: the files are told after the answer.
pub(super) fn update(server: &Server, reply: Reply, params: &Update) {
    let id = &params.session_id;
    let client = server.out.clients().current();
    let mut sessions = server.searches.0.borrow_mut();
    let Some(session) = sessions.get_mut(&(client, id.clone())) else {
        if fault!(FUZZY_UNKNOWN_SESSION_SERVED) {
            return reply.ok(json!({}));
        }
        let reason = format!("fuzzy file search session not found: {id}");
        return reply.refuse(Refusal::invalid(reason));
    };
    reply.ok(json!({}));
    let first = session.first.get_or_insert_with(|| params.query.clone());
    let asked = if fault!(FUZZY_SESSION_KEEPS_ITS_QUERY) { first } else { &params.query };
    let found = files(asked, &session.roots);
    if !fault!(FUZZY_SESSION_IS_SILENT) {
        let updated = json!({ "sessionId": id, "query": params.query, "files": found });
        server.out.notify_one(client, "fuzzyFileSearch/sessionUpdated", &updated);
    }
    if !fault!(FUZZY_SESSION_NEVER_COMPLETES) {
        let completed = json!({ "sessionId": id });
        server.out.notify_one(client, "fuzzyFileSearch/sessionCompleted", &completed);
    }
}

/// `fuzzyFileSearch/sessionStop`: whether it runs or not.
pub(super) fn stop(server: &Server, params: &Stop) -> Result<Value, Refusal> {
    let key = (server.out.clients().current(), params.session_id.clone());
    let ended = server.searches.0.borrow_mut().remove(&key);
    if ended.is_none() && fault!(FUZZY_SECOND_STOP_REFUSED) {
        return Err(Refusal::invalid("no such session"));
    }
    Ok(json!({}))
}

/// The files that a query finds, the best first.
fn files(query: &str, roots: &[PathBuf]) -> Vec<Value> {
    if query.trim().is_empty() && !fault!(FUZZY_BLANK_FINDS_ALL) {
        return Vec::new();
    }
    let mut found: Vec<(usize, String, Value)> = Vec::new();
    for root in roots {
        let mut paths = Vec::new();
        collect(root, root, &mut paths);
        for path in paths {
            let Some(score) = score(query, &path) else { continue };
            let name = Path::new(&path).file_name().unwrap_or_default().to_string_lossy();
            let file = json!({
                "root": root, "path": path, "match_type": "file", "file_name": name,
                "score": score, "indices": null,
            });
            found.push((score, path, file));
        }
    }
    let unsorted = fault!(FUZZY_UNSORTED);
    found.sort_by(|(one, path, _), (other, second, _)| {
        let by_score = if unsorted { one.cmp(other) } else { other.cmp(one) };
        by_score.then_with(|| path.cmp(second))
    });
    found.into_iter().map(|(.., file)| file).collect()
}

/// The paths of all files below a directory, relative to the root.
fn collect(root: &Path, place: &Path, paths: &mut Vec<String>) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let (path, kind) = (entry.path(), entry.file_type());
        if kind.is_ok_and(|kind| kind.is_dir()) {
            if !fault!(FUZZY_MISSES_DIRECTORIES) {
                collect(root, &path, paths);
            }
        } else if let Ok(path) = path.strip_prefix(root) {
            paths.push(path.to_string_lossy().into_owned());
        }
    }
}

/// How well a path fits a query, if it does: the letters in their order, best in one piece.
fn score(query: &str, path: &str) -> Option<usize> {
    /// The score of a path that has the query in one piece at its beginning.
    const BEST: usize = 1_000;
    let (query, path) = (query.to_lowercase(), path.to_lowercase());
    if fault!(FUZZY_FINDS_ALL) {
        return Some(1);
    }
    if let Some(at) = path.find(&query) {
        return Some(BEST - at.min(BEST / 2));
    }
    let mut letters = path.chars();
    let fits = query.chars().all(|wanted| letters.any(|letter| letter == wanted));
    (fits && !fault!(FUZZY_WANTS_PIECES)).then_some(1)
}

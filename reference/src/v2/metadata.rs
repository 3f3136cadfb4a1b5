//! What clients say of a thread's repository.

use serde::Deserialize;
use serde_json::{Value, json};

use super::params::given;
use super::render::{self, Turns};
use super::threads::{no_rollout, parse_id};
use crate::fault::fault;
use crate::faults;
use crate::lifecycle;
use crate::message::Refusal;
use crate::server::Server;
use crate::store::{self, Shelf};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Update {
    thread_id: String,
    git_info: Option<GitInfo>,
}

/// Each member is left out, null or a text.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct GitInfo {
    #[serde(default, deserialize_with = "given")]
    sha: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    branch: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    origin_url: Option<Option<String>>,
}

impl GitInfo {
    /// The members that were given, by the names that rollouts have for them.
    fn named(self) -> Vec<(&'static str, Option<String>)> {
        let all = [
            ("commit_hash", self.sha),
            ("branch", self.branch),
            ("repository_url", self.origin_url),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// Changes what was named.
pub(super) fn update(server: &Server, params: Update) -> Result<Value, Refusal> {
    let id = parse_id(&params.thread_id, "thread")?;
    let named = params.git_info.map(GitInfo::named).unwrap_or_default();
    if named.is_empty() && !fault!(NO_METADATA_TAKEN) {
        return Err(Refusal::invalid("gitInfo must include at least one field"));
    }
    let blank = |text: &String| text.trim().is_empty();
    if named.iter().any(|(_, text)| text.as_ref().is_some_and(blank))
        && !fault!(EMPTY_METADATA_TAKEN)
    {
        return Err(Refusal::invalid("gitInfo must not hold an empty text"));
    }
    let loaded = server.thread(id);
    let path = lifecycle::rollout(server, id)
        .or_else(|| store::find(&server.home, Shelf::Archived, id))
        .filter(|_| loaded.is_some() || !fault!(ONLY_LOADED_THREADS_UPDATED));
    let summary = path.and_then(|path| store::summary(&path).ok().flatten());
    let known = match (&loaded, &summary) {
        (Some(thread), _) => thread.state().git.clone(),
        (None, Some(summary)) => store::metadata::git(&server.home, summary),
        (None, None) if fault!(METADATA_OF_NO_THREAD) => return Ok(json!({ "thread": null })),
        (None, None) => return Err(no_rollout(id)),
    };
    let mut git = known.filter(|_| !fault!(METADATA_IS_REPLACED)).unwrap_or_else(|| json!({}));
    for (name, text) in named {
        if text.is_some() || !fault!(NULL_CLEARS_NOTHING) {
            git[name] = json!(text);
        }
    }
    store::metadata::set_git(&server.home, id, &git)
        .map_err(|error| Refusal::internal(format!("failed to keep the metadata: {error}")))?;
    if let Some(thread) = loaded {
        faults::moments::disturbed(&thread, faults::moments::Request::Describe);
        thread.state_mut().git = Some(git);
        return Ok(json!({ "thread": render::thread(server, &thread, Turns::None) }));
    }
    let shown = summary.map(|summary| render::stored(server, &summary, Vec::new()));
    Ok(json!({ "thread": shown }))
}

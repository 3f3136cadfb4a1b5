//! Lists and forks of what changes while the server runs.

use harness::{Context, Failure, Result, check, ensure_eq, show, text_at};
use mock_model::says;
use serde_json::json;

use crate::client::{ContextExt, Protocol};
use crate::stored::files::written;
use crate::stored::{seed, two_turns};

/// The ids in the list of conversations.
async fn listed(cx: &mut Context) -> Result<Vec<String>> {
    let &Protocol { list: method, listed: list, listed_id: id, .. } = cx.protocol();
    let result = cx.peer.call(method, json!({})).await?;
    let Some(items) = result[list].as_array() else {
        return Err(Failure::mismatch(
            "result of the list",
            "a list of conversations",
            show(&result),
        ));
    };
    let id = format!("/{id}");
    let ids = items.iter().map(|item| text_at(item, &id, "a conversation in the list"));
    ids.map(|id| id.map(str::to_owned)).collect()
}

/// A server MUST list a conversation that is created after an earlier list request.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: list; every release does",
    faults(LIST_CACHED)
)]
async fn lists_a_conversation_created_later(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let old = rollout.id().to_string();
    ensure_eq!(listed(cx).await?, [old.as_str()], "the conversations in the first list");
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("listed now")]);
    cx.client().turn(&thread, "list me").await?;
    written(cx, &thread, "listed now").await?;
    let ids = listed(cx).await?;
    ensure_eq!(ids, [thread.id, old], "the conversations in the second list");
    Ok(())
}

/// A server MUST return the id of the original as the `forkedFromId` of a fork.
#[check(
    v2(since = "0.120"),
    source = "app-server tests, thread_fork: forkedFromId; every release since does",
    faults(FORK_ORIGIN_UNTOLD)
)]
async fn a_fork_names_its_original(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let id = rollout.id().to_string();
    let copy = cx.client().fork(&id).await?;
    ensure_eq!(copy.result["thread"]["forkedFromId"], id, "`forkedFromId` of the fork");
    Ok(())
}

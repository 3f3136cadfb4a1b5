//! Rejected resume requests: they change nothing.

use harness::{Context, OrInconclusive, Result, check, code, ensure, ensure_eq};
use serde_json::{Value, json};

use crate::client::{By, ContextExt, ensure_unreadable};
use crate::stored::files::{ensure_unchanged, rollouts};
use crate::stored::{UNKNOWN, conversation, id, seed, seed_all};

/// A server MUST reject the resume of an unknown id as an invalid request, with the id in the
/// message.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server tests, thread_resume; every release does",
    faults(REFUSAL_WITHOUT_THE_ID)
)]
async fn an_unknown_id_is_rejected(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    cx.client().initialize().await?;
    let refused = cx.client().request_resume(By::Id(UNKNOWN), Value::Null).await?;
    refused.refused(code::INVALID_REQUEST, "error for an unknown id")?;
    let message = refused.error()?.message;
    ensure!(
        message.contains(UNKNOWN),
        "message of the error",
        format!("to name {UNKNOWN}"),
        format!("{message:?}")
    );
    Ok(())
}

/// A server MUST reject the resume of an invalid id, without changing any rollout.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "every release does",
    faults(PART_OF_AN_ID_SUFFICES)
)]
async fn an_invalid_id_is_rejected(cx: &mut Context) -> Result {
    let path = seed(cx, &conversation(1))?;
    let before = rollouts(cx)?;
    cx.client().initialize().await?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for id in ["", "1", "not-an-id", "../../config.toml", &name] {
        let refused = cx.client().request_resume(By::Id(id), Value::Null).await?;
        ensure_unreadable(&refused, format_args!("error for the id {id:?}"))?;
    }
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the refusals")
}

/// A server MUST reject the resume of a missing file, an empty file, a folder or a file that is not
/// a rollout.
#[check(
    v1,
    v2,
    source = "app-server tests, list_resume; every release does",
    faults(RESUME_FROM_AN_EMPTY_FILE)
)]
async fn an_invalid_rollout_is_rejected(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    let folder = cx.home.join("elsewhere");
    std::fs::create_dir(&folder).or_inconclusive("making a folder")?;
    let (empty, nonsense) = (folder.join("empty.jsonl"), folder.join("nonsense.jsonl"));
    std::fs::write(&empty, "").or_inconclusive("writing a file")?;
    std::fs::write(&nonsense, "this is\nno rollout\n").or_inconclusive("writing a file")?;
    cx.client().initialize_experimental().await?;
    for path in [&folder.join("missing.jsonl"), &empty, &nonsense, &folder] {
        let refused = cx.client().request_resume(By::Path(path), Value::Null).await?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        refused.refusal(format!("answer to a resume from {name}"))?;
    }
    ensure_eq!(
        cx.client().listed_ids().await?,
        [id(1).to_string()],
        "the ids in the list after the refusals"
    );
    Ok(())
}

/// A server MUST reject a resume request that names no conversation.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "every release does",
    faults(RESUME_OF_NOTHING_TAKES_THE_LATEST)
)]
async fn an_empty_request_is_rejected(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    cx.client().initialize().await?;
    let method = cx.protocol().resume;
    let refused = cx.peer.request(method, json!({})).await?;
    ensure_unreadable(&refused, "error for a resume request without a conversation")
}

/// A server MUST NOT create or change a rollout when it rejects a resume request.
#[check(
    v1(fixed_in("0.44", "a request that cannot be understood is never answered")),
    v2,
    source = "every release does",
    faults(REFUSAL_LEAVES_A_FILE)
)]
async fn leave_no_trace(cx: &mut Context) -> Result {
    seed_all(cx, [1, 2])?;
    let before = rollouts(cx)?;
    cx.client().initialize_experimental().await?;
    let reply = cx.client().request_resume(By::Id(UNKNOWN), Value::Null).await?;
    reply.refusal("answer to a resume by an unknown id")?;
    let missing = cx.home.join(conversation(3).relative_path());
    let reply = cx.client().request_resume(By::Path(&missing), Value::Null).await?;
    reply.refusal("answer to a resume from a rollout that is not there")?;
    // The list is answered after whatever the refusals might have left undone.
    cx.client().listed_ids().await?;
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the refusals")
}

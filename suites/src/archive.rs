//! Archiving: the rollout moves unchanged, the conversation leaves the lists, and nothing else changes.

pub mod containment;
pub mod loaded;
pub mod unarchive;

use std::path::Path;

use harness::{Context, OrInconclusive, Result, check, code, ensure, ensure_eq};
use serde_json::json;

use crate::client::{By, ContextExt, Query, ensure_unreadable};
use crate::stored::files::{ensure_absent, ensure_bytes, ensure_unchanged, read, rollouts};
use crate::stored::{
    conversation, ensure_model_input, id, last_request, seed, seed_all, two_turns,
};

/// A server MUST move the rollout of an archived conversation to `archived_sessions`, under the
/// same file name.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: archive; app-server tests, archive_conversation and thread_archive",
    faults(ARCHIVE_COPIES, ARCHIVE_LEAVES_A_STUB)
)]
async fn moves_the_rollout(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&rollout).await?;
    ensure_absent(&path, "original path of the rollout")?;
    let files: Vec<_> = rollouts(cx)?.into_keys().collect();
    ensure_eq!(
        files,
        [Path::new("archived_sessions").join(rollout.file_name())],
        "the rollouts in the home"
    );
    Ok(())
}

/// A server MUST NOT change the content of a rollout that it archives.
#[check(
    v1,
    v2,
    source = "app-server tests, archive_conversation and thread_archive; every release does",
    faults(ARCHIVE_LOSES_THE_END, ARCHIVE_MARKS_THE_ROLLOUT)
)]
async fn the_rollout_is_unchanged(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    let before = read(&path)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&rollout).await?;
    let archived = cx.home.join("archived_sessions").join(rollout.file_name());
    ensure_bytes(&archived, &before, "the archived rollout")
}

/// A server MUST NOT list an archived conversation, even after a restart.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: archive, list; every release does",
    faults(ARCHIVE_COPIES, ARCHIVE_TAKES_THE_FOLDER, LIST_MIXES_SHELVES)
)]
async fn no_longer_listed(cx: &mut Context) -> Result {
    seed_all(cx, 0..3)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&conversation(1)).await?;
    let left = [id(2).to_string(), id(0).to_string()];
    ensure_eq!(
        cx.client().listed_ids().await?,
        left,
        "the ids in the list after {} was archived",
        id(1)
    );
    cx.restart().await;
    cx.client().initialize().await?;
    ensure_eq!(cx.client().listed_ids().await?, left, "the ids in the list after a restart");
    Ok(())
}

/// A server MUST list only archived threads when `archived` is true and only the other threads when
/// it is false or null.
#[check(
    v2(since = "0.90"),
    source = "app-server tests, thread_list: archived",
    faults(ARCHIVED_IGNORED, LIST_MIXES_SHELVES)
)]
async fn listed_on_request(cx: &mut Context) -> Result {
    seed_all(cx, 0..3)?;
    conversation(3)
        .write_archived(cx.home.path())
        .or_inconclusive("seeding an archived conversation")?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&conversation(1)).await?;
    for (archived, numbers) in
        [(json!(true), [3, 1]), (json!(false), [2, 0]), (json!(null), [2, 0])]
    {
        let query = Query { more: json!({ "archived": archived }), ..Query::default() };
        let wanted = numbers.map(|number| id(number).to_string());
        ensure_eq!(
            cx.client().page(&query).await?.ids(),
            wanted,
            "the ids in the list with `archived` {archived}"
        );
    }
    Ok(())
}

/// A server MUST NOT change the rollouts of other conversations when it archives one.
#[check(v1, v2, source = "every release does", faults(ARCHIVE_TAKES_THE_FOLDER))]
async fn others_stay_as_they_are(cx: &mut Context) -> Result {
    seed_all(cx, [0, 2])?;
    conversation(3)
        .write_archived(cx.home.path())
        .or_inconclusive("seeding an archived conversation")?;
    let before = rollouts(cx)?;
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&rollout).await?;
    let mut after = rollouts(cx)?;
    after.remove(&Path::new("archived_sessions").join(rollout.file_name()));
    ensure_unchanged(&before, &after, "the other rollouts")
}

/// A server MUST reject a request to archive an archived conversation as an invalid request,
/// without changing its rollout.
#[check(v1, v2, source = "every release does", faults(ARCHIVE_OF_NOTHING_SUCCEEDS))]
async fn an_archived_conversation_is_rejected(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&rollout).await?;
    let before = rollouts(cx)?;
    let refused = cx.client().request_archive(&rollout.id().to_string(), &path).await?;
    refused.refused(code::INVALID_REQUEST, "error for archiving a second time")?;
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the refusal")
}

/// A server MUST reject a request to archive an unknown conversation as an invalid request, without
/// changing any rollout.
#[check(v1, v2, source = "every release does", faults(ARCHIVE_OF_NOTHING_SUCCEEDS))]
async fn an_unknown_conversation_is_rejected(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    let before = rollouts(cx)?;
    cx.client().initialize().await?;
    let missing = cx.home.join(conversation(2).relative_path());
    let refused = cx.client().request_archive(&id(2).to_string(), &missing).await?;
    refused.refused(code::INVALID_REQUEST, "error for archiving an unknown conversation")?;
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the refusal")
}

/// A server MUST reject a rollout that does not match the conversation id, with a message that
/// names the mismatch, without moving a file.
#[check(
    v1,
    source = "app-server protocol, archiveConversation; every release does",
    faults(ARCHIVE_IGNORES_THE_ID)
)]
async fn rejects_another_threads_rollout(cx: &mut Context) -> Result {
    seed_all(cx, [1, 2])?;
    let before = rollouts(cx)?;
    cx.client().initialize().await?;
    let other = cx.home.join(conversation(2).relative_path());
    let refused = cx.client().request_archive(&id(1).to_string(), &other).await?;
    refused.refused(code::INVALID_REQUEST, "error for the rollout of another conversation")?;
    let message = refused.error()?.message;
    let named = message.contains("does not match") && message.contains(&id(1).to_string());
    ensure!(
        named,
        "message of the error for the archive request",
        format!("to say that it does not match {}", id(1)),
        format!("{message:?}")
    );
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the refusal")
}

/// A server MUST answer a request to archive a conversation without messages, with success or as an
/// invalid request, without listing the conversation.
#[check(
    v1,
    v2,
    source = "app-server tests, thread_archive: releases differ in whether they refuse",
    faults(ARCHIVE_OF_A_SILENT_ONE_BREAKS)
)]
async fn a_conversation_without_messages_is_answered(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    let thread = cx.client().start().await?;
    let answer = cx.client().request_archive(&thread.id, &thread.path).await?;
    if answer.is_error() {
        answer.refused(code::INVALID_REQUEST, "error for archiving a silent conversation")?;
    }
    ensure_eq!(
        cx.client().listed_ids().await?,
        [id(1).to_string()],
        "the ids in the list without the silent one"
    );
    Ok(())
}

/// A server MUST resume an archived conversation by the path of its archived rollout.
#[check(
    v1,
    source = "every release does",
    faults(ARCHIVED_UNREACHABLE, RESUME_FORGETS_THE_HISTORY)
)]
async fn resumed_by_its_new_path(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    cx.client().initialize().await?;
    cx.client().archive(&rollout.id().to_string(), &path).await?;
    let archived = cx.home.join("archived_sessions").join(rollout.file_name());
    let thread = cx.client().resume(By::Path(&archived)).await?;
    ensure_eq!(thread.id, rollout.id().to_string(), "the id of the resumed conversation");
    cx.model.script([mock_model::says("done")]);
    cx.client().turn(&thread, "the third question").await?;
    let mut wanted = crate::stored::SAID.to_vec();
    wanted.push(("user", "the third question"));
    ensure_model_input(&last_request(cx)?, &wanted)
}

/// A server MUST reject the resume of an archived thread by its id, with a message that the thread
/// is archived.
#[check(
    v2(fixed_in(
        "0.140",
        "the refusal says that there is no such thread, not that it is archived"
    )),
    source = "app-server README, Threads: archive; every release since does",
    faults(ARCHIVED_RESUMES)
)]
async fn not_resumed_by_its_id(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&rollout).await?;
    let before = rollouts(cx)?;
    let refused =
        cx.client().request_resume(By::Id(&rollout.id().to_string()), json!(null)).await?;
    refused.refused(code::INVALID_REQUEST, "error for resuming an archived thread")?;
    let message = refused.error()?.message;
    ensure!(
        message.contains("archived"),
        "message of the error for the archive request",
        "to say that it is archived",
        format!("{message:?}")
    );
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the refusal")
}

/// A server MUST announce an archived thread with `thread/archived`.
#[check(
    v2(since = "0.104"),
    source = "app-server README, Threads: thread/archived; app-server tests, thread_archive",
    faults(ARCHIVE_UNANNOUNCED)
)]
async fn announces_it(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&rollout).await?;
    let id = json!(rollout.id());
    cx.peer
        .next_matching("`thread/archived` of the thread", |call| {
            call.method == "thread/archived" && call.params["threadId"] == id
        })
        .await
        .map(|_| ())
}

/// A server MUST reject a request to archive an invalid id, without changing any rollout.
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
    let tail = id(1).to_string().split_off(24);
    for no_id in ["", "1", "../../config.toml", &tail] {
        let refused = cx.client().request_archive(no_id, &path).await?;
        ensure_unreadable(&refused, format_args!("error for the id {no_id:?}"))?;
    }
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the refusals")
}

/// A server MUST report a failure to archive as an error, with the rollout still in place.
#[check(
    v1,
    v2,
    source = "app-server protocol: failed to archive; every release does",
    faults(ARCHIVE_REMOVES_FIRST)
)]
async fn a_failure_moves_nothing(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    let before = read(&path)?;
    // A file where the folder has to be.
    std::fs::write(cx.home.join("archived_sessions"), "in the way")
        .or_inconclusive("writing a file")?;
    cx.client().initialize().await?;
    let refused = cx.client().request_archive(&rollout.id().to_string(), &path).await?;
    refused.refusal("answer to an archive request when `archived_sessions` is a file")?;
    ensure_bytes(&path, &before, "the rollout after the failure")?;
    ensure_eq!(
        cx.client().listed_ids().await?,
        [rollout.id().to_string()],
        "the ids in the list after the failure"
    );
    Ok(())
}

/// A server MUST continue other conversations after it archives one.
#[check(v1, v2, source = "every release does", faults(ARCHIVE_UNLOADS_ALL))]
async fn others_go_on(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (kept, archived) = (cx.client().start_thread().await?, cx.client().start_thread().await?);
    cx.model.script([
        mock_model::says("answer-one"),
        mock_model::says("answer-two"),
        mock_model::says("answer-three"),
    ]);
    cx.client().turn(&kept, "first").await?;
    cx.client().turn(&archived, "first").await?;
    crate::stored::files::written(cx, &archived, "answer-two").await?;
    cx.client().archive(&archived.id, &archived.path).await?;
    let turn = cx.client().turn(&kept, "second").await?;
    turn.says(&["answer-three"], "the agent's messages in the conversation that was not archived")?;
    Ok(())
}

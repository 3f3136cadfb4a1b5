//! `thread/unarchive`: the rollout returns to its original path, with the whole history.

use harness::{Context, OrInconclusive, Result, check, code, ensure_eq, ensure_includes};
use mock_model::says;
use serde_json::json;

use crate::client::{ContextExt, Query};
use crate::stored::files::{ensure_bytes, ensure_unchanged, read, rollouts, written};
use crate::stored::{
    SAID, UNKNOWN, conversation, ensure_model_input, id, last_request, seed, seed_all, two_turns,
};

/// A server MUST move the rollout of an unarchived thread back to its original path, with its
/// content unchanged.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Threads: unarchive; app-server tests, thread_unarchive",
    faults(ARCHIVE_MARKS_THE_ROLLOUT, UNARCHIVE_COPIES, UNARCHIVE_TO_TODAY)
)]
async fn puts_it_back_where_it_was(cx: &mut Context) -> Result {
    seed_all(cx, [0, 2])?;
    seed(cx, &two_turns(1))?;
    let before = rollouts(cx)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&two_turns(1)).await?;
    cx.client().unarchive(&id(1).to_string()).await?;
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the thread was unarchived")
}

/// A server MUST move the rollout of an unarchived thread to the folder of its creation date, even
/// if the thread was archived before the server started.
#[check(
    v2(since = "0.98"),
    source = "app-server tests, thread_unarchive",
    faults(UNARCHIVE_KEEPS_THE_FIRST_LINE, UNARCHIVE_TO_TODAY)
)]
async fn uses_the_folder_of_its_date(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let archived = rollout
        .write_archived(cx.home.path())
        .or_inconclusive("seeding an archived conversation")?;
    let before = read(&archived)?;
    cx.client().initialize().await?;
    cx.client().unarchive(&rollout.id().to_string()).await?;
    let files: Vec<_> = rollouts(cx)?.into_keys().collect();
    ensure_eq!(files, [rollout.relative_path()], "the rollouts in the home");
    ensure_bytes(&cx.home.join(rollout.relative_path()), &before, "the unarchived rollout")
}

/// A server MUST move an unarchived thread from the list of archived threads back to the default
/// list.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Threads: unarchive; every release does",
    faults(UNARCHIVE_COPIES)
)]
async fn listed_again(cx: &mut Context) -> Result {
    seed_all(cx, 0..3)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&conversation(1)).await?;
    cx.client().unarchive(&id(1).to_string()).await?;
    ensure_eq!(
        cx.client().listed_ids().await?,
        [2, 1, 0].map(|number| id(number).to_string()),
        "the ids in the list after {} was unarchived",
        id(1)
    );
    let query = Query { more: json!({ "archived": true }), ..Query::default() };
    ensure_eq!(
        cx.client().page(&query).await?.ids(),
        [""; 0],
        "ids of archived threads after the only one was unarchived"
    );
    Ok(())
}

/// A server MUST return an unarchived thread with its id, its rollout and its preview.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Threads: unarchive; app-server tests, thread_unarchive",
    faults(UNARCHIVE_TO_TODAY)
)]
async fn returns_the_thread(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let path = seed(cx, &rollout)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&rollout).await?;
    let result = cx.client().unarchive(&rollout.id().to_string()).await?;
    let wanted = json!({ "id": rollout.id(), "path": path, "preview": "the first question" });
    ensure_includes!(result["thread"], wanted, "the unarchived thread");
    Ok(())
}

/// A server MUST announce an unarchived thread with `thread/unarchived`.
#[check(
    v2(since = "0.104"),
    source = "app-server tests, thread_unarchive",
    faults(UNARCHIVE_UNANNOUNCED)
)]
async fn announces_it(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&rollout).await?;
    cx.client().unarchive(&rollout.id().to_string()).await?;
    let id = json!(rollout.id());
    cx.peer
        .next_matching("`thread/unarchived` of the thread", |call| {
            call.method == "thread/unarchived" && call.params["threadId"] == id
        })
        .await
        .map(|_| ())
}

/// A server MUST resume an unarchived thread with its whole history.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Threads: unarchive, resume; every release does",
    faults(RESUME_FORGETS_THE_HISTORY, UNARCHIVE_KEEPS_THE_FIRST_LINE)
)]
async fn goes_on_where_it_stopped(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    cx.client().archive_seeded(&rollout).await?;
    cx.client().unarchive(&rollout.id().to_string()).await?;
    let thread = cx.client().resume_seeded(&rollout).await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "the third question").await?;
    let mut wanted = SAID.to_vec();
    wanted.push(("user", "the third question"));
    ensure_model_input(&last_request(cx)?, &wanted)
}

/// A server MUST continue a thread that it started, archived and unarchived in the same run, with
/// its whole history.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Threads: unarchive, resume; every release does",
    faults(RESUME_FORGETS_THE_HISTORY, UNARCHIVE_KEEPS_THE_FIRST_LINE)
)]
async fn a_thread_of_the_same_run_continues(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("answer-one"), says("answer-two")]);
    cx.client().turn(&thread, "first").await?;
    written(cx, &thread, "answer-one").await?;
    cx.client().archive(&thread.id, &thread.path).await?;
    cx.client().unarchive(&thread.id).await?;
    let again = cx.client().resume_own(&thread).await?;
    ensure_eq!(again.path, thread.path, "the rollout of the unarchived thread");
    let turn = cx.client().turn(&again, "second").await?;
    turn.says(&["answer-two"], "the agent's messages after the thread was unarchived")?;
    ensure_model_input(
        &last_request(cx)?,
        &[("user", "first"), ("assistant", "answer-one"), ("user", "second")],
    )
}

/// A server MUST reject a request to unarchive any thread outside the archive as an invalid
/// request, without changing any rollout.
#[check(v2(since = "0.98"), source = "every release does", faults(UNARCHIVE_OF_ANYTHING))]
async fn a_thread_outside_the_archive_is_rejected(cx: &mut Context) -> Result {
    seed_all(cx, [1])?;
    let before = rollouts(cx)?;
    cx.client().initialize().await?;
    for id in [id(1).to_string().as_str(), UNKNOWN] {
        let refused = cx.peer.request("thread/unarchive", json!({ "threadId": id })).await?;
        refused.refused(
            code::INVALID_REQUEST,
            format_args!("error for the thread {id}, which is not archived"),
        )?;
    }
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the refusals")
}

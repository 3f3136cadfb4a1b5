//! Forks of stored conversations: they keep the history and do not change the original.

use harness::{Context, Result, check, code, ensure};
use mock_model::says;

use crate::client::ContextExt;
use crate::stored::files::{ensure_bytes, ensure_unchanged, read, rollouts, written};
use crate::stored::{
    SAID, UNKNOWN, conversation, ensure_model_input, last_request, seed, two_turns,
};

/// A server MUST give a fork its own id and its own rollout.
#[check(
    v1(since = "0.80"),
    v2(since = "0.80"),
    source = "app-server README, Threads: fork; app-server tests, fork_thread",
    faults(FORK_SHARES_THE_FILE, FORK_UNDER_THE_SAME_ID)
)]
async fn is_a_conversation_of_its_own(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let source = seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let copy = cx.client().fork(&rollout.id().to_string()).await?;
    ensure!(
        copy.id != rollout.id().to_string(),
        "the id of the fork",
        "another than the original's",
        &copy.id
    );
    let other = copy.path.is_absolute() && copy.path != source;
    ensure!(
        other,
        "the rollout of the fork",
        "an absolute path, not the original's",
        copy.path.display().to_string()
    );
    Ok(())
}

/// A server MUST NOT change the rollout of the original when it forks a conversation or continues
/// the fork.
#[check(
    v1(since = "0.80"),
    v2(since = "0.80"),
    source = "app-server tests, fork_thread and thread_fork",
    faults(FORK_MARKS_THE_ORIGINAL, FORK_SHARES_THE_FILE)
)]
async fn the_original_stays_as_it_is(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    let source = seed(cx, &rollout)?;
    let before = read(&source)?;
    cx.client().initialize().await?;
    let copy = cx.client().fork(&rollout.id().to_string()).await?;
    cx.model.script([says("only in the copy")]);
    cx.client().turn(&copy, "another way").await?;
    written(cx, &copy, "only in the copy").await?;
    ensure_bytes(&source, &before, "the rollout of the original")
}

/// A server MUST send the history of the original to the model service when a fork continues.
#[check(
    v1(since = "0.80"),
    v2(since = "0.80"),
    source = "app-server README, Threads: fork",
    faults(FORK_FORGETS_THE_HISTORY)
)]
async fn keeps_the_history(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let copy = cx.client().fork(&rollout.id().to_string()).await?;
    cx.model.script([says("done")]);
    cx.client().turn(&copy, "another way").await?;
    let mut wanted = SAID.to_vec();
    wanted.push(("user", "another way"));
    ensure_model_input(&last_request(cx)?, &wanted)
}

/// A server MUST NOT send messages of a fork to the model service when the original continues.
#[check(
    v1(since = "0.80"),
    v2(since = "0.80"),
    source = "app-server README, Threads: fork",
    faults(FORK_TAKES_THE_PLACE)
)]
async fn messages_of_a_fork_stay_in_the_fork(cx: &mut Context) -> Result {
    let rollout = two_turns(1);
    seed(cx, &rollout)?;
    cx.client().initialize().await?;
    let original = cx.client().resume_seeded(&rollout).await?;
    let copy = cx.client().fork(&original.id).await?;
    cx.model.script([says("to the left"), says("to the right")]);
    cx.client().turn(&copy, "left").await?;
    let turn = cx.client().turn(&original, "right").await?;
    turn.says(&["to the right"], "the agent's messages in the original")?;
    let request = last_request(cx)?;
    let mut wanted = SAID.to_vec();
    wanted.push(("user", "right"));
    ensure_model_input(&request, &wanted)?;
    let leaked = request.body().to_string().contains("to the left");
    ensure!(
        !leaked,
        "input of the model in the original conversation",
        "no message of the fork",
        "the answer \"to the left\""
    );
    Ok(())
}

/// A server MUST reject the fork of an unknown conversation as an invalid request, without creating
/// a rollout.
#[check(
    v1(since = "0.80"),
    v2(since = "0.80"),
    source = "app-server tests, thread_fork",
    faults(FORK_OF_AN_UNKNOWN_ONE)
)]
async fn an_unknown_conversation_is_rejected(cx: &mut Context) -> Result {
    seed(cx, &conversation(1))?;
    let before = rollouts(cx)?;
    cx.client().initialize().await?;
    let refused = cx.client().request_fork(UNKNOWN).await?;
    refused.refused(code::INVALID_REQUEST, "error for an unknown conversation")?;
    ensure_unchanged(&before, &rollouts(cx)?, "the rollouts after the refusal")
}

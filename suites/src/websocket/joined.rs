//! Clients that join the thread of another one: they hear the rest of its turn, and may answer.

use harness::{Context, Result, check, ensure_eq};
use mock_model::{runs_command, says};

use super::two_clients;
use crate::client::{Begun, ContextExt, Decision, Thread};

/// Begins a turn of the first client whose answer is held back in the middle; a turn ran before, so
/// that the thread can be resumed.
async fn in_progress(cx: &mut Context) -> Result<(Thread, Begun)> {
    let thread = cx.client().start_thread().await?;
    cx.model
        .script([says("ready"), says("the first half, ").hold("middle").continues("the second")]);
    cx.client().turn(&thread, "are you there?").await?;
    let begun = cx.client().begin_turn(&thread, "go on").await?;
    cx.reached("middle").await?;
    Ok((thread, begun))
}

/// A server MUST send the rest of a running turn to a second client that resumes its thread.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/resume: joins a loaded thread; every release does",
    faults(JOINED_CLIENT_HEARS_NOTHING)
)]
async fn a_client_that_resumes_hears_the_rest(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let (thread, begun) = in_progress(cx).await?;
    cx.swap(other);
    cx.client().resume_own(&thread).await?;
    cx.model.open("middle");
    for client in ["second", "first"] {
        let turn =
            cx.client().end_turn(&thread, if client == "first" { begun.mark } else { 0 }).await?;
        let last = turn.said.last().map(String::as_str);
        ensure_eq!(
            last,
            Some("the first half, the second"),
            "the message that the {client} client gets"
        );
        cx.swap(other);
    }
    Ok(())
}

/// A server MUST go on with a turn, for the clients that stay, when the client that started it closes
/// its connection.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/resume: joins a loaded thread; every release does",
    faults(TURN_ENDS_WITH_ITS_CLIENT)
)]
async fn a_turn_outlives_the_client_that_started_it(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    let (thread, _) = in_progress(cx).await?;
    cx.swap(other);
    cx.client().resume_own(&thread).await?;
    cx.swap(other);
    cx.restart().await;
    cx.swap(other);
    cx.client().barrier(&thread).await?;
    cx.model.open("middle");
    let turn = cx.client().end_turn(&thread, 0_usize).await?;
    turn.says(&["the first half, the second"], "the agent's messages for the client that stays")
}

/// A server MUST accept the answer to a pending approval from a second client that resumes the thread.
#[check(
    v2(since = "0.120"),
    source = "app-server README, thread/resume: pending requests are replayed; every release does",
    faults(ONLY_THE_FIRST_CLIENT_ANSWERS)
)]
async fn a_second_client_may_answer(cx: &mut Context) -> Result {
    let other = two_clients(cx).await?;
    cx.swap(other);
    cx.client().hold_approvals();
    cx.swap(other);
    let thread = cx.client().start_untrusted_thread().await?;
    cx.model.script([says("ready"), runs_command("touch made"), says("done")]);
    cx.client().turn(&thread, "are you there?").await?;
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let asked = cx.client().approval().await?;
    cx.swap(other);
    cx.client().resume_own(&thread).await?;
    let again = cx.client().approval().await?;
    ensure_eq!(again.params["itemId"], asked.params["itemId"], "the item of the repeated request");
    cx.client().answer(&again, Decision::Accept).await?;
    cx.swap(other);
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.says(&["done"], "the agent's messages for the first client")?;
    ensure_eq!(cx.home.work().join("made").exists(), true, "whether the command ran");
    Ok(())
}

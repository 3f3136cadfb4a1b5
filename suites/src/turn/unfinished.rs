//! Items and questions that are open when their turn ends: each comes to its own end before.

use harness::{Call, Context, Result, check, ensure};
use mock_model::{Reply, runs_command, says};

use super::observed::adds_file;
use crate::client::{ContextExt, End, Thread, Turn, ensure_finished, is_item, is_of};
use crate::rows::Rows;

/// What is open when a turn is interrupted.
#[derive(Clone, Copy)]
enum Open {
    Message,
    Command,
    CommandApproval,
    PatchApproval,
}

impl Open {
    fn reply(self) -> Reply {
        match self {
            Self::Message => says("begun ").hold("message").continues("never sent"),
            Self::Command => runs_command("sleep 1000"),
            Self::CommandApproval => runs_command("echo hello > file"),
            Self::PatchApproval => adds_file("made", "hello"),
        }
    }

    /// Waits until it is open.
    async fn opened(self, cx: &mut Context, thread: &Thread) -> Result {
        let kind = match self {
            Self::Message => "agentMessage",
            Self::Command => "commandExecution",
            Self::CommandApproval | Self::PatchApproval => {
                return cx.client().approval().await.map(|_| ());
            }
        };
        let starts = |call: &Call| is_item(call, thread, "item/started", kind);
        cx.peer.next_matching("the start of the item", starts).await.map(|_| ())
    }
}

/// Interrupts a turn while this is open.
async fn interrupted(cx: &mut Context, open: Open) -> Result<(Thread, Turn)> {
    let thread = match open {
        Open::Message | Open::Command => cx.client().start_thread().await?,
        _ => cx.client().start_untrusted_thread().await?,
    };
    cx.model.script([open.reply()]);
    let begun = cx.client().begin_turn(&thread, "go").await?;
    open.opened(cx, &thread).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?;
    cx.model.open("message");
    turn.ended(End::Interrupted, "how the interrupted turn ended")?;
    Ok((thread, turn))
}

/// A server SHOULD complete every item that it started before it completes their interrupted turn.
#[check(
    v2(since = "0.66"),
    source = "app-server README, Items: item/started, deltas, item/completed; releases leave some open",
    faults(MESSAGE_LEFT_OPEN, COMMAND_LEFT_OPEN)
)]
async fn every_item_of_an_interrupted_turn_is_completed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    for (what, open) in [
        ("the agent's message", Open::Message),
        ("a command that runs", Open::Command),
        ("a command that waits for an approval", Open::CommandApproval),
    ] {
        let (thread, turn) = interrupted(cx, open).await?;
        rows.judge(what, ensure_finished(&turn.calls, &thread))?;
    }
    rows.end()
}

/// A server SHOULD complete a patch that waits for an approval before it completes the interrupted
/// turn.
#[check(
    v2(since = "0.66"),
    source = "app-server README, Items: item/started, deltas, item/completed; releases leave it open",
    faults(PATCH_LEFT_OPEN)
)]
async fn a_pending_patch_of_an_interrupted_turn_is_completed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (thread, turn) = interrupted(cx, Open::PatchApproval).await?;
    ensure_finished(&turn.calls, &thread)
}

/// A server SHOULD complete the agent's message that it started before it completes a turn that the
/// model broke off.
#[check(
    v2(since = "0.66"),
    source = "app-server README, Items: item/started, deltas, item/completed; releases leave it open",
    faults(MESSAGE_LEFT_OPEN)
)]
async fn the_message_of_a_failed_turn_is_completed(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("begun and never ended").cut_after(5)]);
    let turn = cx.client().turn(&thread, "hello").await?;
    turn.ended(End::Failed, "how the turn ended")?;
    ensure_finished(&turn.calls, &thread)
}

/// A server SHOULD send `serverRequest/resolved` for a pending request for approval before it
/// completes the interrupted turn.
#[check(
    v2(since = "0.107"),
    source = "app-server tests, turn_interrupt: serverRequest/resolved, then turn/completed; 0.169 sends it right after",
    faults(QUESTION_SETTLED_AFTER_THE_END)
)]
async fn a_pending_approval_is_settled_before_the_end(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (thread, turn) = interrupted(cx, Open::CommandApproval).await?;
    let settled = turn.calls.iter().any(|call| is_of(call, &thread, "serverRequest/resolved"));
    ensure!(settled, "`serverRequest/resolved` before `turn/completed`", "one", "none");
    Ok(())
}

//! What a thread holds: shown in pages, extended, described, searched, and deleted.

pub mod delete;
pub mod inject;
pub mod metadata;
pub mod pages;
pub mod sample;
pub mod search;
pub mod timeline;

use harness::{Context, Result};
use mock_model::{reasons, runs_command, says};

use crate::client::{ContextExt, End, Thread};

/// The words of the last message of each turn.
const ANSWER: &str = "here is the answer";

/// A thread in which these questions were answered, over an initialized connection; the ids of its turns.
///
/// Each turn has more than its question and its answer: a thought, a first message and a command.
async fn answered(cx: &mut Context, questions: &[&str]) -> Result<(Thread, Vec<String>)> {
    let thread = cx.client().start_thread().await?;
    let mut ids = Vec::new();
    for question in questions {
        ids.push(ask(cx, &thread, question).await?);
    }
    Ok((thread, ids))
}

/// Asks one more question; the id of the turn.
async fn ask(cx: &mut Context, thread: &Thread, question: &str) -> Result<String> {
    let begins = reasons("I think").and(says("I look")).and(runs_command("true"));
    cx.model.script([begins, says(ANSWER)]);
    let begun = cx.client().begin_turn(thread, question).await?;
    let turn = cx.client().end_turn(thread, &begun).await?;
    turn.ended(End::Completed, "how the turn of the question ended")?;
    Ok(begun.id().to_owned())
}

/// Starts the server anew, and initializes the connection.
async fn restart(cx: &mut Context) -> Result {
    cx.restart().await;
    cx.client().initialize().await
}

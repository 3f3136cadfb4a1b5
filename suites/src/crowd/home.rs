//! Two processes on one home.

use harness::{Context, Looks, OrInconclusive, Result, check, ensure};
use mock_model::says;

use crate::client::{ContextExt, Thread};
use crate::stored::files::written;
use crate::stored::{ensure_model_input, last_request};

/// Fails unless the subject lists both, at once or a little later: no document bounds the time after
/// which it hears of another process.
async fn ensure_listed(cx: &mut Context, threads: [&Thread; 2], which: &str) -> Result {
    let mut looks = Looks::until(cx.peer.deadline());
    loop {
        let ids = cx.client().listed_ids().await?;
        let Some(missing) = threads.iter().find(|thread| !ids.contains(&thread.id)) else {
            return Ok(());
        };
        ensure!(
            looks.again().await,
            format!("the conversations that {which} process lists"),
            format!("{}, which is stored in the home", missing.id),
            harness::show(&ids)
        );
    }
}

/// Fails unless every line of a rollout is a JSON object.
fn ensure_whole(thread: &Thread) -> Result {
    let text = std::fs::read_to_string(&thread.path).or_inconclusive("reading a rollout")?;
    for (number, line) in (1..).zip(text.lines()) {
        let whole =
            serde_json::from_str::<serde_json::Value>(line).is_ok_and(|line| line.is_object());
        ensure!(
            whole,
            format!("line {number} of the rollout after both processes have used the home"),
            "a JSON object",
            format!("{line:?}")
        );
    }
    Ok(())
}

/// A server MUST list and resume the conversations that another process stored in the same home in
/// the meantime.
#[check(
    v1,
    v2,
    source = "app-server README, thread/list, thread/resume: stored threads; every release does",
    faults(LISTS_WHAT_IS_LOADED, HISTORY_OF_OTHERS_LOST)
)]
async fn two_processes_share_it(cx: &mut Context) -> Result {
    let first = cx.client().start().await?;
    cx.model.script([says("said by the first"), says("said by the second"), says("resumed")]);
    cx.client().turn(&first, "hello, first").await?;
    written(cx, &first, "said by the first").await?;
    let other = cx.second_peer();
    let second = cx.client().start().await?;
    cx.client().turn(&second, "hello, second").await?;
    written(cx, &second, "said by the second").await?;
    ensure_listed(cx, [&first, &second], "the second").await?;
    cx.swap(other);
    ensure_listed(cx, [&first, &second], "the first").await?;
    // A server may insist on one process for a conversation that is loaded.
    cx.restart().await;
    cx.swap(other);
    let resumed = cx.client().resume_own(&first).await?;
    cx.client().turn(&resumed, "and now?").await?;
    let wanted =
        [("user", "hello, first"), ("assistant", "said by the first"), ("user", "and now?")];
    ensure_model_input(&last_request(cx)?, &wanted)?;
    written(cx, &first, "resumed").await?;
    ensure_whole(&first)?;
    ensure_whole(&second)
}

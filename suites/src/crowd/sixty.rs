//! Sixty threads in one process, each with what was said in it.

use std::collections::HashSet;

use harness::{Context, Result, check, ensure, ensure_eq};
use mock_model::says;

use crate::client::{ContextExt, Query};
use crate::stored::{ensure_model_input, last_request};

/// How many threads are started.
const THREADS: usize = 60;
/// Something is said in every thread with a number that this divides.
const SPOKEN: usize = 20;

/// A server MUST keep each of sixty loaded threads apart, in lists and in what the model
/// receives.
#[check(
    v1,
    v2,
    source = "app-server README, Threads; every release does",
    faults(OLDEST_THREAD_FORGOTTEN, STARTS_AT_ONCE_SHARE_A_THREAD)
)]
async fn each_thread_is_its_own(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut threads = Vec::new();
    for _ in 0..THREADS {
        threads.push(cx.client().start_thread().await?);
    }
    let ids: HashSet<_> = threads.iter().map(|thread| thread.id.as_str()).collect();
    ensure_eq!(ids.len(), THREADS, "different ids of sixty threads");
    let spoken: Vec<_> = threads.iter().enumerate().step_by(SPOKEN).collect();
    for round in ["first", "second"] {
        for (number, thread) in &spoken {
            let (question, answer) =
                (format!("{round} in {number}"), format!("{round} from {number}"));
            cx.model.script([says(answer.clone())]);
            let turn = cx.client().turn(thread, &question).await?;
            turn.says(&[&answer], &format!("the agent's messages in thread {number} of sixty"))?;
        }
    }
    for (number, thread) in spoken.iter().take(2) {
        cx.model.script([says("last")]);
        cx.client().turn(thread, "last").await?;
        let said = [format!("first in {number}"), format!("second in {number}")];
        let answers = [format!("first from {number}"), format!("second from {number}")];
        let wanted = [
            ("user", said[0].as_str()),
            ("assistant", &answers[0]),
            ("user", &said[1]),
            ("assistant", &answers[1]),
            ("user", "last"),
        ];
        ensure_model_input(&last_request(cx)?, &wanted)?;
    }
    let pages = cx.client().pages(&Query { limit: Some(100), ..Query::default() }).await?;
    let items: Vec<_> = pages.iter().flat_map(|page| &page.items).collect();
    for (number, thread) in &spoken {
        let listed: Vec<_> = items.iter().filter(|item| item.id == thread.id).collect();
        ensure_eq!(listed.len(), 1, "thread {number} of sixty in the pages of the list");
        let preview = listed[0].preview.as_str();
        let wanted = format!("first in {number}");
        ensure!(preview == wanted, format!("preview of thread {number}"), wanted, preview);
    }
    Ok(())
}

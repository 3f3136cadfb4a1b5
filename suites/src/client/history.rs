//! The turns of a thread: shown in pages, and rolled back.

use harness::{Failure, Reply, Result, code};
use serde_json::{Value, json};

use super::{Client, Thread};

/// The requests that roll back turns: one names the first turn that goes, the other their number.
const REVERT: &str = "thread/revert";
const ROLLBACK: &str = "thread/rollback";

impl Client<'_> {
    /// Rolls back the last turns, by the request that the subject has for that.
    pub async fn roll_back(&mut self, thread: &Thread, count: usize) -> Result {
        if self.has(REVERT) {
            let turns = self.turn_ids(thread).await?;
            let first = turns.len().checked_sub(count).and_then(|at| turns.get(at));
            let first = first.ok_or_else(|| {
                let expected = format!("at least {count}");
                Failure::mismatch("turns of the thread", expected, turns.len().to_string())
            })?;
            let params = json!({ "threadId": thread.id, "beforeTurnId": first });
            let reply = self.cx.peer.request(REVERT, params).await?;
            if !lacks(&reply) || !self.has(ROLLBACK) {
                return reply.into_result().map(|_| ());
            }
        }
        let params = json!({ "threadId": thread.id, "numTurns": count });
        self.cx.peer.call(ROLLBACK, params).await.map(|_| ())
    }

    /// Deletes a thread.
    pub async fn delete(&mut self, thread: &Thread) -> Result {
        self.request_deletion(&thread.id).await?.into_result().map(|_| ())
    }

    /// Requests to delete the thread with this id.
    pub async fn request_deletion(&mut self, id: &str) -> Result<Reply> {
        self.cx.peer.request("thread/delete", json!({ "threadId": id })).await
    }

    fn has(&self, method: &str) -> bool {
        self.cx.peer.gate().offers(method).is_ok()
    }

    /// The ids of a thread's turns, the oldest first.
    async fn turn_ids(&mut self, thread: &Thread) -> Result<Vec<String>> {
        let shown = self.read_thread(&thread.id, true).await?;
        let turns = shown["turns"].as_array().into_iter().flatten();
        Ok(turns.filter_map(|turn| Some(turn["id"].as_str()?.to_owned())).collect())
    }

    /// A page of a list of this thread's turns or items, with further members of the request.
    pub async fn history_page(
        &mut self,
        method: &str,
        thread: &Thread,
        more: Value,
    ) -> Result<Value> {
        let mut params = json!({ "threadId": thread.id });
        super::add(&mut params, more);
        self.cx.peer.call(method, params).await
    }

    /// The entries on all pages of such a list, with further members of each request.
    pub async fn history_pages(
        &mut self,
        method: &str,
        thread: &Thread,
        mut more: Value,
    ) -> Result<Vec<Value>> {
        /// More pages than any list of a check has.
        const MOST: usize = 40;
        let mut all = Vec::new();
        for _ in 0..MOST {
            let page = self.history_page(method, thread, more.clone()).await?;
            all.extend(entries(&page));
            let Some(next) = page["nextCursor"].as_str() else { return Ok(all) };
            more["cursor"] = json!(next);
        }
        let what = format!("the pages of `{method}`");
        Err(Failure::mismatch(what, "an end", format!("more than {MOST}")))
    }
}

/// The entries in the result of a list.
pub fn entries(result: &Value) -> Vec<Value> {
    result["data"].as_array().cloned().unwrap_or_default()
}

/// Whether the subject does not have the method, or not for this client.
fn lacks(reply: &Reply) -> bool {
    reply.error().is_ok_and(|error| {
        error.code == Some(code::METHOD_NOT_FOUND)
            || error.message.contains("unknown variant")
            || error.message.contains("experimentalApi")
    })
}

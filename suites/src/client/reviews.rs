//! Reviews and compactions: turns that the user does not talk in.

use harness::{Call, Failure, Reply, Result, text_at};
use serde_json::{Value, json};

use super::{Begun, Client, Thread, Turn, is_of};

impl Client<'_> {
    /// Requests a review of this target.
    pub async fn request_review(&mut self, thread: &Thread, target: Value) -> Result<Reply> {
        let params = json!({ "threadId": thread.id, "target": target });
        self.cx.peer.request("review/start", params).await
    }

    /// Begins a review by these instructions.
    pub async fn begin_review(&mut self, thread: &Thread, instructions: &str) -> Result<Begun> {
        let mark = self.cx.peer.mark();
        let target = json!({ "type": "custom", "instructions": instructions });
        let params = json!({ "threadId": thread.id, "target": target });
        let result = self.cx.peer.call("review/start", params).await?;
        let id = text_at(&result, "/turn/id", "result of `review/start`")?.to_owned();
        Ok(Begun { mark, id: Some(id) })
    }

    /// Interrupts a review that runs, by the id of its answer or, if the subject refuses that, by
    /// the id with which its turn was announced.
    pub async fn interrupt_review(&mut self, thread: &Thread, begun: &Begun) -> Result {
        let ticket = self.interrupt(thread, begun).await?;
        if !self.cx.peer.answer(&ticket).await?.is_error() {
            return Ok(());
        }
        let calls = self.cx.peer.calls_since(begun.mark);
        let announced = calls.iter().find(|call| is_of(call, thread, "turn/started"));
        let id = announced.and_then(|call| call.params["turn"]["id"].as_str());
        let ticket = self.interrupt_turn(&thread.id, id.unwrap_or_default()).await?;
        self.cx.peer.answer(&ticket).await?.into_result().map(|_| ())
    }

    /// Requests a compaction.
    pub async fn request_compaction(&mut self, thread: &Thread) -> Result<Reply> {
        let params = json!({ "threadId": thread.id });
        self.cx.peer.request("thread/compact/start", params).await
    }

    /// Begins a compaction; the place in the conversation before it.
    pub async fn begin_compaction(&mut self, thread: &Thread) -> Result<usize> {
        let mark = self.cx.peer.mark();
        let params = json!({ "threadId": thread.id });
        self.cx.peer.call("thread/compact/start", params).await?;
        Ok(mark)
    }

    /// Compacts a thread.
    pub async fn compact(&mut self, thread: &Thread) -> Result<Turn> {
        let mark = self.begin_compaction(thread).await?;
        self.end_turn(thread, mark).await
    }

    /// Waits for the item of a compaction that was begun after this place; the id of its turn.
    pub async fn compaction(&mut self, thread: &Thread, mark: usize) -> Result<String> {
        let begins = |call: &Call| {
            call.seq >= mark && super::is_item(call, thread, "item/started", "contextCompaction")
        };
        let call = self.cx.peer.next_matching("the item of the compaction", begins).await?;
        call.text("/turnId").map(str::to_owned)
    }

    /// Interrupts a compaction that was begun after this place, and waits for its end.
    pub async fn interrupt_compaction(&mut self, thread: &Thread, mark: usize) -> Result<Turn> {
        let id = self.compaction(thread, mark).await?;
        let ticket = self.interrupt_turn(&thread.id, &id).await?;
        self.cx.peer.answer(&ticket).await?.into_result()?;
        self.end_turn(thread, mark).await
    }
}

/// The items that were started in these calls and not completed, as `TYPE ID`.
pub fn unfinished(calls: &[Call], thread: &Thread) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    for call in calls {
        let item = &call.params["item"];
        let text = |member: &str| item[member].as_str().unwrap_or_default();
        let name = format!("{} {}", text("type"), text("id"));
        if is_of(call, thread, "item/started") {
            open.push(name);
        } else if is_of(call, thread, "item/completed") {
            open.retain(|other| *other != name);
        }
    }
    open
}

/// Fails if an item was started in these calls and not completed.
pub fn ensure_finished(calls: &[Call], thread: &Thread) -> Result {
    let open = unfinished(calls, thread);
    if open.is_empty() {
        return Ok(());
    }
    let what = "items that were started and not completed when their turn ended";
    Err(Failure::mismatch(what, "none", open.join(", ")))
}

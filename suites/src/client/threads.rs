//! Threads: start them, listen to them, and wait until all that was done for them has been
//! reported.

use std::path::PathBuf;

use harness::{Call, RpcError, text_at};
use harness::{Dialect, Failure, Result};
use serde_json::{Value, json};

use super::{Client, add, is_of, v1, v2};

/// A thread that was started, resumed or forked: in `v1`, a conversation.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Its id.
    pub id: String,
    /// The rollout that the server named for it; it may not exist before the first user message.
    pub path: PathBuf,
    /// The whole result of the request that made it.
    pub result: Value,
}

/// Overrides for a new thread; what is `None` comes from the configuration.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// `untrusted`, `on-request`, `never`.
    pub approval: Option<&'static str>,
    /// `read-only`, `workspace-write`, `danger-full-access`.
    pub sandbox: Option<&'static str>,
    /// The model's name.
    pub model: Option<String>,
    /// The working directory; the check's own without it.
    pub cwd: Option<PathBuf>,
    /// Further members of the request, in the dialect of the check.
    pub more: Value,
}

impl Client<'_> {
    /// Initializes the connection and starts a thread, in which no approval is asked for.
    pub async fn start(&mut self) -> Result<Thread> {
        self.initialize().await?;
        self.start_thread().await
    }

    /// Initializes the connection and starts a thread with the policy `untrusted`; requests for
    /// approval are kept.
    pub async fn start_untrusted(&mut self) -> Result<Thread> {
        self.initialize().await?;
        self.start_untrusted_thread().await
    }

    /// Starts a thread in the check's working directory and listens to it. The connection must be
    /// initialized.
    pub async fn start_thread(&mut self) -> Result<Thread> {
        self.start_with(Start::default()).await
    }

    /// Starts a thread with the policy `untrusted`, and listens to it; requests for approval are
    /// kept.
    pub async fn start_untrusted_thread(&mut self) -> Result<Thread> {
        self.hold_approvals();
        self.start_with(Start { approval: Some("untrusted"), ..Start::default() }).await
    }

    /// Starts a thread with overrides and listens to it.
    pub async fn start_with(&mut self, start: Start) -> Result<Thread> {
        let cwd = start.cwd.unwrap_or_else(|| self.cx.home.work().to_owned());
        let mut params = json!({ "cwd": cwd });
        for (name, value) in [
            ("approvalPolicy", start.approval.map(str::to_owned)),
            ("sandbox", start.sandbox.map(str::to_owned)),
            ("model", start.model),
        ] {
            if let Some(value) = value {
                params[name] = json!(value);
            }
        }
        add(&mut params, start.more);
        let protocol = self.protocol();
        let result = self.call_respelled(protocol.start, params).await?;
        if let Some(at) = protocol.new_rollout {
            text_at(&result, at, &format!("result of `{}`", protocol.start))?;
        }
        self.opened(result).await
    }

    /// The thread that the result opened, listened to.
    pub(super) async fn opened(&mut self, result: Value) -> Result<Thread> {
        let thread = (self.protocol().opened)(result)?;
        if self.protocol().listen.is_some() {
            self.listen(&thread.id).await?;
        }
        Ok(thread)
    }

    /// Adds a listener to a conversation of `v1`; the id of the subscription.
    pub async fn listen(&mut self, id: &str) -> Result<String> {
        let params = json!({ "conversationId": id });
        let result = self.cx.peer.call("addConversationListener", params).await?;
        let id = text_at(&result, "/subscriptionId", "result of `addConversationListener`")?;
        Ok(id.to_owned())
    }

    /// Removes a listener from a conversation of `v1`.
    pub async fn unlisten(&mut self, subscription: &str) -> Result {
        let params = json!({ "subscriptionId": subscription });
        self.cx.peer.call("removeConversationListener", params).await.map(|_| ())
    }

    /// The thread with this id as it is read, with its turns or without; only `v2` can.
    pub async fn read_thread(&mut self, id: &str, turns: bool) -> Result<Value> {
        let params = json!({ "threadId": id, "includeTurns": turns });
        let mut result = self.cx.peer.call("thread/read", params).await?;
        text_at(&result, "/thread/id", "result of `thread/read`")?;
        Ok(result["thread"].take())
    }

    /// Gives a thread a name, which only `v2` can.
    pub async fn set_name(&mut self, thread: &Thread, name: &str) -> Result {
        let params = json!({ "threadId": thread.id, "name": name });
        self.cx.peer.call("thread/name/set", params).await.map(|_| ())
    }

    /// Waits for a notification of this thread and takes it.
    pub async fn notification(&mut self, thread: &Thread, method: &str) -> Result<Call> {
        let awaited = format!("`{method}` of the thread");
        self.cx.peer.next_matching(&awaited, |call| is_of(call, thread, method)).await
    }

    /// Sends a request that changes nothing in the scope of the thread and waits for its answer:
    /// whatever the subject did for the thread before has been reported by then.
    ///
    /// Inconclusive if it is rejected: a server that rejects it need not have looked at the thread.
    pub async fn barrier(&mut self, thread: &Thread) -> Result {
        match self.refusal_of_barrier(thread).await? {
            None => Ok(()),
            Some(refusal) => Err(Failure::inconclusive(
                "whether everything that was done for the thread has been reported",
                format!("the request whose answer would come after it is rejected: {refusal}"),
            )),
        }
    }

    /// Like [`Client::barrier`], for a wait that goes on without one: whether it was answered by a
    /// result.
    pub async fn try_barrier(&mut self, thread: &Thread) -> Result<bool> {
        Ok(self.refusal_of_barrier(thread).await?.is_none())
    }

    async fn refusal_of_barrier(&mut self, thread: &Thread) -> Result<Option<RpcError>> {
        match self.cx.dialect() {
            Dialect::V1 => v1::barrier(self.cx, thread).await.map(|()| None),
            _ => v2::barrier(self.cx, thread).await,
        }
    }
}

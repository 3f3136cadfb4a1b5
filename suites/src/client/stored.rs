//! Stored threads: resume them, fork them, archive them.

use std::path::Path;

use fixtures::Rollout;
use harness::Reply;
use harness::Result;
use serde_json::{Value, json};

use super::{Client, Thread, add};

/// How a resume request names its thread.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// The path of its rollout.
    Path(&'a Path),
    /// Its id.
    Id(&'a str),
    /// Its history, as the model's items.
    History(&'a Value),
}

impl Client<'_> {
    /// Requests to resume a thread, with further members of the request in the dialect of the
    /// check.
    pub async fn request_resume(&mut self, by: By<'_>, more: Value) -> Result<Reply> {
        let protocol = self.protocol();
        let mut params = (protocol.resume_params)(by);
        add(&mut params, more);
        self.cx.peer.request(protocol.resume, params).await
    }

    /// Resumes a thread and listens to it.
    pub async fn resume(&mut self, by: By<'_>) -> Result<Thread> {
        self.resume_with(by, Value::Null).await
    }

    /// Resumes a thread with further members of the request, and listens to it.
    pub async fn resume_with(&mut self, by: By<'_>, more: Value) -> Result<Thread> {
        let result = self.request_resume(by, more).await?.into_result()?;
        let mut thread = self.opened(result).await?;
        if let (true, By::Path(path)) = (thread.path.as_os_str().is_empty(), by) {
            path.clone_into(&mut thread.path);
        }
        Ok(thread)
    }

    /// Resumes a seeded thread in the way that every release of the dialect has.
    pub async fn resume_seeded(&mut self, rollout: &Rollout) -> Result<Thread> {
        self.resume_seeded_with(rollout, Value::Null).await
    }

    /// Resumes a seeded thread like [`Client::resume_seeded`], with further members of the request.
    pub async fn resume_seeded_with(&mut self, rollout: &Rollout, more: Value) -> Result<Thread> {
        let path = self.cx.home.join(rollout.relative_path());
        self.resume_by_either(&rollout.id().to_string(), &path, more).await
    }

    /// Resumes a thread of the subject's own in the way that every release of the dialect has.
    pub async fn resume_own(&mut self, thread: &Thread) -> Result<Thread> {
        self.resume_by_either(&thread.id, &thread.path, Value::Null).await
    }

    async fn resume_by_either(&mut self, id: &str, path: &Path, more: Value) -> Result<Thread> {
        let by = if self.protocol().resumes_by_id { By::Id(id) } else { By::Path(path) };
        self.resume_with(by, more).await
    }

    /// Requests to fork a thread.
    pub async fn request_fork(&mut self, id: &str) -> Result<Reply> {
        let protocol = self.protocol();
        self.cx.peer.request(protocol.fork, json!({ (protocol.thread_id): id })).await
    }

    /// Forks a thread and listens to the fork.
    pub async fn fork(&mut self, id: &str) -> Result<Thread> {
        let result = self.request_fork(id).await?.into_result()?;
        self.opened(result).await
    }

    /// Requests to archive a thread; only `v1` names the file.
    pub async fn request_archive(&mut self, id: &str, path: &Path) -> Result<Reply> {
        let protocol = self.protocol();
        self.cx.peer.request(protocol.archive, (protocol.archive_params)(id, path)).await
    }

    /// Archives a thread.
    pub async fn archive(&mut self, id: &str, path: &Path) -> Result {
        self.request_archive(id, path).await?.into_result().map(|_| ())
    }

    /// Archives a seeded thread.
    pub async fn archive_seeded(&mut self, rollout: &Rollout) -> Result {
        let path = self.cx.home.join(rollout.relative_path());
        self.archive(&rollout.id().to_string(), &path).await
    }

    /// Moves an archived thread back, which only `v2` has.
    pub async fn unarchive(&mut self, id: &str) -> Result<Value> {
        self.cx.peer.call("thread/unarchive", json!({ "threadId": id })).await
    }
}

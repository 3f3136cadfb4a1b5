//! The tasks that the server keeps, and how each is shown.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Working,
    Completed,
    Cancelled,
}

/// A task.
#[derive(Clone, Debug)]
pub(in crate::mcp) struct Task {
    pub(super) id: String,
    pub(super) status: Status,
    created: Timestamp,
    updated: Timestamp,
    /// How long it is kept, as the client asked for.
    ttl: Value,
    /// What the call gives in the end.
    pub(super) result: Value,
}

impl Tasks {
    /// Whether a task was ever begun and is still kept.
    pub(in crate::mcp) fn had_any(&self) -> bool {
        !self.kept.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

impl Task {
    /// Its state.
    pub(super) fn shown(&self) -> Value {
        let mut shown = self.without_ttl();
        shown["ttl"] = self.ttl.clone();
        shown
    }

    /// The same without how long it is kept.
    pub(super) fn without_ttl(&self) -> Value {
        let status = match self.status {
            Status::Working => "working",
            Status::Completed => "completed",
            Status::Cancelled => "cancelled",
        };
        json!({
            "taskId": self.id,
            "status": status,
            "createdAt": self.created.to_string(),
            "lastUpdatedAt": self.updated.to_string(),
            "pollInterval": 50,
        })
    }
}

/// All tasks of the session.
#[derive(Debug, Default)]
pub(in crate::mcp) struct Tasks {
    kept: Mutex<Vec<Task>>,
    changed: Condvar,
}

impl Tasks {
    fn lock(&self) -> MutexGuard<'_, Vec<Task>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new task that ends with this result.
    pub(super) fn begin(&self, asked: &Value, result: Value) -> Task {
        let now = Timestamp::now();
        let task = Task {
            id: Uuid::new_v4().to_string(),
            status: Status::Working,
            created: now,
            updated: now,
            ttl: asked.get("ttl").cloned().unwrap_or_default(),
            result,
        };
        self.lock().push(task.clone());
        task
    }

    /// The task with this id.
    pub(super) fn find(&self, id: &str) -> Option<Task> {
        self.lock().iter().find(|task| task.id == id).cloned()
    }

    /// All of them, oldest first.
    pub(super) fn all(&self) -> Vec<Task> {
        self.lock().clone()
    }

    /// Gives a task this status.
    pub(super) fn end(&self, id: &str, status: Status) -> Option<Task> {
        let mut kept = self.lock();
        let task = kept.iter_mut().find(|task| task.id == id)?;
        (task.status, task.updated) = (status, Timestamp::now());
        self.changed.notify_all();
        Some(task.clone())
    }

    /// Deletes a task.
    pub(super) fn forget(&self, id: &str) {
        self.lock().retain(|task| task.id != id);
    }

    /// Waits until a task has ended.
    pub(super) fn ended(&self, id: &str) -> Option<Task> {
        let mut kept = self.lock();
        loop {
            let task = kept.iter().find(|task| task.id == id)?;
            if task.status != Status::Working {
                return Some(task.clone());
            }
            kept = self.changed.wait(kept).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

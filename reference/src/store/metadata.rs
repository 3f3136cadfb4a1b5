//! What clients say of the repository of a conversation, which is more than its rollout knows.

use std::io;
use std::path::Path;

use serde_json::Value;
use uuid::Uuid;

use super::Summary;
use super::kept::Kept;
use crate::fault::fault;

/// The repository of a conversation: as clients have changed it, or as it was when it began.
pub(crate) fn git(home: &Path, summary: &Summary) -> Option<Value> {
    let changed = Kept::Repository.read(home, summary.id);
    changed.filter(|_| !fault!(METADATA_NOT_LISTED)).or_else(|| summary.head.git.clone())
}

/// Keeps the repository of a conversation.
pub(crate) fn set_git(home: &Path, id: Uuid, git: &Value) -> io::Result<()> {
    if fault!(METADATA_NOT_STORED) {
        return Ok(());
    }
    Kept::Repository.write(home, id, git)
}

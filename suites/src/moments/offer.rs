//! Which kinds of turns a subject can have: what it offers the model, and whether it asks the client.

use harness::{Kind as Fault, Result};
use mock_model::{Script, says};

use super::course::Course;
use super::kind::Kind;
use crate::client::ContextExt;

/// What a subject lacks that does not ask before it runs a command, though the client wants that.
pub(super) const NO_APPROVAL: &str = "no approval";

impl Course<'_> {
    /// The kinds of turns that the subject can have among these; the others are noted for the
    /// report, each with what the subject lacks.
    pub(super) async fn possible(&mut self, kinds: &[Kind], column: &str) -> Result<Vec<Kind>> {
        let mut possible = Vec::new();
        for kind in kinds {
            match self.lacks(*kind).await? {
                None if *kind == Kind::Question && !self.asks().await? => {
                    self.cx.note(kind.name(), column, NO_APPROVAL);
                }
                None => possible.push(*kind),
                Some(lack) => self.cx.note(kind.name(), column, lack),
            }
        }
        Ok(possible)
    }

    /// What the subject does not offer the model for turns of this kind, in a few words.
    pub(super) async fn lacks(&mut self, kind: Kind) -> Result<Option<&'static str>> {
        let Some(action) = kind.action() else { return Ok(None) };
        if self.cx.model.requests().is_empty() {
            let staged = self.prepare(Kind::Words).await?;
            self.cx.model.script(Script::forever(says("nothing")));
            self.cx.client().turn(&staged.thread, &staged.question()).await?;
            self.leave_thread(&staged.thread.id);
        }
        let offered = self.cx.model.requests().iter().any(|request| request.offers(&action));
        Ok((!offered).then_some("no tool"))
    }

    /// Whether the subject asks the client before it runs a command, where the client wants that.
    async fn asks(&mut self) -> Result<bool> {
        let mut staged = match self.prepare(Kind::Question).await {
            // It has no policy with which it would ask.
            Err(failure) if failure.kind() == Fault::Mismatch => return Ok(false),
            staged => staged?,
        };
        staged.begin(self.cx).await?;
        staged.hold(self.cx).await?;
        staged.set_free(self.cx).await?;
        self.end(&staged).await?;
        // The turns that are looked at begin in a thread of their own.
        self.leave_thread(&staged.thread.id);
        Ok(staged.was_asked())
    }
}

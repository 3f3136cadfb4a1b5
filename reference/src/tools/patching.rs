//! A patch that the model calls for: asked about, applied, told.

use std::path::{Path, PathBuf};

use super::{Next, Tools, patch};
use crate::approvals::{self, Decision, Question};
use crate::events::Event;
use crate::fault::fault;
use crate::items::{Change, Item, Patch, Progress};
use crate::settings::Sandbox;

/// What the model is told when the user does not want its patch.
const PATCH_REJECTED: &str = "patch rejected by user";

impl Tools<'_> {
    pub(super) async fn patch(&self, id: String, text: &str, cwd: PathBuf) -> Next {
        let changes = match patch::parse(text, &cwd).and_then(|hunks| patch::plan(&hunks)) {
            Ok(changes) => changes,
            Err(_) if fault!(MISFIT_ENDS_THE_TURN) => return Next::Abort,
            Err(error) => return Next::says(format!("apply_patch verification failed: {error}")),
        };
        let mut patch = Patch { id, changes, progress: Progress::Running, output: String::new() };
        if !asked_blindly() {
            self.start(Item::Patch(patch.clone()));
        }
        if fault!(PATCH_WRITTEN_BEFORE_THE_ANSWER) {
            let _ = patch::apply(&patch.changes);
        }
        let (policy, sandbox) = {
            let state = self.thread.state();
            (state.settings.approval, state.settings.sandbox.clone())
        };
        let decision = if approvals::needed_for_patch(policy, &sandbox) {
            let question = Question::Patch { patch: &patch };
            approvals::ask(self.server, self.thread, self.active, &question).await
        } else if sandbox == Sandbox::ReadOnly {
            Decision::Denied
        } else {
            Decision::Approved
        };
        if asked_blindly() {
            self.start(Item::Patch(patch.clone()));
        }
        let output = settle(&mut patch, decision);
        patch.output.clone_from(&output);
        let done = patch.progress == Progress::Completed;
        self.complete(Item::Patch(patch.clone()));
        if done && !fault!(TURN_DIFF_UNTOLD) {
            self.tell(&Event::DiffUpdated(&diff(&patch.changes, &cwd)));
        }
        match decision {
            Decision::Abort => Next::Abort,
            _ => Next::says(output),
        }
    }
}

/// Applies a patch if that was allowed; what the model is told of it.
fn settle(patch: &mut Patch, decision: Decision) -> String {
    let applied = match decision {
        Decision::Approved | Decision::ApprovedForSession => Some(patch::apply(&patch.changes)),
        Decision::Denied | Decision::Abort => None,
    };
    match applied {
        Some(Ok(summary)) => {
            patch.progress =
                if fault!(PATCH_TOLD_AS_FAILED) { Progress::Failed } else { Progress::Completed };
            summary
        }
        Some(Err(error)) => {
            patch.progress = Progress::Failed;
            format!("failed to apply the patch: {error}")
        }
        None => {
            patch.progress = if fault!(DENIED_PATCH_TOLD_AS_FAILED) {
                Progress::Failed
            } else {
                Progress::Declined
            };
            if fault!(PATCH_DENIAL_UNTOLD) { String::new() } else { PATCH_REJECTED.to_owned() }
        }
    }
}

/// Whether a defect asks about a patch without saying what it changes.
pub(crate) fn asked_blindly() -> bool {
    fault!(PATCH_ASKED_BLINDLY)
}

/// All changes as one diff, paths relative to the working directory where they can be.
fn diff(changes: &[Change], cwd: &Path) -> String {
    changes.iter().map(|change| patch::git_diff(change, cwd)).collect()
}

//! What goes wrong with the settings that requests name.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::fault::fault;
use crate::server::Server;
use crate::settings::{Overrides, Settings, TurnOverrides};

/// The request by which a stored conversation is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    Resume,
    Fork,
}

/// Loses what a defect does not pass on of a request for a stored conversation.
pub(crate) fn lose(wishes: &mut Overrides, opening: Opening) {
    match opening {
        Opening::Resume => {
            if fault!(RESUME_DROPS_DEVELOPER_INSTRUCTIONS) {
                wishes.developer_instructions = None;
            }
            if fault!(RESUME_DROPS_CONFIG) {
                wishes.config.clear();
            }
            if fault!(RESUME_DROPS_THE_PROVIDER) {
                wishes.provider = None;
            }
            if fault!(STORED_INSTRUCTIONS_WIN) {
                wishes.base_instructions = None;
            }
            if fault!(RESUME_DROPS_THE_TIER) {
                wishes.tier = None;
            }
            if fault!(RESUME_DROPS_THE_REVIEWER) {
                wishes.reviewer = None;
            }
            if fault!(RESUME_DROPS_THE_POLICY) {
                wishes.approval = None;
            }
        }
        Opening::Fork => {
            if fault!(FORK_DROPS_DEVELOPER_INSTRUCTIONS) {
                wishes.developer_instructions = None;
            }
            if fault!(FORK_DROPS_CONFIG) {
                wishes.config.clear();
            }
            if fault!(FORK_DROPS_THE_DIRECTORY) {
                wishes.cwd = None;
            }
            if fault!(FORK_DROPS_THE_TIER) {
                wishes.tier = None;
            }
            if fault!(FORK_DROPS_THE_PROFILE) {
                wishes.manner.permissions = None;
            }
            if fault!(FORK_DROPS_THE_SANDBOX) {
                wishes.sandbox = None;
            }
        }
    }
}

/// Whether a stored conversation goes on without its effort.
pub(crate) fn forgets_effort() -> bool {
    fault!(RESTART_FORGETS_THE_EFFORT)
}

/// Whether a fork does not say who or what began it.
pub(crate) fn forgets_source() -> bool {
    fault!(THREAD_SOURCE_OF_THE_FORK_LOST)
}

/// Whether a stored conversation goes on without its service tier.
pub(crate) fn forgets_tier() -> bool {
    fault!(RESTART_FORGETS_THE_TIER)
}

/// Whether a stored conversation goes on without its policies, and where it began.
pub(crate) fn forgets_permissions() -> bool {
    fault!(RESTART_FORGETS_PERMISSIONS)
}

/// Whether a stored conversation goes on without its instructions.
pub(crate) fn forgets_instructions() -> bool {
    fault!(RESTART_FORGETS_INSTRUCTIONS)
}

/// Whether a conversation that is loaded goes on as before, whatever a resume of `v1` says.
pub(crate) fn stays_as_it_is() -> bool {
    fault!(LOADED_RESUME_IGNORES_OVERRIDES)
}

/// The settings that come with a turn, without those that are ignored.
pub(crate) fn heeded(overrides: &mut TurnOverrides) {
    if fault!(TURN_SUMMARY_IGNORED) {
        overrides.summary = None;
    }
    if fault!(TURN_TIER_IGNORED) {
        overrides.tier = None;
    }
    if fault!(TURN_EFFORT_IGNORED) {
        overrides.effort = None;
    }
}

/// Takes back, after a turn, what is to stay for the next one.
pub(crate) fn take_back(settings: &mut Settings, before: &Settings) {
    if fault!(TURN_EFFORT_LASTS_ONE_TURN) {
        settings.effort.clone_from(&before.effort);
    }
    if fault!(TURN_SANDBOX_LASTS_ONE_TURN) {
        settings.sandbox.clone_from(&before.sandbox);
    }
    if fault!(START_SUMMARY_LASTS_ONE_TURN) {
        settings.summary = None;
    }
}

/// The directory that an answer names.
pub(crate) fn named_directory(server: &Server, settings: &Settings) -> PathBuf {
    if fault!(ANSWER_NAMES_ANOTHER_DIRECTORY) { server.cwd.clone() } else { settings.cwd.clone() }
}

/// The directories that an answer names as those of the thread.
pub(crate) fn roots(settings: &Settings) -> Vec<PathBuf> {
    let roots = settings.manner.runtime_workspace_roots.clone();
    let roots = roots.filter(|_| !fault!(ROOTS_NOT_NAMED));
    roots.unwrap_or_else(|| vec![settings.cwd.clone()])
}

/// The answer to a resume of what is loaded already, whose wishes do not count.
pub(crate) fn rejoined(mut answer: Value, wishes: &Overrides) -> Value {
    if let Some(model) = wishes.model.as_ref().filter(|_| fault!(REJOIN_NAMES_THE_WISHES)) {
        answer["model"] = json!(model);
    }
    answer
}

//! What goes wrong with what comes with a turn.

use crate::fault::fault;
use crate::server::Server;
use crate::settings::TurnOverrides;

/// The settings that come with a turn, without those that are ignored.
pub(crate) fn heeded(overrides: &TurnOverrides) -> TurnOverrides {
    let mut heeded = overrides.clone();
    if fault!(TURN_DIRECTORY_IGNORED) {
        heeded.cwd = None;
    }
    if fault!(TURN_POLICY_IGNORED) {
        heeded.approval = None;
    }
    if fault!(TURN_MODEL_IGNORED) {
        heeded.model = None;
    }
    super::settings::heeded(&mut heeded);
    heeded
}

/// Lets the settings that come with a turn count in every thread.
pub(crate) fn spread(server: &Server, overrides: &TurnOverrides) {
    let policy = overrides.approval.filter(|_| fault!(TURN_POLICY_IN_EVERY_THREAD));
    let model = overrides.model.as_ref().filter(|_| fault!(TURN_MODEL_IN_EVERY_THREAD));
    for thread in server.threads() {
        let settings = &mut thread.state_mut().settings;
        if let Some(policy) = policy {
            settings.approval = policy;
        }
        if let Some(model) = model {
            settings.model.clone_from(model);
        }
    }
}

/// Interrupts every thread.
pub(crate) fn interrupt_others(server: &Server) {
    if fault!(INTERRUPTS_EVERY_THREAD) {
        let active = server.threads().into_iter().filter_map(|thread| thread.active());
        active.for_each(|active| active.interrupt.fire());
    }
}

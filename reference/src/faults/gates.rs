//! What goes wrong with the capability for experimental parts, and with opt-outs.

use std::collections::HashSet;

use crate::call::Call;
use crate::fault::fault;

/// Whether a part of a request needs a capability that the client does not have.
pub(crate) fn is_needed(part: &str, has_it: bool) -> bool {
    let is_member = part.contains('.');
    if has_it {
        return if is_member {
            fault!(GATE_OF_MEMBERS_NEVER_OPENS)
        } else {
            fault!(GATE_OF_METHODS_NEVER_OPENS)
        };
    }
    let open = match part {
        "askForApproval.granular" => fault!(GRANULAR_UNGATED),
        "thread/start.permissions" | "command/exec.permissionProfile" => fault!(PROFILES_UNGATED),
        "thread/resume.history" => false,
        _ if is_member => fault!(EXPERIMENTAL_MEMBERS_UNGATED),
        _ => fault!(EXPERIMENTAL_METHODS_UNGATED),
    };
    !open
}

/// The part as the refusal names it.
pub(crate) fn named(part: &str) -> &str {
    if part.contains('.') && fault!(GATE_WITHOUT_A_NAME) { "This" } else { part }
}

/// Whether a refused request is not answered.
pub(crate) fn is_unanswered(call: &Call) -> bool {
    let is_method = call.experimental().is_some_and(|part| !part.contains('.'));
    is_method && fault!(EXPERIMENTAL_METHODS_UNANSWERED)
}

/// The notifications that are kept back of those that a client does not want.
pub(crate) fn unwanted(methods: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    let most = if fault!(OPT_OUT_OF_ONE_ONLY) { 1 } else { usize::MAX };
    methods.take(most)
}

/// Whether a notification is kept back that the client does want.
pub(crate) fn is_kept_back(method: &str, unwanted: &HashSet<String>) -> bool {
    let begins = |unwanted: &String| !unwanted.is_empty() && method.starts_with(unwanted.as_str());
    (fault!(OPT_OUT_BY_PREFIX) && unwanted.iter().any(begins))
        || (method.starts_with("item/") && !unwanted.is_empty() && fault!(OPT_OUT_SILENCES_ALL))
}

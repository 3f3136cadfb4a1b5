//! What goes wrong with the configuration as clients see it and as they set it.

use crate::config_known::Known;
use crate::fault::fault;

/// What the file says, as it is told.
pub(crate) fn saved(known: &mut Known) {
    if fault!(SAVED_IS_EFFECTIVE)
        && let Some(profile) = known.profile.as_ref().and_then(|name| known.profiles.get(name))
    {
        known.model = profile.model.clone().or(known.model.take());
    }
    if fault!(SAVED_PROFILES_UNTOLD) {
        known.profiles.clear();
    }
    if fault!(SAVED_EFFORT_UNTOLD) {
        known.model_reasoning_effort = None;
    }
    if fault!(SAVED_SANDBOX_UNTOLD) {
        known.sandbox_workspace_write = None;
    }
}

/// The tables whose default model is set instead of that of the active profile.
pub(crate) fn tables(known: &Known, active: &str) -> Option<Vec<Vec<String>>> {
    let table = |name: &str| vec!["profiles".to_owned(), name.to_owned()];
    if fault!(PROFILE_IGNORED) {
        return Some(vec![Vec::new()]);
    }
    if fault!(PROFILE_AND_TOP) {
        return Some(vec![table(active), Vec::new()]);
    }
    if fault!(EVERY_PROFILE_SET) {
        return Some(known.profiles.keys().map(|name| table(name)).collect());
    }
    fault!(PROFILE_NAME_SPLIT)
        .then(|| vec![["profiles"].into_iter().chain(active.split('.')).map(Into::into).collect()])
}

//! What goes wrong with what the model wants done.

use crate::fault::fault;

/// Whether every command needs a permission, or none does.
pub(crate) fn is_safe() -> Option<bool> {
    if fault!(EVERYTHING_IS_SAFE) {
        return Some(true);
    }
    fault!(NOTHING_IS_SAFE).then_some(false)
}

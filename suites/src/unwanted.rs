//! Notifications that a client does not want: who does not hear of something cannot judge it.

use harness::Entry;

/// Whether this line is a greeting that opts out of a notification whose method begins like one of
/// these.
pub(crate) fn opts_out(entry: &Entry, beginnings: &[&str]) -> bool {
    if entry.is_from_subject() || entry.method() != Some("initialize") {
        return false;
    }
    let unwanted = entry.params().pointer("/capabilities/optOutNotificationMethods");
    let mut unwanted = unwanted.and_then(|all| all.as_array()).into_iter().flatten();
    unwanted.any(|method| {
        let method = method.as_str().unwrap_or_default();
        beginnings.iter().any(|beginning| method.starts_with(beginning))
    })
}

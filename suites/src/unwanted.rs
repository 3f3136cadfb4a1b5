//! Notifications that a client does not want: who does not hear of something cannot judge it.

use harness::Entry;

/// The notifications that this line, a greeting, opts out of; none if it is no greeting.
pub(crate) fn methods(entry: &Entry) -> impl Iterator<Item = &str> {
    let greets = !entry.is_from_subject() && entry.method() == Some("initialize");
    let unwanted = entry.params().pointer("/capabilities/optOutNotificationMethods");
    let unwanted = unwanted.filter(|_| greets).and_then(|all| all.as_array());
    unwanted.into_iter().flatten().filter_map(|method| method.as_str())
}

/// Whether this line is a greeting that opts out of a notification whose method begins like one of
/// these.
pub(crate) fn opts_out(entry: &Entry, beginnings: &[&str]) -> bool {
    methods(entry).any(|method| beginnings.iter().any(|beginning| method.starts_with(beginning)))
}

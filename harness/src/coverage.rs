//! The parts of the protocol that the checks of a run touch, recorded while they converse.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use report::coverage::{Coverage, Heard, Request, SCHEMA};

use crate::check::Check;
use crate::message::Message;
use crate::no_such_method;
use crate::profile::Profile;
use crate::transcript::{Direction, Entry};

/// The record of a run, shared by all its checks.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Seen>>);

/// The record as one home sees it: what is noted counts for the check that is under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    record: Option<Recorder>,
    check: Arc<Mutex<Option<Name>>>,
}

/// The name of a check: its module and its function.
type Name = (&'static str, &'static str);

/// Checks, by what they touched.
type Checks = BTreeMap<String, BTreeSet<Name>>;

#[derive(Debug, Default)]
struct Seen {
    checks: BTreeSet<Name>,
    sent: Checks,
    answered: Checks,
    refused: Checks,
    read: Checks,
    members: BTreeMap<String, Checks>,
    notifications: Checks,
    awaited: Checks,
    server_requests: Checks,
    responded: Checks,
    items: Checks,
    /// What the subject names where it refuses an unknown method.
    listed: BTreeSet<String>,
}

impl Recorder {
    /// A record for a subject that is known to offer these methods, beside those that it names itself.
    #[must_use]
    pub fn offering(methods: &[String]) -> Self {
        let record = Self::default();
        record.lock().listed.extend(methods.iter().cloned());
        record
    }

    /// Notes how the subject refuses an unknown method: it may name those that it has.
    pub(crate) fn refused(&self, message: &str) {
        self.lock().listed.extend(listed(message));
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was touched so far, beside what the profile says that the subject offers.
    #[must_use]
    pub fn coverage(&self, profile: &Profile) -> Coverage {
        let seen = self.lock();
        let mut requests: BTreeMap<String, Request> = BTreeMap::new();
        for (method, offered) in profile.methods.values().flatten() {
            let request = requests.entry(method.clone()).or_default();
            request.offered = Some(*offered || request.offered == Some(true));
        }
        for method in &seen.listed {
            requests.entry(method.clone()).or_default().offered = Some(true);
        }
        for method in seen.sent.keys() {
            requests.entry(method.clone()).or_default();
        }
        let count = |checks: &Checks, name: &str| checks.get(name).map_or(0, BTreeSet::len);
        for (method, request) in &mut requests {
            request.sent = count(&seen.sent, method);
            request.answered = count(&seen.answered, method);
            if request.answered > 0 {
                request.offered = Some(true);
            }
            request.refused = count(&seen.refused, method);
            request.asserted = count(&seen.read, method);
            let members = seen.members.get(method).into_iter().flatten();
            request.members =
                members.map(|(member, checks)| (member.clone(), checks.len())).collect();
        }
        let heard = |seen: &Checks, asserted: &Checks| {
            let heard = |name: &String, checks: &BTreeSet<_>| Heard {
                seen: checks.len(),
                asserted: count(asserted, name),
            };
            seen.iter().map(|(name, checks)| (name.clone(), heard(name, checks))).collect()
        };
        Coverage {
            schema: SCHEMA.to_owned(),
            version: profile.version.clone(),
            checks: seen.checks.len(),
            requests,
            notifications: heard(&seen.notifications, &seen.awaited),
            server_requests: heard(&seen.server_requests, &seen.responded),
            items: seen.items.iter().map(|(kind, checks)| (kind.clone(), checks.len())).collect(),
        }
    }
}

impl Tally {
    /// A tally for a home; without a record it notes nothing.
    pub(crate) fn new(record: Option<Recorder>) -> Self {
        Self { record, check: Arc::default() }
    }

    /// From now on, what is noted counts for this check.
    pub(crate) fn begin(&self, check: &Check) {
        let check = (check.module, check.name);
        *self.check.lock().unwrap_or_else(PoisonError::into_inner) = Some(check);
        self.note(|seen, check| {
            seen.checks.insert(check);
        });
    }

    /// Whether anything is noted.
    pub(crate) fn is_on(&self) -> bool {
        self.record.is_some()
    }

    fn note(&self, note: impl FnOnce(&mut Seen, Name)) {
        let Some(record) = &self.record else { return };
        let check = *self.check.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(check) = check {
            note(&mut record.lock(), check);
        }
    }

    /// Notes a line; `answered` is the method of the request that it answers.
    pub(crate) fn line(&self, entry: &Entry, answered: Option<&str>) {
        self.note(|seen, check| match (&entry.message, entry.direction) {
            (Message::Request { method, .. }, Direction::ToSubject) => {
                add(&mut seen.sent, method, check);
                let members = entry.params().as_object().into_iter().flatten();
                for (member, _) in members.filter(|(_, value)| !value.is_null()) {
                    let of_method = seen.members.entry(method.clone()).or_default();
                    add(of_method, member, check);
                }
            }
            (Message::Request { method, .. }, Direction::FromSubject) => {
                add(&mut seen.server_requests, method, check);
            }
            (Message::Notification { method }, Direction::FromSubject) => {
                add(&mut seen.notifications, method, check);
                if let Some(kind) = entry.params()["item"]["type"].as_str() {
                    add(&mut seen.items, kind, check);
                }
            }
            (Message::Response { .. }, Direction::FromSubject) => {
                answered.into_iter().for_each(|method| add(&mut seen.answered, method, check));
            }
            (Message::Error { .. }, Direction::FromSubject) => {
                answered.into_iter().for_each(|method| add(&mut seen.refused, method, check));
                let error =
                    entry.value.as_ref().and_then(|value| value["error"]["message"].as_str());
                seen.listed.extend(error.into_iter().flat_map(listed));
            }
            _ => {}
        });
    }

    /// Notes that the check has read the result of this method.
    pub(crate) fn read(&self, method: &str) {
        self.note(|seen, check| add(&mut seen.read, method, check));
    }

    /// Notes that the check has taken a message of this method.
    pub(crate) fn taken(&self, method: &str, is_request: bool) {
        self.note(|seen, check| {
            let checks = if is_request { &mut seen.responded } else { &mut seen.awaited };
            add(checks, method, check);
        });
    }
}

fn add(checks: &mut Checks, name: &str, check: Name) {
    if let Some(known) = checks.get_mut(name) {
        known.insert(check);
    } else {
        checks.insert(name.to_owned(), BTreeSet::from([check]));
    }
}

/// The methods that a refusal of an unknown one names: a list of names in back quotes, in which the greeting is.
fn listed(message: &str) -> Vec<String> {
    let names: Vec<String> = no_such_method::listed(message).map(str::to_owned).collect();
    if names.iter().any(|name| name == crate::app_server::INITIALIZE) { names } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::listed;

    #[test]
    fn only_a_list_with_the_greeting_is_one_of_methods() {
        let text =
            "unknown variant `x`, expected one of `initialize`, `thread/start`, `turn/start`";
        assert_eq!(listed(text), ["initialize", "thread/start", "turn/start"]);
        assert_eq!(listed("unknown variant `x`, expected one of `never`, `always`"), [""; 0]);
        assert_eq!(listed("initialize"), [""; 0]);
    }
}

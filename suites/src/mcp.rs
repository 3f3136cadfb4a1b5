//! Servers of the Model Context Protocol over stdio: sessions, tools, resources, prompts, and how they end.

pub mod called;
pub mod cancel;
pub mod client;
pub mod completion;
pub mod content;
pub mod declared;
pub mod end;
pub mod entries;
pub mod envelope;
pub mod framing;
pub mod input;
pub mod listen;
pub mod logging;
pub mod modern;
pub mod paging;
pub mod ping;
pub mod progress;
pub mod prompts;
pub mod refusal;
pub mod resources;
pub mod robust;
pub mod roles;
pub mod schema;
pub mod shape;
pub mod slow;
pub mod start;
pub mod tasks;
pub mod tools;
pub mod tour;

use std::collections::BTreeSet;

use harness::{Revision, all_checks};

/// The revisions in which the checks are proved, beside the newest of each era: for each check that
/// applies to neither of these, the newest that it applies to.
pub fn proved_revisions() -> Vec<Revision> {
    let newest = [Revision::NEWEST_LEGACY, Revision::R20260728];
    let further = all_checks().into_iter().filter_map(|check| {
        let own = check.applies.iter().filter_map(|applies| applies.dialect.revision());
        let own: BTreeSet<Revision> = own.collect();
        let is_proved = newest.iter().any(|revision| own.contains(revision));
        own.last().copied().filter(|_| !is_proved)
    });
    let further: BTreeSet<Revision> = further.collect();
    further.into_iter().collect()
}

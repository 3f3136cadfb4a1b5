//! The parts of a protocol that a run touched: methods, notifications, the server's own requests, items, members of parameters.

mod page;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use page::{Reasons, page};

/// The name and version of the format, part of every file.
pub const SCHEMA: &str = "proctor.coverage/1";

/// The parts that a run touched. Every number is a number of checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The version that the subject claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The number of checks that ran a conversation.
    pub checks: usize,
    /// The requests of the client, by method: those that were sent, and those that the subject offers.
    pub requests: BTreeMap<String, Request>,
    /// The notifications of the subject, by method.
    pub notifications: BTreeMap<String, Heard>,
    /// The requests of the subject, by method.
    pub server_requests: BTreeMap<String, Heard>,
    /// The items of turns, by type: in the conversations of how many checks.
    pub items: BTreeMap<String, usize>,
}

/// A method of the client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Whether the subject has it; `None` if it was not found out.
    pub offered: Option<bool>,
    /// Checks that sent it.
    pub sent: usize,
    /// Checks to which it was answered with a result.
    pub answered: usize,
    /// Checks to which it was answered with an error.
    pub refused: usize,
    /// Checks that read its result, and so judge by it.
    pub asserted: usize,
    /// The members of its parameters, by name: sent by how many checks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<String, usize>,
}

/// A message that the subject sends by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Checks in whose conversation it came.
    pub seen: usize,
    /// Checks that waited for it, or that answered it.
    pub asserted: usize,
}

impl Coverage {
    /// The methods that the subject offers, as far as that is known, and how many of them were sent, were answered with a
    /// result, and had a result that a check read.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let offered = self.requests.values().filter(|request| request.offered == Some(true));
        let mut counts = Counts::default();
        for request in offered {
            counts.offered += 1;
            counts.sent += usize::from(request.sent > 0);
            counts.answered += usize::from(request.answered > 0);
            counts.asserted += usize::from(request.asserted > 0);
        }
        counts
    }
}

/// How many of the offered methods were reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The subject has them.
    pub offered: usize,
    /// At least one check sent them.
    pub sent: usize,
    /// At least one check had a result.
    pub answered: usize,
    /// At least one check read its result.
    pub asserted: usize,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pretty_assertions::assert_eq;

    use super::{Counts, Coverage, Request, SCHEMA};

    #[test]
    fn only_what_the_subject_offers_is_counted() {
        let request = |offered, sent, answered, asserted| Request {
            offered,
            sent,
            answered,
            asserted,
            ..Request::default()
        };
        let requests = BTreeMap::from([
            ("a".to_owned(), request(Some(true), 3, 2, 1)),
            ("b".to_owned(), request(Some(true), 3, 0, 0)),
            ("c".to_owned(), request(Some(true), 0, 0, 0)),
            ("d".to_owned(), request(Some(false), 1, 1, 1)),
            ("e".to_owned(), request(None, 1, 1, 1)),
        ]);
        let coverage = Coverage {
            schema: SCHEMA.to_owned(),
            version: None,
            checks: 3,
            requests,
            notifications: BTreeMap::new(),
            server_requests: BTreeMap::new(),
            items: BTreeMap::new(),
        };
        let counts = Counts { offered: 3, sent: 2, answered: 1, asserted: 1 };
        assert_eq!(coverage.counts(), counts);
    }
}

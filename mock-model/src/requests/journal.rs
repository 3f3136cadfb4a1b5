//! The bounded record of all requests.

use std::collections::VecDeque;

use super::{Answer, Request};
use crate::reply::want::Unoffered;

/// The limits of a service's journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The number of requests.
    pub requests: usize,
    /// The bytes of their bodies, headers and targets, all together.
    pub bytes: usize,
}

/// 1024 requests and 16 MiB.
impl Default for Limits {
    fn default() -> Self {
        Self { requests: 1024, bytes: 16 << 20 }
    }
}

/// The latest requests, and counts of all.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    limits: Limits,
    kept: VecDeque<Request>,
    bytes: usize,
    pub(crate) counts: Counts,
    /// The first action without an offered tool.
    pub(crate) unoffered: Option<Unoffered>,
}

/// Counts over all requests, kept or not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Requests that asked for a reply.
    pub(crate) asked: usize,
    pub(crate) compactions: usize,
    /// Requests that are no longer kept, or without their body.
    pub(crate) overflowed: usize,
    pub(crate) no_reply_left: usize,
    pub(crate) refused: usize,
    /// Replies with an action for which the request offers no tool.
    pub(crate) unoffered: usize,
    pub(crate) violations: usize,
    /// Connections that sent something other than HTTP.
    pub(crate) not_http: usize,
}

impl Journal {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Numbers the next request that asks for a reply.
    pub(crate) fn next_number(&mut self) -> usize {
        self.counts.asked += 1;
        self.counts.asked
    }

    /// Numbers the next compaction.
    pub(crate) fn next_compaction(&mut self) -> usize {
        self.counts.compactions += 1;
        self.counts.compactions
    }

    /// Records a request, in place of the oldest ones if there is no room.
    pub(crate) fn record(&mut self, request: Request) -> Request {
        self.counts.violations += request.violations().len();
        match request.answer() {
            Answer::Unoffered(unoffered) => {
                self.counts.unoffered += 1;
                self.unoffered.get_or_insert_with(|| unoffered.clone());
            }
            Answer::NoReplyLeft => self.counts.no_reply_left += 1,
            Answer::Refused { .. } => self.counts.refused += 1,
            _ => {}
        }
        let fits = request.cost() <= self.limits.bytes;
        let request = if fits { request } else { self.truncate(&request) };
        self.bytes += request.cost();
        self.kept.push_back(request.clone());
        while self.kept.len() > self.limits.requests
            || (self.bytes > self.limits.bytes && self.kept.len() > 1)
        {
            if let Some(oldest) = self.kept.pop_front() {
                self.bytes -= oldest.cost();
                self.counts.overflowed += usize::from(!oldest.is_truncated());
            }
        }
        request
    }

    fn truncate(&mut self, request: &Request) -> Request {
        self.counts.overflowed += 1;
        request.without_body()
    }

    pub(crate) fn kept(&self) -> impl Iterator<Item = &Request> {
        self.kept.iter()
    }

    pub(crate) fn numbered(&self, number: usize) -> Option<&Request> {
        self.kept.iter().find(|request| request.number() == Some(number))
    }
}

#[cfg(test)]
mod tests {
    use hyper::{HeaderMap, Method, Uri};
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::requests::Head;

    /// A request of `size` bytes of body and 2 of path.
    fn request(journal: &mut Journal, size: usize) -> Request {
        let head =
            Head { method: Method::POST, uri: Uri::from_static("/r"), headers: HeaderMap::new() };
        let number = journal.next_number();
        let answer = Answer::NoReplyLeft;
        Request::new(head, vec![b'x'; size].into(), Some(number), answer, Vec::new())
    }

    fn numbers(journal: &Journal) -> Vec<usize> {
        journal.kept().filter_map(Request::number).collect()
    }

    #[test]
    fn the_oldest_make_room_by_number() {
        let mut journal = Journal::new(Limits { requests: 2, bytes: 1000 });
        for _ in 0..5 {
            let next = request(&mut journal, 1);
            journal.record(next);
        }
        assert_eq!(numbers(&journal), [4, 5]);
        assert_eq!(journal.counts.overflowed, 3);
        assert_eq!(journal.counts.no_reply_left, 5, "counts cover what is no longer kept");
    }

    #[test]
    fn the_oldest_make_room_by_size() {
        let mut journal = Journal::new(Limits { requests: 10, bytes: 100 });
        for size in [58, 30, 30] {
            let next = request(&mut journal, size);
            journal.record(next);
        }
        assert_eq!(numbers(&journal), [2, 3]);
        assert_eq!((journal.bytes, journal.counts.overflowed), (64, 1));
    }

    #[test]
    fn a_request_that_is_too_large_is_kept_without_its_body() {
        let mut journal = Journal::new(Limits { requests: 10, bytes: 100 });
        let large = request(&mut journal, 99);
        let kept = journal.record(large);
        assert_eq!((kept.bytes().len(), kept.is_truncated()), (0, true));
        assert_eq!((journal.bytes, journal.counts.overflowed), (2, 1));
    }

    #[test]
    fn a_journal_may_keep_nothing() {
        let mut journal = Journal::new(Limits { requests: 0, bytes: 0 });
        let next = request(&mut journal, 1);
        journal.record(next);
        assert_eq!(numbers(&journal), [0; 0]);
        assert_eq!((journal.bytes, journal.counts.overflowed), (0, 1));
    }
}

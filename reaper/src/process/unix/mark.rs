//! Marks the descendants of one subject: by a variable in their environment, and by a resource
//! limit that they inherit.
//!
//! The variable survives daemonising and `exec`, but a process may clear its environment. A
//! resource limit survives that too: it is inherited through `fork` and `exec`, and programs do not
//! reset it. The limit is the one on real-time CPU (`RLIMIT_RTTIME`, in microseconds), which
//! concerns only real-time scheduling; its values here are 146 000 years and more.

use std::sync::OnceLock;

use uuid::Uuid;

/// A variable in the environment of every subject; its value is [`of_subject`].
pub(crate) const VARIABLE: &str = "PROCTOR_TAG";

struct Run {
    prefix: String,
    bits: u64,
}

fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| {
        let id = Uuid::new_v4();
        // Inside another harness that tags its subjects, our subjects carry that tag too, so that
        // its sweep finds them.
        let outer = std::env::var(VARIABLE).map(|tag| format!("{tag}/")).unwrap_or_default();
        let bits = u64::from(id.as_fields().0);
        Run { prefix: format!("{outer}{id}."), bits }
    })
}

/// The prefix of the tags of all subjects of this process.
pub(crate) fn prefix() -> &'static str {
    &run().prefix
}

/// The tag of the subject with this number.
pub(crate) fn of_subject(number: u64) -> String {
    format!("{}{number}", prefix())
}

/// The number of the subject that a tag names, if it is one of ours; a process of a nested run
/// belongs to the subject that started the run.
pub(crate) fn subject_of(tag: &str) -> Option<u64> {
    let rest = tag.strip_prefix(prefix())?;
    rest.split('/').next()?.parse().ok()
}

const LIMIT: u64 = 1 << 62;
const NUMBER_BITS: u32 = 24;

/// The limits of all subjects of this run; for the guardian.
pub(crate) fn limits() -> std::ops::Range<u64> {
    let first = LIMIT | run().bits << NUMBER_BITS;
    first..first + (1 << NUMBER_BITS)
}

/// The number of the subject that a limit names, if it is one of ours.
pub(crate) fn subject_of_limit(limit: u64) -> Option<u64> {
    let limits = limits();
    limits.contains(&limit).then(|| limit - limits.start)
}

/// While it lives, every process that this process starts carries the mark; so only one thread at a
/// time may hold one.
#[derive(Debug)]
pub(crate) struct Marking {
    #[cfg(target_os = "linux")]
    before: Option<rustix::process::Rlimit>,
}

impl Marking {
    /// Marks processes that are started from now on. A limit set from outside after the start would
    /// miss earlier children of the subject; this one is in force from birth. Where the limit may
    /// not be set there is no mark.
    #[cfg(target_os = "linux")]
    pub(crate) fn start(number: u64) -> Self {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

        let before = getrlimit(Resource::Rttime);
        let limit = (number < 1 << NUMBER_BITS).then(|| limits().start + number);
        let marked = Rlimit { current: limit, maximum: before.maximum };
        let is_set = limit.is_some() && setrlimit(Resource::Rttime, marked).is_ok();
        Self { before: is_set.then_some(before) }
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn start(_number: u64) -> Self {
        Self {}
    }
}

#[cfg(target_os = "linux")]
impl Drop for Marking {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            // The limit was in force before, so it is permitted.
            let _ = rustix::process::setrlimit(rustix::process::Resource::Rttime, before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, limits, of_subject, subject_of, subject_of_limit};

    #[test]
    fn tag_names_its_subject_and_no_other() {
        assert_eq!(subject_of(&of_subject(7)), Some(7));
        assert_eq!(subject_of(&of_subject(71)), Some(71));
        assert_eq!(subject_of(&format!("{}/nested.3", of_subject(7))), Some(7));
        assert_eq!(subject_of("somebody-else.7"), None);
    }

    #[test]
    fn limit_names_its_subject_and_no_other() {
        assert_eq!(subject_of_limit(limits().start + 7), Some(7));
        assert_eq!(subject_of_limit(limits().end), None);
        assert_eq!(subject_of_limit(u64::MAX), None);
        assert!(limits().start >= LIMIT && limits().end < 1 << 63);
    }
}

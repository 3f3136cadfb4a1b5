//! How a process is known as a descendant of one subject: a variable in its environment, and a limit that it inherits.
//!
//! The variable survives daemonising and `exec`, but a process may clear its environment. A resource limit survives that
//! too: it is inherited through `fork` and `exec`, and nobody resets it. The one that is used bounds real-time CPU
//! (`RLIMIT_RTTIME`, in microseconds), which concerns only real-time scheduling; the values are 146 000 years or more.

use std::sync::OnceLock;

use uuid::Uuid;

/// The variable that every subject is started with; its value is [`of_subject`].
pub(crate) const VARIABLE: &str = "PROCTOR_TAG";

struct Run {
    prefix: String,
    bits: u64,
}

fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| {
        let id = Uuid::new_v4();
        // Under another harness that tags its subjects, ours carry its tag too: its sweep still finds them.
        let outer = std::env::var(VARIABLE).map(|tag| format!("{tag}/")).unwrap_or_default();
        let bits = u64::from(id.as_fields().0);
        Run { prefix: format!("{outer}{id}."), bits }
    })
}

/// What the tags of every subject of this process begin with.
pub(crate) fn prefix() -> &'static str {
    &run().prefix
}

/// The tag of the subject with this number.
pub(crate) fn of_subject(number: u64) -> String {
    format!("{}{number}", prefix())
}

/// The number of the subject that a tag names, if it is one of ours; a process of a nested run counts as its subject's.
pub(crate) fn subject_of(tag: &str) -> Option<u64> {
    let rest = tag.strip_prefix(prefix())?;
    rest.split('/').next()?.parse().ok()
}

const LIMIT: u64 = 1 << 62;
const NUMBER_BITS: u32 = 24;

/// The limits of this run, all numbers left out; for the guardian.
pub(crate) fn limits() -> std::ops::Range<u64> {
    let first = LIMIT | run().bits << NUMBER_BITS;
    first..first + (1 << NUMBER_BITS)
}

/// The number of the subject that a limit names, if it is one of ours.
pub(crate) fn subject_of_limit(limit: u64) -> Option<u64> {
    let limits = limits();
    limits.contains(&limit).then(|| limit - limits.start)
}

/// Marks a process that has just been started, and so whatever it will start; whether it worked.
#[cfg(target_os = "linux")]
pub(crate) fn put(pid: rustix::process::Pid, number: u64) -> bool {
    use rustix::process::{Resource, Rlimit, prlimit};

    if number >= 1 << NUMBER_BITS {
        return false;
    }
    let limit = Some(limits().start + number);
    prlimit(Some(pid), Resource::Rttime, Rlimit { current: limit, maximum: limit }).is_ok()
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn put(_pid: rustix::process::Pid, _number: u64) -> bool {
    false
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

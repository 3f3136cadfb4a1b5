//! A record of one file of a home: each content that it had when somebody looked.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The largest file that is kept, in bytes.
const LARGEST: u64 = 256 << 10;
/// The number of contents that are kept.
const VERSIONS: usize = 2_000;

/// The contents of a home's `config.toml` over time.
#[derive(Debug)]
pub(crate) struct Files {
    path: PathBuf,
    versions: Mutex<Vec<Version>>,
    kept: std::sync::OnceLock<Vec<Version>>,
}

/// What tells without reading whether a file has changed: device, inode, size, time of change.
type Stamp = (u64, u64, u64, i64, i64);

#[derive(Clone, Debug)]
struct Version {
    since: Instant,
    stamp: Option<Stamp>,
    content: Option<Vec<u8>>,
}

impl Files {
    /// A record of the file at `path`, which may not exist yet.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, versions: Mutex::default(), kept: std::sync::OnceLock::new() }
    }

    /// Looks at the file, and records its content if it has changed.
    pub(crate) fn look(&self) {
        let found = fs::metadata(&self.path).ok();
        let size = found.as_ref().map_or(0, fs::Metadata::len);
        let stamp = found.map(|found| {
            (found.dev(), found.ino(), found.size(), found.ctime(), found.ctime_nsec())
        });
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        let same = versions.last().is_some_and(|last| last.stamp == stamp);
        if same || versions.len() >= VERSIONS {
            return;
        }
        let content = if size <= LARGEST { fs::read(&self.path).ok() } else { None };
        versions.push(Version { since: Instant::now(), stamp, content });
    }

    /// Ends the record, so that it can be read.
    pub(crate) fn close(&self) {
        let versions =
            std::mem::take(&mut *self.versions.lock().unwrap_or_else(PoisonError::into_inner));
        // Closed once; a second close has nothing to add.
        let _ = self.kept.set(versions);
    }

    /// The content at this time, after [`Files::close`].
    pub(crate) fn at(&self, time: Instant) -> Option<&[u8]> {
        let versions = self.kept.get()?;
        let next = versions.partition_point(|version| version.since <= time);
        versions.get(next.checked_sub(1)?)?.content.as_deref()
    }
}

//! The process of a subject: started in an environment of its own, watched, and ended without
//! leaving anything behind.
//!
//! [`Process`] describes how it is ended. Which descendants can be found depends on the system:
//! [`Mechanism`] says by which means, and is part of every report. On Linux, the first use makes
//! this process a *child subreaper*: it becomes the parent of every orphan among its descendants,
//! so even a daemon that forked twice into a session of its own is found in one short list. Other
//! code of this process that starts children in a group or session of their own must declare them
//! with [`spare`], or they are mistaken for orphans of a subject.

mod audit;
mod ladder;
mod program;
mod report;
mod stderr;
#[cfg(unix)]
mod unix;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

pub use audit::Audit;
pub use ladder::Ladder;
pub use program::SpawnError;
pub use program::resolve;
pub use report::{EndedBy, Exit, NotClean, Rung, ShutdownReport, Step};
pub use stderr::StderrTail;

#[cfg(not(unix))]
pub use crate::elsewhere::process::{
    Mechanism, Process, StderrView, Stdout, audit, descendants, is_at_work, lost_reports, spare,
    tag_prefix, take_undelivered, take_undelivered_of, work,
};
#[cfg(unix)]
pub use unix::{
    Finding, Mechanism, Process, StderrView, Stdout, Waiting, audit, descendants, is_at_work,
    lost_reports, spare, tag_prefix, take_undelivered, take_undelivered_of, work,
};
#[cfg(unix)]
pub(crate) use unix::{
    executable, family, handle, mark, mechanism, others, patience, pipe_name, procfs, registry,
    survivor, sweep, table, threads,
};

#[cfg(not(unix))]
use crate::elsewhere::process as system;
#[cfg(unix)]
use unix as system;

/// How a process is started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program: a bare name is looked up in the `PATH` of `env`; a relative path is relative to
    /// the working directory of this process, not to `cwd`.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Its whole environment; nothing is inherited. `PROCTOR_TAG` is added.
    pub env: BTreeMap<OsString, OsString>,
    /// Its working directory.
    pub cwd: PathBuf,
    /// The number of bytes that are kept from the end of its stderr.
    pub stderr_cap: usize,
    /// Its name in reports.
    pub label: String,
}

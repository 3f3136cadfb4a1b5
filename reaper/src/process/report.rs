//! The report on a process that was ended.

use std::fmt;
use std::io::{self, Write as _};
use std::time::Duration;

use super::system::signal_name;
use super::{Mechanism, StderrTail};
use crate::leak::Leak;
use shown::printable;

/// The number of last lines of stderr that are shown.
const STDERR: usize = 12;

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// It exited with this code.
    Code(i32),
    /// This signal killed it.
    Signal(i32),
}

impl Exit {
    /// Whether it exited with code 0.
    pub fn success(self) -> bool {
        self == Self::Code(0)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => match signal_name(*signal) {
                Some(name) => write!(f, "signal {signal} ({name})"),
                None => write!(f, "signal {signal}"),
            },
        }
    }
}

/// What ended the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndedBy {
    /// It had ended by itself before the shutdown began.
    Itself,
    /// The end of its input.
    Eof,
    /// The hang-up of its terminal: SIGHUP to its process group.
    Hangup,
    /// SIGTERM to its process group.
    Term,
    /// SIGKILL to its process group.
    Kill,
    /// It was still running when the last time limit passed.
    NotReaped,
}

impl fmt::Display for EndedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Itself => "itself",
            Self::Eof => "the end of its input",
            Self::Hangup => "the hang-up of its terminal",
            Self::Term => "SIGTERM",
            Self::Kill => "SIGKILL",
            Self::NotReaped => "nothing: it is still running",
        })
    }
}

/// One step of a shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rung {
    /// Its descendants were listed, while their parents are still known.
    Look,
    /// Its stdin was closed, and we waited.
    Eof,
    /// SIGHUP was sent to its group, as when its terminal is closed, and we waited.
    Hangup,
    /// SIGTERM was sent to its group, and we waited.
    Term,
    /// SIGKILL was sent to its group, and we waited.
    Kill,
    /// Its left-over descendants were awaited, recorded and ended.
    Sweep,
}

/// A step that was taken, and its duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The step.
    pub rung: Rung,
    /// Its duration.
    pub took: Duration,
}

/// How a process was ended, and what it left behind.
///
/// `{}` and `{:?}` print the same text: how it ended, and the evidence on every process that was
/// left.
#[derive(Clone)]
#[must_use = "says what outlived the subject"]
pub struct ShutdownReport {
    /// The process id that the subject had.
    pub pid: u32,
    /// The label of its launch.
    pub label: String,
    /// The tag in its environment.
    pub tag: String,
    /// How it ended; `None` if it did not, or if other code of this process reaped it.
    pub exit: Option<Exit>,
    /// What ended it.
    pub ended_by: EndedBy,
    /// The steps that were taken, in order.
    pub steps: Vec<Step>,
    /// Descendants that were alive after the settle time.
    pub survivors: Vec<Leak>,
    /// What could not be examined or done in time. If it is not empty, it is not proven that there
    /// are no survivors.
    pub doubts: Vec<String>,
    /// The means that were used.
    pub mechanism: Mechanism,
    /// The end of what it wrote to stderr.
    pub stderr: StderrTail,
}

impl fmt::Display for ShutdownReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (pid {})", self.label, self.pid)?;
        let end = match (self.ended_by, self.exit) {
            (EndedBy::NotReaped, _) => "is still running".to_owned(),
            (by, Some(exit)) => format!("ended by {by}, with {exit}"),
            (by, None) => format!("ended by {by}, and other code of this process reaped it"),
        };
        let left = match (self.survivors.len(), self.doubts.is_empty()) {
            (0, true) => "left nothing behind".to_owned(),
            (0, false) => "it is not proven that it left nothing behind".to_owned(),
            (1, _) => "1 process was left behind".to_owned(),
            (more, _) => format!("{more} processes were left behind"),
        };
        write!(f, " {end}; {left}")?;
        write_left(self, f)?;
        let steps = self.steps.iter().map(|step| format!("{:?} {:?}", step.rung, step.took));
        let steps: Vec<_> = steps.collect();
        if !steps.is_empty() {
            write!(f, "\n  steps     {}", steps.join(", "))?;
        }
        let stderr = self.stderr.text();
        let skipped = stderr.lines().count().saturating_sub(STDERR);
        let mut last = stderr.lines().skip(skipped);
        last.try_for_each(|line| {
            write!(f, "\n  stderr    {}", printable(line.as_bytes(), usize::MAX))
        })
    }
}

impl fmt::Debug for ShutdownReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The evidence on each left-over process, and each doubt, one per line.
fn write_left(report: &ShutdownReport, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for survivor in &report.survivors {
        write!(f, "\n{survivor}")?;
        if let Some(id) = &survivor.tag.id {
            write!(f, "\n  of {id}")?;
        }
    }
    report.doubts.iter().try_for_each(|doubt| write!(f, "\ndoubt: {doubt}"))
}

impl ShutdownReport {
    /// Whether it ended, was reaped, and is proven to have left nothing behind.
    pub fn is_clean(&self) -> bool {
        self.ended_by != EndedBy::NotReaped && self.survivors.is_empty() && self.doubts.is_empty()
    }

    /// Returns the report if it is clean.
    ///
    /// # Errors
    ///
    /// If a process was left, or could not be searched for, with the evidence.
    pub fn clean(self) -> Result<Self, NotClean> {
        if self.is_clean() { Ok(self) } else { Err(NotClean(Box::new(self))) }
    }

    /// The duration of the shutdown.
    pub fn took(&self) -> Duration {
        self.steps.iter().map(|step| step.took).sum()
    }
}

/// A child was ended and left processes behind, or they could not be searched for; `{}` and `{:?}`
/// print the same text.
pub struct NotClean(pub Box<ShutdownReport>);

impl fmt::Display for NotClean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        write!(f, "{} (pid {}) was not ended cleanly", report.label, report.pid)?;
        write_left(report, f)
    }
}

impl fmt::Debug for NotClean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for NotClean {}

impl NotClean {
    /// Fails the test that runs on this thread; if it is failing already, adds the evidence to its
    /// stderr.
    pub fn accuse(&self) {
        if std::thread::panicking() {
            // Without stderr there is no place left to write to.
            let _ = writeln!(io::stderr(), "{self}");
        } else {
            panic!("{self}");
        }
    }
}

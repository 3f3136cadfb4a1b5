//! What is told about a process that was ended.

use std::fmt;
use std::io::{self, Write as _};
use std::time::Duration;

use super::mechanism::Mechanism;
use super::stderr::StderrTail;
use crate::leak::Leak;
use shown::printable;

/// How many of the last lines of stderr are shown.
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

    pub(super) fn from_status(status: std::process::ExitStatus) -> Option<Self> {
        use std::os::unix::process::ExitStatusExt;

        status.code().map(Self::Code).or_else(|| status.signal().map(Self::Signal))
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

fn signal_name(signal: i32) -> Option<&'static str> {
    use rustix::process::Signal;

    let names = [
        (Signal::HUP, "SIGHUP"),
        (Signal::INT, "SIGINT"),
        (Signal::QUIT, "SIGQUIT"),
        (Signal::ILL, "SIGILL"),
        (Signal::TRAP, "SIGTRAP"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::KILL, "SIGKILL"),
        (Signal::SEGV, "SIGSEGV"),
        (Signal::PIPE, "SIGPIPE"),
        (Signal::ALARM, "SIGALRM"),
        (Signal::TERM, "SIGTERM"),
        (Signal::SYS, "SIGSYS"),
    ];
    names.into_iter().find(|(known, _)| known.as_raw() == signal).map(|(_, name)| name)
}

/// What made the subject end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndedBy {
    /// Nothing of ours: it had ended before the way out began.
    Itself,
    /// The end of its input.
    Eof,
    /// The hang-up of its terminal: SIGHUP to its process group.
    Hangup,
    /// SIGTERM to its process group.
    Term,
    /// SIGKILL to its process group.
    Kill,
    /// It was still there when the last bound passed.
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
            Self::NotReaped => "nothing: it is still there",
        })
    }
}

/// One rung of the way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rung {
    /// Its descendants were listed, while it could still be asked who they are.
    Look,
    /// Its stdin was closed, and we waited.
    Eof,
    /// SIGHUP was sent to its group, as when its terminal is closed, and we waited.
    Hangup,
    /// SIGTERM was sent to its group, and we waited.
    Term,
    /// SIGKILL was sent to its group, and we waited.
    Kill,
    /// Whatever it left behind was awaited, recorded and ended.
    Sweep,
}

/// A rung that was taken and how long it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which one.
    pub rung: Rung,
    /// How long it took.
    pub took: Duration,
}

/// How a process was ended, and what it left behind.
///
/// `{}` and `{:?}` are the same text: how it ended, and the evidence on whatever was left.
#[derive(Clone)]
#[must_use = "says what outlived the subject"]
pub struct ShutdownReport {
    /// The process id that the subject had.
    pub pid: u32,
    /// The label of its launch.
    pub label: String,
    /// The tag in its environment.
    pub tag: String,
    /// How it ended; nothing if it did not, or if somebody else in this process reaped it.
    pub exit: Option<Exit>,
    /// What made it end.
    pub ended_by: EndedBy,
    /// The rungs that were taken, in order.
    pub steps: Vec<Step>,
    /// Descendants that were alive when the settle time had passed.
    pub survivors: Vec<Leak>,
    /// What could not be looked at, or was not done in time. Not empty means that "no survivors" is
    /// not proven.
    pub doubts: Vec<String>,
    /// By which means all this was found out.
    pub mechanism: Mechanism,
    /// The end of what it wrote to stderr.
    pub stderr: StderrTail,
}

impl fmt::Display for ShutdownReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (pid {})", self.label, self.pid)?;
        let end = match (self.ended_by, self.exit) {
            (EndedBy::NotReaped, _) => "is still there".to_owned(),
            (by, Some(exit)) => format!("ended by {by}, with {exit}"),
            (by, None) => format!("ended by {by}, and somebody else reaped it"),
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

/// The evidence on each process that was left, and on what could not be looked at, a line each.
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
    /// It ended, was reaped, and provably left nothing behind.
    pub fn is_clean(&self) -> bool {
        self.ended_by != EndedBy::NotReaped && self.survivors.is_empty() && self.doubts.is_empty()
    }

    /// The same, if it is clean.
    ///
    /// # Errors
    ///
    /// If anything was left, or could not be looked for, with the evidence.
    pub fn clean(self) -> Result<Self, NotClean> {
        if self.is_clean() { Ok(self) } else { Err(NotClean(Box::new(self))) }
    }

    /// How long the way out took.
    pub fn took(&self) -> Duration {
        self.steps.iter().map(|step| step.took).sum()
    }
}

/// A child was ended and something was left of it, or could not be looked for; `{}` and `{:?}` are the same text.
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
    /// Fails the test that runs on this thread; if it is failing already, the evidence is added to its stderr.
    pub fn accuse(&self) {
        if std::thread::panicking() {
            // With stderr gone there is nobody left to read it.
            let _ = writeln!(io::stderr(), "{self}");
        } else {
            panic!("{self}");
        }
    }
}

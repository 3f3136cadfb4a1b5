//! The runner of hunts: a process of its own supervises every run and names what it leaves behind.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reaper::leak::{Class, Fate, Leak, LeakReport};
use reaper::process::{Exit, tag_prefix};
use reaper::supervise::{Captured, Report, SuperviseError, Supervised};
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::check;
use crate::conditions::Conditions;
use crate::limits::Means;
use crate::load::{Burden, Pinned};
use crate::others;
use crate::runner::{Kind, Load, Observation, Run, RunError, Runner};
use crate::target::Form;

/// The variable with the seed of a run: a test that takes its random choices from it can be
/// replayed exactly.
pub const SEED: &str = "PROCTOR_HUNT_SEED";

/// The variable by which a guardian recognizes the processes of a run.
const TAG: &str = "PROCTOR_TAG";

/// The variable by which nextest and hunts distinguish the processes of one run of a test from
/// those of the next.
const ATTEMPT: &str = "NEXTEST_ATTEMPT_ID";

/// The number of runs that this process has begun.
static RUNS: AtomicU64 = AtomicU64::new(0);

/// The number of bytes that are kept from the end of each stream.
const OUTPUT: usize = 4_000;

/// The number of descriptors of a process that are reported; the streams of the command come first.
const HOLDS: usize = 8;

/// Runs targets through `proctor`.
#[derive(Debug)]
pub struct Apart {
    /// The `proctor` binary.
    pub proctor: PathBuf,
    /// The environment of every run, before the target's own variables.
    pub env: BTreeMap<OsString, OsString>,
    /// The file of a subject's profile, so that the subject is examined once per hunt and not in
    /// each run of a check.
    pub profile: PathBuf,
    /// The number of processors.
    pub processors: usize,
    /// How programs are limited.
    pub means: Means,
    /// Becomes true when everything is to end.
    pub cancel: watch::Receiver<bool>,
}

impl Runner for Apart {
    fn run(&self, run: &Run<'_>) -> Result<Observation, RunError> {
        match &run.target.form {
            Form::Command => {
                let words = others::command(run.target, run.conditions);
                let (words, _names) = words
                    .map_err(|error| RunError::Unable(format!("the names of tests: {error}")))?;
                let words = self.means.wrap(run.conditions, words);
                let report = self.supervise(run, words.into_iter())?;
                let mut seen = observed(&report, run.leak_timeout);
                if !run.conditions.after.is_empty() && !run.conditions.apart {
                    // The others share the process: only what is known to be the target's counts.
                    let failed = others::target_failed(run.target, &seen.output);
                    seen.kinds.retain(|kind| failed && *kind == Kind::Failure);
                }
                Ok(seen)
            }
            Form::Check { id, options } => {
                let (command, file) = check::command(self, run, id, options)?;
                let report = self.supervise(run, command.into_iter())?;
                check::observed(&report, file.path())
            }
        }
    }

    fn load(&self, conditions: &Conditions, until: std::time::Instant) -> Result<Load, RunError> {
        if conditions.busy == 0 {
            return Ok(Load::default());
        }
        match Burden::start(&self.proctor, conditions, self.processors, until) {
            Ok(Some(burden)) => Ok(Load::of(vec![Box::new(burden)])),
            Ok(None) => Err(RunError::Void),
            Err(error) => Err(RunError::Unable(format!("putting load on the machine: {error}"))),
        }
    }
}

impl Apart {
    fn supervise(
        &self,
        run: &Run<'_>,
        command: impl Iterator<Item = OsString>,
    ) -> Result<Report, RunError> {
        let mut env = self.env.clone();
        let own = run.target.env.iter().map(|(name, value)| (name.into(), value.into()));
        env.extend(own);
        if let Some(id) = env.get_mut(OsStr::new(ATTEMPT)) {
            // In the form that nextest uses for repeated runs of one test.
            id.push(format!("@stress-{}", RUNS.fetch_add(1, Ordering::Relaxed)));
        }
        env.insert(SEED.into(), run.seed.to_string().into());
        // By this variable the guardian finds it if we are killed together with the supervising
        // process.
        env.insert(TAG.into(), format!("{}hunt", tag_prefix()).into());
        let supervised = Supervised {
            env: Some(env),
            cwd: run.target.cwd.clone(),
            grace: run.leak_timeout,
            timeout: Some(run.run_timeout),
            ..Supervised::new(command)
        };
        let unable = |error: std::io::Error| RunError::Unable(format!("a runtime: {error}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(unable)?;
        let _pinned = run.conditions.one_core.then(Pinned::start);
        let mut cancel = self.cancel.clone();
        runtime.block_on(async {
            let outcome = tokio::select! {
                outcome = timeout_at(Instant::from_std(run.until), supervised.run_apart(&self.proctor)) => outcome,
                // It fails only when no sender is left.
                _ = cancel.wait_for(|cancelled| *cancelled) => return Err(RunError::Void),
            };
            match outcome {
                Err(_) => Err(RunError::Void),
                Ok(Err(error @ SuperviseError::Machinery { .. })) if *self.cancel.borrow() => {
                    drop(error);
                    Err(RunError::Void)
                }
                Ok(outcome) => outcome.map_err(|error| RunError::Unable(error.to_string())),
            }
        })
    }
}

/// The result of a run, from its report.
fn observed(report: &Report, leak_timeout: Duration) -> Observation {
    let tail = report.tail.stdout.max(report.tail.stderr);
    let descends = |leak: &&Leak| leak.class == Class::Descendant;
    let named = || report.leaks.iter().chain(&report.noted).filter(descends);
    // A process that was killed but not waited for is no leak to a supervisor, but it is one to a
    // test runner, which only sees a pipe that stays open. Without a process there is no leak,
    // however late the pipe closed.
    let is_late = tail.is_some_and(|tail| tail > leak_timeout)
        && named().any(|leak| after(leak.fate).is_none_or(|after| after > leak_timeout));
    let mut kinds = Vec::new();
    if report.timed_out {
        // The left-over processes of a killed run are not its fault.
        kinds.push(Kind::TimeOut);
    } else {
        kinds.extend((!report.leaks.is_empty() || is_late).then_some(Kind::Leak));
        kinds.extend((!report.exit.is_some_and(Exit::success)).then_some(Kind::Failure));
    }
    Observation {
        exit: match report.exit {
            _ if report.timed_out => "killed because it had not ended in time".to_owned(),
            Some(exit) => exit.to_string(),
            None => "exit status unknown".to_owned(),
        },
        kinds,
        tail_ms: tail.filter(|_| !report.timed_out).map(millis),
        leaks: named().map(leak).collect(),
        doubts: report.doubts.clone(),
        output: output(report),
        duration_ms: millis(report.duration),
    }
}

/// How long after the command a process ended; `None` if it had to be killed.
fn after(fate: Fate) -> Option<Duration> {
    match fate {
        Fate::Ended(after) | Fate::Dying(after) => Some(after),
        Fate::Killed | Fate::Kept | Fate::Reaped | Fate::Remains => None,
    }
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The report of a leak in a hunt: with only the first of its descriptors.
pub(crate) fn leak(leak: &Leak) -> LeakReport {
    let mut report = leak.report("the command");
    report.holds.truncate(HOLDS);
    report
}

pub(crate) fn output(report: &Report) -> String {
    let end = |captured: &Option<Captured>| {
        let text = captured.as_ref().map_or("", |captured| captured.tail.as_str()).trim_end();
        let from = text.len().saturating_sub(OUTPUT);
        let from = (from..=text.len()).find(|from| text.is_char_boundary(*from)).unwrap_or(0);
        text[from..].to_owned()
    };
    let streams = [end(&report.stdout), end(&report.stderr)];
    let streams: Vec<String> = streams.into_iter().filter(|text| !text.is_empty()).collect();
    streams.join("\n")
}

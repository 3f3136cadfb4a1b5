//! `proctor __judge`: whether the checks can distinguish a changed reference subject from the
//! original.
//!
//! The test of `just mutants`. It stops at the first check that fails on the changed subject and,
//! at the same moment, holds on the original, so a machine that is too slow for a deadline is not
//! mistaken for a difference.

use std::collections::HashMap;
use std::str::FromStr;
use std::time::Duration;

use ::reference::{PLANTED, Planted};
use harness::run::{Attempt, Case, attempt};
use harness::select::{Filters, Selected};
use harness::session::{self, Options, Watch};
use harness::{Check, Examined, Kind, Subject};
use reaper::process;
use tokio::sync::watch;

use crate::args::JudgeArgs;
use crate::exit_code::{FAILED, HELD, INCOMPLETE, Stop};
use crate::interrupt::Interrupt;
use crate::list::refused;
use crate::reference::Embedded;
use crate::{reference, run, terminal};

/// The time limit of one wait, and of one check: the reference answers within milliseconds.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(20));

/// The place of the change: a file, relative to the workspace, and a line.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    file: String,
    line: u32,
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "expected a form like file.rs:12";
        let (file, line) = text.rsplit_once(':').ok_or(wrong)?;
        Ok(Self { file: file.to_owned(), line: line.parse().map_err(|_| wrong)? })
    }
}

impl Place {
    /// The number of directories and files that are on only one of the two paths; a module counts
    /// as being in the directory of its name.
    fn steps_to(&self, file: &str) -> usize {
        let parts = |path: &str| -> Vec<String> {
            path.trim_end_matches(".rs").split('/').map(str::to_owned).collect()
        };
        let (here, there) = (parts(&self.file), parts(file));
        let shared = here.iter().zip(&there).take_while(|(here, there)| here == there).count();
        here.len() + there.len() - 2 * shared
    }
}

/// Runs every check on the changed program, as each of its servers, until one distinguishes it from
/// the reference.
pub(crate) fn judge(args: &JudgeArgs) -> Result<u8, Stop> {
    let _guardian = run::protect()?;
    let interrupt = Interrupt::listen()?;
    // The app-server has the code that both share.
    let mut servers = [Embedded::AppServer, Embedded::McpServer];
    if args.near.as_ref().is_some_and(|near| Embedded::McpServer.has(&near.file)) {
        servers.reverse();
    }
    for server in servers {
        let code = judge_as(server, args, &interrupt)?;
        if code != HELD {
            return Ok(code);
        }
    }
    Ok(HELD)
}

/// Runs every check on the changed program as this server.
fn judge_as(server: Embedded, args: &JudgeArgs, interrupt: &Interrupt) -> Result<u8, Stop> {
    let subject = |command| -> Result<Subject, Stop> {
        let mut subject = Subject::new(command)
            .map_err(Stop::unable)?
            .template(suites::template())
            .methods(suites::METHODS);
        (subject.settings.wait, subject.settings.check) = PATIENCE;
        // Its login server uses a free port.
        subject.settings.queues = false;
        subject.settings.proctor = Some(reference::this_binary()?.into());
        Ok(subject)
    };
    let changed = args.command.iter().cloned().chain([server.name().into()]).collect();
    let (reference, changed) = (subject(server.command()?)?, subject(changed)?);
    let Some(reference) = interrupt.or_cancelled(reference.examine()) else {
        return Ok(INCOMPLETE);
    };
    let reference =
        reference.map_err(|failure| Stop::unable(format!("the reference: {failure}")))?;
    // The profile of the reference: the changed subject must be tested for everything that the
    // reference offers.
    let changed = Examined { subject: changed, profile: reference.profile.clone() };
    let mut selected = Filters::default().select(&reference.profile).map_err(refused)?;
    nearest_first(&mut selected, args.near.as_ref());
    let options = Options {
        jobs: Some(args.jobs.unwrap_or_else(|| reference.profile.jobs())),
        ..Options::default()
    };
    let mut judge = Judge {
        reference: &reference,
        observers: selected.iter().map(|one| one.case.check).filter(observes).collect(),
        cancel: &interrupt.cancel,
        total: 0,
        judged: 0,
        difference: None,
    };
    judge.observers.dedup_by_key(|check| check.id());
    session::run(&changed, &selected, &options, &interrupt.cancel, &mut judge);
    let Judge { total, judged, difference, .. } = judge;
    let strays = process::audit().leaks;
    match difference {
        Some(difference) => {
            terminal::say(&format!("distinguished, case {judged} of {total}: {difference}\n"))?;
            Ok(FAILED)
        }
        None if judged < total => Ok(INCOMPLETE),
        None if !strays.is_empty() => {
            terminal::say(&format!(
                "distinguished: {} processes were left behind\n",
                strays.len()
            ))?;
            Ok(FAILED)
        }
        None => {
            terminal::say(&format!("all {total} cases hold\n"))?;
            Ok(HELD)
        }
    }
}

fn observes(check: &&'static Check) -> bool {
    check.observes()
}

/// Puts the checks first that find the faults nearest to the change: most likely they find the
/// change too.
fn nearest_first(selected: &mut [Selected], near: Option<&Place>) {
    let Some(near) = near else { return };
    let apart = |planted: &Planted| (near.steps_to(planted.file), near.line.abs_diff(planted.line));
    let distances: HashMap<_, _> =
        PLANTED.iter().map(|planted| (planted.fault.name, apart(planted))).collect();
    selected.sort_by_key(|one| {
        let faults = one.case.check.faults.iter();
        faults.filter_map(|name| distances.get(name)).min().copied().unwrap_or((usize::MAX, 0))
    });
}

/// Looks at every attempt as it ends, and ends the run at the first that distinguishes the
/// subjects.
struct Judge<'a> {
    reference: &'a Examined,
    observers: Vec<&'static Check>,
    cancel: &'a watch::Sender<bool>,
    total: usize,
    judged: usize,
    difference: Option<String>,
}

impl Judge<'_> {
    /// What went wrong in this attempt; an inconclusive one does not count.
    fn against(attempt: &Attempt) -> Option<String> {
        let failure = attempt.result.as_ref().err();
        if let Some(failure) = failure.filter(|failure| failure.kind() != Kind::Inconclusive) {
            return Some(failure.to_string());
        }
        if let Some(violation) = attempt.violations.first() {
            return Some(format!("{}: {}", violation.observer.id(), violation.failure));
        }
        attempt.leaks.first().map(|leak| format!("left behind: {}", leak.command))
    }
}

impl Watch for Judge<'_> {
    fn begun(&mut self, total: usize) {
        self.total = total;
    }

    fn attempted(&mut self, case: &Case, _number: usize, seen: &Attempt) {
        if self.difference.is_some() || *self.cancel.borrow() {
            return;
        }
        self.judged += 1;
        let Some(against) = Self::against(seen) else { return };
        let (_stay, never) = watch::channel(false);
        let again = attempt(self.reference, *case, &self.observers, never);
        if again.result.is_ok() && Self::against(&again).is_none() {
            self.difference = Some(format!("{}: {against}", case.name()));
            self.cancel.send_replace(true);
        }
    }
}

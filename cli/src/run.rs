//! `proctor run`: examines a subject and reports the result in every requested format.

mod home_template;
mod known_failures;
mod outputs;
mod profile;
pub(crate) mod request;
mod rerun;
mod scripts;
mod unexamined;
mod wrappers;

use std::collections::BTreeSet;
use std::time::Instant;

use harness::run::{Attempt, Case};
use harness::select::Selected;
use harness::session::{self, Watch};
use harness::{Examined, precondition};
use reaper::guardian::Guardian;
use reaper::process;
use report::Dialect;
use report::{CheckReport, Report};

use crate::args::RunArgs;
use crate::bazel::Bazel;
use crate::exit_code::Stop;
use crate::interrupt::Interrupt;
use crate::list::refused;
use crate::progress::Progress;
use crate::settings_file::SettingsFile;
use crate::{reference, terminal};

use outputs::Outputs;
use request::Request;
use unexamined::Unexamined;

/// Examines the subject that the arguments, `proctor.toml` or Bazel name.
pub(crate) fn run(mut args: RunArgs) -> Result<u8, Stop> {
    let mut bazel = Bazel::begin();
    let ended = whole(&mut args, bazel.as_mut());
    if let Some(bazel) = &bazel {
        bazel.end(&ended);
    }
    ended
}

fn whole(args: &mut RunArgs, mut bazel: Option<&mut Bazel>) -> Result<u8, Stop> {
    let began = Instant::now();
    let settings = SettingsFile::read()?;
    if let Some(bazel) = &mut bazel {
        bazel.fill(args, &settings)?;
    }
    let mut request = Request::new(args, &settings)?;
    if let Some(bazel) = &bazel {
        bazel.adjust(&mut request)?;
    }
    // Everything that can be refused is refused before anything is started.
    request.filters.cases().map_err(refused)?;
    let options = &request.options;
    let mut outputs = Outputs::prepare(&args.reports, options.strict, &options.known_failures)?;
    outputs.keep_failures(bazel.as_ref().and_then(|bazel| bazel.conversations()));
    let _guardian = protect()?;
    let interrupt = Interrupt::listen()?;
    wrappers::prepare(&mut request.subject, &interrupt)?;

    let mut selected = 0;
    let (mut report, stop) = match examine(&request, &interrupt) {
        Ok(examined) => {
            if let Some(directory) = &args.reports.known_failures_dir {
                request.options.known_failures =
                    known_failures::of_release(directory, &examined.profile)?;
                outputs.keep(&request.options.known_failures);
            }
            if let Some(jobs) = bazel.as_ref().and_then(|bazel| bazel.jobs(&examined.profile)) {
                request.options.jobs = Some(jobs);
            }
            introduce(args, &request, &examined, &mut outputs)?;
            let cases = select(&mut request, &examined, began)?;
            selected = cases.iter().filter(|selected| selected.exempt.is_none()).count();
            (check(args, &request, &examined, &cases, &interrupt, &mut outputs), None)
        }
        Err(unexamined) => unexamined.report(&request.subject),
    };
    report.close(&process::audit(), &process::take_undelivered());
    let written = outputs.write(&report);
    if let Some(stop) = stop {
        return Err(stop);
    }
    outputs.print(&report)?;
    written?;
    bazel.map_or(Ok(report.exit_code()), |bazel| bazel.conclude(&report, selected))
}

/// Starts the helper that ends our processes if we are killed.
pub(crate) fn protect() -> Result<Guardian, Stop> {
    Guardian::start(reference::guardian()?)
        .map_err(|error| Stop::unable(format!("cannot protect the run: {error}")))
}

/// Examines the subject, and tests the features that the selected checks need.
fn examine(request: &Request, interrupt: &Interrupt) -> Result<Examined, Unexamined> {
    let subject = request.subject.clone();
    if let Some(mut profile) = request.profile.clone() {
        subject.claims.apply(&mut profile);
        profile.transport = subject.settings.transport;
        return Ok(Examined { subject, profile });
    }
    let asking = async {
        let mut examined = subject.examine().await?;
        let dialects: BTreeSet<Dialect> = if request.keeps {
            // Other runs, with other checks, will read the profile.
            examined.profile.dialects.iter().copied().collect()
        } else {
            let selected = request.filters.select(&examined.profile).unwrap_or_default();
            let applies = selected.iter().filter(|selected| selected.exempt.is_none());
            applies.map(|selected| selected.case.dialect).collect()
        };
        precondition::find(&mut examined, dialects).await;
        Ok(examined)
    };
    let asked = interrupt.or_cancelled(async {
        match request.options.deadline {
            None => Ok(asking.await),
            Some(limit) => tokio::time::timeout(limit, asking).await.map_err(|_| limit),
        }
    });
    match asked {
        None => Err(Unexamined::Interrupted),
        Some(Err(limit)) => Err(Unexamined::OutOfTime(limit)),
        Some(Ok(Err(failure))) => Err(Unexamined::Failed(failure)),
        Some(Ok(Ok(examined))) => Ok(examined),
    }
}

/// Prints what the subject is, before the first check, and writes the profile to the named file if
/// that does not exist.
fn introduce(
    args: &RunArgs,
    request: &Request,
    examined: &Examined,
    outputs: &mut Outputs,
) -> Result<(), Stop> {
    let Examined { subject, profile } = examined;
    if let (Some(path), None) = (&args.subject.profile, &request.profile) {
        profile::write(path, profile)?;
    }
    let words = subject.command.iter().map(|part| part.to_string_lossy().into_owned());
    let jobs = request.options.jobs.unwrap_or_else(|| profile.jobs());
    outputs.introduce(&profile::lines(&words.collect::<Vec<_>>(), profile, jobs));
    Ok(())
}

/// The selected checks, each with the reason if it does not apply.
fn select(
    request: &mut Request,
    examined: &Examined,
    began: Instant,
) -> Result<Vec<Selected>, Stop> {
    let mut selected = request.filters.select(&examined.profile).map_err(refused)?;
    if !request.options.laws {
        for one in selected.iter_mut().filter(|one| one.case.check.is_law()) {
            one.exempt.get_or_insert_with(|| "the laws do not judge (--no-laws)".to_owned());
        }
    }
    if let Some(rerun) = &request.rerun {
        selected.retain(|selected| rerun.takes(&selected.case));
    }
    request.options.spent = began.elapsed();
    Ok(selected)
}

/// Runs the selected checks.
fn check(
    args: &RunArgs,
    request: &Request,
    examined: &Examined,
    selected: &[Selected],
    interrupt: &Interrupt,
    outputs: &mut Outputs,
) -> Report {
    let progress = Progress::new(!args.reports.quiet && !args.reports.no_progress);
    let mut watcher = Watcher { progress, outputs };
    session::run(examined, selected, &request.options, &interrupt.cancel, &mut watcher)
}

/// Updates the bar, writes the conversations as they end, and prints failures as soon as they are
/// known.
struct Watcher<'a> {
    progress: Progress,
    outputs: &'a mut Outputs,
}

impl Watch for Watcher<'_> {
    fn begun(&mut self, total: usize) {
        self.progress.begun(total);
    }

    fn attempted(&mut self, case: &Case, number: usize, attempt: &Attempt) {
        self.outputs.transcripts(case, number, attempt);
    }

    fn known(&mut self, check: &CheckReport) {
        self.progress.known(check.outcome);
        self.progress.aside(|| self.outputs.known(check));
    }

    fn waiting(&mut self, what: &str) {
        self.progress.aside(|| self.outputs.waiting(what));
    }

    fn finished(&mut self, _: &CheckReport) {
        self.progress.finished();
    }
}

/// The style of printed reports.
fn style() -> report::text::Style {
    report::text::Style { paint: terminal::paint(), ..Default::default() }
}

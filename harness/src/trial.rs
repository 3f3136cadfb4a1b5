//! The checks as ordinary tests: one libtest-mimic trial per case, for cargo-nextest to list,
//! filter and partition.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Display;
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use libtest_mimic::{Arguments, Failed, Trial};
use report::{Family, Outcome, Reason, text};
use tokio::sync::watch;

use crate::check::{Check, all};
use crate::failure::{Failure, OrInconclusive, Result};
use crate::known_failures::KnownFailures;
use crate::precondition;
use crate::profile::Profile;
use crate::run::{Attempt, Case, Violation, attempt};
use crate::select::{Filters, Selected};
use crate::session::{Options, known, settle};
use crate::subject::{Examined, Subject};

/// The input of the trials of one subject.
pub struct Trials {
    /// The subject.
    pub subject: Subject,
    /// The dialects whose checks are trials; if empty, all.
    pub families: Vec<Family>,
    /// The expected failures.
    pub known_failures: KnownFailures,
    /// A SHOULD that does not hold fails its trial too.
    pub strict: bool,
    /// Where the profile of the subject is cached between processes: nextest starts one for each
    /// trial. Without it, or where it cannot be written, each process examines the subject anew.
    pub cache: Option<PathBuf>,
    /// Whether somebody named the subject for this run, so that it is an error to run no trial.
    pub named: bool,
    /// The end of the command that repeats one case.
    pub repeat_tail: String,
}

/// The exit code of a list that cannot be made.
const UNABLE: u8 = 3;

/// The exit code of a run in which no check was run.
const INCOMPLETE: u8 = 4;

/// Lists or runs the trials of these subjects, as the arguments of the process ask.
///
/// A subject that cannot be examined is a failure whatever the arguments select: nothing of it can
/// be listed, and a run is one failed trial.
pub fn main(subjects: Vec<Trials>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    let named = subjects.iter().any(|trials| trials.named);
    let list = match subjects.into_iter().map(prepare).collect::<Result<Vec<_>>>() {
        Ok(lists) => lists.into_iter().flatten().collect(),
        Err(failure) if arguments.list => return refused(&failure, UNABLE),
        Err(failure) => {
            let text = failure.to_string();
            arguments = Arguments {
                format: arguments.format,
                logfile: arguments.logfile,
                color: arguments.color,
                ..Arguments::default()
            };
            vec![Trial::test("the_subject_can_be_examined", move || Err(Failed::from(text)))]
        }
    };
    let ended = libtest_mimic::run(&arguments, list);
    let (filtered, ignored) = (ended.num_filtered_out, ended.num_ignored);
    if named && !arguments.list && ended.num_passed + ended.num_failed == 0 {
        let why = format!("no check was run: {filtered} are not selected, {ignored} do not apply");
        return refused(&why, INCOMPLETE);
    }
    ended.exit_code()
}

/// Says on stderr why, where the exit code would not be enough.
fn refused(why: &dyn Display, code: u8) -> ExitCode {
    // With stderr gone, the exit code is all that is left to say.
    let _ = writeln!(std::io::stderr(), "error: {why}");
    ExitCode::from(code)
}

fn prepare(trials: Trials) -> Result<Vec<Trial>> {
    let examined = Examined {
        profile: profile(&trials.subject, trials.cache.as_deref())?,
        subject: trials.subject,
    };
    let filters = Filters { dialects: trials.families, ..Filters::default() };
    let selected = filters.select(&examined.profile).or_inconclusive("listing the checks")?;
    let observers: Vec<&'static Check> =
        all().into_iter().filter(|check| check.observes()).collect();
    let options = Options {
        strict: trials.strict,
        known_failures: trials.known_failures,
        repeat_tail: trials.repeat_tail,
        ..Options::default()
    };
    let shared = Arc::new((examined, observers, options));
    Ok(selected.into_iter().map(|selected| trial(selected, &shared)).collect())
}

type Shared = Arc<(Examined, Vec<&'static Check>, Options)>;

fn trial(selected: Selected, shared: &Shared) -> Trial {
    let shared = Arc::clone(shared);
    let ignored = selected.exempt.is_some();
    Trial::test(selected.case.name(), move || conclude(&selected, &shared))
        .with_ignored_flag(ignored)
}

fn conclude(selected: &Selected, shared: &Shared) -> std::result::Result<(), Failed> {
    let (examined, observers, options) = &**shared;
    let (_stay, cancel) = watch::channel(false);
    let done = attempt(examined, selected.case, observers, cancel);
    // A violation in the conversation fails the trial as the check itself does; the check's own
    // failure comes first.
    let violated = violation(&done, selected.case, options);
    let report = settle(selected, std::slice::from_ref(&done), options);
    let stale = options
        .known_failures
        .find(&selected.case, &selected.case.name())
        .filter(|line| names(&line.pattern, selected.case));
    match (report.outcome, stale, violated) {
        (Outcome::Failed | Outcome::Leaked | Outcome::Inconclusive, ..) => {
            Err(text::case(&report).into())
        }
        (Outcome::Warned, ..) if options.strict => Err(text::case(&report).into()),
        (Outcome::Passed, Some(line), _) => {
            let stale = Reason::Stale { line: line.number, listed: line.reason.clone() };
            Err(stale.to_string().into())
        }
        (_, _, Some(against)) => Err(against.into()),
        _ => Ok(()),
    }
}

/// Whether the pattern names this case alone, so that a pass makes the line stale.
fn names(pattern: &str, case: Case) -> bool {
    pattern == case.name() || (pattern == case.check.id() && case.check.applies.len() == 1)
}

fn violation(done: &Attempt, case: Case, options: &Options) -> Option<String> {
    let Violation { observer, failure, .. } = done.violations.iter().find(|violation| {
        let about = Case { check: violation.observer, dialect: case.dialect };
        let outcome = crate::session::failed(violation.observer.level, &violation.failure);
        let red = outcome.is_bad() || (options.strict && outcome == Outcome::Warned);
        red && known(&about, &case.name(), violation.defect, options).is_none()
    })?;
    Some(format!("{} {}: {}\n  {failure}", observer.level, observer.id(), observer.requirement))
}

/// The profile of the subject: from the cache if command and program file are unchanged, otherwise
/// by examination.
fn profile(subject: &Subject, cache: Option<&Path>) -> Result<Profile> {
    let path = cache.map(|cache| cache.join(format!("profile-{:016x}.json", key(subject))));
    if let Some(path) = &path
        && let Ok(text) = std::fs::read_to_string(path)
        && let Ok(profile) = serde_json::from_str(&text)
    {
        return Ok(profile);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .or_inconclusive("starting a runtime")?;
    let profile = runtime.block_on(async {
        let mut examined = subject.clone().examine().await?;
        let dialects = examined.profile.dialects.clone();
        precondition::find(&mut examined, dialects).await;
        Ok::<_, Failure>(examined.profile)
    })?;
    if let Some(path) = &path {
        // It only saves time.
        let _ = remember(&profile, path);
    }
    Ok(profile)
}

/// Writes the profile. Many processes may do this at once; each writes a whole file and renames it,
/// so that none reads a partial one.
fn remember(profile: &Profile, path: &Path) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    let draft = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(draft.as_file(), profile)?;
    draft.persist(path)?;
    Ok(())
}

fn key(subject: &Subject) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&subject.command, &subject.env, env!("CARGO_PKG_VERSION")).hash(&mut hasher);
    let file = subject.command.first().and_then(|program| std::fs::metadata(program).ok());
    if let Some(file) = file {
        let modified = file.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        (file.len(), modified).hash(&mut hasher);
    }
    hasher.finish()
}

//! The input of a run: the command line over `proctor.toml`, checked before anything is started.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use harness::coverage::Recorder;
use harness::known_failures::KnownFailures;
use harness::profile::{Claims, Held, Profile};
use harness::select::Filters;
use harness::session::Options;
use harness::{Calls, Subject, SubjectError, Template};
use schema::Judge;

use crate::args::RunArgs;
use crate::args::value::Jobs;
use crate::exit_code::Stop;
use crate::reference;
use crate::run::home_template::HomeTemplate;
use crate::run::known_failures;
use crate::run::profile;
use crate::run::rerun::Rerun;
use crate::run::scripts;
use crate::settings_file::SettingsFile;

/// The input of a run.
pub(crate) struct Request {
    pub(crate) subject: Subject,
    /// The profile, if it is known already.
    pub(super) profile: Option<Profile>,
    /// Whether the profile is written to the file.
    pub(super) keeps: bool,
    pub(super) filters: Filters,
    /// The unfinished cases of an earlier run, if only those are to run.
    pub(super) rerun: Option<Rerun>,
    pub(crate) options: Options,
}

impl Request {
    /// Reads the files that arguments and settings name.
    pub(super) fn new(args: &RunArgs, settings: &SettingsFile) -> Result<Self, Stop> {
        let filters = args.filters.filters();
        let rerun = args.pace.rerun.as_deref().map(|path| Rerun::read(path, &filters));
        Ok(Self {
            subject: subject(args, settings)?,
            keeps: args.subject.profile.is_some(),
            profile: args.subject.profile.as_deref().map_or(Ok(None), profile::read)?,
            rerun: rerun.transpose()?,
            filters,
            options: options(args, settings)?,
        })
    }
}

fn subject(args: &RunArgs, settings: &SettingsFile) -> Result<Subject, Stop> {
    let mut command = args.command.clone();
    // An unset variable causes this: `-- $SERVER` does not mean the reference subject.
    if command.is_empty() && std::env::args_os().next_back().is_some_and(|last| last == "--") {
        return Err(Stop::usage(
            "no command after `--`; leave `--` out to examine the embedded reference subject",
        ));
    }
    if command.is_empty() {
        command = settings.subject();
    }
    if command.is_empty() {
        command = reference::command()?;
    }
    scripts::look(&command)?;
    let mut subject = Subject::new(command).map_err(|error| match error {
        SubjectError::Empty => Stop::usage(error),
        SubjectError::NotFound(..) => Stop::unable(error),
    })?;
    let home = args.subject.home_template.as_ref().or(settings.home_template.as_ref());
    let standard = suites::template();
    let template: Arc<dyn Template> = match home {
        Some(directory) => Arc::new(HomeTemplate::new(directory, standard)?),
        None => standard,
    };
    subject = subject.template(template).methods(suites::METHODS);
    if args.reports.coverage.is_some() || args.reports.html.is_some() {
        subject.settings.coverage = Some(Recorder::offering(&settings.methods));
    }
    subject.settings.transport = args.subject.transport.or(settings.transport).unwrap_or_default();
    subject.settings.proctor = Some(reference::this_binary()?.into());
    subject.claims = Claims {
        dialects: settings.dialects.clone(),
        // A filter for a dialect implies that the subject speaks it, if the subject does not show
        // that itself.
        otherwise: args.filters.filters().dialects,
        release: args.subject.as_release.or(settings.release.map(Held::To)),
        revisions: args.subject.revisions.clone(),
    };
    subject.settings.calls =
        Calls { all: args.subject.call_tools, named: args.subject.calls.clone() };
    if let Some(directory) = &args.subject.schema {
        let set = schema::directory::read(directory).map_err(Stop::usage)?;
        subject.settings.shapes = Some(Arc::new(Judge::new(vec![set], true)));
    }
    // The command line comes last: its value of a variable replaces an earlier one.
    subject.env =
        settings.env.clone().into_iter().chain(args.subject.env.iter().cloned()).collect();
    if let Some(limit) = args.pace.check_timeout.or(settings.check_timeout) {
        subject.settings.check = limit;
        // A wait must be shorter than its check, or the failure could not say what was awaited.
        subject.settings.wait = subject.settings.wait.min(limit * 3 / 4);
    }
    Ok(subject)
}

fn options(args: &RunArgs, settings: &SettingsFile) -> Result<Options, Stop> {
    let pace = &args.pace;
    let list = args.reports.known_failures.as_ref().or(settings.known_failures.as_ref());
    let known_failures = match (&args.reports.known_failures_dir, list) {
        // Which of its lists is meant is known once the subject has been asked.
        (Some(directory), _) => known_failures::of_directory(directory)?,
        (None, Some(path)) => known_failures::read(path)?,
        (None, None) => KnownFailures::default(),
    };
    let defaults = Options::default();
    Ok(Options {
        jobs: pace.jobs.and_then(Jobs::number).or(settings.jobs.filter(|_| pace.jobs.is_none())),
        deadline: pace.deadline.or(settings.deadline),
        retries: pace.retries.or(settings.retries).unwrap_or(defaults.retries),
        repeat: pace.repeat,
        shard: pace.shard,
        seed: pace.seed,
        fail_fast: pace.fail_fast,
        strict: pace.strict || settings.strict,
        laws: !pace.no_laws,
        known_failures,
        whole: args.filters.is_empty()
            && pace.shard.is_none()
            && pace.rerun.is_none()
            && !pace.no_laws,
        repeat_tail: repeat_tail(args)?,
        ..defaults
    })
}

/// The end of the command that repeats one case: all options of this command line about the
/// subject.
///
/// Settings of `proctor.toml` are left out: the command runs in the same directory and reads them
/// again.
fn repeat_tail(args: &RunArgs) -> Result<String, Stop> {
    let mut words: Vec<OsString> = Vec::new();
    for (name, value) in &args.subject.env {
        words.extend(["--env".into(), format!("{name}={value}").into()]);
    }
    if let Some(directory) = &args.subject.home_template {
        words.extend(["--home-template".into(), directory.into()]);
    }
    if let Some(file) = &args.subject.profile {
        words.extend(["--profile".into(), file.into()]);
    }
    if let Some(directory) = &args.subject.schema {
        words.extend(["--schema".into(), directory.into()]);
    }
    if let Some(transport) = args.subject.transport {
        words.extend(["--transport".into(), transport.name().into()]);
    }
    for revision in &args.subject.revisions {
        words.extend(["--revision".into(), revision.to_string().into()]);
    }
    if args.subject.call_tools {
        words.push("--call-tools".into());
    }
    for (name, arguments) in &args.subject.calls {
        words.extend(["--call".into(), format!("{name}={arguments}").into()]);
    }
    if let Some(held) = args.subject.as_release {
        words.extend(["--as-release".into(), held.to_string().into()]);
    }
    if let Some(limit) = args.pace.check_timeout {
        words.extend([
            "--check-timeout".into(),
            humantime::format_duration(limit).to_string().into(),
        ]);
    }
    if args.pace.strict {
        words.push("--strict".into());
    }
    if args.pace.no_laws {
        words.push("--no-laws".into());
    }
    if !args.command.is_empty() {
        words.push("--".into());
        words.extend(args.command.iter().cloned());
    }
    let mut tail = String::new();
    for word in &words {
        tail.push(' ');
        tail.push_str(&quoted(word)?);
    }
    Ok(tail)
}

/// A word, quoted for a shell.
pub(crate) fn quoted(word: &OsStr) -> Result<String, Stop> {
    let word = word.to_string_lossy();
    match shlex::try_quote(&word) {
        Ok(quoted) => Ok(quoted.into_owned()),
        Err(_) => Err(Stop::usage(format!("an argument holds a zero byte: {word:?}"))),
    }
}

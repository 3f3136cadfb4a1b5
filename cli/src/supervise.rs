//! `proctor supervise`: runs one command and reports the processes that it leaves behind.

mod runner;

use std::fs::OpenOptions;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use reaper::process::Exit;
use reaper::supervise::{
    Merged, Report, SuperviseError, Supervised, append, asks_for_a_list, die_of,
    merge as merge_junit,
};

use crate::args::SuperviseArgs;
use crate::exit_code::{FAILED, HELD, Stop, UNABLE};
use crate::{reference, terminal};

/// Runs the command, reports the processes that it left, and exits as it did if there is no leak.
pub(crate) fn supervise(args: &SuperviseArgs) -> Result<u8, Stop> {
    if let (Some(junit), Some(json)) = (&args.merge_junit, &args.json) {
        return merge(junit, json);
    }
    if args.print_runner {
        return runner::print(args);
    }
    if asks_for_a_list(&args.command) {
        return Err(become_it(args));
    }
    if let Some(file) = &args.json {
        // Better now than after the command has run.
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(file)
            .map_err(|error| Stop::usage(format!("cannot write {}: {error}", file.display())))?;
    }
    let guardian = reference::guardian()?;
    let guardian = std::iter::once(guardian.get_program()).chain(guardian.get_args());
    let defaults = Supervised::new(&args.command);
    let supervised = Supervised {
        grace: args.grace.unwrap_or(defaults.grace),
        strict: args.strict,
        keep: args.keep,
        siblings: args.siblings,
        timeout: args.timeout,
        births: args.births.map(Into::into),
        guardian: Some(guardian.map(ToOwned::to_owned).collect()),
        ..defaults
    };
    let report = supervised.run().map_err(|error| match error {
        SuperviseError::NoCommand => Stop::usage(error),
        _ => Stop::unable(error),
    })?;
    report_leaks(args, &report)
}

fn report_leaks(args: &SuperviseArgs, report: &Report) -> Result<u8, Stop> {
    let worth_telling = !report.noted.is_empty() || !report.remarks.is_empty();
    if report.accuses() || (args.verbose && worth_telling) {
        terminal::complain("proctor", &report.message());
    }
    let recorded = args.json.as_ref().map(|file| record(report, file)).transpose();
    if report.timed_out {
        terminal::complain("proctor", "the command was killed: its timeout had passed");
    }
    if report.accuses() || report.timed_out {
        return recorded.map(|_| FAILED);
    }
    recorded?;
    match report.exit {
        Some(Exit::Code(code)) => Ok(u8::try_from(code & 0xff).unwrap_or(UNABLE)),
        Some(Exit::Signal(signal)) => {
            die_of(signal);
            Ok(u8::try_from(128 + signal).unwrap_or(UNABLE))
        }
        None => Err(Stop::unable("the exit status of the command is lost")),
    }
}

fn record(report: &Report, file: &Path) -> Result<(), Stop> {
    append(report, file)
        .map_err(|error| Stop::unable(format!("cannot write {}: {error}", file.display())))
}

fn merge(junit: &Path, json: &Path) -> Result<u8, Stop> {
    let merged = merge_junit(junit, json).map_err(Stop::usage)?;
    let Merged { records, found, leaks } = merged;
    let junit = junit.display();
    terminal::say(&format!("{junit}: {found} of {records} records added, with {leaks} leaks\n"))?;
    Ok(HELD)
}

/// Supervises nothing when tests are only listed: this process becomes the command. Returns the
/// error if that failed.
fn become_it(args: &SuperviseArgs) -> Stop {
    let (program, rest) = match args.command.split_first() {
        Some(command) => command,
        None => return Stop::usage("no command to run"),
    };
    let error = Command::new(program).args(rest).exec();
    Stop::unable(format!("cannot run {}: {error}", program.display()))
}

//! The options of `proctor run` that Bazel's variables stand for.

use std::path::PathBuf;
use std::time::Duration;

use crate::args::RunArgs;
use crate::args::value;
use crate::bazel::environment::Environment;
use crate::exit_code::Stop;
use crate::settings_file::SettingsFile;
use crate::terminal;

/// What was filled in, as far as more depends on it.
pub(super) struct Filled {
    pub(super) shards: bool,
    pub(super) counts_jobs: bool,
    pub(super) conversations: Option<PathBuf>,
}

/// Fills in every option that is not written.
pub(super) fn fill(
    environment: &Environment,
    args: &mut RunArgs,
    settings: &SettingsFile,
) -> Result<Filled, Stop> {
    let pace = &mut args.pace;
    let shard = shard(environment)?;
    let shards = pace.shard.is_none() && shard.is_some();
    pace.shard = pace.shard.or(shard);
    pace.seed = match (pace.seed, &environment.seed) {
        (None, Some(seed)) => Some(number(seed, "TEST_RANDOM_SEED, or TEST_RUN_NUMBER,")?),
        (written, _) => written,
    };
    if pace.deadline.is_none()
        && let Some(limit) = &environment.timeout
    {
        let limit = deadline(number(limit, "TEST_TIMEOUT")?);
        pace.deadline = Some(settings.deadline.map_or(limit, |written| written.min(limit)));
    }
    if environment.fail_fast {
        pace.fail_fast.get_or_insert(1);
    }
    if let Some(filter) = &environment.filter {
        if args.filters.names_checks() {
            let unused = format!("--check is written, so --test_filter={filter} is not used");
            terminal::complain("note", &unused);
        } else {
            args.filters.add_check(glob(filter));
        }
    }
    let reports = &mut args.reports;
    if reports.junit.is_none() {
        reports.junit.clone_from(&environment.xml);
    }
    let below = |name: &str| environment.outputs.as_ref().map(|outputs| outputs.join(name));
    let conversations = below("transcripts").filter(|_| reports.transcripts.is_none());
    reports.json = reports.json.take().or_else(|| below("report.json"));
    reports.html = reports.html.take().or_else(|| below("report.html"));
    let counts_jobs = args.pace.jobs.is_none() && settings.jobs.is_none();
    Ok(Filled { shards, counts_jobs, conversations })
}

/// The part of the checks, from 1, and the number of parts.
fn shard(environment: &Environment) -> Result<Option<(usize, usize)>, Stop> {
    let Environment { total_shards, shard_index, .. } = environment;
    let total = total_shards.as_deref().unwrap_or("0");
    if number::<usize>(total, "TEST_TOTAL_SHARDS")? == 0 {
        return Ok(None);
    }
    let index = shard_index.as_deref().unwrap_or_default();
    let part = number::<usize>(index, "TEST_SHARD_INDEX")?.saturating_add(1);
    value::shard(&format!("{part}/{total}")).map(Some).map_err(|_| {
        Stop::usage(format!("TEST_SHARD_INDEX is {index}, but TEST_TOTAL_SHARDS is {total}"))
    })
}

fn number<T: std::str::FromStr>(text: &str, variable: &str) -> Result<T, Stop> {
    text.parse().map_err(|_| Stop::usage(format!("{variable} is no number: {text:?}")))
}

/// The glob that a filter of the user's stands for: a glob already, or a part of an id.
fn glob(filter: &str) -> String {
    if filter.contains('*') { filter.to_owned() } else { format!("*{filter}*") }
}

/// When the run ends by itself, so that there is a report: not every engine that runs tests leaves
/// one the time for it.
fn deadline(seconds: u64) -> Duration {
    /// The time that the end of a run needs: the steps of the end of a subject take up to 3 s, and
    /// Bazel counts from before our start.
    const END: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(15));
    let limit = Duration::from_secs(seconds.max(1));
    // Short limits leave less.
    limit - (limit / 10).clamp(END.0, END.1).min(limit / 3)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;

    use super::{deadline, fill, glob, shard};
    use crate::args::{Cli, Command, RunArgs};
    use crate::bazel::environment::Environment;
    use crate::settings_file::SettingsFile;

    fn filled(words: &[&str]) -> RunArgs {
        let environment = Environment {
            total_shards: Some("4".to_owned()),
            shard_index: Some("1".to_owned()),
            xml: Some("x.xml".into()),
            outputs: Some("outputs".into()),
            timeout: Some("60".to_owned()),
            seed: Some("7".to_owned()),
            fail_fast: true,
            ..Environment::default()
        };
        let words = ["proctor", "run"].iter().chain(words);
        let Command::Run(mut args) = Cli::try_parse_from(words).unwrap().command else {
            unreachable!("it is `run`")
        };
        fill(&environment, &mut args, &SettingsFile::default()).unwrap();
        *args
    }

    #[test]
    fn each_variable_is_an_option() {
        let RunArgs { pace, reports, .. } = filled(&[]);
        assert_eq!((pace.shard, pace.seed, pace.fail_fast), (Some((2, 4)), Some(7), Some(1)));
        assert_eq!(pace.deadline, Some(Duration::from_secs(54)));
        assert_eq!(reports.junit, Some("x.xml".into()));
        assert_eq!(reports.json, Some("outputs/report.json".into()));
        assert_eq!(reports.html, Some("outputs/report.html".into()));
    }

    #[test]
    fn an_option_that_is_written_wins() {
        let words = "--shard 1/2 --seed 3 --fail-fast=9 --deadline 1h --junit j --json k --html h";
        let RunArgs { pace, reports, .. } = filled(&words.split(' ').collect::<Vec<_>>());
        assert_eq!((pace.shard, pace.seed, pace.fail_fast), (Some((1, 2)), Some(3), Some(9)));
        assert_eq!(pace.deadline, Some(Duration::from_secs(3600)));
        let files = [reports.junit, reports.json, reports.html].map(Option::unwrap);
        assert_eq!(files.map(|file| file.display().to_string()), ["j", "k", "h"]);
    }

    #[test]
    fn bazel_counts_parts_from_nought() {
        let of = |total: Option<&str>, index: Option<&str>| {
            let text = |text: Option<&str>| text.map(str::to_owned);
            let (total_shards, shard_index) = (text(total), text(index));
            shard(&Environment { total_shards, shard_index, ..Environment::default() }).ok()
        };
        assert_eq!(of(Some("4"), Some("0")), Some(Some((1, 4))));
        assert_eq!(of(Some("4"), Some("3")), Some(Some((4, 4))));
        assert_eq!(of(None, None), Some(None));
        assert_eq!(of(Some("0"), Some("0")), Some(None), "not divided");
        for (total, index) in [("4", Some("4")), ("4", None), ("4", Some("-1")), ("four", None)] {
            assert_eq!(of(Some(total), index), None, "{total} {index:?}");
        }
    }

    #[test]
    fn the_end_comes_before_that_of_bazel() {
        let at = |seconds| deadline(seconds).as_secs_f64();
        assert_eq!((at(15), at(60), at(300), at(3600)), (10.0, 54.0, 285.0, 3585.0));
        assert!(deadline(0) > Duration::ZERO && deadline(0) < Duration::from_secs(1));
    }

    #[test]
    fn a_filter_is_a_glob_or_a_part() {
        assert_eq!(glob("wire::ids"), "*wire::ids*");
        assert_eq!(glob("wire::*@v2"), "wire::*@v2");
    }
}

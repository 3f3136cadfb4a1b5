//! A target runner that records how nextest runs a test, instead of running it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde::{Deserialize, Serialize};

use super::config::Config;
use super::{Listing, NextestError, TestId, exactly};

/// Some systems refuse a longer argument.
const LONGEST_FILTER: usize = 100_000;

/// The recording program: this one, with the arguments that make it call [`main`].
#[derive(Clone, Debug)]
pub struct Recorder {
    /// Its absolute path.
    pub program: PathBuf,
    /// The arguments that come before the directory, the test binary and its arguments.
    pub args: Vec<String>,
}

/// How nextest runs one test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) command: Vec<String>,
    pub(super) cwd: PathBuf,
    pub(super) env: BTreeMap<String, String>,
}

/// The command of a test could not be recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Files could not be written or read.
    #[error("recording how nextest runs the tests: {0}")]
    Io(#[from] io::Error),
    /// nextest did not run it.
    #[error("cargo nextest lists {0} but does not run it")]
    NotRun(TestId),
}

/// The body of the recording program: `args` are the directory for the records, the test binary and
/// its arguments.
///
/// If nextest lists tests, it gets the true list; a test that would run is recorded and passes.
#[must_use]
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut args = args.into_iter();
    let (Some(dir), command) = (args.next(), args.collect::<Vec<_>>()) else {
        return ExitCode::from(2);
    };
    let done = if std::env::var_os("NEXTEST_TEST_PHASE").is_some_and(|phase| phase == "run") {
        write(Path::new(&dir), &command).map(|()| ExitCode::SUCCESS)
    } else {
        list(&command)
    };
    done.unwrap_or(ExitCode::from(3))
}

fn list(command: &[OsString]) -> io::Result<ExitCode> {
    let Some((program, args)) = command.split_first() else { return Ok(ExitCode::from(2)) };
    let status = Command::new(program).args(args).stdin(Stdio::null()).status()?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}

fn write(dir: &Path, command: &[OsString]) -> io::Result<()> {
    let text = |text: &OsString| text.to_string_lossy().into_owned();
    let env = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let record = Record {
        command: command.iter().map(text).collect(),
        cwd: std::env::current_dir()?,
        env: env.collect(),
    };
    let path = dir.join(format!("{}.json", std::process::id()));
    fs::write(path, serde_json::to_vec(&record)?)
}

/// The command of each of the tests, in their order.
pub(super) fn record(
    listing: &Listing,
    tests: &[TestId],
    recorder: &Recorder,
    config: &Config,
) -> Result<Vec<Record>, NextestError> {
    let scratch = tempfile::tempdir().map_err(RecordError::Io)?;
    let mut command = run_command(listing, tests, recorder, scratch.path());
    if let Some(quiet) = config.without_reports() {
        // This run must not overwrite the report of the run that is examined.
        let path = scratch.path().join("nextest.toml");
        fs::write(&path, quiet).map_err(RecordError::Io)?;
        command.arg("--config-file").arg(path);
    }
    super::finished("run", command.output().map_err(NextestError::Cargo)?)?;
    let mut records = read(scratch.path())?;
    tests
        .iter()
        .map(|id| records.remove(id).ok_or_else(|| RecordError::NotRun(id.clone()).into()))
        .collect()
}

fn run_command(listing: &Listing, tests: &[TestId], recorder: &Recorder, dir: &Path) -> Command {
    let mut command = listing.options.command("run");
    let words =
        [&[recorder.program.to_string_lossy().into_owned()], recorder.args.as_slice()].concat();
    let words: Vec<toml::Value> = words
        .into_iter()
        .chain([dir.to_string_lossy().into_owned()])
        .map(toml::Value::String)
        .collect();
    let runner = toml::Value::Array(words);
    command.args(["--config", &format!("target.{}.runner={runner}", listing.triple())]);
    command.args([
        "--run-ignored",
        "all",
        "--ignore-default-filter",
        "--no-fail-fast",
        "--retries",
        "0",
    ]);
    command.args(["--status-level", "none", "--final-status-level", "none"]);
    // An outer nextest's choice of capturing does not apply here.
    command.env_remove("NEXTEST_NO_CAPTURE");
    let filter = exactly(tests);
    if filter.len() < LONGEST_FILTER {
        command.args(["-E", &filter]);
    }
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn read(dir: &Path) -> Result<BTreeMap<TestId, Record>, RecordError> {
    let mut records = BTreeMap::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let mut record: Record =
            serde_json::from_slice(&fs::read(&path)?).map_err(io::Error::from)?;
        let name = |name: &str| record.env.get(name).cloned();
        if let (Some(binary_id), Some(test)) =
            (name("NEXTEST_BINARY_ID"), name("NEXTEST_TEST_NAME"))
        {
            record.env.retain(|name, value| belongs(name, value));
            records.insert(TestId { binary_id, test }, record);
        }
    }
    Ok(records)
}

/// Whether nextest or cargo has set the variable, or this process lacks it. The other variables
/// exist anyway, and a token that replays a run is better without them.
fn belongs(name: &str, value: &str) -> bool {
    let set =
        ["NEXTEST", "CARGO_PKG_", "CARGO_BIN_EXE_"].iter().any(|prefix| name.starts_with(prefix))
            || [
                "CARGO",
                "CARGO_MANIFEST_DIR",
                "LD_LIBRARY_PATH",
                "DYLD_FALLBACK_LIBRARY_PATH",
                "OUT_DIR",
            ]
            .contains(&name);
    set || std::env::var_os(name).is_none_or(|own| own != value)
}

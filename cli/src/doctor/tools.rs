//! Programs that are useful beside `proctor`: which of them are there, in which version.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use reaper::process::{Ladder, Launch, Process, SpawnError};
use shown::printable;
use tokio::io::AsyncReadExt;

use crate::doctor::{Finding, State};

/// How long a program has to tell its version.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much of what it says is read, in bytes.
const TOLD: u64 = 4_096;

/// Each program: its name, how it is asked for its version, what is missing without it.
const TOOLS: [(&str, &[&str], &str); 5] = [
    (
        "cargo-nextest",
        &["nextest", "--version"],
        "the checks cannot run as tests of this workspace",
    ),
    ("just", &["--version"], "the recipes of this workspace cannot be run"),
    ("npm", &["--version"], "real Codex releases cannot be fetched"),
    ("node", &["--version"], "launchers of Codex that are written for it do not start"),
    ("python3", &["--version"], "subjects and examples that are written in it do not start"),
];

/// Asks every program, all at a time.
pub(super) async fn findings() -> Vec<Finding> {
    let [a, b, c, d, e] = TOOLS.map(|(name, args, without)| finding(name, args, without));
    let (a, b, c, d, e) = tokio::join!(a, b, c, d, e);
    vec![a, b, c, d, e]
}

async fn finding(name: &'static str, args: &[&str], without: &str) -> Finding {
    match version(name, args).await {
        Ok(Some(version)) => Finding::new(State::Ok, name, version),
        Ok(None) => Finding::new(
            State::Limited,
            name,
            format!("there, but tells no version within {PATIENCE:?}"),
        ),
        Err(SpawnError::NotFound { .. }) => {
            Finding::new(State::Missing, name, format!("not in PATH: {without}"))
        }
        Err(error) => Finding::new(State::Missing, name, format!("{error}: {without}")),
    }
}

/// The first line that the program says.
async fn version(name: &str, args: &[&str]) -> Result<Option<String>, SpawnError> {
    let cwd = std::env::temp_dir();
    let of_ours = |name: &str| std::env::var_os(name).map(|value| (OsString::from(name), value));
    // A version manager, which many of these are started by, looks for its state below HOME.
    let env: BTreeMap<_, _> = ["PATH", "HOME"].into_iter().filter_map(of_ours).collect();
    let launch = Launch {
        program: name.into(),
        args: args.iter().map(OsString::from).collect(),
        env,
        cwd,
        stderr_cap: 1_024,
        label: name.to_owned(),
    };
    let (mut process, stdin, mut stdout) = Process::spawn(&launch)?;
    let mut told = Vec::new();
    let read =
        tokio::time::timeout(PATIENCE, (&mut stdout).take(TOLD).read_to_end(&mut told)).await;
    drop(stdout);
    // What it may have left behind was ended with it, and is nobody's business here.
    let _ = process.shutdown(Some(stdin), &Ladder::default()).await;
    let first = told.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok((read.is_ok() && !first.is_empty()).then(|| printable(first, 200)))
}

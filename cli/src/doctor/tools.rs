//! Programs that are useful beside `proctor`: which are installed, in which version.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use reaper::process::{Ladder, Launch, Process, SpawnError};
use shown::printable;
use tokio::io::AsyncReadExt;

use crate::doctor::{Finding, State};

/// How long a program may take to print its version.
const PATIENCE: Duration = Duration::from_secs(5);
/// The number of bytes of its output that are read.
const OUTPUT: u64 = 4_096;

/// Each program: its name, the arguments that print its version, and the consequence if it is
/// missing.
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

/// Examines all programs at the same time.
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
            format!("installed, but prints no version within {PATIENCE:?}"),
        ),
        Err(SpawnError::NotFound { .. }) => {
            Finding::new(State::Missing, name, format!("not in PATH: {without}"))
        }
        Err(error) => Finding::new(State::Missing, name, format!("{error}: {without}")),
    }
}

/// The first line of the program's output.
async fn version(name: &str, args: &[&str]) -> Result<Option<String>, SpawnError> {
    let cwd = std::env::temp_dir();
    let of_ours = |name: &str| std::env::var_os(name).map(|value| (OsString::from(name), value));
    // Many of these are started by a version manager, which keeps its state below HOME.
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
    let mut output = Vec::new();
    let read =
        tokio::time::timeout(PATIENCE, (&mut stdout).take(OUTPUT).read_to_end(&mut output)).await;
    drop(stdout);
    // Left-over processes were ended with it, and do not matter here.
    let _ = process.shutdown(Some(stdin), &Ladder::default()).await;
    let first = output.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok((read.is_ok() && !first.is_empty()).then(|| printable(first, 200)))
}

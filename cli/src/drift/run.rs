//! Examines a command for a comparison: its schemas if it prints them, its checks, its messages.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use harness::run::{Attempt, Case};
use harness::select::Filters;
use harness::session::{self, Options, Watch};
use harness::{Examined, Subject, precondition};
use reaper::process::{Ladder, Launch, Process};
use schema::drift::Version;
use schema::{Set, directory};
use tokio::io::AsyncReadExt;

use super::observed::Observed;
use super::side::Looked;
use crate::exit_code::Stop;
use crate::interrupt::Interrupt;
use crate::list::refused;
use crate::progress::Progress;
use crate::reference;

/// How long a server may take to print its schemas.
const PATIENCE: Duration = Duration::from_secs(30);

/// Examines the command; nothing if that was interrupted.
pub(super) fn examine(
    command: &[OsString],
    filters: &Filters,
    interrupt: &Interrupt,
) -> Result<Option<Looked>, Stop> {
    let mut subject = Subject::new(command.to_vec()).map_err(Stop::unable)?;
    subject = subject.template(suites::template()).methods(suites::METHODS);
    subject.settings.proctor = Some(reference::this_binary()?.into());
    let name = command.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let asking = async {
        let shapes = shapes(&subject.command).await;
        let mut examined = subject.examine().await?;
        let dialects = examined.profile.dialects.clone();
        precondition::find(&mut examined, dialects).await;
        Ok::<_, harness::Failure>((shapes, examined))
    };
    let Some(asked) = interrupt.or_cancelled(asking) else { return Ok(None) };
    let (shapes, examined) =
        asked.map_err(|failure| Stop::unable(format!("{name} cannot be examined: {failure}")))?;
    let selected = filters.select(&examined.profile).map_err(refused)?;
    let mut watcher = Watcher { progress: Progress::new(true), observed: Observed::default() };
    let options = Options::default();
    let report = session::run(&examined, &selected, &options, &interrupt.cancel, &mut watcher);
    if *interrupt.cancel.borrow() {
        return Ok(None);
    }
    let mut looked = Looked::of_report(named(&name, &examined), &report);
    looked.shapes = shapes.or(looked.shapes);
    looked.observed = Some(watcher.observed);
    Ok(Some(looked))
}

/// The command, and the version that the server reports.
fn named(name: &str, examined: &Examined) -> String {
    match &examined.profile.version {
        Some(version) => format!("{name} ({version})"),
        None => name.to_owned(),
    }
}

/// The shapes that the server prints by `generate-json-schema`, if it does.
async fn shapes(command: &[OsString]) -> Option<Version> {
    let stable = printed(command, &[]).await?;
    Some(Version { stable, all: printed(command, &["--experimental"]).await })
}

async fn printed(command: &[OsString], options: &[&str]) -> Option<Set> {
    let folder = tempfile::tempdir().ok()?;
    let (program, own) = command.split_first()?;
    let mut args = own.to_vec();
    args.extend([
        "generate-json-schema".into(),
        "--out".into(),
        folder.path().join("schemas").into(),
    ]);
    args.extend(options.iter().map(OsString::from));
    let env = BTreeMap::from([
        ("PATH".into(), std::env::var_os("PATH").unwrap_or_default()),
        ("HOME".into(), folder.path().into()),
        ("CODEX_HOME".into(), folder.path().into()),
    ]);
    let launch = Launch {
        program: Path::new(program).to_owned(),
        args,
        env,
        cwd: folder.path().to_owned(),
        stderr_cap: 1_024,
        label: "generate-json-schema".to_owned(),
    };
    let (mut process, stdin, mut stdout) = Process::spawn(&launch).ok()?;
    // Its output ends when it does.
    let _ = tokio::time::timeout(PATIENCE, stdout.read_to_end(&mut Vec::new())).await;
    drop(stdout);
    let _ = process.shutdown(Some(stdin), &Ladder::default()).await;
    directory::read(&folder.path().join("schemas")).ok()
}

/// Collects what the server sends.
struct Watcher {
    progress: Progress,
    observed: Observed,
}

impl Watch for Watcher {
    fn begun(&mut self, total: usize) {
        self.progress.begun(total);
    }

    fn attempted(&mut self, case: &Case, _number: usize, attempt: &Attempt) {
        for process in &attempt.ended {
            self.observed.add(&case.name(), process.transcript.entries());
        }
    }

    fn finished(&mut self, _: &report::CheckReport) {
        self.progress.finished();
    }
}

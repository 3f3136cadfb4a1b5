//! Other testers of MCP servers, on the same servers and the same faults.

mod programs;
mod table;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use self::programs::{RIVALS, Rival};
use self::table::{Tried, page};
use super::examine::ready;
use super::listed;
use super::planted::{FAULTS, SERVER, behind};
use crate::failure::Result;
use crate::workspace::{self, root, target};

/// The servers on which an alarm is a false one: they are official, and each tester's findings were read.
const SERVERS: [&str; 7] =
    ["everything", "filesystem", "memory", "sequential-thinking", "fetch", "git", "time"];

/// No tester gets more time than this, in seconds.
const LIMIT: &str = "75";

/// What stands above the table in docs/mcp.md, to whose end it goes.
const MARK: &str = "<!-- table: mcp-rivals -->";

/// Run other testers on the official servers and on the faults of `just mcp-faults`, and print what each finds.
///
/// Without a name, the table goes into docs/mcp.md; measure on a machine that does nothing else.
///
/// They are fetched once into target/mcp-rivals, in the versions that were compared before. What a tester prints is in
/// target/reports/mcp-rivals. PROCTOR names another proctor than the one that is built here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Names of testers; without one, all
    #[arg(value_name = "TESTER")]
    names: Vec<String>,
}

/// Runs all, and prints the table.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let proctor = workspace::proctor()?;
    let mut out = io::stdout().lock();
    let mut columns = Vec::new();
    let wanted =
        |rival: &&Rival| args.names.is_empty() || args.names.iter().any(|name| name == rival.name);
    for rival in RIVALS.iter().filter(wanted) {
        let folder = rival.fetched()?;
        let mut tried = Tried::new(rival.name);
        for name in SERVERS {
            let server = ready(&listed::named(&[name.to_owned()])?[0])?.started()?;
            let seen = try_on(rival, &folder, name, &server)?;
            writeln!(out, "{:<20} {name:<26} {}", rival.name, seen.word())?;
            tried.servers.push(seen);
        }
        let server = ready(&listed::named(&[SERVER.to_owned()])?[0])?.started()?;
        let control = try_on(rival, &folder, "control", &behind(&proctor, &[], &server)?)?;
        for fault in FAULTS {
            let command = behind(&proctor, &["--fault", fault], &server)?;
            let seen = try_on(rival, &folder, fault, &command)?;
            let found = seen.against(&control);
            writeln!(out, "{:<20} {fault:<26} {found} ({})", rival.name, seen.word())?;
            tried.faults.push((fault, found));
        }
        columns.push(tried);
    }
    let text = page(&columns);
    fs::write(target()?.join("reports/mcp-rivals.md"), &text)?;
    if args.names.is_empty() {
        let path = root().join("docs/mcp.md");
        let before = fs::read_to_string(&path)?;
        let (before, _) =
            before.split_once(MARK).ok_or("docs/mcp.md has no place for the table")?;
        fs::write(path, format!("{before}{MARK}\n\n{text}"))?;
    }
    write!(out, "\n{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// What a tester said of a server.
pub(super) struct Seen {
    /// The exit code; nothing if it was ended after [`LIMIT`].
    code: Option<i32>,
    seconds: f64,
    /// The lines that look like findings, without numbers.
    findings: Vec<String>,
}

/// How a fault was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Caught,
    Missed,
    Hung,
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Caught => "caught",
            Self::Missed => "missed",
            Self::Hung => "hung",
        })
    }
}

impl Seen {
    /// Whether it complained.
    fn complained(&self) -> bool {
        self.code != Some(0)
    }

    fn word(&self) -> String {
        let code =
            self.code.map_or_else(|| "no end".to_owned(), |code| format!("exit code {code}"));
        format!("{code}, {:.1} s, {} findings", self.seconds, self.findings.len())
    }

    /// Caught is what the control does not have: another exit code than 0, or a finding.
    fn against(&self, control: &Self) -> Found {
        if self.code.is_none() {
            return Found::Hung;
        }
        let failed = self.complained() && !control.complained();
        let is_new = |finding: &String| !control.findings.contains(finding);
        if failed || self.findings.iter().any(is_new) { Found::Caught } else { Found::Missed }
    }
}

/// Runs one tester on one server, with nothing to read.
fn try_on(rival: &Rival, folder: &Path, name: &str, server: &[String]) -> Result<Seen> {
    // Of its own, so that testers can run side by side.
    let reports = target()?.join("reports/mcp-rivals").join(rival.name.replace(' ', "-"));
    fs::create_dir_all(&reports)?;
    let script = script(&reports, server)?;
    let log = reports.join(format!("{name}.txt"));
    let output = File::create(&log)?;
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", LIMIT]).args(rival.words(folder, &script, &reports)?);
    // Node of a version of its own, where it was fetched.
    command.env("PATH", workspace::path(&[folder.join("node_modules/.bin")]));
    command.current_dir(&reports).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    let began = Instant::now();
    let code = workspace::code(&mut command)?;
    let seconds = began.elapsed().as_secs_f64();
    let ended = [124, 137].contains(&code);
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    Ok(Seen { code: (!ended).then_some(code), seconds, findings: programs::findings(&text) })
}

/// A script that becomes the server: some testers take only a file.
fn script(folder: &Path, server: &[String]) -> Result<PathBuf> {
    let path = folder.join("server.sh");
    let quoted: Vec<_> =
        server.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
    fs::write(&path, format!("#!/bin/sh\nexec {}\n", quoted.join(" ")))?;
    Ok(path)
}

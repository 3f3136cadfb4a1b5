//! `cargo xtask schemas`: writes the shapes that the kit carries, from what real releases print.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{ExitCode, Stdio};

use schema::{EXPERIMENTAL, Kind, Set, directory};

use crate::failure::Result;
use crate::real::examine::fetched;
use crate::releases;
use crate::workspace::{command, root};

/// Write schema/data/shapes.txt from the JSON schemas that the real releases print.
///
/// Releases before 0.58 print no JSON schema and are left out. From 0.98 on a release prints two: one with its experimental
/// features, and one without.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Releases, like 0.98.0; without any, all that are kept track of
    #[arg(value_name = "VERSION")]
    versions: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    let versions = if args.versions.is_empty() { releases::all()? } else { args.versions.clone() };
    let mut sets = Vec::new();
    for version in &versions {
        let codex = fetched(version)?;
        let before = sets.len();
        for (options, layer) in [(&[][..], ""), (&["--experimental"][..], EXPERIMENTAL)] {
            let folder = tempfile::tempdir()?;
            if let Some(mut set) = printed(&codex, options, folder.path())? {
                set.name = format!("{version}{layer}");
                let (requests, notifications) =
                    (set.methods(Kind::Request).len(), set.methods(Kind::Notification).len());
                writeln!(
                    out,
                    "schemas: {}: {requests} requests, {notifications} notifications",
                    set.name
                )?;
                sets.push(set);
            }
        }
        if sets.len() == before {
            writeln!(out, "schemas: {version}: it prints no JSON schema")?;
        }
    }
    let text = corrected(&schema::pack(&sets));
    writeln!(out, "schemas: {} definitions, {} bytes", text.lines().count() - 1, text.len())?;
    fs::write(root().join("schema/data/shapes.txt"), text)?;
    Ok(ExitCode::SUCCESS)
}

/// Members that the schemas of 0.169 to 0.171 name otherwise than these servers send them: the
/// definition, the name in the schema, and the name in every message.
const MISPRINTS: [(&str, &str, &str); 4] = [
    ("ThreadTimelineEntry", "turn_id", "turnId"),
    ("ThreadTimelineEntry", "started_at", "startedAt"),
    ("ThreadTimelineEntry", "completed_at", "completedAt"),
    ("ThreadTimelineEntry", "duration_ms", "durationMs"),
];

/// The shapes with the names that servers send.
fn corrected(text: &str) -> String {
    let mut all = String::new();
    for line in text.split_inclusive('\n') {
        let name = line.split('\t').next().unwrap_or_default();
        let wrong = MISPRINTS.iter().filter(|(definition, ..)| *definition == name);
        let line =
            wrong.fold(line.to_owned(), |line, (_, printed, sent)| line.replace(printed, sent));
        all.push_str(&line);
    }
    all
}

/// The shapes that a release prints with these options; nothing if it does not know them.
fn printed(codex: &Path, options: &[&str], folder: &Path) -> Result<Option<Set>> {
    let (schemas, home) = (folder.join("schemas"), folder.join("home"));
    fs::create_dir(&schemas)?;
    fs::create_dir(&home)?;
    let mut print = command(codex);
    print.args(["app-server", "generate-json-schema"]).args(options).arg("--out").arg(&schemas);
    print.env("CODEX_HOME", &home).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if !print.status()?.success() {
        return Ok(None);
    }
    Ok(Some(directory::read(&schemas).map_err(|error| error.to_string())?))
}

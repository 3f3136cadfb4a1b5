//! `house`: one table of measures of the sources.

mod booleans;
mod checks;
mod circles;
mod dependencies;
mod measure;
mod modules;
mod reference;
mod remains;
mod scripts;
mod sources;
mod tokens;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::measure::{Measure, Measures, Value};
use self::sources::{Crate, Tree};
use crate::failure::Result;
use crate::workspace;

/// Measure the sources: sizes, import circles, and what should become less.
///
/// The numbers come from the tokens of every source file, without tests and comments. Code that a macro makes is not seen.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Measure this workspace instead of the one around this tool.
    #[arg(long, value_name = "TREE")]
    dir: Option<PathBuf>,
    /// Print the measures as JSON, which `--before` reads.
    #[arg(long)]
    json: bool,
    /// Print the measures of this file beside the new ones.
    #[arg(long, value_name = "FILE")]
    before: Option<PathBuf>,
    /// Also list what was counted: members of circles, places, names.
    #[arg(long, short)]
    verbose: bool,
}

/// Measures and prints.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let here = workspace::root();
    let tree = Tree::read(args.dir.as_deref().unwrap_or(&here))?;
    let measures = measure(&tree)?;
    let before = args.before.as_deref().map(read).transpose()?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&measures)?)?;
    } else {
        write!(out, "{}", measures.table(before.as_ref(), args.verbose))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<Measures> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Measures::parse(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn measure(tree: &Tree) -> Result<Measures> {
    let mut all = vec![Measure::new(
        "lines of all crates",
        tree.crates.iter().map(Crate::lines).sum::<usize>(),
    )];
    for member in &tree.crates {
        all.push(Measure::new(format!("lines of {}/src", member.name), member.lines()));
    }
    let (mut modules, mut knotted) = (0, 0);
    for member in &tree.crates {
        let (number, edges) = modules::imports(member);
        let circles = circles::circles(&edges);
        modules += number;
        knotted += circles.iter().map(Vec::len).sum::<usize>();
        let largest = circles.first().cloned().unwrap_or_default();
        let name = format!("largest circle of {}", member.name);
        all.push(Measure::new(name, largest.len()).with(largest));
    }
    let share = 100.0 * knotted as f64 / modules.max(1) as f64;
    all.push(Measure::new("modules in circles, of all", Value::percent(share)));
    all.extend(checks::measures(tree));
    all.extend(reference::measures(tree));
    all.push(booleans::measure(tree));
    all.push(dependencies::measure(tree));
    all.push(remains::measure(tree));
    all.extend(scripts::measures(&tree.root)?);
    all.extend(face(tree));
    let readme = fs::read_to_string(tree.root.join("README.md")).unwrap_or_default();
    all.push(Measure::new("lines of README.md", readme.lines().count()));
    Ok(Measures::new(all))
}

/// What the root of `harness` offers: public modules, and names that are re-exported.
fn face(tree: &Tree) -> [Measure; 2] {
    let root = tree.crates.iter().find(|member| member.name == "harness").and_then(Crate::root);
    let (modules, names) = root.map(modules::public_names).unwrap_or_default();
    [
        Measure::new("public modules of harness", modules.len()).with(modules),
        Measure::new("names at the root of harness", names.len()).with(names),
    ]
}

//! `mutants` and `mutants-score`: how many small changes of the reference subject the checks notice.

mod inert;
mod page;
mod score;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use serde::Deserialize;

use self::inert::{Inert, Stretch};
use self::score::{Explained, Score};
use crate::failure::{Failure, Result};
use crate::workspace::{self, build, cargo, code, copy, fresh, printed, root, rust_files, target};

/// The release of cargo-mutants that is used.
const MUTANTS: &str = "27.1.0";

/// The package that is changed.
const PACKAGE: &str = "reference";

/// Survivors that are understood, each with its reason.
const EXPLAINED: &str = "docs/mutants-explained.txt";

/// Where the score of all mutants is printed.
const PAGE: &str = "docs/mutants.md";

/// Score the checks: how many small changes of the reference subject they notice.
///
/// Without --shard every change is tried, which takes hours, and docs/mutants.md is printed from it. All happens in a copy below
/// target/mutants.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only part I of N, from 0; each part has some of every file
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// Further arguments for cargo-mutants
    #[arg(last = true, value_name = "ARGUMENT")]
    rest: Vec<OsString>,
}

/// Print the score from what cargo-mutants wrote, and the changes that nobody noticed.
///
/// Ends with 1 if one of them is not explained in docs/mutants-explained.txt.
#[derive(Debug, clap::Args)]
pub(crate) struct ScoreArgs {
    /// Files called outcomes.json, one for each part
    #[arg(required = true, value_name = "OUTCOMES")]
    outcomes: Vec<PathBuf>,
    /// Also print docs/mutants.md from them
    #[arg(long)]
    page: bool,
}

/// Tries the changes.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    install()?;
    let home = root().join("target/mutants");
    fs::create_dir_all(&home)?;
    // The judge is built before anything is changed, and stays as it is.
    build(&["--profile", "mutants", "--package", "cli", "--bin", "proctor"])?;
    let judge = home.join("judge");
    fs::copy(target()?.join("mutants/proctor"), &judge)?;
    // A copy at one place, so that the compiler finds what it did the last time.
    let tree = home.join("tree");
    fresh(&tree)?;
    copy(&root(), &tree)?;
    leave_out_inert(&tree)?;
    let mut mutants =
        cargo(&["mutants", "--package", PACKAGE, "--in-place", "--no-times", "--colors", "never"]);
    mutants.args(["--sharding", "round-robin"]).arg("--output").arg(&home);
    mutants.args(args.shard.iter().flat_map(|shard| ["--shard", shard])).args(&args.rest);
    mutants.current_dir(&tree).env("PROCTOR_JUDGE", &judge).env("CARGO_TARGET_DIR", target()?);
    // 2 is that some were missed, 3 that some hung: the score says so better. Anything else went wrong.
    let ended = code(&mut mutants)?;
    if !matches!(ended, 0 | 2 | 3) {
        return Err(format!("cargo mutants ended with {ended}").into());
    }
    let is_whole = args.shard.is_none() && args.rest.is_empty();
    score(&ScoreArgs { outcomes: vec![home.join("mutants.out/outcomes.json")], page: is_whole })
}

/// One change, as cargo-mutants lists it.
#[derive(Deserialize)]
struct Listed {
    name: String,
    file: String,
    span: Stretch,
}

/// Adds the changes of inert code in this tree to those that cargo-mutants leaves out there.
fn leave_out_inert(tree: &Path) -> Result<()> {
    let mut list = cargo(&["mutants", "--list", "--json", "--package", PACKAGE]);
    let listed: Vec<Listed> = serde_json::from_str(&printed(list.current_dir(tree))?)?;
    let mut files = Vec::new();
    // The functions that ask are in files without a change, too.
    for path in rust_files(&tree.join(PACKAGE).join("src"))? {
        let name = path.strip_prefix(tree).unwrap_or(&path).to_string_lossy().into_owned();
        files.push((name, fs::read_to_string(&path)?));
    }
    let inert = Inert::of(&files)?;
    let left_out = listed.iter().filter(|mutant| inert.covers(&mutant.file, &mutant.span));
    let forms: toml_edit::Array =
        left_out.map(|mutant| format!("^{}$", regex::escape(&mutant.name))).collect();
    writeln!(
        io::stdout().lock(),
        "{} changes, {} of them in code that only a fault or a variant reaches",
        listed.len(),
        forms.len()
    )?;
    let path = tree.join(".cargo/mutants.toml");
    let mut config: toml_edit::DocumentMut = fs::read_to_string(&path)?.parse()?;
    config["exclude_re"] = toml_edit::value(forms);
    fs::write(path, config.to_string())?;
    Ok(())
}

/// Prints the score.
pub(crate) fn score(args: &ScoreArgs) -> Result<ExitCode> {
    let read = |path: &Path| {
        fs::read_to_string(path)
            .map_err(|error| Failure::from(format!("{}: {error}", path.display())))
    };
    let texts = args.outcomes.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
    let score = Score::of(&texts)?;
    let explained = Explained::parse(&read(&root().join(EXPLAINED))?)?;
    let survivors = score.survivors(&explained);
    if args.page {
        fs::write(root().join(PAGE), page::page(&score, &survivors))?;
    }
    write!(io::stdout().lock(), "{}", page::summary(&score, &survivors))?;
    let all_explained = survivors.iter().all(|survivor| survivor.reason.is_some());
    Ok(if all_explained { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn install() -> Result<()> {
    let mut version = cargo(&["mutants", "--version"]);
    let there = version.stderr(Stdio::null()).output().is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout).starts_with(&format!("cargo-mutants {MUTANTS}"))
    });
    if there {
        return Ok(());
    }
    let (tools, package) = (root().join("target/tools"), format!("cargo-mutants@{MUTANTS}"));
    let mut prebuilt = cargo(&["binstall", "--no-confirm", "--quiet", "--root"]);
    if code(prebuilt.arg(&tools).arg(&package).stderr(Stdio::null()))? == 0 {
        return Ok(());
    }
    workspace::run(cargo(&["install", "--locked", "--quiet", "--root"]).arg(&tools).arg(&package))
}

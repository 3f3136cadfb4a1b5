//! First commands at REPLs: none is garbled or lost, and what that costs.

mod competitors;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::ValueEnum;

use self::competitors::Competitors;
use crate::failure::Result;
use crate::load::Beside;
use crate::workspace::{build, code, fresh, path, printed, root, target};

/// How many threads make the machine busy, and how many sessions there are then at a time.
const BUSY: usize = 8;

/// Show that no first command at a REPL is garbled or lost, and what that costs.
///
/// For bash, sh, node and each Python 3.9 or newer that is on PATH, in pyenv or in target/tools; idle and beside 8 busy threads,
/// then 8 sessions at a time.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many sessions
    #[arg(default_value_t = 1_000)]
    sessions: usize,
    /// Only these REPLs, by the names that --names prints
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Print the REPLs that are here
    #[arg(long = "names")]
    only_names: bool,
    /// Only one part
    #[arg(long)]
    part: Option<Part>,
    /// Only on the idle machine, or only on the busy one
    #[arg(long, value_name = "LOAD")]
    beside: Option<Beside>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// A tenth of the commands typed at once, and after 50 ms: what the race looks like
    Control,
    /// Sessions through the library, byte for byte; the time to ready and to the bare prompt, whose medians may differ by 15 ms
    Ready,
    /// A tenth of the sessions through pexpect's replwrap and through rexpect
    Compare,
}

/// Measures.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    build(&["--release", "--package", "terminal", "--example", "pty_bench"])?;
    let work = target()?.join("bench-pty");
    fresh(&work.join("tmp"))?;
    let bench =
        Bench { program: target()?.join("release/examples/pty_bench"), path: pythons(), work };
    if args.only_names {
        say(&bench.names(&[])?.join("\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let names = bench.names(&args.names)?;
    if args.names.is_empty() && !names.iter().any(|name| name.contains("pyrepl")) {
        return Err("no Python 3.13 or newer: run scripts/bootstrap".into());
    }
    let wants = |part| args.part.is_none_or(|wanted| wanted == part);
    let competitors =
        wants(Part::Compare).then(|| Competitors::prepare(&bench.work)).transpose()?;
    let few = args.sessions.div_ceil(10);
    let mut held = true;
    for beside in Beside::each(args.beside) {
        let _load = beside.start(BUSY);
        let jobs = if beside == Beside::Busy { BUSY } else { 1 };
        let average = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let average = average.split(' ').next().unwrap_or_default();
        say(&format!("== {}, load average {average}", beside.name()))?;
        if wants(Part::Control) {
            bench.sessions("control", few, 1, &args.names)?;
        }
        if wants(Part::Ready) {
            held &= bench.sessions("ready", args.sessions, jobs, &args.names)?;
        }
        if let Some(competitors) = &competitors {
            for name in &names {
                competitors.measure(name, few, &bench.path)?;
            }
        }
    }
    held &= bench.nothing_left()?;
    if competitors.is_some() {
        say(&competitors::lines_for_users()?)?;
    }
    if !held {
        say("bench pty: something did not hold")?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The search path, with every Python that is here on it.
fn pythons() -> OsString {
    let mut folders = vec![root().join("target/tools/python/bin")];
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let pyenv = pyenv.or_else(|| std::env::home_dir().map(|home| home.join(".pyenv")));
    let versions = pyenv.and_then(|pyenv| fs::read_dir(pyenv.join("versions")).ok());
    for entry in versions.into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("3.") {
            folders.push(entry.path().join("bin"));
        }
    }
    path(&folders)
}

struct Bench {
    program: PathBuf,
    path: OsString,
    work: PathBuf,
}

impl Bench {
    fn command(&self) -> Command {
        let mut bench = Command::new(&self.program);
        bench.env("PATH", &self.path).env("TMPDIR", self.work.join("tmp"));
        bench
    }

    /// The REPLs that are here, of those that are wanted.
    fn names(&self, wanted: &[String]) -> Result<Vec<String>> {
        let text = printed(self.command().args(["names", "1", "1"]).args(wanted))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    fn sessions(&self, part: &str, number: usize, jobs: usize, names: &[String]) -> Result<bool> {
        let mut bench = self.command();
        bench.args([part, &number.to_string(), &jobs.to_string()]).args(names);
        Ok(code(&mut bench)? == 0)
    }

    fn nothing_left(&self) -> Result<bool> {
        let homes = self.work.join("tmp");
        let (processes, files) = (living_in(&homes), fs::read_dir(&homes)?.count());
        fs::remove_dir_all(&homes)?;
        say(&format!("left: {processes} processes, {files} files"))?;
        Ok(processes == 0 && files == 0)
    }
}

/// How many processes descend from a session: all of these have their HOME in this folder.
fn living_in(homes: &Path) -> usize {
    let home = format!("HOME={}/", homes.display());
    let of = |entry: fs::DirEntry| fs::read(entry.path().join("environ")).ok();
    let environments = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(of);
    let lives = |variables: &Vec<u8>| {
        variables.split(|byte| *byte == 0).any(|one| one.starts_with(home.as_bytes()))
    };
    environments.filter(lives).count()
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(io::stdout().lock(), "{line}")?)
}

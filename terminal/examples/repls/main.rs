//! Sessions of every REPL that docs/pty.md names, with questions to the terminal, changes of its
//! echo and wide characters between the commands: `repls [SESSIONS] [NAME...]`. Ends with 1 if one
//! was garbled or lost; what is not here is said.

mod dear;
#[path = "../../tests/pty/profiles.rs"]
mod profiles;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use terminal::repl::{Profile, Python, Repl, ReplError};

use dear::dear;
use profiles::{Other, others};

const LONG: Duration = Duration::from_secs(60);

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let sessions = args.first().map_or(Ok(100), |number| number.parse())?;
    let wanted = args.get(1..).unwrap_or_default();
    let mut all_exact = true;
    for mut other in every() {
        let name = other.profile.name.clone();
        if !wanted.is_empty() && !wanted.contains(&name) {
            continue;
        }
        let Some(program) = found(&other.profile.program) else {
            say(&format!("{name:22} is not here"))?;
            continue;
        };
        other.profile.program = program;
        all_exact &= run(&other, sessions).await?;
    }
    Ok(if all_exact { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The REPLs of the library, and those whose profiles are data of the tests.
fn every() -> Vec<Other> {
    const ASKED: &str = "\x1b[6n";
    let own = |profile, typed: &[_]| Other { profile, typed: typed.to_vec(), loud: None };
    let shell = [("echo 'é 漢'", "é 漢\n"), ("printf '\\033[6n'", ASKED), ("stty echo", "")];
    let python = [
        ("print('é 漢')", "é 漢\n"),
        ("print('\\033[6n', end='')", ASKED),
        ("import os; _ = os.system('stty echo')", ""),
    ];
    let node = [
        ("console.log('é 漢')", "é 漢\nundefined\n"),
        ("process.stdout.write('\\x1b[6n'); void 0", "\x1b[6nundefined\n"),
        (
            "require('child_process').execSync('stty echo', { stdio: 'inherit' }); void 0",
            "undefined\n",
        ),
    ];
    let mut every =
        vec![own(Profile::sh(), &shell), own(Profile::bash(), &shell), own(Profile::node(), &node)];
    let pythons = Python::among(folders());
    let ends = [pythons.first(), pythons.last().filter(|_| pythons.len() > 1)];
    let flavours = ends.into_iter().flatten().flat_map(Python::profiles);
    every.extend(flavours.map(|profile| own(profile, &python)));
    every.into_iter().chain(others()).chain(dear()).collect()
}

/// Where REPLs are: those that were fetched, and those on `PATH`.
fn folders() -> Vec<PathBuf> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let fetched = ["repls/bin", "python/bin"].map(|folder| tools.join(folder));
    fetched.into_iter().chain(std::env::split_paths(&path)).collect()
}

fn found(program: &Path) -> Option<PathBuf> {
    folders().into_iter().map(|folder| folder.join(program)).find(|path| path.is_file())
}

async fn run(other: &Other, sessions: usize) -> Result<bool, Failure> {
    let (mut exact, mut garbled, mut lost, mut first) = (0, 0, 0, None);
    let since = Instant::now();
    for _ in 0..sessions {
        match session(other).await {
            Ok(None) => exact += 1,
            Ok(Some(what)) => {
                garbled += 1;
                first.get_or_insert(what);
            }
            Err(error) => {
                lost += 1;
                first.get_or_insert(error.to_string());
            }
        }
    }
    let each = since.elapsed().as_secs_f64() * 1e3 / sessions.max(1) as f64;
    say(&format!(
        "{:22} {sessions:4} sessions: {exact:4} exact, {garbled} garbled, {lost} lost; {each:.0} ms each",
        other.profile.name
    ))?;
    first.map_or(Ok(()), |first| say(&format!("  {first}")))?;
    Ok(exact == sessions)
}

/// One session; what was garbled in it.
async fn session(other: &Other) -> Result<Option<String>, Failure> {
    let mut repl = Repl::start(&other.profile, LONG).await?;
    repl.set_deadline(LONG);
    let mut garbled = None;
    for (code, expected) in other.typed.iter().chain(&other.typed).chain(other.typed.first()) {
        let output = repl.run(code).await?.text();
        if output != *expected {
            garbled.get_or_insert(format!("{code} printed {output:?}, expected {expected:?}"));
        }
    }
    if let Some(loud) = other.loud {
        repl.run(loud).await?;
        let (code, _) = other.typed[0];
        match repl.run(code).await {
            Err(ReplError::Echoes { .. }) => {}
            silent => {
                garbled.get_or_insert(format!("{loud}; {code} was no error: {silent:?}"));
            }
        }
    }
    repl.end().await.clean()?;
    Ok(garbled)
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

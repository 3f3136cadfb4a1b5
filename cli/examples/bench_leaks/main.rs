//! Measures `proctor supervise` and the guards of the harness; `cargo xtask bench leaks --help` says how.

mod clean;
mod cycles;
mod kinds;
mod overhead;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The programs that are measured.
struct Programs {
    proctor: PathBuf,
    leaky: PathBuf,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "bench_leaks: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &[String]) -> Result<bool> {
    let [folder, part, numbers @ ..] = args else {
        return Err("usage: bench_leaks FOLDER-OF-PROGRAMS PART NUMBER…".into());
    };
    let number = |index: usize, default: usize| {
        numbers.get(index).map_or(Ok(default), |number| number.parse())
    };
    let folder = std::path::absolute(folder)?;
    let programs = Programs { proctor: folder.join("proctor"), leaky: folder.join("leaky") };
    match part.as_str() {
        "kinds" => kinds::measure(&programs, number(0, 100)?),
        "clean" => clean::measure(&programs, number(0, 1000)?, number(1, 16)?),
        "overhead" => overhead::measure(&programs, number(0, 300)?),
        "cycles" => cycles::measure(&programs, number(0, 10_000)?),
        _ => Err(format!("no part {part}").into()),
    }
}

fn say(line: &str) {
    // Whoever closed the pipe has seen enough.
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// The median of times in milliseconds.
fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

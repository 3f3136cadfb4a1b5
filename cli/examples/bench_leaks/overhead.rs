//! What supervising adds to the time of a test.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{Programs, Result, median, say};

/// The budget, in milliseconds.
const BUDGET: f64 = 5.0;

pub(crate) fn measure(programs: &Programs, runs: usize) -> Result<bool> {
    let mut held = true;
    for (name, program, arg) in [
        ("true", Path::new("/bin/true"), "x"),
        ("a test that starts ten children", programs.leaky.as_path(), "clean-children"),
    ] {
        let (mut bare, mut supervised) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            bare.push(time(Command::new(program).arg(arg))?);
            let mut with = Command::new(&programs.proctor);
            supervised.push(time(with.args(["supervise", "--"]).arg(program).arg(arg))?);
        }
        let (bare, supervised) = (median(&mut bare), median(&mut supervised));
        let added = supervised - bare;
        held &= added <= BUDGET;
        say(&format!(
            "{name}: {bare:.2} ms bare, {supervised:.2} ms supervised, {added:+.2} ms \
             (medians of {runs}, interleaved)"
        ));
    }
    Ok(held)
}

fn time(command: &mut Command) -> Result<f64> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let since = Instant::now();
    let status = command.status()?;
    let took = since.elapsed().as_secs_f64() * 1e3;
    if status.success() { Ok(took) } else { Err(format!("{command:?}: {status}").into()) }
}

//! `leak-hunt`: leaks of this workspace's own tests.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::ExitCode;

use super::{records, runner};
use crate::failure::Result;
use crate::workspace::{cargo, code, command, proctor_for_tests, root, run as done};

/// Look for leaks of this workspace's own tests.
///
/// Every test is run under `proctor supervise`, at a tenth of the usual leak-timeout, and each leak is printed with its process.
/// Ends with 0 if there is nothing, 1 if there is a leak or a failure, 3 if it could not be tried. With a log the tests that it
/// names are hunted, and the exit codes are those of `proctor hunt`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Arguments for cargo-nextest; or `--from-log LOG` or `--from-junit REPORT`, and arguments for `proctor hunt`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
    rest: Vec<OsString>,
}

/// Looks, or hunts.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let proctor = proctor_for_tests()?;
    if args.rest.first().is_some_and(|first| first == "--from-log" || first == "--from-junit") {
        let here = std::env::current_dir()?;
        let error = command(proctor).arg("hunt").args(&args.rest).current_dir(here).exec();
        return Err(error.into());
    }
    let folder = root().join("target/leak-hunt");
    fs::create_dir_all(&folder)?;
    let json = folder.join("leaks.jsonl");
    if json.exists() {
        fs::remove_file(&json)?;
    }
    done(&mut cargo(&["nextest", "run", "--workspace", "--no-run"]))?;
    // Tests are run by a copy: one of them may build the workspace anew while the others run.
    let copy = folder.join("proctor");
    fs::copy(proctor, &copy)?;
    let options = ["--json".as_ref(), json.as_os_str(), "--grace".as_ref(), "20ms".as_ref()];
    let (name, value) = runner(&copy, &options)?;
    let mut nextest = cargo(&["nextest", "run", "--workspace", "--profile", "leak-hunt"]);
    let ended = code(nextest.args(&args.rest).env(name, value))?;
    let records = records(&json)?;
    if records.is_empty() {
        return Err("nothing was supervised".into());
    }
    let leaky = records.iter().filter(|record| !record.leaks.is_empty()).count();
    writeln!(
        io::stdout().lock(),
        "leak-hunt: {} tests supervised, {leaky} left something behind; the records are in {}",
        records.len(),
        json.display()
    )?;
    match ended {
        0 if leaky == 0 => Ok(ExitCode::SUCCESS),
        // nextest's code for tests that failed; a leak is one of the reasons.
        0 | 100 => Ok(ExitCode::FAILURE),
        _ => Err(format!("cargo nextest ended with {ended}").into()),
    }
}

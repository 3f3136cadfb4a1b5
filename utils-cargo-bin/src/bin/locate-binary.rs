//! Prints the path of a binary: `locate-binary [--from DIR] NAME`.
//!
//! With `--from` it changes the current directory first, as a test may.

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    match locate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without stderr there is no place left to report to.
            let _ = writeln!(io::stderr(), "locate-binary: {error}");
            ExitCode::FAILURE
        }
    }
}

fn locate() -> Result<(), Box<dyn Error>> {
    let mut args = env::args_os().skip(1).peekable();
    if args.next_if(|arg| arg == "--from").is_some() {
        env::set_current_dir(args.next().ok_or("--from needs a directory")?)?;
    }
    let name = args.next().ok_or("the name of a binary is needed")?;
    let path = utils_cargo_bin::cargo_bin(&name.to_string_lossy())?;
    writeln!(io::stdout(), "{}", path.display())?;
    Ok(())
}

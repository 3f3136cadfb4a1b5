//! The reference subject as a program of its own, for this crate's tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    reference::main(std::env::args_os().skip(1))
}

//! Systems that are no Unix: what starts or watches processes has its names here, and refuses.
//!
//! A value of a type that stands for a running process cannot exist here, so its methods have no
//! body: the compiler knows that they are never called.

pub mod guard;
pub mod guardian;
pub(crate) mod process;
pub(crate) mod supervise;
pub(crate) mod unread;

use std::convert::Infallible;
use std::io;

/// A process that cannot exist here.
type Never = Infallible;

/// Why nothing is started, in one sentence.
fn sentence() -> String {
    format!(
        "watching processes is not built for {}, only for Linux and macOS: see \"Other systems\" in \
         docs/supervise.md",
        std::env::consts::OS
    )
}

/// The sentence as the error of the system that it is.
fn not_built() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, sentence())
}

/// The body of a helper process: says why there is none.
fn refuse() -> std::process::ExitCode {
    use io::Write;

    // Without stderr there is no place to say it.
    let _ = writeln!(io::stderr(), "error: {}", sentence());
    std::process::ExitCode::FAILURE
}

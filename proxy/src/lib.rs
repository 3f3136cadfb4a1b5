//! Stands between a client and a server, line by line over stdio, and can change their messages.
//!
//! Without a fault the proxy behaves exactly like the server: every byte, the ends of both streams,
//! signals and the exit are passed on. With a fault, the conversation is wrong in one known way,
//! which proves that a check notices it.

mod bend;
mod fault;
pub mod faults;
pub mod legal;
mod line;
mod log;
mod perturb;
mod pump;
mod relay;
mod sink;
mod steps;
mod subject;
pub mod tied;

use std::convert::Infallible;
use std::ffi::OsString;

use rustix::process::{Resource, Rlimit, setrlimit};

pub use bend::End;
pub use fault::Planted;
pub use faults::{find, planted};
pub use legal::{find_legal, legal};
pub use log::Log;
pub use perturb::{Delays, Pauses};
pub use relay::{ProxyError, Relay};

/// Relays between the stdin and stdout of this process and a new subject until the subject has
/// ended, and ends in the same way: with its exit code, or by the same signal.
///
/// `command` starts the subject; `tie` is put in front of it, see [`tied`].
///
/// # Errors
///
/// If the streams could not be taken over, or the subject could not be started.
pub fn stand_in(
    relay: Relay,
    tie: Vec<OsString>,
    command: Vec<OsString>,
) -> Result<Infallible, ProxyError> {
    let input = rustix::stdio::stdin().try_clone_to_owned().map_err(ProxyError::Streams)?;
    let output = rustix::stdio::stdout().try_clone_to_owned().map_err(ProxyError::Streams)?;
    // We must hold the only descriptors, or no reader would notice when we close them.
    let nothing = std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
        .map_err(ProxyError::Streams)?;
    let taken = rustix::stdio::dup2_stdin(&nothing).and(rustix::stdio::dup2_stdout(&nothing));
    taken.map_err(|error| ProxyError::Streams(error.into()))?;
    let end = relay.run([tie, command].concat(), input, output)?;
    end_like(end)
}

fn end_like(end: End) -> ! {
    match end {
        End::Code(code) => std::process::exit(code),
        End::Signal(signal) => {
            // Our core must not replace that of the subject, if it left one.
            let none = Rlimit { current: Some(0), maximum: Some(0) };
            let _ = setrlimit(Resource::Core, none);
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            // A signal that does not end this process: exit with the code that a shell would
            // report.
            std::process::exit(128 + signal)
        }
    }
}

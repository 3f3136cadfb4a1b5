//! Stands between a client and a server, line by line over stdio, and bends what they say.
//!
//! Without a fault nothing can be told from the server itself: every byte, the ends of both streams, signals and the exit are
//! passed on. With one, the conversation is wrong in one known way, which proves that whoever listens notices.

mod bend;
mod fault;
pub mod faults;
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
pub use log::Log;
pub use perturb::{Delays, Pauses};
pub use relay::{ProxyError, Relay};

/// Relays between this process' own stdin and stdout and a new subject until the subject has ended, and ends as it did: with
/// its exit code, or by the same signal.
///
/// `command` is what is started; `tie` stands in front of it, see [`tied`].
///
/// # Errors
///
/// The streams could not be taken over, or the subject could not be started.
pub fn stand_in(
    relay: Relay,
    tie: Vec<OsString>,
    command: Vec<OsString>,
) -> Result<Infallible, ProxyError> {
    let input = rustix::stdio::stdin().try_clone_to_owned().map_err(ProxyError::Streams)?;
    let output = rustix::stdio::stdout().try_clone_to_owned().map_err(ProxyError::Streams)?;
    // What we hold must be all there is, or nobody would notice when we close it.
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
            // The subject's own core, if it left one, must not be replaced by ours.
            let none = Rlimit { current: Some(0), maximum: Some(0) };
            let _ = setrlimit(Resource::Core, none);
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            // Not a signal that ends a process here: what a shell makes of one.
            std::process::exit(128 + signal)
        }
    }
}

//! `proctor proxy`: stands between a client and a server, transparently or with a fault; and makes
//! a subject with it.

use std::convert::Infallible;
use std::ffi::OsString;
use std::fs::File;
use std::time::Duration;

use ::prove::Planted;
use faults::UnknownFault;
use harness::Subject;
use proxy::{Delays, Log, Pauses, Relay};

use crate::args::{ProxyArgs, TiedArgs};
use crate::exit_code::{HELD, Stop};
use crate::{reference, terminal};

/// The prefix of its faults' names, where there are other faults too.
const PREFIX: &str = "proxy/";

/// Relays between our own streams and the command until the command ends, and exits as it does; or
/// prints the faults.
pub(crate) fn proxy(args: &ProxyArgs) -> Result<u8, Stop> {
    if args.list {
        terminal::say(&list())?;
        return Ok(HELD);
    }
    match stand_in(args)? {}
}

fn stand_in(args: &ProxyArgs) -> Result<Infallible, Stop> {
    if args.command.is_empty() {
        return Err(Stop::usage("no command: proctor proxy [--fault NAME] -- COMMAND…"));
    }
    let fault = args.fault.as_deref().map(proxy::find).transpose().map_err(unknown)?;
    let legal = args.legal.as_deref().map(proxy::find_legal).transpose();
    let legal = legal.map_err(|error| Stop::usage(format!("{error}; {}", legal_names())))?;
    let log = args.log.as_ref().map(|path| {
        File::create(path)
            .map_err(|error| Stop::usage(format!("cannot write {}: {error}", path.display())))
    });
    let relay = Relay {
        fault: fault.or(legal),
        delays: args.delays.map(Delays::new),
        pauses: args.pauses.map(Pauses::new),
        log: log.transpose()?.map(Log::new),
    };
    let tie = [reference::this_binary()?, "__tied".into(), std::process::id().to_string().into()];
    proxy::stand_in(relay, tie.into(), args.command.clone()).map_err(Stop::unable)
}

/// Becomes the command of a proxy, and ends with the proxy.
pub(crate) fn tied(args: &TiedArgs) -> Result<u8, Stop> {
    let error = proxy::tied::become_tied(args.parent, &args.command);
    let program = args.command.first().cloned().unwrap_or_default();
    Err(Stop::unable(format!("cannot start {}: {error}", program.display())))
}

fn unknown(error: UnknownFault) -> Stop {
    Stop::usage(format!("{error}; `--list` prints all of them"))
}

/// What `--legal` takes, for people.
fn legal_names() -> String {
    let names: Vec<_> = proxy::legal().iter().map(|planted| planted.fault.name).collect();
    format!("--legal takes {}", names.join(" or "))
}

/// The faults with their sentences, for people.
fn list() -> String {
    let faults: Vec<_> = proxy::planted().map(|planted| planted.fault).collect();
    let width = faults.iter().map(|fault| fault.name.len()).max().unwrap_or(0);
    let line = |fault: &faults::Fault| format!("{:width$}  {}\n", fault.name, fault.sentence);
    faults.iter().map(line).collect()
}

/// Every fault, in the form of a proof.
pub(crate) fn faults() -> Vec<Planted> {
    proxy::planted()
        .map(|planted| Planted {
            fault: planted.fault.name.to_owned(),
            name: format!("{PREFIX}{}", planted.fault.name),
            sentence: planted.fault.sentence.to_owned(),
            place: format!("{}:{}", planted.file, planted.line),
        })
        .collect()
}

/// The time limit of one wait for a real server with a fault: it starts more slowly than the
/// reference, and many start at once. Faults of lateness take even longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The subject behind a proxy with the fault of this name; `None` if there is no such fault.
pub(crate) fn with_fault(subject: &Subject, real: bool, name: &str) -> Option<Subject> {
    let name = name.strip_prefix(PREFIX)?;
    // A proof has found its own binary before: its guardians run from the same file.
    let binary = reference::this_binary().ok()?;
    let patience = if real { PATIENCE } else { reference::PATIENCE };
    let mut subject = reference::impatient(subject, patience);
    let proxy: [OsString; 5] = [binary, "proxy".into(), "--fault".into(), name.into(), "--".into()];
    subject.command.splice(0..0, proxy);
    Some(subject)
}

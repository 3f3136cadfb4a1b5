//! The embedded reference subject: how this binary starts itself as one, and the faults that are planted in it.

use std::ffi::OsString;
use std::process::Command;
use std::time::Duration;

use ::prove::{Planted, Variant};
use harness::Subject;
use report::Family;

use crate::exit_code::Stop;

/// A reference subject that is embedded in this binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Embedded {
    AppServer,
    McpServer,
}

impl Embedded {
    /// The families of the checks that are proved on it.
    pub(crate) fn families(self) -> Vec<Family> {
        match self {
            Self::AppServer => vec![Family::V1, Family::V2],
            Self::McpServer => vec![Family::Mcp],
        }
    }

    /// The command that runs it: this very binary.
    pub(crate) fn command(self) -> Result<Vec<OsString>, Stop> {
        Ok(vec![this_binary()?, "reference".into(), self.name().into()])
    }

    /// The argument by which the reference serves as this one.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AppServer => "app-server",
            Self::McpServer => "mcp-server",
        }
    }

    /// Whether it is this one that differs where this file of the reference says so.
    pub(crate) fn has(self, file: &str) -> bool {
        /// Where the second subject is.
        const MCP_SERVER: &str = "reference/src/mcp";
        file.starts_with(MCP_SERVER) == (self == Self::McpServer)
    }
}

/// The command that runs the reference subject of the app-server protocol.
pub(crate) fn command() -> Result<Vec<OsString>, Stop> {
    Embedded::AppServer.command()
}

/// How long one wait for a subject with a fault lasts: many faults are that something never comes, and every one of them is
/// waited for to its end. The reference answers within milliseconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The reference subject with the fault of this name.
pub(crate) fn with_fault(reference: &Subject, name: &str) -> Subject {
    let mut subject = impatient(reference, PATIENCE);
    subject.command.extend(["--fault".into(), name.into()]);
    subject
}

/// The reference subject in the variants of these names. It may be slow, which is no fault, so its waits stay as they are.
pub(crate) fn as_variants(reference: &Subject, names: &[&str]) -> Subject {
    let mut subject = reference.clone();
    for name in names {
        subject.command.extend(["--variant".into(), name.into()]);
    }
    subject
}

/// The reference subject as one that tells which variants it meets.
pub(crate) fn telling(reference: &Subject) -> Subject {
    let mut subject = reference.clone();
    subject.command.push("--tell-variants".into());
    subject
}

/// Every variant of the reference subject, by name.
pub(crate) fn variants(of: Embedded) -> Vec<Variant> {
    let mut variants: Vec<_> = ::reference::PLACES
        .iter()
        .filter(|place| of.has(place.file))
        .map(|place| Variant {
            name: place.variant.name.to_owned(),
            sentence: place.variant.sentence.to_owned(),
            place: format!("{}:{}", place.file, place.line),
            waits: place.variant.waits,
            beside: place.variant.beside.map(str::to_owned),
            profile: None,
            sign: ::reference::variant::sign(place.variant.name),
        })
        .collect();
    variants.sort_by(|a, b| a.name.cmp(&b.name));
    variants
}

/// Whether the variant of this name offers something else than the reference.
pub(crate) fn is_examined(name: &str) -> bool {
    ::reference::PLACES.iter().any(|place| place.variant.name == name && place.variant.examined)
}

/// The subject, of which nothing is waited for longer than this.
pub(crate) fn impatient(subject: &Subject, patience: Duration) -> Subject {
    let mut subject = subject.clone();
    subject.settings.wait = subject.settings.wait.min(patience);
    subject.settings.exit = subject.settings.exit.min(patience);
    subject
}

/// Every fault that is planted in the reference subject, by name.
pub(crate) fn faults(of: Embedded) -> Vec<Planted> {
    let mut faults: Vec<_> = ::reference::PLANTED
        .iter()
        .filter(|planted| of.has(planted.file))
        .map(|planted| Planted {
            fault: planted.fault.name.to_owned(),
            name: planted.fault.name.to_owned(),
            sentence: planted.fault.sentence.to_owned(),
            place: format!("{}:{}", planted.file, planted.line),
        })
        .collect();
    faults.sort_by(|a, b| a.name.cmp(&b.name));
    faults
}

/// The command that protects against our own sudden death: this very binary.
pub(crate) fn guardian() -> Result<Command, Stop> {
    let mut command = Command::new(this_binary()?);
    command.arg("__guardian");
    Ok(command)
}

/// Where this very binary is.
pub(crate) fn this_binary() -> Result<OsString, Stop> {
    std::env::current_exe()
        .map(std::path::PathBuf::into_os_string)
        .map_err(|error| Stop::unable(format!("cannot tell where this binary is: {error}")))
}

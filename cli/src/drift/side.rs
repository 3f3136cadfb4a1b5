//! One of the two that are compared: a schema, a release, a report or a command, and what is known of it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use harness::select::Filters;
use report::{Outcome, Report};
use schema::drift::Version;
use schema::{EXPERIMENTAL, Kit, directory};

use super::observed::Observed;
use super::run;
use crate::exit_code::Stop;
use crate::interrupt::Interrupt;
use crate::releases;

/// One of the two that are compared.
pub(super) enum Side {
    /// A directory of schemas.
    Schemas(PathBuf),
    /// A release whose schemas are carried.
    Release(String),
    /// A report of a run.
    Report(PathBuf),
    /// A command that starts a server.
    Command(Vec<OsString>),
}

/// What is known of one side.
pub(super) struct Looked {
    /// Its name for readers.
    pub(super) name: String,
    /// The shapes of its messages.
    pub(super) shapes: Option<Version>,
    /// The outcome of each case.
    pub(super) outcomes: Option<BTreeMap<String, Outcome>>,
    /// The messages that it sent.
    pub(super) observed: Option<Observed>,
}

impl Side {
    /// What the argument names.
    pub(super) fn named(text: &str) -> Result<Self, Stop> {
        let path = Path::new(text);
        if path.is_dir() {
            return Ok(Self::Schemas(path.to_owned()));
        }
        if path.is_file() && path.extension().is_some_and(|ending| ending == "json") {
            return Ok(Self::Report(path.to_owned()));
        }
        if carried(text).is_some() {
            return Ok(Self::Release(text.to_owned()));
        }
        let words = shlex::split(text).filter(|words| !words.is_empty());
        let words = words.ok_or_else(|| Stop::usage(format!("{text:?} is not a command")))?;
        if words.len() == 1 && words[0].starts_with(|first: char| first.is_ascii_digit()) {
            let known = Kit::carried().names().iter().filter(|name| !name.ends_with(EXPERIMENTAL));
            let known = known.map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(Stop::usage(format!("no schemas of {text} are carried, only of {known}")));
        }
        Ok(Self::Command(words.into_iter().map(OsString::from).collect()))
    }

    pub(super) fn is_command(&self) -> bool {
        matches!(self, Self::Command(_))
    }

    /// Looks at it; nothing if that was interrupted. A command is examined by the checks that the
    /// filters let through.
    pub(super) fn look(
        self,
        filters: &Filters,
        interrupt: Option<&Interrupt>,
    ) -> Result<Option<Looked>, Stop> {
        match self {
            Self::Schemas(path) => {
                let set = directory::read(&path).map_err(Stop::usage)?;
                let shapes = Version { stable: set, all: None };
                Ok(Some(Looked::of_shapes(path.display().to_string(), shapes)))
            }
            Self::Release(name) => {
                let shapes = carried(&name);
                Ok(shapes.map(|shapes| Looked::of_shapes(name, shapes)))
            }
            Self::Report(path) => {
                let report = releases::read(&path)?;
                Ok(Some(Looked::of_report(path.display().to_string(), &report)))
            }
            Self::Command(command) => match interrupt {
                Some(interrupt) => run::examine(&command, filters, interrupt),
                None => Ok(None),
            },
        }
    }
}

impl Looked {
    fn of_shapes(name: String, shapes: Version) -> Self {
        Self { name, shapes: Some(shapes), outcomes: None, observed: None }
    }

    /// What a report says; its shapes are those of the release that the server claimed.
    pub(super) fn of_report(name: String, report: &Report) -> Self {
        let outcome = |check: &report::CheckReport| {
            (format!("{}@{}", check.id, check.dialect), check.outcome)
        };
        Self {
            name,
            shapes: report.subject.version.as_deref().and_then(carried),
            outcomes: Some(report.checks.iter().map(outcome).collect()),
            observed: None,
        }
    }
}

/// The shapes of a release, if they are carried.
pub(super) fn carried(release: &str) -> Option<Version> {
    let kit = Kit::carried();
    let stable = kit.set(release)?;
    Some(Version { stable, all: kit.set(&format!("{release}{EXPERIMENTAL}")) })
}

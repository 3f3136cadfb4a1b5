//! What the model wants done, whatever the tool for it is called: the steps that take their form from the request.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::label::short;

/// The model wants a command line run in a shell.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunsCommand {
    pub(crate) command: String,
    /// Where it runs; the directory of the conversation without it.
    pub(crate) workdir: Option<PathBuf>,
    pub(crate) id: Option<String>,
}

/// The model calls the tool that runs commands with these arguments, whatever they say.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MisusesCommands {
    /// A string is sent as it is: the way to send arguments that are no JSON.
    pub(crate) arguments: Value,
    pub(crate) id: Option<String>,
}

/// The model wants a patch applied.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppliesPatch {
    pub(crate) patch: String,
    /// The folder to change to before it, which only a shell can.
    pub(crate) workdir: Option<PathBuf>,
    pub(crate) id: Option<String>,
}

/// The model wants a program started at a terminal, to go on between calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpensProgram {
    pub(crate) command: String,
    /// How long the call waits for it, in milliseconds; as long as the tool likes without it.
    pub(crate) yields_after_ms: Option<u64>,
    pub(crate) id: Option<String>,
}

/// The model writes to a program that goes on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WritesTo {
    pub(crate) session: u64,
    pub(crate) chars: String,
    /// How long the call waits for what the program says, in milliseconds; as long as the tool likes without it.
    pub(crate) yields_after_ms: Option<u64>,
    pub(crate) id: Option<String>,
}

/// The model wanted to do what no tool on offer does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unoffered {
    /// What it wanted: `tool that runs a command`.
    pub wanted: String,
    /// The names of the tools that the request offers.
    pub offered: Vec<String>,
}

impl fmt::Display for Unoffered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offered = match self.offered.as_slice() {
            [] => "none at all".to_owned(),
            names => names.join(", "),
        };
        write!(formatter, "the model is offered no {}; it is offered: {offered}", self.wanted)
    }
}

fn place(workdir: Option<&Path>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    match workdir {
        Some(workdir) => write!(formatter, " in {:?}", short(&workdir.to_string_lossy())),
        None => Ok(()),
    }
}

impl fmt::Display for RunsCommand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "runs the command {:?}", short(&self.command))?;
        place(self.workdir.as_deref(), formatter)
    }
}

impl fmt::Display for MisusesCommands {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments = self.arguments.to_string();
        write!(formatter, "misuses the tool for commands with {}", short(&arguments))
    }
}

impl fmt::Display for AppliesPatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "applies the patch {:?}", short(&self.patch))?;
        place(self.workdir.as_deref(), formatter)
    }
}

impl fmt::Display for OpensProgram {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "opens the program {:?}", short(&self.command))
    }
}

impl fmt::Display for WritesTo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "writes {:?} to session {}", short(&self.chars), self.session)
    }
}

//! Actions of the model that do not name a tool: the request decides which tool they call.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::label::short;

/// The model runs a command line in a shell.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunsCommand {
    pub(crate) command: String,
    /// Its working directory; by default that of the conversation.
    pub(crate) workdir: Option<PathBuf>,
    pub(crate) id: Option<String>,
}

/// The model calls the tool that runs commands with these arguments, valid or not.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MisusesCommands {
    /// A string is sent as it is, so that arguments can be invalid JSON.
    pub(crate) arguments: Value,
    pub(crate) id: Option<String>,
}

/// The model applies a patch.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppliesPatch {
    pub(crate) patch: String,
    /// The directory to change to first, which only a shell can do.
    pub(crate) workdir: Option<PathBuf>,
    pub(crate) id: Option<String>,
}

/// The model starts a program in a terminal, which runs on between calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpensProgram {
    pub(crate) command: String,
    /// How long the call waits for it, in milliseconds; by default as long as the tool chooses.
    pub(crate) yields_after_ms: Option<u64>,
    pub(crate) id: Option<String>,
}

/// The model writes to a running program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WritesTo {
    pub(crate) session: u64,
    pub(crate) chars: String,
    /// How long the call waits for the program's output, in milliseconds; by default as long as the
    /// tool chooses.
    pub(crate) yields_after_ms: Option<u64>,
    pub(crate) id: Option<String>,
}

/// The model calls a tool of an MCP server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UsesTool {
    /// The name of the MCP server in the configuration.
    pub(crate) server: String,
    /// The name that the MCP server gives its tool.
    pub(crate) tool: String,
    #[serde(default)]
    pub(crate) arguments: Value,
    pub(crate) id: Option<String>,
}

/// An action of the model for which the request offers no tool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unoffered {
    /// The missing tool: `tool that runs a command`.
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

impl fmt::Display for UsesTool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "uses the tool {:?} of the MCP server {:?}", self.tool, self.server)
    }
}

impl fmt::Display for WritesTo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "writes {:?} to session {}", short(&self.chars), self.session)
    }
}

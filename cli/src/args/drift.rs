//! The arguments of `proctor drift`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::args::FilterArgs;

/// `proctor drift`.
#[derive(Debug, Args)]
#[command(
    after_help = "A and B are each a directory of JSON schemas, as `generate-json-schema --out DIR` writes it; a release whose schemas Proctor carries, \
                  like 0.98.0; a report of `proctor run --json`; or a command that starts a server, in one word: 'my-server app-server'."
)]
pub(crate) struct DriftArgs {
    /// What is older
    #[arg(value_name = "A")]
    pub(crate) before: String,
    /// What is newer
    #[arg(value_name = "B")]
    pub(crate) after: String,
    /// Exit with 1 if a change breaks clients or servers, or if a check that passed fails
    #[arg(long, value_name = "WHAT")]
    pub(crate) deny: Option<Deny>,
    /// Write the changes as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write the changes as Markdown
    #[arg(long, value_name = "FILE")]
    pub(crate) page: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) filters: FilterArgs,
}

/// What fails a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Changes that break clients or servers
    Breaking,
}

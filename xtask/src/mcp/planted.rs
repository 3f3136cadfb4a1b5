//! The faults that are put between a server and its client, to see who notices them.

use std::path::Path;

use super::fetch::path_text;
use crate::failure::Result;

/// The server that faults are put in front of: it offers everything.
pub(super) const SERVER: &str = "everything";

/// Faults of `proctor proxy` that any server of the protocol can have.
pub(super) const FAULTS: [&str; 22] = [
    "id-off-by-one",
    "neither-result-nor-error",
    "banner",
    "drop-answers",
    "stdin-never-closed",
    "jsonrpc-missing",
    "duplicate-answers",
    "result-and-error",
    "revision-unknown",
    "server-info-missing",
    "answers-over-lines",
    "log-between-answers",
    "input-schema-is-an-array",
    "id-as-text",
    "error-code-positive",
    "unknown-method-succeeds",
    "notifications-answered",
    "invalid-utf8-in-answers",
    "child-left-behind",
    "exit-code-altered",
    "dies-of-a-bad-line",
    "tools-undeclared",
];

/// What is no fault, and must be survived.
pub(super) const LEGAL: [&str; 2] = ["stderr-flood", "slow-list"];

/// The server behind a proxy that does this: `--fault NAME`, `--legal NAME`, or nothing.
pub(super) fn behind(proctor: &Path, what: &[&str], server: &[String]) -> Result<Vec<String>> {
    let mut command = vec![path_text(proctor)?, "proxy".to_owned()];
    command.extend(what.iter().map(|word| (*word).to_owned()));
    command.push("--".to_owned());
    command.extend_from_slice(server);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::{FAULTS, LEGAL};
    use crate::mcp::listed::named;

    #[test]
    fn no_fault_is_named_twice_and_the_server_is_listed() {
        let mut all = [&FAULTS[..], &LEGAL].concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), FAULTS.len() + LEGAL.len());
        assert!(named(&[super::SERVER.to_owned()]).is_ok());
    }
}

//! `--rerun REPORT`: only what did not pass in an earlier run.

use std::collections::BTreeSet;
use std::path::Path;

use harness::run::Case;
use harness::select::Filters;
use report::Outcome;
use report::{CheckReport, Report, SCHEMA};
use serde_json::Value;

use crate::exit_code::Stop;
use crate::list::refused;

/// The cases that an earlier run has left open.
#[derive(Debug)]
pub(super) struct Rerun(BTreeSet<String>);

impl Rerun {
    /// Reads a report that `--json` wrote; something of it must be left to run behind the filters.
    pub(super) fn read(path: &Path, filters: &Filters) -> Result<Self, Stop> {
        let shown = path.display();
        let unreadable = |why: String| Stop::usage(format!("cannot rerun {shown}: {why}"));
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        let no_report = |error: serde_json::Error| unreadable(format!("it is no report: {error}"));
        let value: Value = serde_json::from_str(&text).map_err(no_report)?;
        match value.get("schema").and_then(Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) => {
                return Err(unreadable(format!("it is a {other:?}, and not a {SCHEMA:?}")));
            }
            None => return Err(unreadable(format!("it does not say that it is a {SCHEMA:?}"))),
        }
        let report: Report = serde_json::from_value(value).map_err(no_report)?;
        let open: BTreeSet<String> =
            report.checks.iter().filter(|check| is_open(check)).flat_map(names).collect();
        if open.is_empty() {
            return Err(unreadable(
                "nothing in it is left to run again, and a run of no check proves nothing"
                    .to_owned(),
            ));
        }
        let rerun = Self(open);
        let cases = filters.cases().map_err(refused)?;
        if !cases.iter().any(|case| rerun.takes(case)) {
            return Err(unreadable("no check that it leaves open passes the filters".to_owned()));
        }
        Ok(rerun)
    }

    /// Whether the case is to be run again.
    pub(super) fn takes(&self, case: &Case) -> bool {
        self.0.contains(&case.name())
    }
}

/// What passed, failed as listed, or did not apply has nothing left to say; all else has: it failed, leaked, warned, passed
/// although it was listed, could not be told, or was not run.
fn is_open(check: &CheckReport) -> bool {
    !matches!(check.outcome, Outcome::Passed | Outcome::KnownFailure | Outcome::NotApplicable)
}

/// The case, and the one in whose conversation an observer found something: its command to repeat names both.
fn names(check: &CheckReport) -> Vec<String> {
    let words = shlex::split(&check.repeat).unwrap_or_default();
    let options = words.iter().take_while(|word| *word != "--").zip(words.iter().skip(1));
    let asked = options.filter(|(option, _)| *option == "--check").map(|(_, name)| name.clone());
    asked.chain([check.name()]).collect()
}

//! `--rerun REPORT`: runs only the cases that did not pass in an earlier run.

use std::collections::BTreeSet;
use std::path::Path;

use harness::run::Case;
use harness::select::Filters;
use report::Outcome;
use report::{CheckReport, Report, SCHEMA};
use serde_json::Value;

use crate::exit_code::Stop;
use crate::list::refused;

/// The unfinished cases of an earlier run.
#[derive(Debug)]
pub(super) struct Rerun(BTreeSet<String>);

impl Rerun {
    /// Reads a report that `--json` wrote; at least one of its unfinished cases must pass the
    /// filters.
    pub(super) fn read(path: &Path, filters: &Filters) -> Result<Self, Stop> {
        let shown = path.display();
        let unreadable = |why: String| Stop::usage(format!("cannot rerun {shown}: {why}"));
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        let no_report =
            |error: serde_json::Error| unreadable(format!("it is not a report: {error}"));
        let value: Value = serde_json::from_str(&text).map_err(no_report)?;
        match value.get("schema").and_then(Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) => {
                return Err(unreadable(format!("it is a {other:?}, not a {SCHEMA:?}")));
            }
            None => return Err(unreadable(format!("it is not marked as a {SCHEMA:?}"))),
        }
        let report: Report = serde_json::from_value(value).map_err(no_report)?;
        let open: BTreeSet<String> =
            report.checks.iter().filter(|check| is_open(check)).flat_map(names).collect();
        if open.is_empty() {
            return Err(unreadable(
                "all its cases passed, and a run without checks proves nothing".to_owned(),
            ));
        }
        let rerun = Self(open);
        let cases = filters.cases().map_err(refused)?;
        if !cases.iter().any(|case| rerun.takes(case)) {
            return Err(unreadable("none of its unfinished checks passes the filters".to_owned()));
        }
        Ok(rerun)
    }

    /// Whether the case runs again.
    pub(super) fn takes(&self, case: &Case) -> bool {
        self.0.contains(&case.name())
    }
}

/// A case that passed, failed as listed, or did not apply is finished. All others are open: failed,
/// leaked, warned, unexpectedly passed, inconclusive, or not run.
fn is_open(check: &CheckReport) -> bool {
    !matches!(check.outcome, Outcome::Passed | Outcome::KnownFailure | Outcome::NotApplicable)
}

/// The case, and the case in whose conversation an observer found a violation: the command that
/// repeats it names both.
fn names(check: &CheckReport) -> Vec<String> {
    let words = shlex::split(&check.repeat).unwrap_or_default();
    let options = words.iter().take_while(|word| *word != "--").zip(words.iter().skip(1));
    let asked = options.filter(|(option, _)| *option == "--check").map(|(_, name)| name.clone());
    let filters = words.iter().filter_map(|word| word.strip_prefix("--test_filter="));
    let filtered = filters.flat_map(|filter| filter.trim_matches(['{', '}']).split(','));
    asked.chain(filtered.map(str::to_owned)).chain([check.name()]).collect()
}

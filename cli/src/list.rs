//! `proctor list`: every check, with its requirement.

use std::collections::BTreeMap;

use harness::select::FilterError;
use harness::{Check, Dialect};
use serde::Serialize;

use crate::args::ListArgs;
use crate::exit_code::{HELD, Stop};
use crate::terminal;

/// One check as `--json` prints it.
#[derive(Serialize)]
struct Listed<'a> {
    id: String,
    suite: &'a str,
    level: harness::Level,
    dialects: Vec<ListedDialect>,
    requirement: &'a str,
    source: &'a str,
    place: String,
}

/// One dialect of a check, with the releases that are held to it.
#[derive(Serialize)]
struct ListedDialect {
    dialect: Dialect,
    since: Option<String>,
    until: Option<String>,
    fixed_in: Option<ListedFix>,
}

/// The first release that does it right, and what older ones do.
#[derive(Serialize)]
struct ListedFix {
    release: String,
    defect: &'static str,
}

/// Prints the checks that the filters let through.
pub(crate) fn list(args: &ListArgs) -> Result<u8, Stop> {
    let cases = args.filters.filters().cases().map_err(refused)?;
    // By id; a check counts once, however many dialects it has.
    let checks: BTreeMap<String, &'static Check> =
        cases.into_iter().map(|case| (case.check.id(), case.check)).collect();
    let text = if args.json { json(&checks)? } else { table(&checks) };
    terminal::say(&text)?;
    Ok(HELD)
}

/// A filter that cannot be meant is a mistake on the command line.
pub(crate) fn refused(error: FilterError) -> Stop {
    Stop::usage(error)
}

/// The dialects of a check with their ranges, as people read them.
pub(crate) fn dialects(check: &Check) -> String {
    check.applies.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Where the code of a check is.
pub(crate) fn place(check: &Check) -> String {
    format!("{}:{}", check.file, check.line)
}

fn table(checks: &BTreeMap<String, &'static Check>) -> String {
    let rows: Vec<_> = checks.iter().map(|(id, check)| (id, dialects(check), *check)).collect();
    let id_width = rows.iter().map(|(id, ..)| id.len()).max().unwrap_or(0);
    let dialect_width = rows.iter().map(|(_, dialects, _)| dialects.len()).max().unwrap_or(0);
    rows.iter()
        .map(|(id, dialects, check)| {
            format!(
                "{id:id_width$}  {:6}  {dialects:dialect_width$}  {}\n",
                check.level, check.requirement
            )
        })
        .collect()
}

fn json(checks: &BTreeMap<String, &'static Check>) -> Result<String, Stop> {
    let listed: Vec<_> = checks
        .iter()
        .map(|(id, check)| Listed {
            id: id.clone(),
            suite: check.suite(),
            level: check.level,
            dialects: check
                .applies
                .iter()
                .map(|applies| ListedDialect {
                    dialect: applies.dialect,
                    since: applies.since.map(|release| release.to_string()),
                    until: applies.until.map(|release| release.to_string()),
                    fixed_in: applies.fixed_in.map(|fixed| ListedFix {
                        release: fixed.release.to_string(),
                        defect: fixed.defect,
                    }),
                })
                .collect(),
            requirement: check.requirement,
            source: check.source,
            place: place(check),
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&listed).map_err(Stop::unable)?;
    text.push('\n');
    Ok(text)
}

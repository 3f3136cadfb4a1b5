//! `proctor list`: prints every check, with its requirement.

use std::collections::BTreeMap;

use harness::Check;
use harness::select::FilterError;
use report::{Dialect, Revision};
use serde::Serialize;

use crate::args::ListArgs;
use crate::exit_code::{HELD, Stop};
use crate::{renamed, terminal};

/// One check in the form of `--json`.
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

/// One dialect of a check, with the releases that it applies to.
#[derive(Serialize)]
struct ListedDialect {
    dialect: Dialect,
    since: Option<String>,
    until: Option<String>,
    fixed_in: Option<ListedFix>,
}

/// The first release without the defect, and the behaviour of older ones.
#[derive(Serialize)]
struct ListedFix {
    release: String,
    defect: &'static str,
}

/// Prints the checks that pass the filters.
pub(crate) fn list(args: &ListArgs) -> Result<u8, Stop> {
    let cases = args.filters.filters().cases().map_err(refused)?;
    // Ordered by id; a check counts once, however many dialects it has.
    let checks: BTreeMap<String, &'static Check> =
        cases.into_iter().map(|case| (case.check.id(), case.check)).collect();
    let width = terminal::width();
    let text = match (args.json, args.chapters) {
        (true, _) => json(&checks)?,
        (false, true) => suites(&checks, width),
        (false, false) => chapters(&checks, width),
    };
    terminal::say(&text)?;
    Ok(HELD)
}

/// An invalid filter is a mistake on the command line.
pub(crate) fn refused(error: FilterError) -> Stop {
    match &error {
        FilterError::NoMatch(name) => match renamed::today(name) {
            Some(now) => Stop::usage(format!("`{name}` is called `{now}` now")),
            None => Stop::usage(error),
        },
        _ => Stop::usage(error),
    }
}

/// The dialects of a check with their ranges, for people.
pub(crate) fn dialects(check: &Check) -> String {
    let plain = check.applies.iter().filter(|applies| !applies.dialect.is_mcp());
    let plain = plain.map(ToString::to_string);
    let revisions: Vec<_> =
        check.applies.iter().filter_map(|applies| applies.dialect.revision()).collect();
    let range = revisions.first().zip(revisions.last()).map(|(first, last)| {
        let (oldest, newest) = (Revision::ALL[0], Revision::ALL[Revision::ALL.len() - 1]);
        if first == last {
            format!("mcp {first}")
        } else if (*first, *last) == (oldest, newest) {
            "mcp".to_owned()
        } else if *first == oldest {
            format!("mcp until {last}")
        } else if *last == newest {
            format!("mcp since {first}")
        } else {
            format!("mcp {first} to {last}")
        }
    });
    plain.chain(range).collect::<Vec<_>>().join(", ")
}

/// The place of a check in the source.
pub(crate) fn place(check: &Check) -> String {
    format!("{}:{}", check.file, check.line)
}

/// The checks by chapter, in lines of at most this width unless a name is longer.
fn chapters(checks: &BTreeMap<String, &'static Check>, width: usize) -> String {
    let mut out = String::new();
    for (suite, checks) in by_suite(checks) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("== {suite} ({})\n", checks.len()));
        for line in terminal::wrapped(about(suite), width) {
            out.push_str(&format!("{line}\n"));
        }
        for (id, check) in checks {
            out.push_str(&format!("\n{} {id}\n", check.level));
            for line in terminal::wrapped(check.requirement, width - 2) {
                out.push_str(&format!("  {line}\n"));
            }
            for line in terminal::wrapped(&format!("applies to {}", dialects(check)), width - 2) {
                out.push_str(&format!("  {line}\n"));
            }
        }
    }
    out
}

/// The chapters alone.
fn suites(checks: &BTreeMap<String, &'static Check>, width: usize) -> String {
    let suites = by_suite(checks);
    let column = suites.keys().map(|suite| suite.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (suite, checks) in &suites {
        let mut start = format!("{suite:column$} {:4}  ", checks.len());
        let indent = start.len();
        for line in terminal::wrapped(about(suite), width.saturating_sub(indent).max(20)) {
            out.push_str(&format!("{start}{line}\n"));
            start = " ".repeat(indent);
        }
    }
    out
}

/// The checks of each suite, by id.
fn by_suite<'a>(
    checks: &'a BTreeMap<String, &'static Check>,
) -> BTreeMap<&'static str, Vec<(&'a str, &'static Check)>> {
    let mut suites: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (id, check) in checks {
        suites.entry(check.suite()).or_default().push((id.as_str(), *check));
    }
    suites
}

/// The subject matter of a chapter, in one sentence.
pub(crate) fn about(suite: &str) -> &'static str {
    suites::CHAPTERS.iter().find(|(name, _)| *name == suite).map_or("", |(_, about)| about)
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

//! Faults between a real server and the checks: which check notices each first, and how long that takes.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::process::ExitCode;

use report::{CheckReport, Outcome, Report};

use super::examine::{Done, Place, Ready, ready};
use super::listed;
use super::planted::{FAULTS, LEGAL, SERVER, behind};
use crate::failure::Result;
use crate::reports::outcomes;
use crate::workspace;

/// No fault may make a run longer than this.
const LONGEST: f64 = 60.0;

/// How many bytes of a failure the table shows.
const SHOWN: usize = 150;

/// Put the faults that any server can have between a real server and the checks, one after the other.
///
/// The server is server-everything. Each fault must give what the transparent proxy does not give, and what is legal must not.
/// Reports are target/reports/mcp-faults/NAME.json. PROCTOR names another proctor than the one that is built here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Faults of `proctor proxy`; without one, all that have ever been compared with other testers
    #[arg(value_name = "FAULT")]
    faults: Vec<String>,
}

/// Runs, and prints the table.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let server = listed::named(&[SERVER.to_owned()])?;
    let ready = ready(&server[0])?;
    let mut out = io::stdout().lock();
    let mut wrong = Vec::new();
    let direct = examined(&ready, "direct", None)?;
    let control = examined(&ready, "control", Some(&[]))?;
    for (name, done) in [("direct", &direct), ("control", &control)] {
        writeln!(out, "{}", row(name, "", done, ""))?;
    }
    let (direct, control) = (expected(&direct)?, expected(&control)?);
    // The server is not the process that we start, so what signals do to it is not judged.
    let is_judged = |difference: &String| !difference.ends_with("then not_applicable");
    for difference in differing(direct, control).into_iter().filter(is_judged) {
        writeln!(out, "mcp-faults: the control is not like the direct run: {difference}")?;
        wrong.push("control".to_owned());
    }
    let faults = args.faults.iter().map(String::as_str);
    let faults = if args.faults.is_empty() { FAULTS.to_vec() } else { faults.collect() };
    for name in faults {
        let done = examined(&ready, name, Some(&["--fault", name]))?;
        let found = done.report.as_ref().and_then(|report| first(report, control));
        let problem = match &found {
            None => "NOT NOTICED",
            Some(_) if done.seconds() > LONGEST => "TOO SLOW",
            Some(_) => "",
        };
        writeln!(out, "{}", row(name, found.as_deref().unwrap_or("-"), &done, problem))?;
        if !problem.is_empty() {
            wrong.push(name.to_owned());
        }
    }
    let legal = if args.faults.is_empty() { &LEGAL[..] } else { &[] };
    for name in legal {
        let done = examined(&ready, name, Some(&["--legal", name]))?;
        let differences = done
            .report
            .as_ref()
            .map_or_else(|| vec!["no report".to_owned()], |report| differing(control, report));
        let problem = if differences.is_empty() { "" } else { "NOT SURVIVED" };
        writeln!(
            out,
            "{}",
            row(name, differences.first().map_or("-", String::as_str), &done, problem)
        )?;
        wrong.extend(differences.first().map(|_| (*name).to_owned()));
    }
    if wrong.is_empty() {
        writeln!(out, "mcp-faults: every fault was noticed, and nothing else")?;
        return Ok(ExitCode::SUCCESS);
    }
    wrong.dedup();
    writeln!(out, "mcp-faults: failed: {}", wrong.join(" "))?;
    Ok(ExitCode::FAILURE)
}

/// The server, alone or behind a proxy with these options.
fn examined(ready: &Ready, name: &str, proxied: Option<&[&str]>) -> Result<Done> {
    let server = ready.started()?;
    let command = match proxied {
        None => server,
        Some(options) => behind(&workspace::proctor()?, options, &server)?,
    };
    ready.examine_as(&Place::named("mcp-faults", name), &[], &command)
}

fn expected(done: &Done) -> Result<&Report> {
    done.report.as_ref().ok_or_else(|| format!("no report: {}", done.failures()).into())
}

/// The cases that have another outcome in the second report.
fn differing(one: &Report, other: &Report) -> Vec<String> {
    let (one, other) = (outcomes(one), outcomes(other));
    let names = one.iter().filter(|(name, outcome)| other.get(*name) != Some(outcome));
    let word = |name: &String| other.get(name).copied().unwrap_or("missing");
    names.map(|(name, outcome)| format!("{name} {outcome}, then {}", word(name))).collect()
}

/// The first thing that did not hold here and did in the control; MUST comes first.
fn first(report: &Report, control: &Report) -> Option<String> {
    let before: BTreeMap<_, _> = outcomes(control);
    let is_new = |check: &&CheckReport| before.get(&check.name()) != Some(&check.outcome.name());
    let worst = [Outcome::Failed, Outcome::Leaked, Outcome::Warned, Outcome::Inconclusive];
    let mut all = worst.iter().flat_map(|outcome| {
        report.checks.iter().filter(move |check| check.outcome == *outcome).filter(is_new)
    });
    all.next().map(|check| match (&check.failure, check.leaks.first()) {
        (Some(failure), _) => {
            format!("{}: {}: {}", check.id, failure.what, failure.observed)
        }
        (None, Some(leak)) => format!("{}: left {}", check.id, leak.command),
        (None, None) => format!("{}: {}", check.id, check.outcome),
    })
}

fn row(name: &str, found: &str, done: &Done, problem: &str) -> String {
    let verdict = done.report.as_ref().map_or("no report", |report| match report.verdict {
        report::Verdict::Conformant => "conformant",
        report::Verdict::Nonconformant => "nonconformant",
        report::Verdict::Incomplete => "incomplete",
    });
    let found: String = found.split_whitespace().collect::<Vec<_>>().join(" ");
    let found: String = found.chars().take(SHOWN).collect();
    format!("{name:<26} {verdict:<14} {:>5.1} s  {problem:<12} {found}", done.seconds())
}

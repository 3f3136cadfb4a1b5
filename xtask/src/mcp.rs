//! Real servers of the Model Context Protocol: examined, asked whether their outcomes are always the same, compared with faults
//! between them and their client, and with other testers.

pub(crate) mod between;
mod examine;
mod fetch;
mod listed;
mod planted;
pub(crate) mod rivals;
mod runs;

use std::fs;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::builder::RangedU64ValueParser;
use report::servers::page;

use self::examine::{Place, ready};
use self::fetch::path_text;
use self::listed::Server;
use self::runs::Compared;
use crate::failure::Result;
use crate::load::Load;
use crate::workspace::root;

/// Examine real servers of the Model Context Protocol; each is fetched once.
///
/// They are those of scripts/mcp-servers.txt. All are examined, whatever happens to one, with the known failures of
/// docs/known-failures/mcp/NAME.txt. Reports are target/reports/mcp/NAME.json and NAME.txt. PROCTOR names another proctor than the
/// one that is built here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Names of servers, like `memory`; without one, all
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Run each N times, and compare the outcomes case by case
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    runs: usize,
    /// Then run each as often beside K busy threads
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = RangedU64ValueParser::<usize>::new().range(0..=64))]
    beside: usize,
    /// Print docs/real-mcp-servers.md from the reports
    #[arg(long, conflicts_with_all = ["names", "runs", "beside"])]
    page: bool,
}

/// Examines, prints a line for each, and names those that do not hold beyond what is known.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let servers = listed::named(&args.names)?;
    let mut out = io::stdout().lock();
    let mut failed = Vec::new();
    for server in &servers {
        match all_runs(args, server, &mut out) {
            Ok(true) => {}
            Ok(false) => failed.push(server.name.as_str()),
            Err(error) => {
                writeln!(out, "mcp-real: {} could not be examined: {error}", server.name)?;
                failed.push(&server.name);
            }
        }
    }
    if args.page {
        let names = servers.iter().map(|server| server.name.clone());
        let reports = names.map(|name| Ok((name.clone(), Place::of_run(&name, None).report()?)));
        let reports = reports.collect::<Result<Vec<_>>>()?;
        // What a server says may hold the path of a file that it was given.
        let text = page(&reports);
        fs::write(
            root().join("docs/real-mcp-servers.md"),
            text.replace(&path_text(&root())?, "…"),
        )?;
    }
    if !failed.is_empty() {
        writeln!(out, "mcp-real: failed: {}", failed.join(" "))?;
        return Ok(ExitCode::FAILURE);
    }
    writeln!(out, "mcp-real: all {} servers gave the outcomes that are known", servers.len())?;
    Ok(ExitCode::SUCCESS)
}

/// All runs of one server; whether each gave what is known, and all the same.
fn all_runs(args: &Args, server: &Server, out: &mut impl io::Write) -> Result<bool> {
    let ready = ready(server)?;
    let mut compared = Compared::default();
    let mut held = true;
    let loads = if args.beside == 0 { vec![0] } else { vec![0, args.beside] };
    for threads in loads {
        let load = Load::start(threads);
        for number in 1..=args.runs {
            let several = args.runs > 1 || args.beside > 0;
            let place = Place::of_run(&server.name, several.then_some((threads, number)));
            let done = ready.examine(&place)?;
            writeln!(out, "{}", done.line(&server.name))?;
            held &= done.holds();
            if !done.holds() {
                write!(out, "{}", done.failures())?;
            }
            compared.add(done.report.as_ref());
        }
        drop(load);
    }
    let differences = compared.differences();
    write!(out, "{differences}")?;
    Ok(held && differences.is_empty())
}

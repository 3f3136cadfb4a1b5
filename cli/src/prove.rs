//! `proctor prove`: every check against the faults that it is there to find.

mod page;

use harness::prove::{Fault, Plan, Watch, prove as prove_all};
use harness::run::Case;
use harness::select::Filters;
use harness::session::Options;
use harness::{Subject, process};

use crate::args::ProveArgs;
use crate::exit_code::{FAILED, HELD, INCOMPLETE, Stop};
use crate::interrupt::Interrupt;
use crate::list::refused;
use crate::output::OutputFile;
use crate::progress::Progress;
use crate::{proxy, reference, run, terminal};

/// How many times as many cases as in a run are under way at a time: most of a proof is waiting for what never comes.
const JOBS_FACTOR: usize = 4;

/// Runs the subject with and without each fault, and says what is not proved.
pub(crate) fn prove(args: &ProveArgs) -> Result<u8, Stop> {
    let filters = Filters { checks: args.checks.clone(), ..Filters::default() };
    filters.cases().map_err(refused)?;
    let file = args.json.as_deref().map(OutputFile::prepare).transpose()?;
    let subject = subject(args)?;
    let _guardian = run::protect()?;
    let interrupt = Interrupt::listen()?;

    let examined = match interrupt.or_cancelled(subject.clone().examine()) {
        None => return Ok(INCOMPLETE),
        Some(examined) => examined.map_err(|failure| {
            Stop::unable(format!("the subject cannot be examined: {failure}"))
        })?,
    };
    let faults = faults(args);
    let faulty = |name: &str| {
        proxy::with_fault(&subject, name).unwrap_or_else(|| reference::with_fault(&subject, name))
    };
    let plan = Plan {
        reference: &examined,
        correct: !args.proxy,
        faulty: &faulty,
        faults: &faults,
        filters: &filters,
        jobs: args.jobs.unwrap_or(JOBS_FACTOR * Options::default().jobs),
    };
    let mut watcher = Watcher(Progress::new(true));
    let proof = prove_all(&plan, &interrupt.cancel, &mut watcher).map_err(refused)?;
    drop(watcher);
    let audit = process::audit();

    if let Some(file) = file {
        let mut text = serde_json::to_string_pretty(&proof).map_err(Stop::unable)?;
        text.push('\n');
        file.write(&text)?;
    }
    terminal::say(&page::page(&proof, &audit, terminal::paint()))?;
    Ok(match (proof.problems.is_empty() && audit.strays.is_empty(), proof.complete) {
        (false, _) => FAILED,
        (true, false) => INCOMPLETE,
        (true, true) => HELD,
    })
}

/// The subject that is proved on.
fn subject(args: &ProveArgs) -> Result<Subject, Stop> {
    let foreign = !args.command.is_empty();
    let command = if foreign { args.command.clone() } else { reference::command()? };
    let mut subject = Subject::new(command).map_err(Stop::unable)?.template(suites::template());
    // The login server of the reference takes a free port.
    subject.settings.queues = foreign;
    Ok(subject)
}

/// The faults that are planted.
fn faults(args: &ProveArgs) -> Vec<Fault> {
    let of_reference = if args.proxy { Vec::new() } else { reference::faults() };
    of_reference.into_iter().chain(proxy::faults()).collect()
}

struct Watcher(Progress);

impl Watch for Watcher {
    fn begun(&mut self, total: usize) {
        self.0.begun(total);
    }

    fn finished(&mut self, _fault: Option<&str>, case: &Case) {
        self.0.proved(case);
    }
}

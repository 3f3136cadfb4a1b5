//! `proctor prove`: every check against the faults that it is there to find, and against what it must let pass.

use ::prove::{Plan, Planted, Variant, Watch, memory, prove as prove_all};
use harness::Subject;
use harness::run::Case;
use harness::select::Filters;
use reaper::process;

use crate::args::ProveArgs;
use crate::exit_code::{FAILED, HELD, INCOMPLETE, Stop};
use crate::interrupt::Interrupt;
use crate::list::refused;
use crate::output::OutputFile;
use crate::progress::Progress;
use crate::{proxy, reference, run, terminal};

/// Runs the subject, its variants, and it with each fault, and says what is not proved.
pub(crate) fn prove(args: &ProveArgs) -> Result<u8, Stop> {
    let filters = Filters { checks: args.checks.clone(), ..Filters::default() };
    filters.cases().map_err(refused)?;
    let variants = variants(args)?;
    let file = args.json.as_deref().map(OutputFile::prepare).transpose()?;
    let document = args.page.as_deref().map(OutputFile::prepare).transpose()?;
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
    let real = !args.command.is_empty();
    let faulty = |name: &str| {
        let proxied = proxy::with_fault(&subject, real, name);
        proxied.unwrap_or_else(|| reference::with_fault(&subject, name))
    };
    let plan = Plan {
        reference: &examined,
        correct: !args.proxy,
        varied: &|names| reference::as_variants(&subject, names),
        variants: &variants,
        faulty: &faulty,
        faults: &faults,
        whole: args.variants.is_empty(),
        telling: (!real).then(|| reference::telling(&subject)),
        filters: &filters,
        jobs: args.jobs,
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
    if let Some(document) = document {
        document.write(&proof.document())?;
    }
    terminal::say(&proof.page(&audit, terminal::paint()))?;
    Ok(match (proof.problems.is_empty() && audit.leaks.is_empty(), proof.complete) {
        (false, _) => FAILED,
        (true, false) => INCOMPLETE,
        (true, true) => HELD,
    })
}

/// The variants of these names, or all; of a subject that is not the reference there are none.
fn variants(args: &ProveArgs) -> Result<Vec<Variant>, Stop> {
    if args.proxy {
        return Ok(Vec::new());
    }
    let names = &args.variants;
    let mut variants = reference::variants();
    for name in names {
        if !variants.iter().any(|variant| variant.name == *name) {
            let known: Vec<_> = variants.iter().map(|variant| variant.name.as_str()).collect();
            let known = known.join(", ");
            return Err(Stop::usage(format!("no variant is called `{name}`; there are {known}")));
        }
    }
    if !names.is_empty() {
        variants.retain(|variant| names.contains(&variant.name));
    }
    Ok(variants)
}

/// The subject that is proved on.
fn subject(args: &ProveArgs) -> Result<Subject, Stop> {
    let foreign = !args.command.is_empty();
    let command = if foreign { args.command.clone() } else { reference::command()? };
    let mut subject = Subject::new(command)
        .map_err(Stop::unable)?
        .template(suites::template())
        .methods(suites::METHODS);
    // The login server of the reference takes a free port.
    subject.settings.queues = foreign;
    subject.settings.proctor = Some(reference::this_binary()?.into());
    if !foreign {
        subject.settings.homes = memory::directory();
    }
    Ok(subject)
}

/// The faults that are planted.
fn faults(args: &ProveArgs) -> Vec<Planted> {
    let of_reference = if args.proxy { Vec::new() } else { reference::faults() };
    of_reference.into_iter().chain(proxy::faults()).collect()
}

struct Watcher(Progress);

impl Watch for Watcher {
    fn begun(&mut self, total: usize) {
        self.0.begun(total);
    }

    fn finished(&mut self, _otherwise: Option<&str>, case: &Case) {
        self.0.proved(case);
    }
}

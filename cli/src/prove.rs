//! `proctor prove`: every check against the faults that it is there to find, and against what it must let pass.

use std::ffi::OsString;

use ::prove::{Plan, Planted, Proof, Variant, Watch, memory, prove as prove_all};
use harness::run::Case;
use harness::select::Filters;
use harness::{Examined, Subject};
use reaper::process;

use crate::args::ProveArgs;
use crate::exit_code::{FAILED, HELD, INCOMPLETE, Stop};
use crate::interrupt::Interrupt;
use crate::list::refused;
use crate::output::OutputFile;
use crate::progress::Progress;
use crate::reference::Embedded;
use crate::{proxy, reference, run, terminal};

/// Runs each subject, its variants, and it with each fault, and says what is not proved.
pub(crate) fn prove(args: &ProveArgs) -> Result<u8, Stop> {
    let filters = Filters { checks: args.checks.clone(), ..Filters::default() };
    filters.cases().map_err(refused)?;
    let stages = stages(args)?;
    let file = args.json.as_deref().map(OutputFile::prepare).transpose()?;
    let document = args.page.as_deref().map(OutputFile::prepare).transpose()?;
    let _guardian = run::protect()?;
    let interrupt = Interrupt::listen()?;

    let mut proof: Option<Proof> = None;
    for stage in &stages {
        let families = stage.embedded.map_or_else(Vec::new, Embedded::families);
        let filters = Filters { dialects: families, ..filters.clone() };
        if filters.cases().is_err() {
            continue;
        }
        let Some(next) = stage.prove(args, &filters, &interrupt)? else {
            return Ok(INCOMPLETE);
        };
        proof = Some(match proof {
            None => next,
            Some(before) => before.and(next),
        });
    }
    let proof = proof.ok_or_else(|| Stop::usage("no check is left to prove"))?;
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

/// One subject that checks are proved on.
struct Stage {
    /// Which reference it is; none if it is the user's own subject.
    embedded: Option<Embedded>,
    subject: Subject,
    variants: Vec<Variant>,
    faults: Vec<Planted>,
}

impl Stage {
    /// Proves the checks that pass the filters; nothing if that was interrupted.
    fn prove(
        &self,
        args: &ProveArgs,
        filters: &Filters,
        interrupt: &Interrupt,
    ) -> Result<Option<Proof>, Stop> {
        let Self { subject, faults, .. } = self;
        let Some(examined) = examine(subject.clone(), "the subject", interrupt)? else {
            return Ok(None);
        };
        let mut variants = self.variants.clone();
        for variant in variants.iter_mut().filter(|it| reference::is_examined(&it.name)) {
            let mut subject = reference::as_variants(subject, &[&variant.name]);
            // It need not have what the reference has.
            subject.claims.revisions.clear();
            let Some(its) = examine(subject, &variant.name, interrupt)? else {
                return Ok(None);
            };
            variant.profile = Some(its.profile);
        }
        let real = self.embedded.is_none();
        let faulty = |name: &str| {
            let proxied = proxy::with_fault(subject, real, name);
            proxied.unwrap_or_else(|| reference::with_fault(subject, name))
        };
        let plan = Plan {
            reference: &examined,
            correct: !args.proxy,
            varied: &|names| reference::as_variants(subject, names),
            variants: &variants,
            faulty: &faulty,
            faults,
            whole: args.variants.is_empty(),
            telling: (!real).then(|| reference::telling(subject)),
            filters,
            jobs: args.jobs,
        };
        let mut watcher = Watcher(Progress::new(true));
        prove_all(&plan, &interrupt.cancel, &mut watcher).map_err(refused).map(Some)
    }
}

/// Examines a subject, which failures call `what`; nothing if that was interrupted.
fn examine(subject: Subject, what: &str, interrupt: &Interrupt) -> Result<Option<Examined>, Stop> {
    let examined = interrupt.or_cancelled(subject.examine()).transpose();
    examined.map_err(|failure| Stop::unable(format!("{what} cannot be examined: {failure}")))
}

/// The subjects that checks are proved on: the user's own, or both references.
fn stages(args: &ProveArgs) -> Result<Vec<Stage>, Stop> {
    known_variants(args)?;
    if !args.command.is_empty() {
        let (subject, faults) = (subject(args.command.clone(), true)?, proxy::faults());
        return Ok(vec![Stage { embedded: None, subject, variants: Vec::new(), faults }]);
    }
    let stage = |embedded: Embedded| {
        let subject = subject(embedded.command()?, false)?;
        let (mut variants, mut faults) = (Vec::new(), Vec::new());
        if !args.proxy {
            variants = reference::variants(embedded);
            faults = reference::faults(embedded);
        }
        if !args.variants.is_empty() {
            variants.retain(|variant| args.variants.contains(&variant.name));
        }
        faults.extend(proxy::faults());
        Ok(Stage { embedded: Some(embedded), subject, variants, faults })
    };
    let mut stages = [Embedded::AppServer, Embedded::McpServer]
        .into_iter()
        .map(stage)
        .collect::<Result<Vec<_>, Stop>>()?;
    // Where only some variants were asked for, a subject that has none of them has nothing to show.
    stages.retain(|stage| args.variants.is_empty() || !stage.variants.is_empty());
    Ok(stages)
}

/// Refuses the name of a variant that neither reference has.
fn known_variants(args: &ProveArgs) -> Result<(), Stop> {
    let all = [Embedded::AppServer, Embedded::McpServer].map(reference::variants).concat();
    let unknown = args.variants.iter().find(|name| !all.iter().any(|known| known.name == **name));
    let Some(name) = unknown else { return Ok(()) };
    let known: Vec<_> = all.iter().map(|variant| variant.name.as_str()).collect();
    let known = known.join(", ");
    Err(Stop::usage(format!("no variant is called `{name}`; there are {known}")))
}

/// The subject that is proved on.
fn subject(command: Vec<OsString>, foreign: bool) -> Result<Subject, Stop> {
    let mut subject = Subject::new(command)
        .map_err(Stop::unable)?
        .template(suites::template())
        .methods(suites::METHODS);
    // The login server of the reference takes a free port.
    subject.settings.queues = foreign;
    subject.settings.proctor = Some(reference::this_binary()?.into());
    if !foreign {
        subject.settings.homes = memory::directory();
        subject.claims.revisions = suites::mcp::proved_revisions();
    }
    Ok(subject)
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

//! `proctor explain`: prints everything that is known about one check.

use harness::{Check, all_checks};
use shown::shorten;
use strsim::normalized_damerau_levenshtein as alike;

use crate::args::ExplainArgs;
use crate::exit_code::{HELD, Stop};
use crate::list::{about, dialects, place};
use crate::reference::Embedded;
use crate::{proxy, reference, terminal};

/// The number of similar ids that are suggested for an unknown one.
const NEAREST: usize = 3;
/// The longest name, in bytes, that is compared with all ids: a comparison costs the product of the
/// lengths.
const COMPARED: usize = 200;
/// The least similarity of a suggestion, from 0 to 1.
const ALIKE: f64 = 0.5;

/// Prints the requirement, its source, the faults that prove the check, and the command that runs
/// it alone.
pub(crate) fn explain(args: &ExplainArgs) -> Result<u8, Stop> {
    let is_of_suite = |check: &&&'static Check| check.suite() == args.check;
    let page = match all_checks().iter().filter(is_of_suite).count() {
        0 => page(find(&args.check)?),
        count => suite(&args.check, count),
    };
    terminal::say(&page)?;
    Ok(HELD)
}

/// The description of a whole suite.
fn suite(name: &str, checks: usize) -> String {
    let mut out = format!("suite {name}, {checks} checks\n  {}\n\n", about(name));
    for (label, value) in [
        ("its checks", format!("proctor list --suite {name}")),
        ("one of them", "proctor explain CHECK".to_owned()),
        ("run it", format!("proctor run --suite {name} -- COMMAND")),
    ] {
        out.push_str(&format!("  {label:12}{value}\n"));
    }
    out
}

fn page(check: &Check) -> String {
    let id = check.id();
    let mut out = format!("{} {id}\n  {}\n\n", check.level, check.requirement);
    let mut field = |label: &str, value: &str| out.push_str(&format!("  {label:11}{value}\n"));
    field("applies to", &dialects(check));
    for fixed in check.applies.iter().filter_map(|applies| applies.fixed_in) {
        field("known", &fixed.to_string());
    }
    if let Some(why) = check.stdio {
        field("transport", &format!("stdio only: {why}"));
    }
    field("source", check.source);
    field("check", &place(check));
    if check.is_law() {
        field("kind", "law: judges everything that each home of a run saw");
    } else if check.observes() {
        field("kind", "observer: judges every conversation of a run");
    }
    let faults = [
        reference::faults(Embedded::AppServer),
        reference::faults(Embedded::McpServer),
        proxy::faults(),
    ]
    .concat();
    let mut proven = false;
    for fault in faults.iter().filter(|fault| fault.is_named_by(check)) {
        field(
            if proven { "" } else { "proven by" },
            &format!("{}: {} ({})", fault.name, fault.sentence, fault.place),
        );
        proven = true;
    }
    if !proven {
        field("proven by", "no fault yet");
    }
    field("run it", &format!("proctor run --check '{id}' -- COMMAND"));
    field("prove it", &format!("proctor prove --check '{id}'"));
    out
}

/// The check with this id, `id@dialect`, or end of an id.
fn find(asked: &str) -> Result<&'static Check, Stop> {
    let checks = all_checks();
    let id = asked.rsplit_once('@').map_or(asked, |(id, _)| id);
    if let Some(check) = checks.iter().find(|check| check.id() == id) {
        return Ok(check);
    }
    let ends = |check: &&&Check| check.id().ends_with(&format!("::{id}"));
    let ending: Vec<_> = checks.iter().filter(ends).collect();
    match ending.as_slice() {
        [only] => Ok(only),
        [] => Err(unknown(asked, id, &checks)),
        several => {
            let ids: Vec<_> = several.iter().map(|check| check.id()).collect();
            Err(Stop::usage(format!("`{asked}` may be {}; which one?", ids.join(" or "))))
        }
    }
}

fn unknown(asked: &str, id: &str, checks: &[&'static Check]) -> Stop {
    let asked = shorten(asked, COMPARED);
    if id.len() > COMPARED {
        return Stop::usage(format!("no check is called `{asked}`; `proctor list` shows them all"));
    }
    let likeness = |other: &str| {
        let end = other.rsplit("::").next().unwrap_or(other);
        let found = if !id.is_empty() && other.contains(id) { 1.0 } else { 0.0 };
        alike(id, other).max(alike(id, end)).max(found)
    };
    let mut near: Vec<_> =
        checks.iter().map(|check| check.id()).map(|other| (likeness(&other), other)).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let near: Vec<_> = near
        .into_iter()
        .take(NEAREST)
        .filter(|(alike, _)| *alike >= ALIKE)
        .map(|(_, other)| other)
        .collect();
    let hint = match near.as_slice() {
        [] => "`proctor list` shows them all".to_owned(),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    Stop::usage(format!("no check is called `{asked}`; {hint}"))
}

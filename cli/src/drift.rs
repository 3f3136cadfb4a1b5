//! `proctor drift`: what changed between two releases of a server, and whom that breaks.

mod compared;
mod observed;
mod printed;
mod run;
mod side;

use crate::args::DriftArgs;
use crate::args::drift::Deny;
use crate::exit_code::{FAILED, HELD, INCOMPLETE, Stop};
use crate::interrupt::Interrupt;
use crate::list::refused;
use crate::output::OutputFile;
use crate::{run as runs, terminal};

use compared::Compared;
use side::Side;

/// Compares two schemas, releases, reports or commands.
pub(crate) fn drift(args: &DriftArgs) -> Result<u8, Stop> {
    let filters = args.filters.filters();
    filters.cases().map_err(refused)?;
    let (before, after) = (Side::named(&args.before)?, Side::named(&args.after)?);
    let json = args.json.as_deref().map(OutputFile::prepare).transpose()?;
    let page = args.page.as_deref().map(OutputFile::prepare).transpose()?;
    let starts = before.is_command() || after.is_command();
    let guard = if starts { Some((runs::protect()?, Interrupt::listen()?)) } else { None };
    let interrupt = guard.as_ref().map(|(_, interrupt)| interrupt);
    let Some(before) = before.look(&filters, interrupt)? else { return Ok(INCOMPLETE) };
    let Some(after) = after.look(&filters, interrupt)? else { return Ok(INCOMPLETE) };
    let compared = Compared::of(&before, &after).ok_or_else(|| {
        Stop::usage(format!(
            "{} and {} have nothing that can be compared: neither schemas nor checks of both are known",
            before.name, after.name
        ))
    })?;
    if let Some(json) = json {
        json.write(&printed::json(&compared))?;
    }
    if let Some(page) = page {
        page.write(&printed::markdown(&compared))?;
    }
    terminal::say(&printed::text(&compared))?;
    let denied = args.deny == Some(Deny::Breaking) && compared.breaks();
    Ok(if denied { FAILED } else { HELD })
}

//! `proctor doctor`: reports what this machine can and cannot do, on one line each.

mod machine;
mod tools;

use shown::{Paint, Tone};

use crate::exit_code::{FAILED, HELD, Stop};
use crate::interrupt::Interrupt;
use crate::terminal;

/// The state of a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ok,
    /// It exists, but with limits.
    Limited,
    Missing,
}

/// One feature that was examined.
struct Finding {
    state: State,
    name: &'static str,
    /// What was found, and the consequence.
    meaning: String,
    /// Whether `run` needs it.
    needed: bool,
}

impl Finding {
    fn new(state: State, name: &'static str, meaning: impl Into<String>) -> Self {
        Self { state, name, meaning: meaning.into(), needed: false }
    }

    fn needed(mut self) -> Self {
        self.needed = true;
        self
    }
}

/// Examines everything; fails if a feature is missing that `run` needs.
pub(crate) fn doctor() -> Result<u8, Stop> {
    let interrupt = Interrupt::listen()?;
    let mut findings = machine::findings();
    match interrupt.or_cancelled(tools::findings()) {
        Some(tools) => findings.extend(tools),
        None => return Ok(FAILED),
    }
    let paint = terminal::paint();
    let text: String = findings.iter().map(|finding| line(finding, paint)).collect();
    terminal::say(&text)?;
    let lacking = findings.iter().any(|finding| finding.needed && finding.state == State::Missing);
    Ok(if lacking { FAILED } else { HELD })
}

fn line(finding: &Finding, paint: Paint) -> String {
    let (tone, word) = match finding.state {
        State::Ok => (Tone::Good, "ok"),
        State::Limited => (Tone::Doubtful, "limited"),
        State::Missing => (Tone::Bad, "missing"),
    };
    let need =
        if finding.needed && finding.state == State::Missing { " (needed by `run`)" } else { "" };
    format!(
        "{}  {:15}{}{need}\n",
        paint.tone(tone, &format!("{word:7}")),
        finding.name,
        finding.meaning
    )
}

//! The message to people about a command that left processes behind.

use std::fmt::Write;

use super::report::{Births, Report};
use super::wording::{cut, shortened, way};
use crate::leak::{Class, Leak, shown_time};

/// How many bytes long the message may be before further processes are named in one line each.
const WHOLE: usize = 2_800;
/// The number of processes that are named in one line each.
const BRIEF: usize = 8;

impl Report {
    /// The leaks and the notes, for people: several lines, the first gives the number of leaks.
    pub fn message(&self) -> String {
        let mut text = String::new();
        let count = match self.leaks.len() {
            0 if !self.doubts.is_empty() => "it is not certain that nothing was".to_owned(),
            0 => "no leak was".to_owned(),
            1 => "1 process was".to_owned(),
            count => format!("{count} processes were"),
        };
        let what = shortened(&self.command.join(" "));
        let ended = self.exit.map_or("ended".to_owned(), |exit| format!("ended with {exit}"));
        // Writing to a string does not fail.
        let _ = writeln!(text, "{count} left when `{what}` had {ended}");
        let leaks = self.leaks.iter().map(|leak| ("", leak));
        let noted = self.noted.iter().map(|leak| ("no leak: ", leak));
        let (mut brief, mut more) = (Vec::new(), 0);
        for (label, leak) in leaks.chain(noted) {
            let whole = shown(label, leak);
            if brief.is_empty() && text.len() + whole.len() <= WHOLE {
                text.push_str(&whole);
            } else if brief.len() < BRIEF {
                brief.push(format!("  {label}{}\n", first_words(leak)));
            } else {
                more += 1;
            }
        }
        text.extend(brief);
        if more > 0 {
            let _ = writeln!(text, "  and {more} more; --json FILE records up to 200");
        }
        for doubt in &self.doubts {
            let _ = writeln!(text, "  doubt    {}", cut(doubt, 600));
        }
        for remark in &self.remarks {
            let _ = writeln!(text, "  note     {remark}");
        }
        let births = match self.mechanism.births {
            Births::Connector => "parents reported by the kernel",
            Births::Sampling => "parents seen by sampling: a short-lived one may be missing",
            Births::Unknown => "parents unknown",
        };
        let _ = writeln!(text, "  means    {}; {births}", self.mechanism.finding);
        text
    }
}

fn shown(label: &str, leak: &Leak) -> String {
    let mut text = String::new();
    let class = match leak.class {
        Class::Descendant => "",
        Class::Sibling => "sibling ",
        Class::Zombie => "zombie ",
    };
    let _ = writeln!(
        text,
        "  {label}{class}{} (pid {}, {} old): {}",
        shortened(&leak.command),
        leak.pid,
        shown_time(leak.age),
        leak.fate
    );
    if let Some(program) = &leak.program {
        let _ = writeln!(text, "    program  {}", shortened(program));
    }
    let _ = writeln!(text, "    how      {}", cut(&leak.how, 1_000));
    for hold in leak.holds.iter().filter(|hold| hold.stream.is_some()) {
        let _ = writeln!(text, "    holds    {}", hold.describe("the command"));
    }
    if let Some(not_seen) = leak.not_seen() {
        let _ = writeln!(text, "    unread   {not_seen}");
    } else if leak.class == Class::Descendant
        && !leak.holds.iter().any(|hold| hold.stream.is_some())
    {
        let _ = writeln!(text, "    holds    none of the command's streams");
    }
    let chain = way(&leak.parents);
    if !chain.is_empty() {
        let _ = writeln!(text, "    born of  {}", chain.join(" <- "));
    }
    let _ = write!(text, "    group    {}, session {}", leak.pgid, leak.sid);
    match &leak.tag.id {
        Some(id) => drop(writeln!(text, ", of {id}")),
        None => text.push('\n'),
    }
    text
}

/// A process in one line.
fn first_words(leak: &Leak) -> String {
    format!("{} (pid {}): {}", cut(&leak.name(), 60), leak.pid, leak.fate)
}

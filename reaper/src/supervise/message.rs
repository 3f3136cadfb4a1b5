//! The message to people about a command that left processes behind.

use std::fmt::Write;

use super::report::{Births, Report};
use crate::leak::{Class, Leak, Parent, shown_time};

/// The number of characters of a command line that are shown.
const WIDTH: usize = 160;

impl Report {
    /// The leaks and the notes, for people: several lines, the first gives the number of leaks.
    pub fn message(&self) -> String {
        let mut text = String::new();
        let count = match self.leaks.len() {
            0 => "no leak was".to_owned(),
            1 => "1 process was".to_owned(),
            count => format!("{count} processes were"),
        };
        let what = shortened(&self.command.join(" "));
        let ended = self.exit.map_or("ended".to_owned(), |exit| format!("ended with {exit}"));
        // Writing to a string does not fail.
        let _ = writeln!(text, "{count} left when `{what}` had {ended}");
        for leak in &self.leaks {
            text.push_str(&shown("", leak));
        }
        for leak in &self.noted {
            text.push_str(&shown("no leak: ", leak));
        }
        for doubt in &self.doubts {
            let _ = writeln!(text, "  doubt    {doubt}");
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
    let _ = writeln!(text, "    how      {}", leak.how);
    for hold in leak.holds.iter().filter(|hold| hold.stream.is_some()) {
        let _ = writeln!(text, "    holds    {}", hold.describe("the command"));
    }
    if leak.class == Class::Descendant && !leak.holds.iter().any(|hold| hold.stream.is_some()) {
        let _ = writeln!(text, "    holds    none of the command's streams");
    }
    let chain: Vec<_> = leak.parents.iter().map(parent).collect();
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

fn parent(parent: &Parent) -> String {
    format!("{} ({})", shortened(&parent.command), parent.pid)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

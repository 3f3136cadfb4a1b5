//! What is said to people about a command that left something behind.

use std::fmt::Write;
use std::time::Duration;

use super::report::{Births, Class, Fate, Hold, Leak, Parent, Report};

/// How much of a command line is shown.
const WIDTH: usize = 160;

impl Report {
    /// The leaks and what was noted, for people: several lines, the first says how many.
    pub fn message(&self) -> String {
        let mut text = String::new();
        let count = match self.leaks.len() {
            0 => "nothing that counts was".to_owned(),
            1 => "1 process was".to_owned(),
            count => format!("{count} processes were"),
        };
        let what = shortened(&self.command.join(" "));
        let ended = self.exit.map_or("ended".to_owned(), |exit| format!("ended with {exit}"));
        // Writing to a string does not fail.
        let _ = writeln!(text, "{count} left when `{what}` had {ended}");
        for leak in &self.leaks {
            text.push_str(&told("", leak));
        }
        for leak in &self.noted {
            text.push_str(&told("no leak: ", leak));
        }
        for doubt in &self.doubts {
            let _ = writeln!(text, "  doubt    {doubt}");
        }
        let births = match self.mechanism.births {
            Births::Connector => "parents told by the kernel",
            Births::Sampling => "parents seen by sampling: a short-lived one may be missing",
            Births::Unknown => "parents not known",
        };
        let _ = writeln!(text, "  means    {}; {births}", self.mechanism.finding);
        text
    }
}

fn told(label: &str, leak: &Leak) -> String {
    let mut text = String::new();
    let fate = match leak.fate {
        Fate::Ended(after) => format!("ended by itself {} after it", millis(after)),
        Fate::Dying(after) => format!("about to end as it was, gone {} after it", millis(after)),
        Fate::Killed => "killed by proctor".to_owned(),
        Fate::Kept => "left as it is".to_owned(),
        Fate::Reaped => "reaped by proctor".to_owned(),
        Fate::Remains => "still there".to_owned(),
    };
    let class = match leak.class {
        Class::Descendant => "",
        Class::Sibling => "sibling ",
        Class::Zombie => "zombie ",
    };
    let _ = writeln!(
        text,
        "  {label}{class}{} (pid {}, {} old): {fate}",
        shortened(&leak.command),
        leak.pid,
        millis(leak.age)
    );
    let _ = writeln!(text, "    how      {}", leak.how);
    for hold in leak.holds.iter().filter(|hold| hold.stream.is_some()) {
        let _ = writeln!(text, "    holds    {}", held(hold));
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

fn held(hold: &Hold) -> String {
    let stream = hold.stream.map(|stream| format!(", the command's {stream}"));
    format!("fd {} -> {}{}", hold.fd, hold.target, stream.unwrap_or_default())
}

fn parent(parent: &Parent) -> String {
    format!("{} ({})", shortened(&parent.command), parent.pid)
}

fn millis(time: Duration) -> String {
    match time.as_millis() {
        millis @ ..10_000 => format!("{millis} ms"),
        millis => format!("{} s", millis / 1000),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

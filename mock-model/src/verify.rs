//! Compares the script with the requests.

use std::fmt::Write as _;

use similar::TextDiff;
use thiserror::Error;

use crate::requests::journal::Counts;
use crate::requests::pairing::Violation;
use crate::requests::{Answer, Request};
use crate::state::Talk;

/// The largest number of violations that a message lists.
const LISTED: usize = 20;

/// The client did not do what the script expects; the message shows the difference.
#[derive(Clone, Debug, Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct VerifyError {
    /// The unused replies, each on one line.
    pub unused: Vec<String>,
    /// The number of requests that found no reply left.
    pub unscripted: usize,
    /// The number of refused requests, including connections that were not HTTP.
    pub refused: usize,
    /// The broken rules of the requests that the journal still keeps.
    pub violations: Vec<Violation>,
    message: String,
}

pub(crate) fn verify(talk: &Talk) -> Result<(), VerifyError> {
    let counts = talk.journal.counts;
    let refused = counts.refused + counts.not_http;
    let unused: Vec<String> = talk.script.left().map(ToString::to_string).collect();
    if unused.is_empty()
        && counts.no_reply_left + counts.unoffered + refused + counts.violations == 0
    {
        return Ok(());
    }
    let violations: Vec<Violation> =
        talk.journal.kept().flat_map(Request::violations).cloned().collect();
    let mut message = headline(unused.len(), counts, refused);
    message += &diff(talk);
    for violation in violations.iter().take(LISTED) {
        // Writing to a string cannot fail, here and below.
        let _ = write!(message, "\n{violation}");
    }
    let unlisted = counts.violations - violations.len().min(LISTED);
    if unlisted > 0 {
        let _ = write!(message, "\n… and {}", count(unlisted, "broken rule"));
    }
    if counts.not_http > 0 {
        let _ = write!(message, "\n{} not HTTP", count(counts.not_http, "connection"));
    }
    if counts.overflowed > 0 {
        let forgotten = count(counts.overflowed, "request");
        let _ = write!(message, "\nthe journal had no room for {forgotten}");
    }
    Err(VerifyError { unused, unscripted: counts.no_reply_left, refused, violations, message })
}

fn headline(unused: usize, counts: Counts, refused: usize) -> String {
    let parts = [
        (unused, "reply never asked for"),
        (counts.no_reply_left, "request without a reply"),
        (counts.unoffered, "request without a tool for its reply"),
        (refused, "request refused"),
        (counts.violations, "broken rule"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| count(number, what))
        .collect();
    format!("script and requests differ: {}", parts.join(", "))
}

fn count(number: usize, what: &str) -> String {
    if number == 1 {
        return format!("1 {what}");
    }
    // Only the first word of a count has a plural form.
    let (noun, rest) = what.split_at(what.find(' ').unwrap_or(what.len()));
    match noun {
        "reply" => format!("{number} replies{rest}"),
        "broken" => format!("{number} broken rules"),
        _ => format!("{number} {noun}s{rest}"),
    }
}

fn diff(talk: &Talk) -> String {
    let mut scripted = String::new();
    let mut asked = String::new();
    for request in talk.journal.kept() {
        match request.answer() {
            Answer::Reply(reply) => {
                let line = numbered(request.number(), reply);
                scripted += &line;
                asked += &line;
            }
            Answer::Unoffered(unoffered) => {
                scripted += &numbered(request.number(), &format!("a {}", unoffered.wanted));
                asked += &numbered(request.number(), &unoffered.to_string());
            }
            Answer::NoReplyLeft => {
                let what = format!("{} {}: no reply left", request.method(), request.path());
                asked += &numbered(request.number(), &what);
            }
            Answer::Refused { status, reason } => {
                asked += &numbered(request.number(), &format!("status {status}: {reason}"));
            }
            Answer::Models
            | Answer::Account
            | Answer::Compaction
            | Answer::WebSocketRefused
            | Answer::Unfinished => {}
        }
    }
    for (index, reply) in talk.script.left().enumerate() {
        let number = talk.journal.counts.asked + 1 + index;
        scripted += &numbered(Some(number), &reply.to_string());
    }
    if scripted == asked {
        return String::new();
    }
    let diff = TextDiff::from_lines(&scripted, &asked);
    let diff = diff.unified_diff().header("scripted", "asked").to_string();
    format!("\n{}", diff.trim_end())
}

fn numbered(number: Option<usize>, what: &str) -> String {
    match number {
        Some(number) => format!("request {number}: {what}\n"),
        None => format!("{what}\n"),
    }
}

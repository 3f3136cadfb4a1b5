//! Numbers that distinguish each prompt from all others, in every session.
//!
//! The REPL computes the next number itself for each prompt, and so do we: nothing has to be typed
//! between two commands, and a program cannot print a number by accident that is computed only
//! after its end.

use std::ops::Range;

use memchr::memmem;
use uuid::Uuid;

// Knuth's MMIX generator: it has a full period, and shells compute it correctly in 64 bits that
// wrap.
const FACTOR: i64 = 6_364_136_223_846_793_005;
const TERM: i64 = 1_442_695_040_888_963_407;

/// A prompt that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prompt {
    pub(super) number: i64,
    pub(super) at: Range<usize>,
    pub(super) status: Option<i32>,
}

/// The sequence of one session.
#[derive(Clone, Debug)]
pub(super) struct Nonces {
    /// The number of the last prompt.
    last: i64,
    /// The prompt stays the same until another one is set.
    is_set: bool,
    /// Prompts have fewer digits.
    short: bool,
}

impl Nonces {
    pub(super) fn new(is_set: bool, short: bool) -> Self {
        Self { last: Uuid::new_v4().as_u64_pair().0.cast_signed(), is_set, short }
    }

    /// A number as a prompt shows it.
    fn shown_as(&self, number: i64) -> i64 {
        /// Thirteen digits.
        const SHORT: i64 = 10_000_000_000_000;
        if self.short { number.rem_euclid(SHORT) } else { number }
    }

    pub(super) fn next(&self) -> i64 {
        after(self.last)
    }

    /// Replaces the placeholders in a start-up file or a command by our numbers.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{seed}", &self.last.to_string())
            .replace("{prompt}", &format!("{{p:{}}}", self.shown_as(self.next())))
            .replace("{more}", &format!("{{c:{}}}", self.shown_as(self.next())))
            .replace("{factor}", &FACTOR.to_string())
            .replace("{term}", &TERM.to_string())
    }

    pub(super) fn shown(&mut self, prompt: &Prompt) {
        self.last = prompt.number;
    }

    /// `{kind:number` of the last prompt: the beginning of its continuation prompt, and of the
    /// marks around its command.
    pub(super) fn mark(&self, kind: char) -> String {
        format!("{{{kind}:{}}}", self.shown_as(self.last))
    }

    /// The prompt after a command, in the bytes after `from`.
    pub(super) fn find(&self, bytes: &[u8], from: usize) -> Option<Prompt> {
        self.find_number(if self.is_set { self.last } else { self.next() }, bytes, from)
    }

    /// The next prompt once it was set, in the bytes after `from`.
    pub(super) fn find_next(&self, bytes: &[u8], from: usize) -> Option<Prompt> {
        self.find_number(self.next(), bytes, from)
    }

    fn find_number(&self, number: i64, bytes: &[u8], from: usize) -> Option<Prompt> {
        let found = find(self.shown_as(number), bytes, from)?;
        Some(Prompt { number, ..found })
    }

    /// The latest prompt of the sequence in the bytes after `from`, up to this many ahead: after a
    /// disturbance the REPL may have shown several.
    pub(super) fn find_latest(&self, bytes: &[u8], from: usize, ahead: usize) -> Option<Prompt> {
        let first = if self.is_set { self.last } else { self.next() };
        let numbers = std::iter::successors(Some(first), |number| Some(after(*number)));
        numbers.take(ahead).filter_map(|number| self.find_number(number, bytes, from)).last()
    }
}

fn after(number: i64) -> i64 {
    number.wrapping_mul(FACTOR).wrapping_add(TERM)
}

/// `{p:NUMBER}` or `{p:NUMBER:STATUS}`.
fn find(number: i64, bytes: &[u8], from: usize) -> Option<Prompt> {
    let sought = format!("{{p:{number}");
    let start = from + memmem::find(bytes.get(from..)?, sought.as_bytes())?;
    let rest = &bytes[start + sought.len()..];
    let close = rest.iter().position(|byte| *byte == b'}')?;
    let status = match rest[..close].split_first() {
        None => None,
        Some((b':', status)) => Some(std::str::from_utf8(status).ok()?.parse().ok()?),
        Some(_) => return None,
    };
    Some(Prompt { number, at: start..start + sought.len() + close + 1, status })
}

#[cfg(test)]
mod tests {
    use super::{Nonces, Prompt};

    #[test]
    fn only_the_next_prompt_is_found_and_only_when_it_is_complete() {
        let mut nonces = Nonces { last: 0, is_set: false, short: false };
        // Computed by dash: PS1='$((n=n*6364136223846793005+1442695040888963407))'.
        let (first, second) = (1_442_695_040_888_963_407, 1_876_011_003_808_476_466);
        let shown = format!("x{{p:{second}:0}}{{p:{first}:12");
        assert_eq!(nonces.find(shown.as_bytes(), 0), None);
        let shown = format!("{shown}}}");
        let found = nonces.find(shown.as_bytes(), 0).unwrap();
        assert_eq!((found.number, found.status), (first, Some(12)));
        assert_eq!(&shown[found.at.clone()], format!("{{p:{first}:12}}"));
        let latest = nonces.find_latest(shown.as_bytes(), 0, 4).unwrap();
        assert_eq!(latest, Prompt { number: second, at: 1..26, status: Some(0) });
        nonces.shown(&found);
        assert_eq!(nonces.next(), second);
        assert_eq!(nonces.mark('s'), format!("{{s:{first}}}"));
    }
}

//! The output of a program: its bytes, its text, and the resulting screen.

use std::collections::VecDeque;
use std::num::NonZeroU16;

use super::Terminal;
use super::answers::{self, Answers};

/// The number of bytes that are kept; a program that writes more is broken, and must not use up our
/// memory.
pub(super) const KEPT: usize = 256 << 20;

/// What a program wrote to its terminal, and what a person sees of it. No terminal is needed to make
/// one of bytes that were kept:
///
/// ```
/// use terminal::pty::{Record, Terminal};
///
/// let mut record = Record::new(Terminal::default());
/// record.take(b"one\r\n\x1b[3Ctwo");
/// assert_eq!(record.text(), "one\ntwo");
/// assert_eq!(record.screen(), "one\n   two");
/// ```
pub struct Record {
    pub(crate) raw: Vec<u8>,
    /// Input that the terminal has not accepted yet.
    pub(super) outgoing: VecDeque<u8>,
    /// No process has the terminal open any more, so no more output will come.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only a terminal asks"))]
    pub(super) closed: bool,
    /// The last input, for the message of a failed wait.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only a terminal asks"))]
    pub(super) typed: String,
    plain: Plain,
    escapes: vte::Parser,
    emulator: vt100::Parser<Answers>,
    /// The number of bytes that the emulator has processed: it runs only when the screen is needed.
    shown: usize,
    /// The number of bytes up to the last query that was answered: the program may not have read
    /// the answer.
    pub(crate) answered: usize,
}

impl Record {
    /// An empty screen of this size.
    pub fn new(terminal: Terminal) -> Self {
        let (rows, columns) = size(terminal);
        Self {
            raw: Vec::new(),
            outgoing: VecDeque::new(),
            closed: false,
            typed: String::new(),
            plain: Plain::default(),
            escapes: vte::Parser::new(),
            emulator: vt100::Parser::new_with_callbacks(rows, columns, 0, Answers::default()),
            shown: 0,
            answered: 0,
        }
    }

    /// Adds output; the terminal's answers to queries in it are added to the pending input.
    pub fn take(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.raw.len()).min(bytes.len());
        self.raw.extend_from_slice(&bytes[..room]);
        self.escapes.advance(&mut self.plain, &bytes[..room]);
        // Only the emulator knows the position of the cursor, and the program waits for the answer.
        if std::mem::take(&mut self.plain.asked) {
            self.catch_up();
        }
    }

    /// All text so far, without escape sequences and with plain line ends; overwritten text is still
    /// in it.
    pub fn text(&self) -> &str {
        &self.plain.text
    }

    /// The screen that a person sees now: the lines of the terminal, without trailing spaces.
    pub fn screen(&mut self) -> String {
        self.catch_up();
        self.emulator.screen().contents()
    }

    /// The line and column of the cursor, from one.
    pub fn cursor(&mut self) -> (u16, u16) {
        self.catch_up();
        let (row, column) = self.emulator.screen().cursor_position();
        (row + 1, column + 1)
    }

    /// Changes the size of the screen.
    pub fn resize(&mut self, terminal: Terminal) {
        self.catch_up();
        let (rows, columns) = size(terminal);
        self.emulator.set_size(rows, columns);
    }

    fn catch_up(&mut self) {
        self.emulator.process(&self.raw[self.shown..]);
        self.shown = self.raw.len();
        let answers = self.emulator.callbacks_mut().take();
        if !answers.is_empty() {
            self.answered = self.raw.len();
            self.outgoing.extend(answers);
        }
    }
}

fn size(terminal: Terminal) -> (NonZeroU16, NonZeroU16) {
    let at_least_one = |number| NonZeroU16::new(number).unwrap_or(NonZeroU16::MIN);
    (at_least_one(terminal.rows), at_least_one(terminal.columns))
}

/// Text without escape sequences and with plain line ends.
#[derive(Default)]
struct Plain {
    text: String,
    /// A carriage return that may be part of a line end.
    returned: bool,
    /// A query that a terminal answers was seen.
    asked: bool,
}

impl Plain {
    fn push(&mut self, letter: char) {
        if std::mem::take(&mut self.returned) && letter != '\n' {
            self.text.push('\r');
        }
        self.text.push(letter);
    }
}

impl vte::Perform for Plain {
    fn print(&mut self, letter: char) {
        self.push(letter);
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\r' => self.returned = true,
            b'\n' | b'\t' | 8 => self.push(char::from(byte)),
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, _: &vte::Params, _: &[u8], _: bool, action: char) {
        self.asked |= answers::may_answer(action);
    }

    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.asked = true;
    }
}

#[cfg(test)]
mod tests {
    use super::{Record, Terminal};

    fn record(chunks: &[&[u8]]) -> Record {
        let mut record = Record::new(Terminal::default());
        chunks.iter().for_each(|chunk| record.take(chunk));
        record
    }

    #[test]
    fn text_has_no_escapes_and_plain_line_ends() {
        let seen =
            record(&[b"\x1b[1;31mr\xc3", b"\xa9d\x1b[0", b"m\r", b"\n\x1b]0;title\x07a\rb\r\r\n"]);
        assert_eq!(seen.text(), "r\u{e9}d\na\rb\n");
    }

    #[test]
    fn screen_matches_the_view_of_a_person() {
        let mut seen = record(&[b"hidden\r\x1b[2Kone\r\n\x1b[3Ctwo\x08\x08O"]);
        assert_eq!(seen.screen(), "one\n   tOo");
        assert_eq!(seen.cursor(), (2, 6));
    }

    #[test]
    fn question_for_the_cursor_is_answered_with_its_place_even_in_pieces() {
        let mut seen = record(&[b"\r\n\r\n  abc\x1b[", b"6", b"nxyz"]);
        assert_eq!(Vec::from(seen.outgoing.clone()), b"\x1b[3;6R");
        seen.take(b"\x1b[c\x1b[5n");
        assert_eq!(Vec::from(seen.outgoing.clone()), b"\x1b[3;6R\x1b[?6c\x1b[0n");
        seen.screen();
        assert_eq!(seen.outgoing.len(), 15, "a look answers nothing twice");
    }
}

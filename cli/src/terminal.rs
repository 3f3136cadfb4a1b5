//! Output for people: stdout, which may be closed at any time, and stderr.

use std::io::{self, ErrorKind, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use shown::{Paint, printable};

use crate::exit_code::Stop;

/// The longest line on stderr, in bytes.
const WIDTH: usize = 2_000;

/// Colours if stdout is a terminal that accepts them (`NO_COLOR`, `CLICOLOR_FORCE` and `TERM` are
/// honoured).
pub(crate) fn paint() -> Paint {
    match AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => Paint::Plain,
        _ => Paint::Terminal,
    }
}

/// Writes to stdout. If the reader has closed it, as `head` does, that is no error.
pub(crate) fn say(text: &str) -> Result<(), Stop> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Stop::unable(format!("cannot write to stdout: {error}"))),
    }
}

/// Prints the reason why a command stopped to stderr; the first line is the error, further lines
/// are evidence.
pub(crate) fn complain(label: &str, text: &str) {
    let mut out = String::new();
    for line in text.lines() {
        let label = if out.is_empty() { format!("{label}: ") } else { String::new() };
        out.push_str(&format!("{label}{}\n", printable(line.as_bytes(), WIDTH)));
    }
    // Without stderr, the exit code remains.
    let _ = io::stderr().lock().write_all(out.as_bytes());
}

/// The width of stdout in characters; 80 if it is not a terminal.
pub(crate) fn width() -> usize {
    const USUAL: usize = 80;
    let told = rustix::termios::tcgetwinsize(io::stdout()).ok();
    told.map(|size| usize::from(size.ws_col)).filter(|width| *width >= 40).unwrap_or(USUAL)
}

/// The text in lines of at most this width, unless a word is longer.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Whether stderr is a terminal, so that a progress bar makes sense.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal() && std::env::var_os("CI").is_none()
}

//! What people see: stdout, which may go away at any time, and stderr.

use std::io::{self, ErrorKind, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use shown::{Paint, printable};

use crate::exit_code::Stop;

/// How long a line on stderr may be, in bytes.
const WIDTH: usize = 2_000;

/// Colours if stdout is a terminal that wants them (`NO_COLOR`, `CLICOLOR_FORCE` and `TERM` are honoured).
pub(crate) fn paint() -> Paint {
    match AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => Paint::Plain,
        _ => Paint::Terminal,
    }
}

/// Writes to stdout. A reader that went away, as `head` does, has seen enough: that is no error.
pub(crate) fn say(text: &str) -> Result<(), Stop> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Stop::unable(format!("cannot write to stdout: {error}"))),
    }
}

/// Says on stderr why a command stopped; the first line is the error, further ones are evidence.
pub(crate) fn complain(label: &str, text: &str) {
    let mut out = String::new();
    for line in text.lines() {
        let label = if out.is_empty() { format!("{label}: ") } else { String::new() };
        out.push_str(&format!("{label}{}\n", printable(line.as_bytes(), WIDTH)));
    }
    // With stderr gone, too, the exit code is all that is left to say.
    let _ = io::stderr().lock().write_all(out.as_bytes());
}

/// How many letters wide stdout is; 80 where it is no terminal.
pub(crate) fn width() -> usize {
    const USUAL: usize = 80;
    let told = rustix::termios::tcgetwinsize(io::stdout()).ok();
    told.map(|size| usize::from(size.ws_col)).filter(|width| *width >= 40).unwrap_or(USUAL)
}

/// The text in lines that are no wider than this, if its words are not.
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

/// Whether somebody watches stderr, so that a progress bar makes sense.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal() && std::env::var_os("CI").is_none()
}

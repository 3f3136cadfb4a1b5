//! Lines that are cut, lost or run together.

use std::io::{self, BufRead};

use crate::fault::fault;

/// How long a line may be where that is too short.
pub(crate) fn longest_line() -> Option<usize> {
    if fault!(LONG_LINES_CUT) {
        return Some(64 << 10);
    }
    fault!(VERY_LONG_LINES_CUT).then_some(2 << 20)
}

/// Throws away reads without a line end, as a server does that takes each read for a line.
pub(crate) fn skip_unfinished(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() || chunk.contains(&b'\n') {
            return Ok(());
        }
        let length = chunk.len();
        input.consume(length);
    }
}

/// The first line of a read; whatever else came with it is lost.
pub(crate) fn first_of_chunk(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            return Ok(None);
        }
        let (length, end) = (chunk.len(), chunk.iter().position(|byte| *byte == b'\n'));
        line.extend_from_slice(&chunk[..end.unwrap_or(length)]);
        input.consume(length);
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

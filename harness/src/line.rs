//! Reads lines of bounded length from a subject that may send anything.

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// The result of a read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line without its end.
    Whole(Vec<u8>),
    /// The beginning of a line that exceeds the limit; the rest was skipped.
    TooLong {
        /// The first bytes.
        head: Vec<u8>,
        /// The length of the whole line.
        length: usize,
    },
    /// Bytes after the last line end, at the end of the stream.
    Unfinished(Vec<u8>),
    /// The stream ended.
    End,
}

/// The number of bytes that are kept of a line that exceeds the limit.
pub(crate) const HEAD: usize = 512;

/// Reads the next line of at most `limit` bytes. `part` receives the beginning and the length of an
/// incomplete line.
///
/// # Errors
///
/// The read error of the stream.
pub(crate) async fn next_line(
    reader: &mut (impl AsyncBufRead + Unpin),
    limit: usize,
    mut part: impl FnMut(&[u8], usize),
) -> std::io::Result<Line> {
    let mut line = Vec::new();
    let mut length = 0;
    loop {
        if length > 0 {
            part(&line, length);
        }
        let chunk = reader.fill_buf().await?;
        if chunk.is_empty() {
            return Ok(match (length, length > limit) {
                (0, _) => Line::End,
                (_, true) => Line::TooLong { head: line, length },
                (_, false) => Line::Unfinished(line),
            });
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(chunk.len());
        length += taken;
        if length <= limit {
            line.extend_from_slice(&chunk[..taken]);
        } else if line.len() > HEAD || line.len() + taken > limit {
            line.extend_from_slice(&chunk[..taken.min(HEAD)]);
            line.truncate(HEAD);
            line.shrink_to_fit();
        }
        reader.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            if length > limit {
                return Ok(Line::TooLong { head: line, length });
            }
            // The vector grew by doubling, and is kept as long as the conversation.
            line.shrink_to_fit();
            return Ok(Line::Whole(line));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::BufReader;

    use super::{Line, next_line};

    async fn lines(input: &[u8], limit: usize) -> Vec<Line> {
        // A small buffer, so that lines span several reads.
        let mut reader = BufReader::with_capacity(4, input);
        let mut out = Vec::new();
        loop {
            let line = next_line(&mut reader, limit, |_, _| {}).await.unwrap();
            let end = matches!(line, Line::End);
            out.push(line);
            if end {
                return out;
            }
        }
    }

    #[tokio::test]
    async fn lines_and_a_rest() {
        let read = lines(b"one\n\nthree", 100).await;
        let whole = |text: &str| Line::Whole(text.into());
        assert_eq!(read, [whole("one"), whole(""), Line::Unfinished("three".into()), Line::End]);
    }

    #[tokio::test]
    async fn a_long_line_is_cut_and_the_next_one_survives() {
        let mut input = vec![b'x'; 5_000];
        input.extend_from_slice(b"\nok\n");
        let read = lines(&input, 1_000).await;
        let Line::TooLong { head, length } = &read[0] else { panic!("{:?}", read[0]) };
        assert_eq!((head.len(), *length), (512, 5_000));
        assert_eq!(read[1..], [Line::Whole(b"ok".to_vec()), Line::End]);
    }

    #[tokio::test]
    async fn an_incomplete_line_is_reported_as_it_grows() {
        let mut reader = BufReader::with_capacity(4, &b"one\nsecond"[..]);
        let mut parts = Vec::new();
        for _ in 0..2 {
            let part = |head: &[u8], length: usize| parts.push((head.to_vec(), length));
            next_line(&mut reader, 4, part).await.unwrap();
        }
        // The head is everything until the line is too long.
        assert_eq!(parts, [(b"seco".to_vec(), 4), (b"second".to_vec(), 6)]);
    }

    #[tokio::test]
    async fn a_line_of_just_the_limit_is_whole() {
        assert_eq!(lines(b"12345678\n", 8).await[0], Line::Whole(b"12345678".to_vec()));
        assert!(matches!(lines(b"123456789\n", 8).await[0], Line::TooLong { length: 9, .. }));
    }
}

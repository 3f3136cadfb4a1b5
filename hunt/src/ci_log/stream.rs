//! Splits the lines of a log by source: several may write at the same moment.

use super::{decoration, text};

/// One line of one source, or what is visible of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The line number, from 1.
    pub(super) number: usize,
    pub(super) text: String,
    /// Whether a terminal would draw it over, or under, other text of the same line of the log.
    pub(super) piece: bool,
}

/// The sources in the order of their first line, with their lines.
pub(super) fn streams(log: &str) -> Vec<(Option<String>, Vec<Line>)> {
    let mut streams: Vec<(Option<String>, Vec<Line>)> = Vec::new();
    for (index, raw) in log.split('\n').enumerate() {
        // All pieces of a terminal's line come from the source of the line.
        let mut source = None;
        let pieces = text::pieces(raw);
        let several = pieces.len() > 1;
        for piece in pieces {
            let mut bare = decoration::bare(&piece);
            bare.source = bare.source.or_else(|| source.clone());
            source.clone_from(&bare.source);
            let at = streams.iter().position(|(source, _)| *source == bare.source).unwrap_or_else(
                || {
                    streams.push((bare.source.clone(), Vec::new()));
                    streams.len() - 1
                },
            );
            let lines = &mut streams[at].1;
            match lines.last_mut() {
                Some(last) if bare.continued => last.text.push_str(bare.text),
                _ => lines.push(Line {
                    number: index + 1,
                    text: bare.text.to_owned(),
                    piece: several,
                }),
            }
        }
    }
    streams
}

//! The lines of a log by the source that they come from: several may write at the same moment.

use super::{decoration, text};

/// One line of one source, or what is visible of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: usize,
    pub(super) text: String,
    /// Whether a terminal would show it over, or under, something else of the same line of the log.
    pub(super) piece: bool,
}

/// The sources in the order in which they first speak, with their lines.
pub(super) fn streams(log: &str) -> Vec<(Option<String>, Vec<Line>)> {
    let mut streams: Vec<(Option<String>, Vec<Line>)> = Vec::new();
    for (index, raw) in log.split('\n').enumerate() {
        // A terminal's next piece of the line comes from where the line comes from.
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

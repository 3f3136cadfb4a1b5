//! Splits the lines of a log by source: several may write at the same moment.

use std::collections::{HashMap, HashSet};

use super::decoration::{self, Varies, mask};
use super::{text, wrapped};

/// The number of sources of one form, beyond which they may be one source whose name changes.
const MANY: usize = 8;

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
    let mut known: HashMap<Option<String>, usize> = HashMap::new();
    let lines: Vec<(usize, String)> = log
        .split('\n')
        .enumerate()
        .flat_map(|(index, raw)| wrapped::lines(raw).into_iter().map(move |line| (index, line)))
        .collect();
    let changing = changing(&lines);
    for (index, raw) in lines {
        // All pieces of a terminal's line come from the source of the line.
        let mut source = None;
        let pieces = text::pieces(&raw);
        let several = pieces.len() > 1;
        for piece in pieces {
            let mut bare = decoration::bare(&piece);
            if bare.source.as_ref().is_some_and(|source| changing.contains(&form(source))) {
                bare = decoration::nameless(&piece);
            }
            bare.source = bare.source.or_else(|| source.clone());
            source.clone_from(&bare.source);
            let at = *known.entry(bare.source.clone()).or_insert_with(|| {
                streams.push((bare.source.clone(), Vec::new()));
                streams.len() - 1
            });
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

fn form(source: &str) -> String {
    mask(source, Varies::Words)
}

/// The forms of names that change from line to line, like a time: they name no source.
fn changing(lines: &[(usize, String)]) -> HashSet<String> {
    let mut forms: HashMap<String, (usize, HashSet<String>)> = HashMap::new();
    for (_, line) in lines {
        if let Some(source) = decoration::bare(line).source {
            let (count, names) = forms.entry(form(&source)).or_default();
            *count += 1;
            names.insert(source);
        }
    }
    let many =
        |(count, names): &(usize, HashSet<String>)| names.len() > MANY && names.len() * 3 > *count;
    forms.into_iter().filter(|(_, form)| many(form)).map(|(form, _)| form).collect()
}

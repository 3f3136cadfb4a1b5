//! Parents and command lines, as short as a person reads them.

use crate::leak::Parent;

/// Parents in words; of a long row only its ends.
pub(super) fn way(parents: &[Parent]) -> Vec<String> {
    /// The number of parents that are shown at the near end, and at the far end.
    const NEAR: usize = 3;
    const FAR: usize = 2;
    let mut shown: Vec<String> = parents.iter().map(parent).collect();
    if shown.len() > NEAR + FAR + 1 {
        let more = shown.len() - NEAR - FAR;
        shown.splice(NEAR..NEAR + more, [format!("{more} more")]);
    }
    shown
}

fn parent(parent: &Parent) -> String {
    format!("{} ({})", shortened(&parent.command), parent.pid)
}

/// As much of a command line as a person reads.
pub(super) fn shortened(text: &str) -> String {
    cut(text, 160)
}

/// A text, without what is beyond so many characters.
pub(super) fn cut(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

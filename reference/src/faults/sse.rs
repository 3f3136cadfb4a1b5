//! Lines of a stream that are read wrongly.

use crate::fault::fault;

/// What is known of the event whose lines are read.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// Whether it has a name.
    named: bool,
}

impl Lines {
    /// Whether the line is not looked at, or something else is made of it.
    pub(crate) fn passes_over(&mut self, line: &str, data: &mut Option<String>) -> bool {
        self.named |= line.starts_with("event:");
        if line.is_empty() && !std::mem::take(&mut self.named) {
            let unnamed = fault!(UNNAMED_EVENTS_IGNORED);
            data.take_if(|_| unnamed);
        }
        let comment = line.starts_with(':') && data.is_none();
        let odd = !line.is_empty() && !line.contains(':');
        if (comment && fault!(COMMENTS_SPOIL_EVENTS)) || (odd && fault!(ODD_FIELDS_SPOIL_EVENTS)) {
            *data = Some(String::from("?"));
            return true;
        }
        (line.starts_with("data:{") && fault!(DATA_NEEDS_A_BLANK))
            || (line.starts_with("data:") && data.is_some() && fault!(FIRST_LINE_OF_DATA_ONLY))
            || (line.len() > 64 << 10 && fault!(LONG_STREAM_LINES_DROPPED))
    }
}

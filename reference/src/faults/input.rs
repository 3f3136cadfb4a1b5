//! What goes wrong with what the user says.

use std::borrow::Cow;

use crate::fault::fault;

/// What is heard of a text.
pub(crate) fn heard(text: &str) -> Cow<'_, str> {
    if fault!(LINE_ENDS_CHANGED) {
        return text.replace("\r\n", "\n").into();
    }
    if fault!(WORDS_TRIMMED) {
        return text.trim().into();
    }
    if fault!(TABS_EXPANDED) {
        return text.replace('\t', "    ").into();
    }
    if fault!(LONG_WORDS_CUT) {
        return text[..text.floor_char_boundary(8 << 10)].into();
    }
    text.into()
}

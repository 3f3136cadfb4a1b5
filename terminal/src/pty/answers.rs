//! The answers of a terminal to queries; the `ConPTY` of Windows, editors that measure their prompt,
//! and programs that look for a dark background wait for them.

/// The answers that are due.
#[derive(Default)]
pub(super) struct Answers(Vec<u8>);

impl Answers {
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

/// Whether a control sequence with this end may be a query.
pub(super) fn may_answer(action: char) -> bool {
    matches!(action, 'n' | 'c' | 't' | 'p')
}

impl vt100::Callbacks for Answers {
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        first: Option<u8>,
        second: Option<u8>,
        params: &[&[u16]],
        action: char,
    ) {
        let number = params.first().and_then(|param| param.first()).copied().unwrap_or(0);
        let (row, column) = screen.cursor_position();
        let (row, column) = (row + 1, column + 1);
        let (rows, columns) = screen.size();
        let answer = match (first, second, action, number) {
            // DSR, ECMA-48 8.3.35: the position of the cursor, and that all is well.
            (None, None, 'n', 6) => format!("\x1b[{row};{column}R"),
            (None, None, 'n', 5) => "\x1b[0n".to_owned(),
            // DECXCPR: the same, on page 1.
            (Some(b'?'), None, 'n', 6) => format!("\x1b[?{row};{column};1R"),
            // DA, ECMA-48 8.3.24: a VT102, which promises no feature that is missing here.
            (None, None, 'c', 0) => "\x1b[?6c".to_owned(),
            // Secondary DA: a VT100, of no version.
            (Some(b'>'), None, 'c', 0) => "\x1b[>0;0;0c".to_owned(),
            // XTWINOPS: the size in characters.
            (None, None, 't', 18) => format!("\x1b[8;{rows};{columns}t"),
            // DECRQM: a mode that is not known, of the terminal's own kind and of ANSI's.
            (Some(b'?'), Some(b'$'), 'p', mode) => format!("\x1b[?{mode};0$y"),
            (Some(b'$'), None, 'p', mode) => format!("\x1b[{mode};0$y"),
            _ => return,
        };
        self.0.extend_from_slice(answer.as_bytes());
    }

    fn unhandled_osc(&mut self, _: &mut vt100::Screen, params: &[&[u8]]) {
        // The colours of text and background: white on black.
        let answer = match params {
            [b"10", b"?"] => "\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
            [b"11", b"?"] => "\x1b]11;rgb:0000/0000/0000\x1b\\",
            _ => return,
        };
        self.0.extend_from_slice(answer.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::super::Terminal;
    use super::super::record::Record;

    #[test]
    fn queries_are_answered_once_and_other_sequences_are_not() {
        for (asked, answer) in [
            ("ab\x1b[?6n", "\x1b[?1;3;1R"),
            ("\x1b[>c", "\x1b[>0;0;0c"),
            ("\x1b[18t", "\x1b[8;24;80t"),
            ("\x1b[?2004$p", "\x1b[?2004;0$y"),
            ("\x1b[4$p", "\x1b[4;0$y"),
            ("\x1b]10;?\x1b\\", "\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
            ("\x1b]11;?\x07", "\x1b]11;rgb:0000/0000/0000\x1b\\"),
            ("\x1b]0;title\x07\x1b[2J\x1b[14t\x1b[?1049h", ""),
        ] {
            let mut record = Record::new(Terminal::default());
            record.take(asked.as_bytes());
            let sent = String::from_utf8(record.outgoing.drain(..).collect()).unwrap();
            assert_eq!(sent, answer, "{asked:?}");
            assert_eq!(record.answered > 0, !answer.is_empty(), "{asked:?}");
        }
    }
}

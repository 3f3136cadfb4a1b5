//! Text that came from elsewhere, made safe to print and short enough to read.

/// A line as a report shows it: control characters escaped, cut when long.
pub fn printable(line: &[u8], limit: usize) -> String {
    let text = decoded(line, limit);
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if letter.is_control() || misleads(letter) {
            out.extend(letter.escape_unicode());
        } else {
            out.push(letter);
        }
    }
    out
}

/// Whether a character that Unicode does not class as a control character misleads readers or
/// programs: line and paragraph separators, marks of direction, and characters without width.
/// U+200C and U+200D, the non-joiner and the joiner, are allowed: they make one emoji of several,
/// and some scripts need them.
fn misleads(letter: char) -> bool {
    matches!(
        letter,
        '\u{061c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The line as text, its middle left out if it is longer than `limit` bytes; only the bytes that
/// are shown are decoded.
fn decoded(line: &[u8], limit: usize) -> String {
    if line.len() <= limit {
        return String::from_utf8_lossy(line).into_owned();
    }
    // No character is cut, unless the bytes are not UTF-8.
    let inside = |at: usize| line.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    let head = limit * 3 / 4;
    let head = (head.saturating_sub(3)..=head).rev().find(|at| !inside(*at)).unwrap_or(head);
    let tail = line.len() - limit / 4;
    let tail = (tail..line.len().min(tail + 4)).find(|at| !inside(*at)).unwrap_or(tail);
    let (head, tail) = around_paths(line, head, tail);
    let (first, last) =
        (String::from_utf8_lossy(&line[..head]), String::from_utf8_lossy(&line[tail..]));
    format!("{first} … ({} bytes left out) … {last}", tail - head)
}

/// The range that is left out between `head` and `tail`, grown over the paths that it would split:
/// half a path can no longer be replaced by its name, such as `{home}`.
fn around_paths(text: &[u8], head: usize, tail: usize) -> (usize, usize) {
    /// The longest path that is kept whole, in bytes.
    const PATH: usize = 160;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    let split = |at: usize| {
        let before = (at.saturating_sub(PATH)..at).rev().find(|at| !is_part(text[*at]))?;
        let after = (at..text.len().min(at + PATH)).find(|at| !is_part(text[*at]))?;
        text[before..after].contains(&b'/').then_some((before + 1, after))
    };
    (split(head).map_or(head, |path| path.0), split(tail).map_or(tail, |path| path.1))
}

/// `text`, with its middle left out if it is longer than `limit` bytes.
pub fn shorten(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let head = text.floor_char_boundary(limit * 3 / 4);
    let tail = text.ceil_char_boundary(text.len() - limit / 4);
    let (head, tail) = around_paths(text.as_bytes(), head, tail);
    format!("{} … ({} bytes left out) … {}", &text[..head], tail - head, &text[tail..])
}

/// A method in backticks; a description (a text with spaces) as it is.
pub fn ticked(method: &str) -> String {
    if method.contains(' ') { method.to_owned() } else { format!("`{method}`") }
}

/// The length of a line that says what was wrong, in bytes.
const WIDTH: usize = 600;

/// `text` on one printable line.
pub fn one_line(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    shorten(&printable(lines.join(" ⏎ ").as_bytes(), usize::MAX), WIDTH)
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        assert_eq!(printable(b"\x1b[2Jhi\r", 100), "\\u{1b}[2Jhi\\u{d}");
        assert_eq!(printable("a\u{202e}b".as_bytes(), 100), "a\\u{202e}b");
        assert_eq!(printable("a\u{2028}\u{feff}".as_bytes(), 100), "a\\u{2028}\\u{feff}");
        // One emoji of several.
        assert_eq!(printable("👩\u{200d}🔬".as_bytes(), 100), "👩\u{200d}🔬");
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let line = "é".repeat(100);
        assert_eq!(
            printable(line.as_bytes(), 21),
            format!("{} … (182 bytes left out) … éé", "é".repeat(7))
        );
        assert_eq!(
            printable(&[0xA9; 9], 8),
            "\u{fffd}".repeat(6) + " … (1 bytes left out) … " + "\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn a_path_is_left_out_whole() {
        let line = br#"{"a":"12345678","cwd":"/tmp/proctor-6abcde/work","b":1}"#;
        assert_eq!(
            printable(line, 44),
            r#"{"a":"12345678","cwd":" … (24 bytes left out) … ","b":1}"#
        );
    }
}

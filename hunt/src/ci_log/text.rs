//! Decodes a log, and splits its lines into pieces without escape sequences.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// One step of a `CircleCI` log, in the form of its API.
#[derive(Deserialize)]
struct CircleOutput {
    message: String,
}

/// The text of a log.
pub(super) fn decode(bytes: &[u8]) -> String {
    let opened = super::packed::open(bytes);
    let bytes = opened.as_deref().unwrap_or(bytes);
    let text = match bytes {
        // A log that PowerShell redirected to a file.
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    if text.trim_start().starts_with("[{")
        && let Ok(outputs) = serde_json::from_str::<Vec<CircleOutput>>(&text)
    {
        return outputs.into_iter().map(|output| output.message).collect();
    }
    text
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16_lossy(&units)
}

/// A regular expression that is a constant of this program.
#[expect(clippy::expect_used, reason = "a wrong expression fails every test of this module")]
pub(super) fn regex(expression: &'static str) -> Regex {
    Regex::new(expression).expect("the expression is valid")
}

/// A sequence after which a terminal overwrites the line.
static BREAK: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\r+|\x1b\[[0-9;?]*[A-HJKSTfhlsu]|\x1b[78]"));
/// A progress bar pads lines with spaces instead of ending them, both after a name and before a
/// word of nextest; only the beginning and end of its colours show where.
static BAR: LazyLock<Regex> = LazyLock::new(|| regex(r"\x1b\[\d*[AB]"));
static AFTER_BAR: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\x1b\[0m {3,}|\x1b\[[\d;]+m[ A-Za-z0-9+/-]{12}\x1b\[0m "));
/// Buildkite's timestamps, with and without their control characters.
static BUILDKITE: LazyLock<Regex> = LazyLock::new(|| regex(r"\x1b?_bk;t=\d+\x07?"));
/// An escape character in the notations of various tools.
static WRITTEN_ESCAPE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?:\^\[|\\u001[bB]|\\x1[bB]|\\033|\\e|␛|�)\["));
/// A colour without its escape character.
static BARE_COLOUR: LazyLock<Regex> = LazyLock::new(|| regex(r"\[\d{1,3}(?:;\d{1,3})*m"));

/// The pieces of one line that a terminal would draw over each other, without escape sequences;
/// usually one.
pub(super) fn pieces(line: &str) -> Vec<String> {
    let line = BUILDKITE.replace_all(line.trim_end_matches('\r'), "");
    let line = WRITTEN_ESCAPE.replace_all(&line, "\x1b[").into_owned();
    let line =
        if BAR.is_match(&line) { AFTER_BAR.replace_all(&line, "\r$0").into_owned() } else { line };
    let pieces: Vec<String> = BREAK.split(&line).map(plain).collect();
    let whole = pieces.len() == 1;
    pieces.into_iter().filter(|piece| whole || !piece.trim().is_empty()).collect()
}

fn plain(piece: &str) -> String {
    let stripped = anstream::adapter::strip_str(piece).to_string();
    BARE_COLOUR.replace_all(&stripped, "").into_owned()
}

//! Logs as CI systems offer them for download: compressed, or an archive of many.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder};

/// The most that is unpacked: a log of a gigabyte is none.
const MOST: u64 = 1 << 30;
/// The first bytes of an entry of the directory of an archive, and of its end.
const ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

/// The text of a `.gz`, or of all files of a `.zip`, in the order of its directory; `None` if it is
/// neither. What cannot be unpacked is left out.
pub(super) fn open(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Some(unpacked(MultiGzDecoder::new(bytes)));
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        return None;
    }
    let end = bytes.windows(END.len()).rposition(|window| window == END)?;
    let mut at = usize::try_from(number(bytes, end + 16, 4)?).ok()?;
    let mut text = Vec::new();
    while bytes.get(at..at + 4) == Some(ENTRY) {
        let length = |from| number(bytes, from, 2).and_then(|length| usize::try_from(length).ok());
        if let Some(content) = entry(bytes, at) {
            text.extend(content);
            text.push(b'\n');
        }
        at += 46 + length(at + 28)? + length(at + 30)? + length(at + 32)?;
    }
    Some(text)
}

/// The content of the file whose entry in the directory is at this place.
fn entry(bytes: &[u8], at: usize) -> Option<Vec<u8>> {
    let number = |from, length| usize::try_from(number(bytes, from, length)?).ok();
    let (method, size, header) = (number(at + 10, 2)?, number(at + 20, 4)?, number(at + 42, 4)?);
    let from = header + 30 + number(header + 26, 2)? + number(header + 28, 2)?;
    let packed = bytes.get(from..from.checked_add(size)?)?;
    match method {
        0 => Some(packed.to_vec()),
        8 => Some(unpacked(DeflateDecoder::new(packed))),
        _ => None,
    }
}

fn unpacked(reader: impl Read) -> Vec<u8> {
    let mut text = Vec::new();
    // What was unpacked before an error is still a log.
    let _ = reader.take(MOST).read_to_end(&mut text);
    text
}

/// A number of so many bytes, the lowest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

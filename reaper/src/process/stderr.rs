//! The end of a subject's stderr.

/// The end of what a subject wrote to stderr.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StderrTail {
    /// The number of bytes that it wrote in all.
    pub total: u64,
    /// The last of them.
    pub bytes: Vec<u8>,
}

impl StderrTail {
    /// The number of bytes that it wrote before those that are kept.
    pub fn lost(&self) -> u64 {
        self.total - self.bytes.len() as u64
    }

    /// The bytes as text; invalid UTF-8 is replaced, and a character that the cut has split is left
    /// out.
    pub fn text(&self) -> String {
        let cut = match self.lost() {
            0 => 0,
            _ => self.bytes.iter().take(3).take_while(|byte| **byte & 0xC0 == 0x80).count(),
        };
        String::from_utf8_lossy(&self.bytes[cut..]).into_owned()
    }
}

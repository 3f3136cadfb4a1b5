//! The destination of a stream: a file that is written to until either end closes it.

use std::fs::File;
use std::io::Write;

/// One end of a stream that is written to.
#[derive(Debug)]
pub(crate) enum Sink {
    Open(File),
    /// We closed it: further output is discarded.
    Closed,
    /// The reader closed it: the writer must learn that.
    Deaf,
}

impl Sink {
    /// Writes all of it, as far as the reader reads.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        if let Self::Open(file) = self
            && file.write_all(bytes).is_err()
        {
            *self = Self::Deaf;
        }
    }

    pub(crate) fn close(&mut self) {
        if let Self::Open(_) = self {
            *self = Self::Closed;
        }
    }
}

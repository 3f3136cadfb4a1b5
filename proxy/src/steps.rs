//! The steps that replace passing a line on.

use std::time::Duration;

/// The two ends of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Subject,
}

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Client => Self::Subject,
            Self::Subject => Self::Client,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Subject => "subject",
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Close the stream.
    Close,
    /// Wait; the end of the subject ends the wait.
    Wait(Duration),
    /// Read nothing more from the other end.
    StopReading,
    /// Write this many bytes to stderr, in lines.
    Complain(usize),
    /// Start a process that outlives the conversation.
    LeaveChild,
    /// Kill the subject.
    Kill,
}

/// Steps in order, each in the direction to one side.
#[derive(Debug, Default)]
pub(crate) struct Steps(pub(crate) Vec<(Side, Step)>);

impl Steps {
    pub(crate) fn client(&mut self, bytes: impl AsRef<[u8]>) {
        self.send(Side::Client, bytes);
    }

    pub(crate) fn subject(&mut self, bytes: impl AsRef<[u8]>) {
        self.send(Side::Subject, bytes);
    }

    pub(crate) fn send(&mut self, to: Side, bytes: impl AsRef<[u8]>) {
        self.push(to, Step::Send(bytes.as_ref().to_vec()));
    }

    pub(crate) fn push(&mut self, to: Side, step: Step) {
        self.0.push((to, step));
    }
}

//! One direction of the conversation: reads, changes, writes, and passes on that either end has
//! closed.
//!
//! A blocking thread: it reads no more than the receiver takes, without affecting the other
//! direction.

use std::fs::File;
use std::io::{self, PipeReader, Read, Write as _};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::Signal;

use crate::line::{Line, Piece, Splitter};
use crate::relay::Shared;
use crate::sink::Sink;
use crate::steps::{Side, Step, Steps};

/// The number of bytes that are read at once: the size of a pipe.
const CHUNK: usize = 64 << 10;

/// One direction.
pub(crate) struct Pump {
    /// The sender.
    pub(crate) from: Side,
    pub(crate) shared: Arc<Shared>,
    /// The sender's stream; dropped when the receiver has closed its end.
    pub(crate) source: Option<File>,
    pub(crate) sink: Sink,
    /// Readable when the other direction has left a step for this one.
    pub(crate) bell: PipeReader,
    /// Closed at its other end when the subject has ended.
    pub(crate) over: Arc<PipeReader>,
}

/// What has happened.
#[derive(Clone, Copy, Debug, Default)]
struct Ready {
    input: bool,
    deaf: bool,
    bell: bool,
    over: bool,
}

/// The progress of the stream.
#[derive(Default)]
struct Progress {
    splitter: Splitter,
    number: usize,
    stopped: bool,
}

impl Pump {
    /// Relays until there is nothing left to relay.
    pub(crate) fn run(mut self) {
        let mut buffer = vec![0; CHUNK];
        let mut progress = Progress::default();
        loop {
            let ready = self.ready(&progress);
            if ready.bell {
                let _ = self.bell.read(&mut [0]);
                for step in self.shared.left(self.from.other()) {
                    self.perform(step, &mut progress);
                }
            }
            if ready.deaf {
                self.sink = Sink::Deaf;
            }
            // Deliver the rest in the pipe of a subject that has ended; drop input that it has not
            // read.
            if ready.over && (self.from == Side::Client || !ready.input) {
                if self.from == Side::Subject && !progress.stopped {
                    self.end(&mut progress);
                }
                return;
            }
            if ready.input {
                self.read(&mut buffer, &mut progress);
            }
            if let Sink::Deaf = self.sink {
                self.source = None;
            }
            if self.source.is_none() && !matches!(self.sink, Sink::Open(_)) {
                return;
            }
        }
    }

    /// Waits until something has happened.
    fn ready(&self, progress: &Progress) -> Ready {
        let mut watched = vec![
            PollFd::new(&self.bell, PollFlags::IN),
            PollFd::new(&*self.over, PollFlags::empty()),
        ];
        let source = self.source.as_ref().filter(|_| !progress.stopped);
        let at_source = source.map(|file| {
            watched.push(PollFd::new(file, PollFlags::IN));
            watched.len() - 1
        });
        let at_sink = if let Sink::Open(file) = &self.sink {
            watched.push(PollFd::new(file, PollFlags::empty()));
            Some(watched.len() - 1)
        } else {
            None
        };
        // After an error (an interruption) the loop looks again.
        if poll(&mut watched, None).is_err() {
            return Ready::default();
        }
        let happened = |at: usize| watched[at].revents();
        Ready {
            bell: happened(0).contains(PollFlags::IN),
            over: !happened(1).is_empty(),
            input: at_source.is_some_and(|at| !happened(at).is_empty()),
            deaf: at_sink.is_some_and(|at| happened(at).contains(PollFlags::ERR)),
        }
    }

    fn read(&mut self, buffer: &mut [u8], progress: &mut Progress) {
        let Some(source) = &mut self.source else { return };
        let read = match source.read(buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return,
            Err(_) => 0,
        };
        if read == 0 {
            self.end(progress);
        } else if self.shared.by_line() {
            for piece in progress.splitter.push(&buffer[..read]) {
                self.piece(piece, progress);
            }
        } else {
            self.sink.write(&buffer[..read]);
        }
    }

    /// Handles the end of the sender's stream.
    fn end(&mut self, progress: &mut Progress) {
        if self.source.take().is_none() {
            return;
        }
        if let Some(piece) = progress.splitter.rest() {
            self.piece(piece, progress);
        }
        let mut steps = Steps::default();
        self.shared.bend().ended(self.from, &mut steps);
        self.perform_all(steps, progress);
    }

    fn piece(&mut self, piece: Piece, progress: &mut Progress) {
        let line = match piece {
            Piece::Part(bytes) => return self.sink.write(&bytes),
            Piece::Line(bytes) => Line::new(bytes),
        };
        if progress.stopped {
            return;
        }
        let number = progress.number;
        progress.number += 1;
        self.perturb(number);
        let mut steps = Steps::default();
        self.shared.bend().line(self.from, &line, &mut steps);
        let as_it_was = [(self.from.other(), Step::Send(line.bytes))];
        if steps.0 != as_it_was
            && let Some(log) = &self.shared.relay.log
        {
            let [(_, Step::Send(line))] = &as_it_was else { return };
            log.bent(self.from, number, line, &steps);
        }
        self.perform_all(steps, progress);
    }

    /// Waits before this line, if the seed says so.
    fn perturb(&self, number: usize) {
        let relay = &self.shared.relay;
        let told = |what: &str, time| {
            if let Some(log) = &relay.log {
                log.perturbed(what, self.from, number, time);
            }
        };
        if let Some(time) = relay.delays.as_ref().and_then(|delays| delays.at(self.from, number)) {
            told("delayed_ms", time);
            self.shared.wait(time);
        }
        if let Some(time) = relay.pauses.as_ref().and_then(|pauses| pauses.at(self.from, number)) {
            told("paused_ms", time);
            self.shared.addressee.signal(Signal::STOP);
            self.shared.wait(time);
            self.shared.addressee.signal(Signal::CONT);
        }
    }

    fn perform_all(&mut self, steps: Steps, progress: &mut Progress) {
        for (to, step) in steps.0 {
            if to == self.from.other() {
                self.perform(step, progress);
            } else {
                self.shared.leave(to, step);
            }
        }
    }

    fn perform(&mut self, step: Step, progress: &mut Progress) {
        match step {
            Step::Send(bytes) => self.sink.write(&bytes),
            Step::Close => self.sink.close(),
            Step::Wait(time) => self.shared.wait(time),
            Step::StopReading => progress.stopped = true,
            Step::Complain(size) => complain(size),
            Step::LeaveChild => self.shared.leave_child(),
            Step::Kill => drop(self.shared.addressee.signal(Signal::KILL)),
        }
    }
}

/// Writes lines to stderr.
fn complain(size: usize) {
    const LINE: &[u8] =
        b"DEBUG server: this line is about nothing, and there are many more like it\n";
    let lines = LINE.repeat(size.div_ceil(LINE.len()));
    // If nobody reads it, there is nobody to tell.
    let _ = io::stderr().write_all(&lines);
}

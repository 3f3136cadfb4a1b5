//! The stdin, stdout and stderr of the command: which pipes they are, and the output that was read
//! from them.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, PipeReader};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use crate::process::survivor::Held;
use crate::process::threads::{self, Descriptors};

use super::report::Captured;
use super::watch::Watch;
use crate::leak::{Hold, Stream};

/// The number of bytes that are kept from the end of a captured stream.
const KEPT: usize = 64 << 10;

/// The streams of one command.
#[derive(Debug)]
pub(super) struct Streams {
    /// The targets of descriptors that share stdin, stdout and stderr; `None` for a target that any
    /// process may have.
    targets: [Option<String>; 3],
    /// Our ends of stdout and stderr, if they are captured.
    readers: [Option<Reader>; 2],
    /// Shows whether inherited pipes are still open.
    watch: Watch,
}

/// Our end of a captured stream.
#[derive(Debug)]
struct Reader {
    pipe: Option<PipeReader>,
    kept: VecDeque<u8>,
    read: Captured,
    closed: Option<Instant>,
    /// Where the output is passed on to, in place of being kept for the report.
    onto: Option<BorrowedFd<'static>>,
}

impl Streams {
    /// The streams of this process itself; stdin only if it is passed on.
    pub(super) fn inherited(stdin: bool) -> Self {
        let own = |fd: u32| {
            let target = fs::read_link(format!("/proc/self/fd/{fd}")).ok()?;
            let target = target.to_string_lossy().into_owned();
            (target != "/dev/null").then_some(target)
        };
        let targets = [own(0).filter(|_| stdin), own(1), own(2)];
        Self { targets, readers: [None, None], watch: Watch::nothing() }
    }

    /// Those of this process, watched; and those of the command, as far as it needs its own. A pipe
    /// that cannot be watched is not passed on, unless it must be: the command gets another one,
    /// whose end we see, and we pass on what it writes.
    pub(super) fn watched(stdin: bool, relay: bool) -> io::Result<(Self, [Option<OwnedFd>; 2])> {
        let (watch, mut ends) = Watch::inherited();
        let mut streams = Self { watch, ..Self::inherited(stdin) };
        let [_, out, err] = &streams.targets;
        let is_one = out == err;
        for index in 0..2 {
            if !relay || !streams.watch.blind[index] {
                continue;
            }
            streams.watch.blind[index] = false;
            let end = if index == 1 && is_one && streams.readers[0].is_some() {
                streams.targets[2] = streams.targets[1].clone();
                ends[0].as_ref().map(OwnedFd::try_clone).transpose()?
            } else {
                let (ours, theirs) = io::pipe()?;
                streams.targets[index + 1] = Some(name(&ours));
                let onto = [rustix::stdio::stdout(), rustix::stdio::stderr()][index];
                streams.readers[index] = Some(Reader { onto: Some(onto), ..Reader::new(ours)? });
                Some(theirs.into())
            };
            ends[index] = end;
        }
        Ok((streams, ends))
    }

    /// A pipe for stdout and one for stderr, and the ends for the command.
    pub(super) fn captured(stdin: bool) -> io::Result<(Self, [Option<OwnedFd>; 2])> {
        let Self { targets: [stdin, ..], .. } = Self::inherited(stdin);
        let (out, out_end) = io::pipe()?;
        let (err, err_end) = io::pipe()?;
        let targets = [stdin, Some(name(&out)), Some(name(&err))];
        Ok((
            Self {
                targets,
                readers: [Some(Reader::new(out)?), Some(Reader::new(err)?)],
                watch: Watch::nothing(),
            },
            [Some(out_end.into()), Some(err_end.into())],
        ))
    }

    /// The descriptors to watch: readable when there is output to read.
    pub(super) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.readers.iter().flatten().filter_map(|reader| reader.pipe.as_ref().map(AsFd::as_fd))
    }

    /// Reads the available output; `started` is the start of the command.
    pub(super) fn read(&mut self, started: Instant) {
        for reader in self.readers.iter_mut().flatten() {
            reader.read(started);
        }
    }

    /// Which of stdout and stderr the command's end of is still open somewhere: its captured stream
    /// has not ended, or the kernel lists its open file.
    pub(super) fn open(&self) -> [bool; 2] {
        let inherited = self.watch.open();
        let captured = |index: usize| {
            self.readers[index].as_ref().is_some_and(|reader: &Reader| reader.pipe.is_some())
        };
        [captured(0) || inherited[0], captured(1) || inherited[1]]
    }

    /// Whether any is.
    pub(super) fn are_open(&self) -> bool {
        self.open() != [false; 2]
    }

    /// The flags that mark the open files that we made for the command.
    /// A pipe that we made needs no mark.
    pub(super) fn marks(&self) -> Option<&[u32]> {
        self.watch.marks.as_deref().filter(|_| !self.are_captured())
    }

    /// Whether only a look at other processes shows that a pipe is still open.
    pub(super) fn is_blind(&self) -> bool {
        self.watch.blind != [false; 2]
    }

    /// Whether they are captured.
    pub(super) fn are_captured(&self) -> bool {
        self.readers.iter().any(Option::is_some)
    }

    /// When a captured stream ended.
    pub(super) fn closed(&self, stream: Stream) -> Option<Instant> {
        self.reader(stream)?.closed
    }

    fn reader(&self, stream: Stream) -> Option<&Reader> {
        let [out, err] = &self.readers;
        match stream {
            Stream::Stdin | Stream::Terminal => None,
            Stream::Stdout => out.as_ref(),
            Stream::Stderr => err.as_ref(),
        }
    }

    /// The output that was read from a captured stream.
    pub(super) fn take(&mut self, stream: Stream) -> Option<Captured> {
        let [out, err] = &mut self.readers;
        let reader = match stream {
            Stream::Stdin | Stream::Terminal => None,
            Stream::Stdout => out.take(),
            Stream::Stderr => err.take(),
        }?;
        if reader.onto.is_some() {
            return None;
        }
        let bytes: Vec<u8> = reader.kept.into();
        Some(Captured { tail: String::from_utf8_lossy(&bytes).into_owned(), ..reader.read })
    }

    /// Whether a stream is a pipe: only the end of a pipe can be awaited.
    pub(super) fn is_pipe(&self, stream: Stream) -> bool {
        let target = self.targets.get(stream as usize).and_then(Option::as_ref);
        target.is_some_and(|target| target.starts_with("pipe:") || target.starts_with("socket:"))
    }

    /// The stream that a descriptor shares.
    fn shared(&self, fd: u32, target: &str) -> Option<Stream> {
        let streams = [Stream::Stdin, Stream::Stdout, Stream::Stderr];
        let mut fitting = streams
            .into_iter()
            .zip(&self.targets)
            .filter_map(|(stream, known)| (known.as_deref() == Some(target)).then_some(stream));
        let first = fitting.next()?;
        // Two streams may be one pipe: then the number of the descriptor decides.
        let same_number = std::iter::once(first).chain(fitting).find(|one| *one as u32 == fd);
        Some(same_number.unwrap_or(first))
    }

    /// Whether a descriptor is stdout or stderr, and its end can be awaited.
    pub(super) fn is_output(&self, hold: &Hold) -> bool {
        hold.stream.is_some_and(|stream| stream != Stream::Stdin && self.is_pipe(stream))
    }

    /// Which of stdout and stderr a process holds, if its descriptors can be read.
    pub(super) fn held_by(&self, pid: u32) -> io::Result<[bool; 2]> {
        let Descriptors { found: descriptors, unread } = threads::descriptors(pid);
        if let Some(error) = unread {
            return Err(error);
        }
        let [_, out, err] = &self.targets;
        let holds = |known: &Option<String>| {
            let known = known.as_deref();
            descriptors.iter().any(|(_, target)| Some(target.as_str()) == known)
        };
        Ok([holds(out), holds(err)])
    }

    /// What a process holds, the command's streams first.
    pub(super) fn holds(&self, pid: u32) -> Held {
        Held::by(pid, |fd, target| (self.shared(fd, target), None))
    }
}

impl Reader {
    fn new(pipe: PipeReader) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&pipe, true)?;
        Ok(Self {
            pipe: Some(pipe),
            kept: VecDeque::new(),
            read: Captured::default(),
            closed: None,
            onto: None,
        })
    }

    fn read(&mut self, started: Instant) {
        let mut buffer = [0; 16 << 10];
        // Bounded: a process that writes without end must not block everything else.
        for _ in 0..64 {
            let Some(pipe) = &self.pipe else { return };
            match rustix::io::read(pipe, &mut buffer) {
                Ok(0) => {
                    self.closed = Some(Instant::now());
                    self.pipe = None;
                }
                Ok(length) => self.keep(&buffer[..length], started.elapsed()),
                Err(Errno::INTR) => {}
                Err(_) => return,
            }
        }
    }

    fn keep(&mut self, bytes: &[u8], at: Duration) {
        if let Some(onto) = self.onto {
            pass_on(bytes, onto);
            return;
        }
        self.read.total += bytes.len() as u64;
        self.read.first.get_or_insert(at);
        self.read.last = Some(at);
        self.kept.extend(bytes);
        let over = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..over);
    }
}

fn pass_on(mut bytes: &[u8], onto: BorrowedFd<'_>) {
    while !bytes.is_empty() {
        match rustix::io::write(onto, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                let mut ready = [PollFd::from_borrowed_fd(onto, PollFlags::OUT)];
                // Whatever the answer, the write shows it.
                let _ = poll(&mut ready, None);
            }
            // Its reader has gone: the command would have been told so.
            Err(_) => return,
        }
    }
}

/// The name of the pipe behind a descriptor, as `/proc` shows it.
fn name(fd: impl AsFd) -> String {
    crate::process::pipe_name(fd)
}

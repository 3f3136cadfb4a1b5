//! Programs that are talked to while they run: how they start, what they are given, what comes out of them.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::io;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::process::Stdio;
use std::rc::Rc;
use std::time::Duration;

use rustix::process::Signal as Blow;
use rustix::termios::{Winsize, tcsetwinsize};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWriteExt};
use tokio::process::Child;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{
    DRAIN, Group, Spec, TIMED_OUT, command, exit_code, kill_process, kill_process_group, read,
};
use crate::fault::fault;
use crate::faults;
use crate::signal::Signal;

mod heard;
mod terminal;

pub(crate) use heard::Heard;

/// Rows and columns of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Size {
    pub(crate) rows: u16,
    pub(crate) cols: u16,
}

impl Size {
    /// What a terminal has of which nobody says how large it is.
    pub(crate) const USUAL: Self = Self { rows: 24, cols: 80 };

    fn spoilt(self) -> Self {
        if fault!(ROWS_AND_COLUMNS_SWAPPED) {
            Self { rows: self.cols, cols: self.rows }
        } else {
            self
        }
    }
}

/// How a program is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// To two pipes out of it, and one into it if somebody writes to it.
    Pipes { input: bool },
    /// To a terminal.
    Terminal(Size),
}

impl Line {
    /// What a client asks for: a terminal of this size, or pipes with an input or without.
    pub(crate) fn of(terminal: bool, size: Size, input: bool) -> Self {
        if terminal { Self::Terminal(size) } else { Self::Pipes { input } }
    }
}

/// Where a piece of output came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

impl Stream {
    /// The name that clients know.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// On whose behalf a program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A client, that asked for it with `command/exec` or `process/spawn`.
    Client,
    /// The model, in a session.
    Model,
}

/// What may be done to a program while it runs.
#[derive(Debug)]
pub(crate) struct Control {
    /// Whether it was given an input at all.
    pub(crate) has_input: bool,
    feed: RefCell<Option<UnboundedSender<Vec<u8>>>>,
    terminal: Option<OwnedFd>,
    end: Signal,
    /// Whether it has said anything yet; only a fault wants to know.
    spoken: Cell<bool>,
    /// How many times something was written; only a fault counts.
    writes: Cell<usize>,
}

impl Control {
    /// Writes to the program's input; `false` if that was closed.
    pub(crate) fn write(&self, bytes: Vec<u8>) -> bool {
        let feed = self.feed.borrow();
        let Some(feed) = feed.as_ref() else { return false };
        self.writes.set(self.writes.get() + 1);
        if !self.loses() {
            // What a program no longer reads is nobody's loss.
            let _ = feed.send(bytes);
        }
        true
    }

    fn loses(&self) -> bool {
        (!self.spoken.get() && fault!(EARLY_INPUT_LOST))
            || (self.writes.get().is_multiple_of(10) && fault!(TENTH_WRITE_LOST))
    }

    /// Closes the program's input, which it sees when it has read the rest.
    pub(crate) fn close(&self) {
        self.feed.borrow_mut().take();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.feed.borrow().is_none()
    }

    /// Gives the terminal another size; `false` if there is none.
    pub(crate) fn resize(&self, size: Size) -> bool {
        let Some(terminal) = &self.terminal else { return false };
        if !fault!(RESIZE_IGNORED) {
            // A program that has just ended has no use for it.
            let _ = tcsetwinsize(terminal, winsize(size.spoilt()));
        }
        true
    }

    /// Ends the program with everything that it has started in its group.
    pub(crate) fn end(&self) {
        self.end.fire();
    }
}

fn winsize(size: Size) -> Winsize {
    Winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 }
}

type Output = Pin<Box<dyn AsyncRead>>;

/// A running program. It ends with this value.
pub(crate) struct Live {
    child: Child,
    group: Option<Group>,
    stdout: Option<Output>,
    stderr: Option<Output>,
    control: Rc<Control>,
    feeding: Option<JoinHandle<()>>,
    owner: Owner,
}

impl Live {
    /// Starts a program. Needs the tasks of this thread.
    pub(crate) fn start(spec: &Spec, line: Line, owner: Owner) -> io::Result<Self> {
        let mut command = command(&faults::process::live(spec));
        let (child, input, stdout, stderr, terminal) = match terminal::line(line, owner) {
            Line::Terminal(size) => {
                let (child, ends) = terminal::start(command, size.spoilt())?;
                (child, Some(ends.input), Some(ends.output), ends.errors, Some(ends.terminal))
            }
            Line::Pipes { input } => {
                let kept = terminal::hears(input);
                command.stdin(if kept { Stdio::piped() } else { Stdio::null() });
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
                let mut child = command.spawn()?;
                let stdin = child.stdin.take().map(|stdin| Box::pin(stdin) as terminal::Input);
                let stdout = child.stdout.take().map(|stdout| Box::pin(stdout) as Output);
                let stderr = child.stderr.take().map(|stderr| Box::pin(stderr) as Output);
                (child, stdin, stdout, stderr, None)
            }
        };
        let (feed, orders) = unbounded_channel();
        let end_of_input: &[u8] = if terminal.is_some() { terminal::END_OF_INPUT } else { &[] };
        let feeding =
            input.map(|input| tokio::task::spawn_local(feed_into(input, orders, end_of_input)));
        let control = Control {
            has_input: line != Line::Pipes { input: false },
            feed: RefCell::new(Some(feed)),
            terminal,
            end: Signal::default(),
            spoken: Cell::new(false),
            writes: Cell::new(0),
        };
        let group = Some(Group::of(&child));
        Ok(Self { child, group, stdout, stderr, control: Rc::new(control), feeding, owner })
    }

    pub(crate) fn control(&self) -> Rc<Control> {
        self.control.clone()
    }

    /// Tells `heard` all that the program says until its end, and returns its code.
    pub(crate) async fn finish(
        mut self,
        limit: Option<Duration>,
        heard: impl FnMut(Stream, &[u8]),
    ) -> i32 {
        let (stdout, stderr) = (self.stdout.take(), self.stderr.take());
        let (heard, control) = (RefCell::new(heard), self.control.clone());
        let tell = |stream, chunk: &[u8]| {
            control.spoken.set(true);
            heard.borrow_mut()(stream, chunk);
        };
        let reading = async {
            tokio::join!(
                read(stdout, |chunk| tell(Stream::Stdout, chunk)),
                read(stderr, |chunk| tell(Stream::Stderr, chunk)),
            )
        };
        let late = async {
            match limit.filter(|_| !terminal::unlimited()) {
                Some(limit) => drop(timeout(limit, pending::<()>()).await),
                None => pending().await,
            }
        };
        tokio::pin!(reading, late);
        let (mut drained, mut told, mut timed_out) = (false, false, false);
        let status = loop {
            tokio::select! {
                status = self.child.wait() => break status,
                _ = &mut reading, if !drained => drained = true,
                () = control.end.fired(), if !told => {
                    told = true;
                    self.strike();
                }
                () = &mut late, if !timed_out => {
                    timed_out = true;
                    self.strike();
                }
            }
        };
        if told && (spares_the_rest() || asks()) {
            // It is not ended: neither now nor when this goes.
            std::mem::forget(self.group.take());
        } else {
            self.group.iter().for_each(Group::end);
        }
        if !drained {
            // What a stranger who still holds the line has to say is not waited for.
            let _ = timeout(DRAIN, reading).await;
        }
        match (timed_out, status) {
            (true, _) => TIMED_OUT,
            (false, Ok(status)) => exit_code(status),
            (false, Err(_)) => -1,
        }
    }

    /// Kills the program and what it has started.
    fn strike(&self) {
        let Some(leader) = self.group.as_ref().and_then(|group| group.0) else { return };
        let blow = if asks() { Blow::TERM } else { Blow::KILL };
        let _ = if spares_the_rest() {
            kill_process(leader, blow)
        } else {
            kill_process_group(leader, blow)
        };
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Some(feeding) = &self.feeding {
            feeding.abort();
        }
        if survives(self.owner) {
            std::mem::forget(self.group.take());
        }
    }
}

/// Whether a defect asks a program to end, and leaves it at that.
fn asks() -> bool {
    fault!(PROGRAMS_ASKED_TO_END)
}

/// Whether a defect ends a program and leaves what it has started.
fn spares_the_rest() -> bool {
    fault!(ONLY_THE_SHELL_ENDS)
}

/// Whether a defect lets a program go on when nobody is left whom it could tell anything.
pub(crate) fn survives(owner: Owner) -> bool {
    match owner {
        Owner::Client => fault!(PROGRAMS_SURVIVE_THE_CONNECTION),
        Owner::Model => fault!(SESSIONS_SURVIVE_THE_SERVER),
    }
}

/// Whether some program is meant to outlive the process.
pub(super) fn outlives() -> bool {
    survives(Owner::Client) || survives(Owner::Model)
}

/// Hands on what is written, in its order, and the end of it.
async fn feed_into(
    mut input: terminal::Input,
    mut orders: UnboundedReceiver<Vec<u8>>,
    end_of_input: &'static [u8],
) {
    while let Some(bytes) = orders.recv().await {
        let bytes =
            if fault!(BIG_WRITES_CUT) { &bytes[..bytes.len().min(4096)] } else { &bytes[..] };
        if input.write_all(bytes).await.is_err() || input.flush().await.is_err() {
            return;
        }
    }
    if fault!(CLOSING_IGNORED) {
        return std::mem::forget(input);
    }
    let _ = input.write_all(end_of_input).await;
}

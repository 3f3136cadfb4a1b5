//! One command: types it line by line, each when the REPL is ready, and extracts its exact output.

use std::time::{Duration, Instant};

use memchr::memmem;

use crate::pty::{PtyError, Record};

use super::handshake::AGAIN;
use super::nonce::{Nonces, Prompt};
use super::{Doing, Input, Marks, Output, Repl, ReplError};

/// The time after which the interrupt key is pressed again.
const PRESS_AGAIN: Duration = Duration::from_secs(1);

/// The reaction of the REPL to a line.
enum Next {
    /// It asks for more of the same command.
    More,
    /// It has run the command: the output, and the prompt after it.
    Done(Vec<u8>, Prompt),
}

impl Repl {
    /// Runs a command of one or more lines, and returns its output. An empty command does nothing:
    /// it is not typed.
    ///
    /// If the REPL asks for more lines than the command has, the command is closed as the profile
    /// says (an empty line in Python), or else abandoned.
    ///
    /// # Errors
    ///
    /// If the command is incomplete, cannot be typed, takes too long (then it continues to run) or
    /// ends the REPL.
    pub async fn run(&mut self, code: &str) -> Result<Output, ReplError> {
        if code.trim().is_empty() && !self.is_busy() {
            return Ok(Output { bytes: Vec::new(), status: self.status });
        }
        self.begin(code).await?;
        self.output().await
    }

    /// Types a command; returns when the REPL has read all of it, which may be before the command
    /// has ended: [`Repl::output`] waits for that.
    ///
    /// # Errors
    ///
    /// If a command is running, or this one is incomplete or cannot be typed.
    pub async fn begin(&mut self, code: &str) -> Result<(), ReplError> {
        if self.is_busy() {
            return Err(ReplError::Busy);
        }
        check_keys(code)?;
        // Check all lines before typing any: the beginning of a command cannot be taken back.
        self.tidy().await?;
        self.pty.check_lines(code.as_bytes())?;
        self.set_prompt().await?;
        self.doing =
            Doing::Running { code: code.to_owned(), from: self.settled, printed: Vec::new() };
        let until = Instant::now() + self.deadline;
        let chunks = self.chunks(code);
        let (last, first) =
            chunks.split_last().map_or(("", &[][..]), |(last, first)| (last, first));
        for line in first {
            self.type_line(line).await?;
            match self.next(until).await? {
                Next::More => {}
                Next::Done(bytes, prompt) => self.note(bytes, &prompt),
            }
        }
        self.type_line(last).await
    }

    /// Waits for the end of the running command, and returns its output.
    ///
    /// # Errors
    ///
    /// If no command is running, or it is incomplete, takes too long (then it continues to run), or
    /// ends the REPL.
    pub async fn output(&mut self) -> Result<Output, ReplError> {
        let until = Instant::now() + self.deadline;
        let mut closing = self.profile.close.clone();
        loop {
            match self.next(until).await? {
                Next::Done(bytes, prompt) => {
                    self.note(bytes, &prompt);
                    let code = self.running();
                    let output = self.settle(&prompt);
                    self.check_echo(&code, &output.bytes).await?;
                    return Ok(output);
                }
                Next::More => match closing.take() {
                    Some(line) => self.type_line(&line).await?,
                    None => return Err(self.abandon(until).await?),
                },
            }
        }
    }

    /// Interrupts the running command, as its key does, and returns the output so far. The key is
    /// pressed once a second until the prompt appears, because programs sometimes miss it.
    ///
    /// # Errors
    ///
    /// If no command is running, or the prompt does not appear in time.
    pub async fn interrupt(&mut self) -> Result<Output, ReplError> {
        if !self.is_busy() {
            return Err(ReplError::Idle);
        }
        let until = Instant::now() + self.deadline;
        let next = loop {
            self.pty.send([self.profile.interrupt]).await?;
            let again = until.min(Instant::now() + PRESS_AGAIN);
            match self.next(again).await {
                Err(ReplError::Pty(PtyError::TimedOut(_))) if Instant::now() < until => {}
                next => break next?,
            }
        };
        match next {
            Next::More => Err(self.abandon(until).await?),
            Next::Done(bytes, prompt) => {
                self.note(bytes, &prompt);
                let output = self.settle(&prompt);
                // If the command had ended before the key was pressed, the key has caused another
                // prompt.
                self.synchronize(until).await?;
                Ok(output)
            }
        }
    }

    fn chunks(&self, code: &str) -> Vec<String> {
        let code = code.strip_suffix('\n').unwrap_or(code);
        match self.profile.input {
            Input::Lines => code.split('\n').map(str::to_owned).collect(),
            Input::Paste => vec![code.to_owned()],
        }
    }

    async fn type_line(&mut self, line: &str) -> Result<(), ReplError> {
        let typed = self.profile.typed(line);
        let from = self.pty.seen();
        if let Doing::Running { from: begin, .. } = &mut self.doing {
            *begin = from;
        }
        Ok(self.pty.send(typed).await?)
    }

    async fn next(&mut self, until: Instant) -> Result<Next, ReplError> {
        let Doing::Running { from, .. } = self.doing else { return Err(ReplError::Idle) };
        let (nonces, marks) = (self.nonces.clone(), self.profile.marks);
        let mut scan = Scan { nonces: &nonces, marks, from, scanned: from };
        let next =
            self.pty.wait_for("the prompt after the command", until, |record| scan.next(record));
        match next.await {
            Ok(next) => Ok(next),
            Err(PtyError::Ended(waiting)) => {
                let raw = self.pty.raw();
                let bytes = scan_output(&nonces, marks, &raw, from, raw.len());
                self.append(bytes);
                let Doing::Running { printed, .. } = &mut self.doing else {
                    return Err(ReplError::Idle);
                };
                let output = Output { bytes: std::mem::take(printed), status: None };
                Err(ReplError::Exited { exit: waiting.exit, output, waiting })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn append(&mut self, mut bytes: Vec<u8>) {
        if let Doing::Running { printed, .. } = &mut self.doing {
            printed.append(&mut bytes);
        }
    }

    fn note(&mut self, bytes: Vec<u8>, prompt: &Prompt) {
        self.append(bytes);
        self.nonces.shown(prompt);
        self.settled = prompt.at.end;
    }

    /// The running command.
    fn running(&self) -> String {
        match &self.doing {
            Doing::Running { code, .. } => code.clone(),
            Doing::Waiting => String::new(),
        }
    }

    fn settle(&mut self, prompt: &Prompt) -> Output {
        self.status = prompt.status;
        let bytes = match std::mem::replace(&mut self.doing, Doing::Waiting) {
            Doing::Running { printed, .. } => printed,
            Doing::Waiting => Vec::new(),
        };
        Output { bytes, status: prompt.status }
    }

    /// Abandons a command that needs more lines; returns the error.
    async fn abandon(&mut self, until: Instant) -> Result<ReplError, ReplError> {
        let (from, nonces) = (self.pty.seen(), self.nonces.clone());
        loop {
            // Python without a line editor ignores a key that arrives between its prompt and its
            // read, so one is not always enough.
            self.pty.send(self.profile.cancel.clone()).await?;
            let again = until.min(Instant::now() + AGAIN);
            let prompt = |record: &Record| nonces.find(&record.raw, from).map(|_| ());
            match self.pty.wait_for("a prompt after the command was abandoned", again, prompt).await
            {
                Ok(()) => break,
                Err(PtyError::TimedOut(_)) if Instant::now() < until => {}
                Err(error) => return Err(error.into()),
            }
        }
        let code = match std::mem::replace(&mut self.doing, Doing::Waiting) {
            Doing::Running { code, .. } => code,
            Doing::Waiting => String::new(),
        };
        self.synchronize(until).await?;
        Ok(ReplError::Unfinished { profile: self.profile.name.clone(), code })
    }
}

/// A search for the next event that does not look at the same bytes twice.
struct Scan<'a> {
    nonces: &'a Nonces,
    marks: Marks,
    from: usize,
    scanned: usize,
}

impl Scan<'_> {
    fn next(&mut self, record: &Record) -> Option<Next> {
        let raw = &record.raw;
        // Overlap by the longest prompt, to find one that came in pieces.
        let since = self.scanned.saturating_sub(64).max(self.from);
        self.scanned = raw.len();
        if let Some(prompt) = self.nonces.find(raw, since) {
            let bytes = scan_output(self.nonces, self.marks, raw, self.from, prompt.at.start);
            return Some(Next::Done(bytes, prompt));
        }
        let more = self.nonces.mark(if self.marks.more { 'm' } else { 'c' });
        memmem::find(&raw[since..], more.as_bytes()).map(|_| Next::More)
    }
}

/// The output of the command, in `raw[from..to]`.
fn scan_output(nonces: &Nonces, marks: Marks, raw: &[u8], from: usize, to: usize) -> Vec<u8> {
    let mut shown = &raw[from..to];
    if marks.start {
        let mark = nonces.mark('s');
        if let Some(at) = memmem::find(shown, mark.as_bytes()) {
            shown = &shown[at + mark.len()..];
        }
    }
    if marks.end {
        let mark = nonces.mark('e');
        if let Some(at) = memmem::rfind(shown, mark.as_bytes()) {
            shown = &shown[..at];
        }
    }
    without_carriage_returns(shown)
}

/// Undoes the terminal's translation of every line feed to carriage return and line feed, and
/// nothing else.
fn without_carriage_returns(shown: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(shown.len());
    let mut rest = shown;
    while let Some(at) = memmem::find(rest, b"\r\n") {
        bytes.extend_from_slice(&rest[..at]);
        bytes.push(b'\n');
        rest = &rest[at + 2..];
    }
    bytes.extend_from_slice(rest);
    bytes
}

/// A terminal treats control characters as keys: they would end, erase or complete something.
fn check_keys(code: &str) -> Result<(), ReplError> {
    for (index, line) in code.split('\n').enumerate() {
        if let Some(character) = line.chars().find(|letter| letter.is_control() && *letter != '\t')
        {
            return Err(ReplError::Key { character, line: index + 1 });
        }
    }
    Ok(())
}

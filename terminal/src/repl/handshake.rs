//! Waits for readiness by a handshake, never by time.
//!
//! A prompt alone does not show that the program reads input: some print it before they set up
//! their terminal, which discards earlier input. So a marker is typed until its answer appears. The
//! REPL composes the answer from two halves, so that an echo of the input is never mistaken for it.

use std::time::{Duration, Instant};

use memchr::memmem;
use uuid::Uuid;

use crate::pty::{Pty, PtyError, Record};

use super::{Prompts, Repl};

/// The time after which the marker is typed again. It causes no race: a late answer counts too, and
/// all outstanding answers are awaited.
pub(super) const AGAIN: Duration = Duration::from_millis(250);

/// The number of prompts that a REPL may show beyond the awaited ones: one for each interrupted
/// line.
pub(super) const AHEAD: usize = 64;

impl Repl {
    /// Waits from the start of the program to the first prompt that accepts a command.
    pub(super) async fn become_ready(&mut self, until: Instant) -> Result<(), PtyError> {
        let (first, commands) = match self.profile.prompts.clone() {
            Prompts::Counted => (None, Vec::new()),
            Prompts::Typed { first, commands } => (Some(first), commands),
            Prompts::Set { first, command } => (Some(first), vec![command]),
        };
        let counts_itself = first.is_none();
        if let Some(first) = first {
            let awaited = format!("its first prompt, {first:?}");
            let at_its_end = |record: &Record| {
                let text = record.text().trim_end_matches(['\n', '\r']);
                text.ends_with(first.as_str()).then_some(())
            };
            self.pty.wait_for(&awaited, until, at_its_end).await?;
            self.answer(until).await?;
            // Wait for the prompt after the answer: a line editor shows input twice that is typed
            // before it.
            self.pty.wait_for(&awaited, until, at_its_end).await?;
        }
        for command in &commands {
            let command = self.nonces.fill(command);
            self.pty.send(self.profile.typed(&command)).await?;
        }
        let nonces = self.nonces.clone();
        let first = |record: &Record| nonces.find_next(&record.raw, 0);
        let prompt = self.pty.wait_for("its first prompt", until, first).await?;
        self.nonces.shown(&prompt);
        self.settled = prompt.at.end;
        // If commands made it count, it has answered already.
        if counts_itself { self.synchronize(until).await } else { Ok(()) }
    }

    /// Sets the next prompt of a REPL that cannot count. Where what is typed is shown, this prompt is
    /// shown twice, first as a part of the command that sets it: if the command shows anything else
    /// than at first, a marker finds out.
    pub(super) async fn set_prompt(&mut self) -> Result<(), PtyError> {
        let Prompts::Set { command, .. } = &self.profile.prompts else { return Ok(()) };
        let command = self.profile.typed(&self.nonces.fill(command));
        let (from, nonces) = (self.pty.seen(), self.nonces.clone());
        self.pty.send(command).await?;
        let next = |record: &Record| {
            let prompt = nonces.find_next(&record.raw, from)?;
            let before = record.raw[from..prompt.at.start].to_vec();
            Some((prompt, before))
        };
        let until = Instant::now() + self.deadline;
        let (prompt, before) = self.pty.wait_for("the prompt that was set", until, next).await?;
        self.nonces.shown(&prompt);
        self.settled = prompt.at.end;
        self.echoed = false;
        if *self.usual.get_or_insert_with(|| before.clone()) != before {
            self.synchronize(until).await?;
            self.echoed = self.shows_input(from);
        }
        Ok(())
    }

    /// Waits for the answer to a marker, and for the prompt after it.
    pub(super) async fn synchronize(&mut self, until: Instant) -> Result<(), PtyError> {
        let answered = self.answer(until).await?;
        let nonces = self.nonces.clone();
        let prompt = |record: &Record| nonces.find_latest(&record.raw, answered, AHEAD);
        let prompt = self.pty.wait_for("the prompt after the marker", until, prompt).await?;
        self.nonces.shown(&prompt);
        self.settled = prompt.at.end;
        Ok(())
    }

    /// Types a marker until its answer appears; returns the end of the last answer.
    async fn answer(&mut self, until: Instant) -> Result<usize, PtyError> {
        let first = self.ask().await?;
        let again = until.min(Instant::now() + AGAIN);
        if let Ok(end) = seen(&self.pty, &first, again).await {
            return Ok(end);
        }
        // Lost markers cannot be distinguished from late ones, so any answer counts; then one more
        // is typed, whose answer shows that all earlier ones were read.
        let mut typed = vec![first];
        loop {
            typed.push(self.ask().await?);
            let again = until.min(Instant::now() + AGAIN);
            let any =
                |record: &Record| typed.iter().find_map(|marker| answer_in(&record.raw, marker));
            match self.pty.wait_for("the answer to a marker", again, any).await {
                Ok(_) => break,
                Err(PtyError::TimedOut(_)) if Instant::now() < until => {}
                Err(error) => return Err(error),
            }
        }
        let last = self.ask().await?;
        seen(&self.pty, &last, until).await
    }

    async fn ask(&mut self) -> Result<(String, String), PtyError> {
        let unique = Uuid::new_v4().simple().to_string();
        let (left, right) = unique.split_at(16);
        let marker = self.profile.marker.replace("{left}", left).replace("{right}", right);
        self.pty.send(self.profile.typed(&marker)).await?;
        self.asked = (left.to_owned(), right.to_owned());
        Ok(self.asked.clone())
    }
}

async fn seen(pty: &Pty, marker: &(String, String), until: Instant) -> Result<usize, PtyError> {
    let look = |record: &Record| answer_in(&record.raw, marker);
    pty.wait_for("the answer to a marker", until, look).await
}

fn answer_in(bytes: &[u8], (left, right): &(String, String)) -> Option<usize> {
    let answer = format!("{left}{right}");
    memmem::rfind(bytes, answer.as_bytes()).map(|at| at + answer.len())
}

//! Systems that are no Unix: no program is started in a terminal, and the error says why.
//!
//! A terminal cannot exist here, so its methods have no body: the compiler knows that they are never
//! called.

use std::convert::Infallible;
use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

use reaper::process::{Exit, Ladder};

use crate::pty::{Finished, Match, Pattern, PtyError, Record, Terminal};

/// The modes of a terminal that cannot exist.
#[derive(Debug)]
pub(crate) struct Modes(Infallible);

/// A program that runs in a terminal; there is none here.
#[derive(Debug)]
#[must_use = "ends the program when it is dropped"]
pub struct Pty(Infallible);

impl Pty {
    /// Starts nothing.
    ///
    /// # Errors
    ///
    /// Always: [`PtyError::NoTerminal`], with the reason.
    pub fn spawn(_command: &Command, _terminal: Terminal) -> Result<Self, PtyError> {
        let why = format!(
            "programs in a terminal are not built for {}, only for Linux and macOS: see \"Other \
             systems\" in docs/supervise.md",
            std::env::consts::OS
        );
        Err(PtyError::NoTerminal(io::Error::new(io::ErrorKind::Unsupported, why)))
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        match self.0 {}
    }

    /// Types something.
    ///
    /// # Errors
    ///
    /// If the terminal does not take it.
    pub async fn send(&mut self, _input: impl AsRef<[u8]>) -> Result<(), PtyError> {
        match self.0 {}
    }

    /// Whether the terminal itself collects lines now.
    pub fn edits_lines(&self) -> bool {
        match self.0 {}
    }

    /// Changes the size of the terminal.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn resize(&mut self, _rows: u16, _columns: u16) -> Result<(), PtyError> {
        match self.0 {}
    }

    /// All bytes that it has written so far.
    pub fn raw(&self) -> Vec<u8> {
        match self.0 {}
    }

    /// The text that it has written so far.
    pub fn text(&self) -> String {
        match self.0 {}
    }

    /// The screen that a person sees now.
    pub fn screen(&self) -> String {
        match self.0 {}
    }

    /// How it ended, if it has.
    pub fn exit(&self) -> Option<Exit> {
        match self.0 {}
    }

    /// Waits for it to end by itself.
    pub async fn wait(&self, _within: Duration) -> Option<Exit> {
        match self.0 {}
    }

    /// Sets the time limits of its shutdown.
    pub fn set_ladder(&mut self, _ladder: Ladder) {
        match self.0 {}
    }

    /// Whether the terminal shows typed text now.
    pub fn echoes(&self) -> bool {
        match self.0 {}
    }

    /// Waits until the terminal does not show typed text any more.
    ///
    /// # Errors
    ///
    /// If the time is up, or the program ends before.
    pub async fn expect_no_echo(&mut self, _within: Duration) -> Result<(), PtyError> {
        match self.0 {}
    }

    /// Waits until a text or pattern was shown.
    ///
    /// # Errors
    ///
    /// If the time was up or the program ended before.
    pub async fn expect(&mut self, _pattern: impl Into<Pattern>) -> Result<Match, PtyError> {
        match self.0 {}
    }

    /// Waits until a text or pattern was shown.
    ///
    /// # Errors
    ///
    /// If the time was up or the program ended before.
    pub async fn expect_within(
        &mut self,
        _pattern: impl Into<Pattern>,
        _within: Duration,
    ) -> Result<Match, PtyError> {
        match self.0 {}
    }

    /// Waits until a text or pattern is on the screen.
    ///
    /// # Errors
    ///
    /// If the time was up or the program ended before.
    pub async fn expect_on_screen(
        &mut self,
        _pattern: impl Into<Pattern>,
        _within: Duration,
    ) -> Result<String, PtyError> {
        match self.0 {}
    }

    /// Ends it and all its descendants.
    pub async fn finish(self) -> Finished {
        match self.0 {}
    }

    pub(crate) fn seen(&self) -> usize {
        match self.0 {}
    }

    pub(crate) fn answered(&self) -> usize {
        match self.0 {}
    }

    pub(crate) fn check_lines(&self, _input: &[u8]) -> Result<(), PtyError> {
        match self.0 {}
    }

    pub(crate) fn modes(&self) -> Option<Modes> {
        match self.0 {}
    }

    pub(crate) fn restore(&self, modes: &Modes) {
        match modes.0 {}
    }

    pub(crate) async fn wait_for<T>(
        &self,
        _awaited: &str,
        _until: Instant,
        _look: impl FnMut(&Record) -> Option<T>,
    ) -> Result<T, PtyError> {
        match self.0 {}
    }
}

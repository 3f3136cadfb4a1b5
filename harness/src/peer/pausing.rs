//! A client that writes and does not read for a while.

use std::pin::pin;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use reaper::process::Exit;

use crate::failure::Result;
use crate::looks::Looks;
use crate::peer::Peer;

/// How long a subject has to be idle before it counts as standing still.
const STILL: Duration = Duration::from_millis(100);

/// Lets the reader read on when it is dropped.
struct Paused(watch::Sender<bool>);

impl Drop for Paused {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

impl Peer {
    /// Closes our end of the subject's stdout: from now on nobody reads what it sends.
    ///
    /// # Errors
    ///
    /// If the subject cannot be started.
    pub async fn stop_reading(&mut self) -> Result {
        let running = self.running()?;
        running.reader.abort();
        while !running.reader.is_finished() {
            tokio::task::yield_now().await;
        }
        running.inbox.close();
        Ok(())
    }

    /// Waits until the subject has ended by itself, no longer than `within`.
    pub async fn ends_within(&mut self, within: Duration) -> Option<Exit> {
        let running = self.running.as_mut()?;
        running.process.wait(within).await
    }

    /// Gives the subject no more time to end by itself: it was given that before.
    pub fn hurry(&mut self) {
        self.settings.ladder.eof = Duration::ZERO;
    }

    /// Sends bytes like [`Peer::send_bytes`], and reads what the subject sends only when the subject
    /// stands still: it has nothing more to do, or waits for its client to read.
    pub async fn send_before_reading(&mut self, bytes: &[u8]) -> Result {
        let (reads, limit) = (self.running()?.reads.clone(), self.deadline());
        let pid = self.pid();
        reads.send_replace(false);
        let paused = Paused(reads);
        let mut sending = pin!(self.send_bytes(bytes));
        let mut standing = pin!(stands_still(pid, limit));
        let mut sent = None;
        loop {
            tokio::select! {
                outcome = &mut sending, if sent.is_none() => sent = Some(outcome),
                () = &mut standing => break,
            }
        }
        drop(paused);
        match sent {
            Some(sent) => sent,
            None => sending.await,
        }
    }
}

/// Waits until the process has been idle for a while, or until the time is up.
async fn stands_still(pid: Option<u32>, limit: Instant) {
    let mut looks = Looks::until(limit);
    while looks.paused() < STILL && looks.again().await {
        if pid.is_some_and(reaper::process::is_at_work) {
            looks.afresh();
        }
    }
}

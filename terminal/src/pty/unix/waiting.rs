//! Waits for output of a program.

use std::time::{Duration, Instant};

use super::{Pty, PtyError, Record, Waiting};

/// How long after the end of its terminal a program may take to end.
const LAG: Duration = Duration::from_secs(1);

impl Pty {
    /// Waits until `look` finds something in the record, or the time is up.
    pub(crate) async fn wait_for<T>(
        &self,
        awaited: &str,
        until: Instant,
        mut look: impl FnMut(&Record) -> Option<T>,
    ) -> Result<T, PtyError> {
        self.wait_until(awaited, until, |record| look(record)).await
    }

    /// Likewise; `look` may bring the screen up to date.
    pub(crate) async fn wait_until<T>(
        &self,
        awaited: &str,
        until: Instant,
        mut look: impl FnMut(&mut Record) -> Option<T>,
    ) -> Result<T, PtyError> {
        let since = Instant::now();
        let mut happened = self.pump.watch();
        loop {
            happened.borrow_and_update();
            let closed = {
                let mut record = self.pump.record();
                if let Some(found) = look(&mut record) {
                    return Ok(found);
                }
                record.closed
            };
            if closed {
                return Err(PtyError::Ended(self.in_vain(awaited, since, true).await));
            }
            if tokio::time::timeout_at(until.into(), happened.changed()).await.is_err() {
                return Err(PtyError::TimedOut(self.in_vain(awaited, since, false).await));
            }
        }
    }

    async fn in_vain(&self, awaited: &str, since: Instant, closed: bool) -> Box<Waiting> {
        let waited = since.elapsed();
        if closed {
            // The terminal closes shortly before its last process has an exit status.
            self.leader.wait(LAG).await;
        }
        let exit = self.exit();
        let hint = (closed && exit.is_none())
            .then(|| "it closed its terminal and runs on without one".to_owned());
        let mut record = self.pump.record();
        Box::new(Waiting {
            label: self.leader.label().to_owned(),
            pid: self.pid(),
            awaited: awaited.to_owned(),
            waited,
            exit,
            typed: record.typed.clone(),
            screen: record.screen(),
            cursor: record.cursor(),
            terminal: self.terminal,
            hint,
        })
    }
}

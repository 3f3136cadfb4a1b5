//! The end of the subject: by itself, by a signal, or step by step.

use std::sync::Arc;

use reaper::process::Exit;

use crate::failure::Result;
use crate::peer::starting::Starting;
use crate::peer::{Ended, Peer};
use crate::websocket::without_input;

impl Peer {
    /// Waits for the subject to end by itself, no longer than [`Settings::exit`](crate::Settings::exit).
    pub async fn exit(&mut self) -> Result<Exit> {
        let within = self.settings.exit;
        self.running()?;
        self.awaiting = Some("the subject to exit by itself".to_owned());
        let inbox = Arc::clone(&self.running()?.inbox);
        let mut start = Starting::of(self, &inbox);
        let mut exit = self.running()?.process.wait(within).await;
        // A subject that is still starting cannot yet see that it has to end.
        while let Some(start) = start.as_mut().filter(|_| exit.is_none()) {
            if !start.goes_on() {
                break;
            }
            let _starting = start.watch.run();
            exit = self.running()?.process.wait(Starting::LOOK).await;
        }
        self.awaiting = None;
        match exit {
            Some(exit) => Ok(exit),
            None => Err(self.timed_out("the subject to exit by itself", within, self.mark())),
        }
    }

    /// Sends a signal to the process of the subject alone.
    pub fn signal(&mut self, signal: rustix::process::Signal) -> Result {
        let running = self.running()?;
        running.inbox.close_input();
        running.process.signal(signal);
        Ok(())
    }

    /// Ends the running subject step by step; the next use starts a new one. If it is cancelled, the
    /// subject is still the running one, and the next call goes on.
    pub async fn shutdown(&mut self) -> Option<&Ended> {
        let (running, given) = (self.running.as_mut()?, &self.settings.ladder);
        self.sharing.end();
        running.inbox.close_input();
        let closing = running.inbox.closing();
        let pipe = running.stdin.take();
        let report = match &mut running.relay {
            None => running.process.shutdown(pipe, given).await,
            Some(relay) => {
                drop(pipe);
                relay.leave(given.eof).await;
                running.process.shutdown(None, &without_input(*given)).await
            }
        };
        // All other holders of its stdout are gone, so the reader ends by itself; the limit is a
        // precaution.
        let deadline = tokio::time::timeout(given.kill, &mut running.reader).await;
        let running = self.running.take()?;
        if deadline.is_err() {
            running.reader.abort();
        }
        self.ended.push(Ended {
            transcript: running.inbox.take_transcript(),
            report,
            began: running.inbox.started(),
            closing,
            unanswered: running.unanswered,
        });
        self.ended.last()
    }

    /// The processes of this peer that have been ended.
    pub fn ended(&self) -> &[Ended] {
        &self.ended
    }

    /// Takes the records of the processes that have been ended.
    pub fn take_ended(&mut self) -> Vec<Ended> {
        std::mem::take(&mut self.ended)
    }
}

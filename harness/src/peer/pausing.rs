//! A client that writes and does not read for a while.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::failure::{Kind, Result};
use crate::peer::Peer;

/// Lets the reader read on when it is dropped.
struct Paused(watch::Sender<bool>);

impl Drop for Paused {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

impl Peer {
    /// Sends bytes like [`Peer::send_bytes`], and reads what the subject sends only when the subject
    /// has read them all, or after `late`: a subject may wait for its client to read.
    pub async fn send_before_reading(&mut self, bytes: &[u8], late: Duration) -> Result {
        let reads = self.running()?.reads.clone();
        reads.send_replace(false);
        let paused = Paused(reads);
        let mut sending = pin!(async {
            self.send_bytes(bytes).await?;
            match self.until_read().await {
                Err(failure) if failure.kind() == Kind::Timeout => Ok(()),
                read => read,
            }
        });
        let sent = timeout(late, &mut sending).await;
        drop(paused);
        match sent {
            Ok(sent) => sent,
            Err(_) => sending.await,
        }
    }
}

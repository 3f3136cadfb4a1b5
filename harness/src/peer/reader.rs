//! Reads the subject's stdout on arrival, whatever the check is doing, and sends the answers of
//! policies.

use std::sync::Arc;

use tokio::io::AsyncBufRead;
use tokio::sync::{mpsc, watch};

use crate::line::{Line, next_line};
use crate::peer::inbox::Inbox;
use reaper::stdin::Stdin;

/// The number of answers that may wait for a subject that does not read its input.
pub(super) const REPLIES: usize = 1_000;

/// Reads the subject's stdout to its end, whenever `reads` holds. Needs a runtime.
pub(super) async fn read(
    mut stdout: impl AsyncBufRead + Unpin,
    inbox: Arc<Inbox>,
    stdin: Stdin,
    limit: usize,
    mut reads: watch::Receiver<bool>,
) {
    // On a task of its own: a subject that does not read must not stop us from reading its output.
    let (replies, queue) = mpsc::channel(REPLIES);
    tokio::spawn(reply(stdin, queue));
    loop {
        // Once nobody can pause it any more, it reads on.
        let _ = reads.wait_for(|reads| *reads).await;
        let part = |head: &[u8], length| inbox.part(head, length);
        let (line, too_long) = match next_line(&mut stdout, limit, part).await {
            Ok(Line::Whole(line)) => (line, None),
            Ok(Line::Unfinished(line)) => {
                inbox.unended();
                (line, None)
            }
            Ok(Line::TooLong { head, length }) => (head, Some(length)),
            Ok(Line::End) | Err(_) => break,
        };
        if let Some(reply) = inbox.receive(line, too_long)
            && let Err(mpsc::error::TrySendError::Full(_)) = replies.try_send(reply)
        {
            inbox.flood(&format!("{REPLIES} requests whose answers it does not read"));
        }
        // One read may bring thousands of lines: timers of this thread must run between them.
        tokio::task::coop::consume_budget().await;
    }
    inbox.close();
}

/// Sends the answers of policies, until the reader or the pipe ends.
async fn reply(stdin: Stdin, mut queue: mpsc::Receiver<Vec<u8>>) {
    while let Some(line) = queue.recv().await {
        // The next wait will report a broken pipe.
        if stdin.write_all(&line).await.is_err() {
            break;
        }
    }
}

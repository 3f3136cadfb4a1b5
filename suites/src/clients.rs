//! Several clients of one server: a thread that two of them follow, and what belongs to one alone.
//!
//! They connect over a WebSocket; in a run with `--transport unix` over one on a unix socket.

mod asked;
mod follow;
mod own;

use harness::{Context, Result};
use mock_model::{Script, says};

use crate::client::{ContextExt, Thread};
use crate::websocket::two_clients;

/// A thread that two clients follow: the present one, which has started it, and the other.
struct Shared {
    thread: Thread,
    /// The index of the client that is not present, for [`Context::swap`].
    other: usize,
}

/// Starts a thread, one whose commands need an approval if that is wanted, that both clients follow; the
/// model replies by this script after the first turn.
async fn shared(cx: &mut Context, untrusted: bool, script: Script) -> Result<Shared> {
    let other = two_clients(cx).await?;
    cx.swap(other);
    cx.client().hold_approvals();
    cx.swap(other);
    let thread = if untrusted {
        cx.client().start_untrusted_thread().await?
    } else {
        cx.client().start_thread().await?
    };
    // A thread in which nothing was said cannot be resumed.
    cx.model.script([says("ready")]);
    cx.client().turn(&thread, "are you there?").await?;
    cx.swap(other);
    cx.client().resume_own(&thread).await?;
    cx.client().barrier(&thread).await?;
    cx.swap(other);
    cx.model.script(script);
    Ok(Shared { thread, other })
}

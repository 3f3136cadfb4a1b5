//! Clients over WebSocket: several on one server, each with its own conversation.

mod apart;
mod control;
mod frames;
mod huge;
mod joined;
mod listener;
mod load;

use harness::{Context, Result};

use crate::client::ContextExt;

/// Starts the subject with two clients, which both are initialized; the peer is the first one.
/// Returns the index of the second, for [`Context::swap`].
pub(crate) async fn two_clients(cx: &mut Context) -> Result<usize> {
    cx.listen().await?;
    cx.client().initialize().await?;
    let other = cx.another_client()?;
    cx.client().initialize().await?;
    cx.swap(other);
    Ok(other)
}

//! Clients of a subject that listens for WebSocket connections.

use std::ffi::OsString;

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::websocket::{Listening, WORD};

impl Context {
    /// Starts the subject so that it listens for WebSocket connections, and makes the peer its first
    /// client. The peer must not have started a subject.
    ///
    /// # Errors
    ///
    /// Not offered if the subject does not listen; inconclusive if the kit cannot connect.
    pub async fn listen(&mut self) -> Result {
        let launch = self.peer.launch_mut().clone();
        let listening = Listening::start(launch, self.peer.settings()).await?;
        self.listening = Some(listening);
        self.connect()
    }

    /// Replaces the peer by a further client of the subject that [listens](Context::listen). Returns
    /// the index of the former peer, for [`Context::swap`].
    ///
    /// # Errors
    ///
    /// Inconclusive if the kit cannot connect.
    pub fn another_client(&mut self) -> Result<usize> {
        let former = self.second_peer();
        self.connect()?;
        Ok(former)
    }

    /// Makes the peer a client.
    fn connect(&mut self) -> Result {
        let what = "connecting to the subject";
        let listening = self.listening.as_ref();
        let listening =
            listening.ok_or_else(|| Failure::inconclusive(what, "it does not listen"))?;
        let address: OsString = listening.address.to_string().into();
        let program = self.peer.settings().proctor.clone();
        let program = program
            .ok_or_else(|| Failure::inconclusive(what, "where `proctor` is is not known"))?;
        let launch = self.peer.launch_mut();
        launch.program = program;
        launch.args = vec![WORD.into(), address];
        Ok(())
    }
}

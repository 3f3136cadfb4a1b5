//! Clients of a subject that listens for WebSocket connections.

use std::ffi::OsString;
use std::time::Instant;

use report::Transport;

use crate::context::Context;
use crate::failure::{Failure, OrInconclusive, Result};
use crate::websocket::{Frames, Listening, WORD};

impl Context {
    /// Starts the subject so that it listens for WebSocket connections, on a port or, in a run over unix
    /// sockets, on one, and makes the peer its first client. The peer must not have started a subject.
    ///
    /// # Errors
    ///
    /// Not offered if the subject does not listen; inconclusive if the kit cannot connect.
    pub async fn listen(&mut self) -> Result {
        let launch = self.peer.launch_mut().clone();
        let transport = match self.peer.transport() {
            Transport::Unix => Transport::Unix,
            Transport::Stdio | Transport::Ws => Transport::Ws,
        };
        let listening = Listening::start(launch, transport, self.peer.settings()).await?;
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

    /// A further client of the subject that [listens](Context::listen), which decides on each frame.
    ///
    /// # Errors
    ///
    /// Inconclusive if the kit cannot connect.
    pub async fn frames(&self) -> Result<Frames> {
        let what = "connecting to the subject";
        let listening = self.listening.as_ref();
        let listening =
            listening.ok_or_else(|| Failure::inconclusive(what, "it does not listen"))?;
        let within = self.peer.settings().wait;
        let socket = listening.address.connect(Instant::now() + within).await;
        Ok(Frames::new(socket.or_inconclusive(what)?, within))
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
        // Each client is a process of its own, which is spoken to over its stdin.
        self.peer.set_transport(Transport::Stdio);
        let launch = self.peer.launch_mut();
        launch.program = program;
        launch.args = vec![WORD.into(), address];
        Ok(())
    }
}

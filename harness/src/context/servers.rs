//! Processes of the subject that listen, each with arguments of its own.

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::listening::At;
use crate::websocket::Server;

impl Context {
    /// Starts a further process of the subject in the same home, which is to listen at this place, with
    /// these arguments besides. Returns its index, for [`Context::server`]. Whether it listens at all is
    /// for the check to see: [`Server::is_up`].
    ///
    /// # Errors
    ///
    /// Inconclusive if the process cannot be started.
    pub fn start_server(&mut self, at: At<'_>, flags: &[String]) -> Result<usize> {
        let launch = self.peer.launch_mut().clone();
        let server = Server::start(launch, at, flags, self.peer.settings())?;
        self.servers.push(server);
        Ok(self.servers.len() - 1)
    }

    /// One of the processes that were [started](Context::start_server).
    ///
    /// # Errors
    ///
    /// Inconclusive if there is none with this index.
    pub fn server(&mut self, index: usize) -> Result<&mut Server> {
        let none = || Failure::inconclusive("a process that listens", "it was not started");
        self.servers.get_mut(index).ok_or_else(none)
    }
}

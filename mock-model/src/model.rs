//! The service, as its owner sees it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::account;
use crate::reply::Reply;
use crate::reply::want::Unoffered;
use crate::requests::journal::Limits;
use crate::requests::{Answer, Delivery, Request};
use crate::script::Script;
use crate::server;
use crate::state::{State, Talk};
use crate::verify::{VerifyError, verify};

/// A running model service on loopback.
///
/// It runs as tasks of the tokio runtime that it was started on, whose time and I/O must be
/// enabled. Dropping it ends the listener, the connections and the tasks as soon as the runtime
/// gets to it; [`shutdown`](Self::shutdown) waits for that.
#[derive(Debug)]
pub struct MockModel {
    address: SocketAddr,
    state: Arc<State>,
    server: Mutex<Option<Server>>,
}

#[derive(Debug)]
struct Server {
    /// Dropping this ends the server too.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// An awaited event did not come.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The time is up.
    #[error("{awaited} not seen within {deadline:?}; {seen}")]
    Deadline {
        /// The awaited event.
        awaited: String,
        /// The time limit.
        deadline: Duration,
        /// What happened instead.
        seen: String,
    },
    /// The service ended.
    #[error("{awaited} not seen before the service ended; {seen}")]
    Closed {
        /// The awaited event.
        awaited: String,
        /// What happened instead.
        seen: String,
    },
    /// The request was made, but the journal no longer keeps it.
    #[error("request {number} is no longer in the journal")]
    Forgotten {
        /// The number of the request.
        number: usize,
    },
}

impl MockModel {
    /// Starts a service on a free port of 127.0.0.1, with an empty script.
    ///
    /// # Errors
    ///
    /// If no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::bind(0).await
    }

    /// Starts a service on this port of 127.0.0.1; 0 is any free one.
    ///
    /// # Errors
    ///
    /// If the port cannot be bound.
    pub async fn bind(port: u16) -> io::Result<Self> {
        Self::bind_with(port, Limits::default()).await
    }

    /// Starts a service whose journal has these limits.
    ///
    /// # Errors
    ///
    /// If the port cannot be bound.
    pub async fn bind_with(port: u16, limits: Limits) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::new(limits));
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server::run(listener, state.clone(), stopped));
        Ok(Self { address, state, server: Mutex::new(Some(Server { stop, task })) })
    }

    /// The base URL for clients: `http://127.0.0.1:PORT/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The base URL of the account backend: `http://127.0.0.1:PORT/backend-api`.
    #[must_use]
    pub fn account_url(&self) -> String {
        format!("http://{}{}", self.address, account::ROOT)
    }

    /// The address that the service listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Replaces the script; gates that were opened under the last one are closed again.
    ///
    /// Accepts anything that yields replies, or a [`Script`]. Unused replies of the last script are
    /// dropped.
    pub fn script(&self, script: impl Into<Script>) {
        self.state.talk().script = script.into();
        self.state.gates.reset();
        self.state.pulse.beat();
    }

    /// Begins anew for the same client: without a script, and the next request is the first.
    ///
    /// Only [`journal`](Self::journal) shows the requests that came before.
    pub fn begin_anew(&self) {
        self.script([]);
        let mut talk = self.state.talk();
        talk.before = talk.journal.counts.asked;
    }

    /// Adds a reply to the script.
    pub fn push(&self, reply: Reply) {
        self.state.talk().script.push(reply);
        self.state.pulse.beat();
    }

    /// Waits until the script has a reply that was not requested yet.
    ///
    /// For a client that is known to request nothing: a wait for such a reply would be in vain.
    /// Never ends if there is no such reply.
    pub fn scripted(&self) -> impl Future<Output = ()> + use<> {
        let state = self.state.clone();
        async move {
            state.pulse.until(|| (!state.talk().script.is_empty()).then_some(())).await;
        }
    }

    /// The number of scripted replies that were not requested yet.
    #[must_use]
    pub fn replies_left(&self) -> usize {
        self.state.talk().script.len()
    }

    /// Opens a gate for the streams that wait at it, and for later ones.
    pub fn open(&self, gate: &str) {
        self.state.gates.open(gate);
    }

    /// Opens every gate that a stream has reached.
    pub fn open_all(&self) {
        self.state.gates.open_all();
    }

    /// Waits until a stream has reached the gate: everything before it has been sent.
    ///
    /// # Errors
    ///
    /// If the service ended first.
    pub async fn reached(&self, gate: &str) -> Result<(), WaitError> {
        if self.state.gates.reached(gate).await {
            Ok(())
        } else {
            Err(self.closed(format!("gate {gate:?}")))
        }
    }

    /// The requests that asked for a reply, in order, as far as the journal keeps them.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        let talk = self.state.talk();
        let before = talk.before;
        let is_new = |request: &&Request| request.number().is_some_and(|number| number > before);
        talk.journal.kept().filter(is_new).cloned().collect()
    }

    /// The requests to the account backend, in order, as far as the journal keeps them.
    #[must_use]
    pub fn account_requests(&self) -> Vec<Request> {
        let talk = self.state.talk();
        talk.journal.kept().filter(|asked| *asked.answer() == Answer::Account).cloned().collect()
    }

    /// All requests, in order, as far as the journal keeps them.
    #[must_use]
    pub fn journal(&self) -> Vec<Request> {
        self.state.talk().journal.kept().cloned().collect()
    }

    /// The number of requests that the journal has forgotten, or keeps without their body.
    #[must_use]
    pub fn overflowed(&self) -> usize {
        self.state.talk().journal.counts.overflowed
    }

    /// The number of connections that sent something other than HTTP.
    #[must_use]
    pub fn not_http(&self) -> usize {
        self.state.talk().journal.counts.not_http
    }

    /// Waits for the request with this number; the first is 1.
    ///
    /// # Errors
    ///
    /// If the service ended first, or the journal no longer keeps the request.
    pub async fn request(&self, number: usize) -> Result<Request, WaitError> {
        self.until(&format!("request {number}"), |talk| match talk.numbered(number) {
            Some(request) => Some(Ok(request.clone())),
            None if talk.asked() < number => None,
            None => Some(Err(WaitError::Forgotten { number })),
        })
        .await
    }

    /// Waits until `count` requests have asked for a reply, and returns those that are kept.
    ///
    /// # Errors
    ///
    /// If they did not come within the deadline, or the service ended first.
    pub async fn wait_for_requests(
        &self,
        count: usize,
        deadline: Duration,
    ) -> Result<Vec<Request>, WaitError> {
        let awaited = format!("request {count}");
        let came = self.until(&awaited, |talk| (talk.asked() >= count).then_some(Ok(())));
        match tokio::time::timeout(deadline, came).await {
            Ok(came) => came.map(|()| self.requests()),
            Err(_) => Err(WaitError::Deadline { awaited, deadline, seen: self.seen() }),
        }
    }

    /// Waits until the answer to a request is delivered, cut, or given up by the client.
    ///
    /// # Errors
    ///
    /// If the service ended first, or the journal no longer keeps the request.
    pub async fn delivered(&self, number: usize) -> Result<Delivery, WaitError> {
        let awaited = format!("the delivery of the answer to request {number}");
        self.until(&awaited, |talk| match talk.numbered(number) {
            Some(request) if request.delivery() == Delivery::Pending => None,
            Some(request) => Some(Ok(request.delivery())),
            None if talk.asked() < number => None,
            None => Some(Err(WaitError::Forgotten { number })),
        })
        .await
    }

    /// The first action of the model for which the request offers no tool, once there is one.
    ///
    /// The future does not borrow the model, so it can be awaited beside other uses of it.
    pub fn unoffered(&self) -> impl Future<Output = Unoffered> + use<> {
        let state = Arc::clone(&self.state);
        async move { state.pulse.until(|| state.talk().journal.unoffered.clone()).await }
    }

    /// Compares the script with the requests.
    ///
    /// A repeating reply may remain unused. Model lists, compactions and refused WebSocket
    /// handshakes are up to the client. Replies may also be unused because the client has not
    /// finished: wait for its last request first.
    ///
    /// # Errors
    ///
    /// If a reply was not used; a request found no reply or was refused; or a request breaks the
    /// rule of [`Violation`](crate::Violation).
    pub fn verify(&self) -> Result<(), VerifyError> {
        verify(&self.state.talk())
    }

    /// Ends the service and waits until its port and connections are closed.
    ///
    /// Answers in progress are cut off, and waits for events fail. The journal can still be read.
    pub async fn shutdown(&self) {
        self.state.close();
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Server { stop, task }) = server {
            drop(stop);
            // It fails only if the runtime is shutting down, which ends the task too.
            let _ = task.await;
        }
    }

    async fn until<T>(
        &self,
        awaited: &str,
        mut look: impl FnMut(&Talk) -> Option<Result<T, WaitError>>,
    ) -> Result<T, WaitError> {
        let found = self.state.pulse.until(|| {
            let talk = self.state.talk();
            look(&talk).map(Some).or_else(|| talk.is_closed.then_some(None))
        });
        match found.await {
            Some(found) => found,
            None => Err(self.closed(awaited.to_owned())),
        }
    }

    fn closed(&self, awaited: String) -> WaitError {
        WaitError::Closed { awaited, seen: self.seen() }
    }

    /// What happened so far, for the failure of a wait.
    fn seen(&self) -> String {
        let talk = self.state.talk();
        let last = match talk.journal.kept().last() {
            Some(request) => format!(", the last was {request}"),
            None => String::new(),
        };
        let (asked, left) = (talk.journal.counts.asked, talk.script.len());
        format!("requests for a reply so far: {asked}{last}; replies left: {left}")
    }
}

impl Drop for MockModel {
    fn drop(&mut self) {
        self.state.close();
        // When `stop` is dropped, the task ends the connections and itself.
        self.server.get_mut().unwrap_or_else(PoisonError::into_inner).take();
    }
}

//! The client's end of the connection: sends, waits with a deadline, and keeps everything that the
//! subject sent.

mod ending;
mod inbox;
mod looking;
mod parse;
mod pausing;
mod reader;
mod relay;
mod settling;
mod sharing;
mod starting;
mod wait;

use std::sync::Arc;
use std::time::{Duration, Instant};

use report::Transport;
use serde_json::{Value, json};
use shown::shorten;
use shown::ticked;
use tokio::io::BufReader;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::coverage::Tally;
use crate::failure::{Failure, Result};
use crate::file_log::Files;
use crate::machine_lock::Stopwatch;
use crate::message::{Call, Id, Reply, code, enveloped};
use crate::policy::Policy;
use crate::profile::{Gate, Handshake};
use crate::settings::Settings;
use crate::transcript::Transcript;
use reaper::process::{Launch, Process, ShutdownReport};
use reaper::stdin::Stdin;

use inbox::Inbox;
use relay::{Ends, Relay};

/// The number of bytes of a request's parameters that a failure shows.
const ASKED: usize = 400;

/// A request that was sent and may be answered at any time.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The id it was sent with.
    pub id: Id,
    /// The method, for failures.
    pub method: String,
    /// The parameters, for failures; empty if unknown.
    asked: String,
}

/// The record of a process that was ended.
#[derive(Debug)]
pub struct Ended {
    /// The conversation.
    pub transcript: Transcript,
    /// How the process ended, and what it left behind.
    pub report: ShutdownReport,
    /// When the process was started.
    pub began: Instant,
    /// When its input was closed, or it was ended otherwise, so that it need not answer any more; of
    /// a client of a subject that listens, when the subject was ended.
    pub closing: Instant,
    /// The lines of the requests that it did not answer though it was given the time to, and had
    /// nothing else to do.
    pub unanswered: Vec<usize>,
}

struct Running {
    inbox: Arc<Inbox>,
    stdin: Stdin,
    process: Process,
    reader: JoinHandle<()>,
    /// What carries the lines as frames, unless they are carried by pipes.
    relay: Option<Relay>,
    /// Whether the reader reads; see [`Peer::send_before_reading`].
    reads: watch::Sender<bool>,
    /// The part of an unfinished line that was sent.
    unfinished: Vec<u8>,
    /// The lines of the requests that it left unanswered; see [`Ended::unanswered`].
    unanswered: Vec<usize>,
}

/// The client's end of the connection to one subject, which is started at first use.
pub struct Peer {
    launch: Launch,
    settings: Settings,
    handshake: Handshake,
    /// Whether our messages carry the version of JSON-RPC.
    jsonrpc: bool,
    gate: Gate,
    /// The time limit for the first answer of a process.
    first: Duration,
    running: Option<Running>,
    policies: crate::policy::Policies,
    next_id: i64,
    sharing: sharing::Sharing,
    ended: Vec<Ended>,
    /// What the present wait, or the last one that was given up, is for.
    awaiting: Option<String>,
    /// Runs while a wait is for the first message of a process: the time of a start does not count
    /// against the check.
    starting: Stopwatch,
    /// The record of the home's files.
    files: Option<Arc<Files>>,
    /// Notes what the check touches.
    tally: Tally,
    transport: Transport,
}

impl Peer {
    /// A peer for a subject that is not started yet.
    pub fn new(launch: Launch, handshake: Handshake, settings: Settings) -> Self {
        Self {
            launch,
            first: settings.wait,
            transport: settings.transport,
            settings,
            handshake,
            jsonrpc: handshake == Handshake::Mcp,
            gate: Gate::default(),
            running: None,
            policies: crate::policy::Policies::default(),
            next_id: 1,
            sharing: sharing::Sharing::default(),
            ended: Vec::new(),
            awaiting: None,
            starting: Stopwatch::default(),
            files: None,
            tally: Tally::default(),
        }
    }

    /// Sets whether our messages carry `"jsonrpc": "2.0"`; must be called before the first use.
    pub fn set_jsonrpc(&mut self, jsonrpc: bool) {
        self.jsonrpc = jsonrpc;
    }

    /// Sets the features that the subject is known to lack: a step that needs one fails at once, as
    /// inconclusive.
    pub fn set_gate(&mut self, gate: Gate) {
        self.gate = gate;
    }

    /// The features that the subject is known to lack.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Sets the time limit for the first answer of a process, if it is longer than that of other
    /// waits.
    pub(crate) fn set_first(&mut self, first: Duration) {
        self.first = first.max(self.settings.wait);
    }

    /// Sets the watch that runs while a process takes longer to start than a wait lasts.
    pub(crate) fn set_watch(&mut self, watch: Stopwatch) {
        self.starting = watch;
    }

    /// Sets the record of the home's files, which is kept up at each request and each answer.
    pub(crate) fn set_files(&mut self, files: Arc<Files>) {
        self.files = Some(files);
    }

    /// Sets what notes what the check touches.
    pub(crate) fn set_tally(&mut self, tally: Tally) {
        self.tally = tally;
    }

    /// What notes what the check touches.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// A peer with the same settings for another process of the same subject.
    pub(crate) fn another(&self) -> Self {
        let mut another = Self::new(self.launch.clone(), self.handshake, self.settings.clone());
        (another.jsonrpc, another.first) = (self.jsonrpc, self.first);
        another.gate = self.gate.clone();
        another.transport = self.transport;
        another.starting = self.starting.clone();
        (another.files, another.tally) = (self.files.clone(), self.tally.clone());
        another
    }

    /// What carries the messages.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// Sets what carries the messages; must be called before the first use.
    pub(crate) fn set_transport(&mut self, transport: Transport) {
        self.transport = transport;
    }

    /// How the subject is started; changes take effect before the first use only.
    pub fn launch_mut(&mut self) -> &mut Launch {
        &mut self.launch
    }

    /// The form of the handshake that the subject speaks.
    pub fn handshake(&self) -> Handshake {
        self.handshake
    }

    /// The limits of time and size.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Starts the subject, unless it is running.
    ///
    /// # Errors
    ///
    /// Inconclusive if the process cannot be started.
    pub fn start(&mut self) -> Result {
        self.running().map(|_| ())
    }

    fn running(&mut self) -> Result<&mut Running> {
        if self.running.is_none() {
            let Ends { process, stdin, stdout, relay } =
                relay::start(&self.launch, self.transport, &self.settings)?;
            let stdin = Stdin::new(stdin);
            let inbox = Inbox::new(&self.settings, self.jsonrpc, self.policies.clone());
            let inbox = inbox.with_files(self.files.clone()).with_tally(self.tally.clone());
            let inbox = Arc::new(inbox);
            let (reads, may_read) = watch::channel(true);
            let reader = tokio::spawn(reader::read(
                BufReader::with_capacity(64 << 10, stdout),
                Arc::clone(&inbox),
                stdin.clone(),
                self.settings.line,
                may_read,
            ));
            let (unfinished, unanswered) = (Vec::new(), Vec::new());
            self.running = Some(Running {
                inbox,
                stdin,
                process,
                reader,
                relay,
                reads,
                unfinished,
                unanswered,
            });
        }
        match self.running.as_mut() {
            Some(running) => Ok(running),
            None => Err(Failure::inconclusive("starting the subject", "it is not running")),
        }
    }

    /// The process id of the running subject.
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.process.pid())
    }

    /// Sends a request with a new id, without waiting for the answer.
    pub async fn send(&mut self, method: &str, params: Value) -> Result<Ticket> {
        let id = Id::Number(self.next_id);
        self.next_id += 1;
        self.send_as(id, method, params).await
    }

    /// Sends a request with the given id, without waiting for the answer.
    pub async fn send_as(&mut self, id: Id, method: &str, params: Value) -> Result<Ticket> {
        self.gate.offers(method)?;
        let mut message = json!({ "id": id.to_json(), "method": method });
        // A request without parameters has no `params` member (JSON-RPC 2.0 §4).
        if !params.is_null() {
            message["params"] = params;
        }
        let mut ticket = self.expect(id, method)?;
        if let Some(params) = message.get("params") {
            ticket.asked = shorten(&params.to_string(), ASKED);
        }
        self.send_object(message).await?;
        Ok(ticket)
    }

    /// Registers a request with this id that is about to be sent as raw bytes.
    pub fn expect(&mut self, id: Id, method: &str) -> Result<Ticket> {
        self.running()?.inbox.expect(id.clone(), method);
        Ok(Ticket { id, method: method.to_owned(), asked: String::new() })
    }

    /// Waits for the answer to a request.
    pub async fn answer(&mut self, ticket: &Ticket) -> Result<Reply> {
        self.answer_within(ticket, self.settings.wait).await
    }

    /// Waits for the answer to a request, no longer than `within`.
    pub async fn answer_within(&mut self, ticket: &Ticket, within: Duration) -> Result<Reply> {
        let awaited = format!("the answer to {} (id {})", ticked(&ticket.method), ticket.id);
        if !self.running.as_ref().is_some_and(|running| running.inbox.expects(&ticket.id)) {
            let why = "it was already taken, or its process has ended";
            return Err(Failure::inconclusive(awaited, why));
        }
        let value = self.wait(&awaited, within, |inbox| inbox.answer(&ticket.id)).await?;
        Ok(Reply::new(ticket.method.clone(), ticket.asked.clone(), value, self.tally.clone()))
    }

    /// Sends a request and waits for its answer, a result or an error.
    pub async fn request(&mut self, method: &str, params: Value) -> Result<Reply> {
        let ticket = self.send(method, params).await?;
        self.answer(&ticket).await
    }

    /// Sends a request and waits for its result; fails at once if the answer is an error. A request
    /// that the subject is known not to support is not sent.
    pub async fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        self.gate.needs(method)?;
        self.request(method, params).await?.into_result()
    }

    /// Sends a notification.
    pub async fn notify(&mut self, method: &str, params: Value) -> Result {
        let mut message = json!({ "method": method });
        if !params.is_null() {
            message["params"] = params;
        }
        self.send_object(message).await
    }

    async fn send_object(&mut self, message: Value) -> Result {
        self.send_line(self.enveloped(message).to_string().as_bytes()).await
    }

    /// The message in the form that the subject needs: with or without the version of JSON-RPC.
    pub fn enveloped(&self, message: Value) -> Value {
        enveloped(self.jsonrpc, message)
    }

    /// Sends a line as it is, with a line end.
    pub async fn send_line(&mut self, line: &[u8]) -> Result {
        let mut bytes = line.to_vec();
        bytes.push(b'\n');
        self.send_bytes(&bytes).await
    }

    /// Sends bytes as they are: part of a line, or several lines. A line is recorded when its end
    /// is sent. What a subject that has ended does not get counts as sent: the next wait fails.
    pub async fn send_bytes(&mut self, bytes: &[u8]) -> Result {
        let within = self.settings.wait;
        let running = self.running()?;
        // Recorded before it is written, so that no answer is recorded before its request.
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            running.unfinished.extend_from_slice(part);
            if let Some(line) = running.unfinished.strip_suffix(b"\n") {
                running.inbox.sent(line);
                running.unfinished.clear();
            }
        }
        let stdin = running.stdin.clone();
        match tokio::time::timeout(within, stdin.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) if stdin.is_closed() => Err(Failure::inconclusive(
                "sending to the subject",
                "the check had closed the subject's stdin before",
            )),
            Ok(Err(_)) => self.undelivered(bytes.len()).await,
            Err(_) => Err(self.stuck(bytes.len(), within)),
        }
    }

    /// Waits until the subject has read everything that was sent, complete line or not.
    pub async fn until_read(&mut self) -> Result {
        let within = self.settings.wait;
        let stdin = self.running()?.stdin.clone();
        match tokio::time::timeout(within, stdin.read_empty()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(self.unread(0).await),
            Err(_) => Err(self.stuck(0, within)),
        }
    }

    /// Closes the subject's stdin.
    pub fn close_stdin(&mut self) {
        if let Some(running) = &self.running {
            running.inbox.close_input();
            running.stdin.close();
        }
    }

    /// Waits for the next notification of this method that was not taken yet.
    pub async fn next(&mut self, method: &str) -> Result<Call> {
        self.next_matching(&format!("the notification `{method}`"), |call| {
            call.id.is_none() && call.method == method
        })
        .await
    }

    /// Waits for the next call of the subject that matches and was not taken yet, and takes it.
    pub async fn next_matching(
        &mut self,
        awaited: &str,
        fits: impl Fn(&Call) -> bool,
    ) -> Result<Call> {
        let mut from = 0;
        self.wait(awaited, self.settings.wait, move |inbox| inbox.take(&mut from, &fits)).await
    }

    /// Waits for the next request of the subject of this method; see [`Peer::hold`].
    pub async fn server_request(&mut self, method: &str) -> Result<Call> {
        self.next_matching(&format!("the server request `{method}`"), |call| {
            call.id.is_some() && call.method == method
        })
        .await
    }

    /// Answers a request of the subject with a result.
    pub async fn respond(&mut self, call: &Call, result: Value) -> Result {
        let id = call.id.as_ref().map_or(Value::Null, Id::to_json);
        self.send_object(json!({ "id": id, "result": result })).await
    }

    /// Answers a request of the subject with an error.
    pub async fn respond_error(&mut self, call: &Call, message: &str) -> Result {
        let id = call.id.as_ref().map_or(Value::Null, Id::to_json);
        let error = json!({ "code": code::INTERNAL_ERROR, "message": message });
        self.send_object(json!({ "id": id, "error": error })).await
    }

    /// Keeps requests of this method for [`Peer::server_request`]; others are rejected at once.
    pub fn hold(&mut self, method: &str) {
        self.set_policy(method, Policy::Hold);
    }

    /// Sets the answer to requests of this method from now on.
    pub fn set_policy(&mut self, method: &str, policy: Policy) {
        self.policies.set(method, policy.clone());
        if let Some(running) = &self.running {
            running.inbox.set_policy(method, policy);
        }
    }

    /// Sets the answer to requests without a policy of their own from now on.
    pub fn set_other_policy(&mut self, policy: Policy) {
        self.policies.set_others(policy.clone());
        if let Some(running) = &self.running {
            running.inbox.set_other_policy(policy);
        }
    }

    /// The end of a wait that begins now.
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.settings.wait
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            // First the end of file; then the drop of the process takes the other steps.
            running.stdin.close();
            running.reader.abort();
            running.relay.iter().for_each(Relay::give_up);
        }
    }
}

//! The context of a check: a peer, a model service and a home of its own.

mod clients;
mod servers;
mod waits;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mock_model::MockModel;
use report::{Cell, Dialect};
use serde_json::{Map, Value};

use crate::app_server;
use crate::applies::Release;
use crate::coverage::Tally;
use crate::failure::{Failure, OrInconclusive, Result};
use crate::file_log::Files;
use crate::home::Home;
use crate::machine_lock::{Queue, Stopwatch};
use crate::mcp;
use crate::peer::{Ended, Peer};
use crate::policy::Policy;
use crate::profile::{Declared, Profile};
use crate::settings::Settings;
use crate::subject::Examined;
use crate::transcript::Transcript;
use crate::trap::{Attempt, Trap};
use crate::websocket::{Listening, Server};

/// How long a server of the Model Context Protocol has to answer a request.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it has for the first answer: servers that are started by a package manager took 18 s.
const PATIENCE_AT_FIRST: Duration = Duration::from_secs(30);
/// How long it has to end after the end of its input.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(5);

/// The environment of one check.
pub struct Context {
    /// Our end of the connection; the subject starts at its first use.
    pub peer: Peer,
    /// The model service that the home points to.
    pub model: MockModel,
    /// The subject's home and working directory.
    pub home: Home,
    trap: Trap,
    dialect: Dialect,
    release: Option<Release>,
    others: Vec<Peer>,
    began: Instant,
    files: Arc<Files>,
    cells: Vec<Cell>,
    /// What it declares in the revision of the check, of the Model Context Protocol.
    declared: Option<Declared>,
    /// What checks that share the conversation know of the running process.
    known: HashMap<(TypeId, u32), Box<dyn Any>>,
    /// The subject, if it listens for connections.
    listening: Option<Listening>,
    /// Further ones that the check has started with arguments of its own.
    servers: Vec<Server>,
    // The last field, so that it is dropped after the peers, which still use the locks that it
    // holds.
    queue: Queue,
}

impl Context {
    /// A fresh environment for one check of `examined` in `dialect`; `granted` are the features
    /// that the check itself tests, so that it cannot rely on them.
    ///
    /// # Errors
    ///
    /// Inconclusive if the machine has no directory or port for it.
    pub async fn new(examined: &Examined, dialect: Dialect, granted: &[&str]) -> Result<Self> {
        let Examined { subject, profile } = examined;
        let home = Home::of(&subject.settings).or_inconclusive("making a home")?;
        let model = MockModel::start().await.or_inconclusive("starting the model service")?;
        let trap = Trap::start().await.or_inconclusive("starting the egress trap")?;
        subject.template.write(&home, &model.base_url()).or_inconclusive("writing the home")?;
        let launch = subject.launch(&home, &model.base_url(), Some(&trap));
        let settings = settings(&subject.settings, dialect);
        let queue = Queue::default();
        let files = Arc::new(Files::new(home.join("config.toml")));
        let mut peer = Peer::new(launch, profile.handshake, settings.clone());
        peer.set_jsonrpc(profile.jsonrpc);
        peer.set_gate(profile.gate(dialect, granted, subject.methods));
        peer.set_first(first_answer(profile, &settings, dialect));
        peer.set_watch(queue.watch());
        peer.set_files(Arc::clone(&files));
        peer.set_tally(Tally::new(settings.coverage.clone()));
        if dialect.is_mcp() {
            peer.set_policy(mcp::PING, Policy::Result(Value::Object(Map::new())));
        }
        Ok(Self {
            peer,
            model,
            home,
            trap,
            dialect,
            release: profile.release,
            others: Vec::new(),
            began: Instant::now(),
            files,
            cells: Vec::new(),
            declared: dialect.revision().and_then(|it| profile.revisions.get(&it).cloned()),
            known: HashMap::new(),
            listening: None,
            servers: Vec::new(),
            queue,
        })
    }

    /// The dialect in which the check is run.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The release that the subject claims.
    pub fn release(&self) -> Option<Release> {
        self.release
    }

    /// The `clientInfo` that this client sends in `initialize`.
    pub fn client_info(&self) -> Value {
        app_server::client_info()
    }

    /// Sets a variable in the environment of the subject; must be called before the subject is
    /// started.
    pub fn env(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.peer.launch_mut().env.insert(name.into(), value.into());
    }

    /// Ends the subject; the next use of the peer starts a new one in the same home.
    pub async fn restart(&mut self) {
        self.peer.shutdown().await;
    }

    /// Replaces the peer by a new one, whose subject is started in the same home beside the running
    /// one. Returns the index of the former peer, for [`Context::swap`].
    pub fn second_peer(&mut self) -> usize {
        let fresh = self.peer.another();
        self.others.push(std::mem::replace(&mut self.peer, fresh));
        self.others.len() - 1
    }

    /// Prepares the environment for another check in the same process, as its check `number`.
    ///
    /// # Errors
    ///
    /// Inconclusive if the machine has no directory for it.
    pub(crate) fn hand_on(&mut self, number: usize) -> Result {
        self.peer.hand_on();
        self.model.begin_anew();
        self.home.renew_work(number).or_inconclusive("making a directory")
    }

    /// Exchanges the peer with an earlier one.
    pub fn swap(&mut self, index: usize) {
        if let Some(other) = self.others.get_mut(index) {
            std::mem::swap(&mut self.peer, other);
        }
    }

    /// Waits until no other check on this machine, in any process, holds the lock `name`, and holds
    /// it until the subjects of this check have ended. The wait does not count towards the time
    /// limit of the check.
    ///
    /// For something that exists once per machine, such as a fixed port of the subject. A subject
    /// known not to have it need not wait: [`Settings::queues`](crate::Settings::queues).
    ///
    /// # Errors
    ///
    /// Inconclusive if the lock cannot be had within a minute and a half.
    pub async fn alone_with(&mut self, name: &str) -> Result {
        if !self.peer.settings().queues {
            return Ok(());
        }
        self.queue.hold(name).await
    }

    /// Fails if the subject is known to lack the feature `need`.
    ///
    /// For features that are not methods, such as completing a turn; methods are looked up when
    /// they are called.
    ///
    /// # Errors
    ///
    /// Inconclusive, with the behaviour that was seen instead.
    pub fn needs(&self, need: &str) -> Result {
        self.peer.gate().needs(need)
    }

    /// What the subject declares in the revision of the check, of the Model Context Protocol.
    pub fn declared(&self) -> Option<&Declared> {
        self.declared.as_ref()
    }

    /// What checks of this conversation have learnt of the running process, and keep for those that
    /// follow; empty for each new process.
    ///
    /// # Errors
    ///
    /// If the subject cannot be started.
    pub fn known<T: Any + Default>(&mut self) -> Result<&mut T> {
        self.peer.start()?;
        let key = (TypeId::of::<T>(), self.peer.pid().unwrap_or_default());
        let known = self.known.entry(key).or_insert_with(|| Box::new(T::default()));
        match known.downcast_mut() {
            Some(known) => Ok(known),
            None => Err(Failure::inconclusive("what is known", "it is of another type")),
        }
    }

    /// What checks of this conversation have learnt, and keep for those that follow, whatever process
    /// runs.
    ///
    /// # Errors
    ///
    /// None: what is kept has its own type.
    pub fn kept<T: Any + Default>(&mut self) -> Result<&mut T> {
        let kept = self.known.entry((TypeId::of::<T>(), 0));
        match kept.or_insert_with(|| Box::new(T::default())).downcast_mut() {
            Some(kept) => Ok(kept),
            None => Err(Failure::inconclusive("what is kept", "it is of another type")),
        }
    }

    /// A watch that shows how long the check has waited for other checks.
    pub(crate) fn waited(&self) -> Stopwatch {
        self.queue.watch()
    }

    /// Notes what was observed for a row and a column of a table, in a few words, for the report.
    /// It is no verdict.
    pub fn note(
        &mut self,
        row: impl Into<String>,
        column: impl Into<String>,
        word: impl Into<String>,
    ) {
        self.cells.push(Cell { row: row.into(), column: column.into(), word: word.into() });
    }

    /// Takes the observations that were noted.
    pub(crate) fn take_cells(&mut self) -> Vec<Cell> {
        std::mem::take(&mut self.cells)
    }

    /// The subject's attempts to reach other machines.
    pub fn egress(&self) -> Vec<Attempt> {
        self.trap.attempts()
    }

    /// When the home was made, and the record of its files, which ends now.
    pub(crate) fn record(&self) -> (Instant, &Home, &Files) {
        self.files.close();
        (self.began, &self.home, &self.files)
    }

    /// Waits until every request is answered, or its subject has nothing left to do.
    pub(crate) async fn settle(&mut self) {
        for peer in self.others.iter_mut().chain([&mut self.peer]) {
            peer.settle().await;
        }
    }

    /// Ends every subject of the check, and returns their conversations and reports.
    pub async fn finish(&mut self) -> Vec<Ended> {
        let mut ended = Vec::new();
        for peer in self.others.iter_mut().chain([&mut self.peer]) {
            peer.shutdown().await;
            ended.extend(peer.take_ended());
        }
        if let Some(listening) = self.listening.take() {
            let report = listening.end().await;
            let (transcript, closing) = (Transcript::new(0), Instant::now());
            let (began, unanswered) = (self.began, Vec::new());
            // They were its clients: what they started goes on when they leave.
            ended.iter_mut().for_each(|client: &mut Ended| client.closing = closing);
            ended.push(Ended { transcript, report, began, closing, unanswered });
        }
        for server in std::mem::take(&mut self.servers) {
            ended.push(server.end(self.began).await);
        }
        self.queue.leave();
        ended
    }
}

/// The limits for a subject in this dialect.
///
/// A server of the Model Context Protocol may be a program that takes a while: servers in Python take up to
/// 1.4 s to end after the end of their input, on a busy machine more.
fn settings(given: &Settings, dialect: Dialect) -> Settings {
    let mut settings = given.clone();
    if dialect.is_mcp() {
        settings.ladder.eof = settings.ladder.eof.max(PATIENCE_AT_THE_END);
        settings.ladder.busy = PATIENCE;
        settings.hasty = true;
        settings.exit = settings.exit.min(PATIENCE_AT_THE_END);
        settings.wait = settings.wait.min(PATIENCE);
    }
    settings
}

/// The time limit of the first answer of a process.
fn first_answer(profile: &Profile, settings: &Settings, dialect: Dialect) -> Duration {
    let first = profile.first_answer(settings.wait);
    if dialect.is_mcp() { first.max(PATIENCE_AT_FIRST) } else { first }
}

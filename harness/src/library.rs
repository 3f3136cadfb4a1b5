//! The harness as a library for other people's tests: an app-server with a home, a time limit on
//! every wait, and a clean end.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use mock_model::MockModel;
use serde_json::Value;

use crate::failure::{Failure, OrInconclusive, Result};
use crate::home::Home;
use crate::message::{Call, Reply};
use crate::peer::{Peer, Ticket};
use crate::policy::Policy;
use crate::profile::Handshake;
use crate::settings::Settings;
use crate::subject::Subject;
use crate::transcript::Transcript;
use reaper::process::{NotClean, ShutdownReport, take_undelivered_of};

/// The part of a conversation that a failure carries: the number of lines, and of bytes of each.
const CONVERSATION: (usize, usize) = (12, 400);

/// A running app-server that has been greeted.
///
/// Its environment contains nothing of the caller's, its output is always read, and it is reaped on
/// [`AppServer::shutdown`] or, synchronously, on drop. If a drop finds a left-over process, the
/// test fails: it panics and names each process.
///
/// ```
/// use harness::AppServer;
/// use mock_model::{MockModel, says};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let model = MockModel::start().await?;
/// model.script([says("four")]);
/// # let bin = utils_cargo_bin::cargo_bin("proctor")?;
/// // `bin` is the server to test; here the reference that comes with the kit.
/// let mut server =
///     AppServer::builder(bin).args(["reference", "app-server"]).model(&model).spawn().await?;
///
/// let started = server.request("thread/start", json!({})).await?;
/// let thread = &started["thread"]["id"];
/// let input = json!([{ "type": "text", "text": "two and two?" }]);
/// server.request("turn/start", json!({ "threadId": thread, "input": input })).await?;
/// let done = server
///     .next_notification(|call| call.method == "turn/completed" && call.params["threadId"] == *thread)
///     .await?;
/// assert_eq!(done.params["turn"]["status"], "completed");
///
/// let report = server.shutdown().await?;
/// assert!(report.survivors.is_empty());
/// # Ok(())
/// # }
/// ```
pub struct AppServer {
    peer: Peer,
    /// Dropped after the peer, because it looks at the report of the peer's drop.
    _witness: Witness,
    home: PathBuf,
    /// Held for its drop, if the home is temporary.
    _owned: Option<Home>,
}

/// Checks the report of a server that was dropped without a shutdown.
struct Witness {
    label: String,
}

impl Drop for Witness {
    fn drop(&mut self) {
        // Clean reports are left for other readers of the list.
        let unclean = |report: &ShutdownReport| report.label == self.label && !report.is_clean();
        for report in take_undelivered_of(unclean) {
            NotClean(Box::new(report)).accuse();
        }
    }
}

/// How an [`AppServer`] is started.
pub struct Builder {
    program: PathBuf,
    args: Vec<OsString>,
    home: Option<PathBuf>,
    cwd: Option<PathBuf>,
    model_url: Option<String>,
    env: BTreeMap<OsString, OsString>,
    settings: Settings,
    greeting: Option<Value>,
    greet: bool,
}

impl AppServer {
    /// Begins to configure a server that runs this program.
    pub fn builder(program: impl Into<PathBuf>) -> Builder {
        Builder {
            program: program.into(),
            args: Vec::new(),
            home: None,
            cwd: None,
            model_url: None,
            env: BTreeMap::new(),
            settings: Settings::default(),
            greeting: None,
            greet: true,
        }
    }

    /// Sends a request and returns its result; fails at once if the answer is an error.
    ///
    /// # Errors
    ///
    /// If the answer is an error, the server ends, or the time is up; with the evidence.
    pub async fn request(&mut self, method: &str, params: Value) -> Result<Value> {
        let outcome = self.peer.call(method, params).await;
        with_conversation(&self.peer, outcome)
    }

    /// Sends a request and returns its answer, a result or an error.
    ///
    /// # Errors
    ///
    /// If the server ends, or the time is up.
    pub async fn ask(&mut self, method: &str, params: Value) -> Result<Reply> {
        let outcome = self.peer.request(method, params).await;
        with_conversation(&self.peer, outcome)
    }

    /// Sends a request without waiting; [`AppServer::answer`] waits.
    ///
    /// # Errors
    ///
    /// If the server does not read it.
    pub async fn send(&mut self, method: &str, params: Value) -> Result<Ticket> {
        let outcome = self.peer.send(method, params).await;
        with_conversation(&self.peer, outcome)
    }

    /// Waits for the answer to an earlier request.
    ///
    /// # Errors
    ///
    /// If the server ends, or the time is up.
    pub async fn answer(&mut self, ticket: &Ticket) -> Result<Reply> {
        let outcome = self.peer.answer(ticket).await;
        with_conversation(&self.peer, outcome)
    }

    /// Sends a notification.
    ///
    /// # Errors
    ///
    /// If the server does not read it.
    pub async fn notify(&mut self, method: &str, params: Value) -> Result {
        let outcome = self.peer.notify(method, params).await;
        with_conversation(&self.peer, outcome)
    }

    /// The next notification that `matching` accepts and that was not taken yet; it may have come
    /// earlier.
    ///
    /// # Errors
    ///
    /// If the server ends, or the time is up.
    pub async fn next_notification(&mut self, matching: impl Fn(&Call) -> bool) -> Result<Call> {
        let fits = |call: &Call| call.id.is_none() && matching(call);
        let outcome = self.peer.next_matching("a notification that fits", fits).await;
        with_conversation(&self.peer, outcome)
    }

    /// Keeps the server's requests of this method for [`AppServer::next_request`]; other requests
    /// are rejected at once.
    pub fn hold(&mut self, method: &str) {
        self.peer.hold(method);
    }

    /// Sets the immediate answer to the server's requests of this method.
    pub fn set_policy(&mut self, method: &str, policy: Policy) {
        self.peer.set_policy(method, policy);
    }

    /// The next request of the server with a method that is on [`AppServer::hold`].
    ///
    /// # Errors
    ///
    /// If the server ends, or the time is up.
    pub async fn next_request(&mut self, method: &str) -> Result<Call> {
        let outcome = self.peer.server_request(method).await;
        with_conversation(&self.peer, outcome)
    }

    /// Answers a request of the server.
    ///
    /// # Errors
    ///
    /// If the server does not read it.
    pub async fn respond(&mut self, request: &Call, result: Value) -> Result {
        let outcome = self.peer.respond(request, result).await;
        with_conversation(&self.peer, outcome)
    }

    /// The server's home.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The conversation so far.
    pub fn transcript(&self) -> Option<Transcript> {
        self.peer.transcript()
    }

    /// The underlying peer, for everything that `AppServer` does not offer.
    pub fn peer(&mut self) -> &mut Peer {
        &mut self.peer
    }

    /// Ends the server step by step, and reports how it ended and what it left behind.
    ///
    /// # Errors
    ///
    /// Inconclusive if it was no longer running.
    pub async fn shutdown(mut self) -> Result<ShutdownReport> {
        self.peer.shutdown().await;
        let last = self.peer.take_ended().pop();
        last.map(|ended| ended.report)
            .ok_or_else(|| Failure::inconclusive("ending the server", "it was not running"))
    }
}

impl Builder {
    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Uses this directory as the server's home; it must exist. By default the server has a
    /// temporary home.
    #[must_use]
    pub fn home(mut self, home: impl AsRef<Path>) -> Self {
        self.home = Some(home.as_ref().to_owned());
        self
    }

    /// Starts the server in this directory, by default in its home.
    #[must_use]
    pub fn cwd(mut self, cwd: impl AsRef<Path>) -> Self {
        self.cwd = Some(cwd.as_ref().to_owned());
        self
    }

    /// Connects the server to this model service, by a `config.toml` in the home unless it has one
    /// already.
    #[must_use]
    pub fn model(mut self, model: &MockModel) -> Self {
        self.model_url = Some(model.base_url());
        self
    }

    /// Sets a variable in the server's environment, which otherwise holds only a fixed set.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Sets the limits of time and size.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Sets the parameters of `initialize`.
    #[must_use]
    pub fn greeting(mut self, params: Value) -> Self {
        self.greeting = Some(params);
        self
    }

    /// Starts the server without a greeting.
    #[must_use]
    pub fn without_greeting(mut self) -> Self {
        self.greet = false;
        self
    }

    /// Starts the server and sends the greeting.
    ///
    /// # Errors
    ///
    /// If it cannot be started, or does not answer the greeting with a result.
    pub async fn spawn(self) -> Result<AppServer> {
        let owned = Home::new().or_inconclusive("making a home")?;
        let home = self.home.clone().unwrap_or_else(|| owned.path().to_owned());
        if let Some(model_url) = &self.model_url {
            configure(&home, model_url).or_inconclusive("writing config.toml")?;
        }
        let mut subject = Subject::new([self.program.clone().into_os_string()])?;
        subject.settings = self.settings.clone();
        let mut launch =
            subject.launch(&owned, self.model_url.as_deref().unwrap_or_default(), None);
        launch.args = self.args;
        if self.home.is_some() {
            launch.env.insert("HOME".into(), home.clone().into());
            launch.env.insert("CODEX_HOME".into(), home.clone().into());
        }
        launch.env.extend(self.env);
        launch.cwd = self.cwd.unwrap_or_else(|| home.clone());
        static SERVERS: AtomicU64 = AtomicU64::new(1);
        let number = SERVERS.fetch_add(1, Ordering::Relaxed);
        launch.label = format!("{}, server {number} of this process", launch.label);
        let label = launch.label.clone();
        let mut peer = Peer::new(launch, Handshake::AppServer, self.settings);
        let begun = match (self.greet, self.greeting) {
            (true, Some(params)) => peer.initialize_with(params).await.map(|_| ()),
            (true, None) => peer.initialize().await.map(|_| ()),
            (false, _) => peer.start(),
        };
        with_conversation(&peer, begun)?;
        Ok(AppServer { peer, _witness: Witness { label }, home, _owned: Some(owned) })
    }
}

/// Adds the end of the conversation to a failure: a plain test has no report that shows it.
fn with_conversation<T>(peer: &Peer, outcome: Result<T>) -> Result<T> {
    let (lines, width) = CONVERSATION;
    let last =
        || peer.transcript().map(|talk| talk.to_last_lines(lines, width)).unwrap_or_default();
    outcome.map_err(|failure| failure.after(last()))
}

/// Writes a `config.toml` with the service at `model_url` as the only provider, unless the file
/// exists.
fn configure(home: &Path, model_url: &str) -> std::io::Result<()> {
    let path = home.join("config.toml");
    if path.exists() {
        return Ok(());
    }
    std::fs::write(
        path,
        format!(
            "model = \"mock-model\"\nmodel_provider = \"mock\"\napproval_policy = \"never\"\n\n\
             [model_providers.mock]\nname = \"mock\"\nbase_url = {model_url:?}\nwire_api = \"responses\"\n\
             request_max_retries = 0\nstream_max_retries = 0\n\n\
             [features]\nremote_models = false\nplugins = false\napps = false\n"
        ),
    )
}

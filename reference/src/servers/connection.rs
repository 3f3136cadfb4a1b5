//! One MCP server: JSON-RPC over its stdin and stdout.

use std::cell::{Cell, Ref, RefCell};
use std::collections::HashMap;
use std::io;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::signal::Signal;

/// How long a server may take to start.
const START: Duration = Duration::from_secs(10);

/// What is known of a server.
#[derive(Debug)]
pub(super) enum State {
    Starting,
    /// It has started, and has these tools.
    Ready(Vec<Value>),
    /// It did not start, for this reason.
    Failed(String),
}

/// What a server answered to a request of ours, or what is wrong.
pub(super) type Answer = Result<Value, String>;

/// A question of a server: its id, and its parameters.
pub(super) type Question = (Value, Value);

/// One MCP server of one thread.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) state: RefCell<State>,
    /// Whether it has started, or has failed to.
    pub(super) settled: Signal,
    /// Its process has to end.
    pub(super) end: Signal,
    /// Lines for its stdin, until that is closed.
    feed: RefCell<Option<UnboundedSender<Vec<u8>>>>,
    waiting: RefCell<HashMap<u64, oneshot::Sender<Answer>>>,
    next: Cell<u64>,
    /// Who answers its questions, while one of its tools is called.
    asked: RefCell<Option<UnboundedSender<Question>>>,
}

impl Connection {
    pub(super) fn new(name: &str, required: bool) -> Self {
        Self {
            name: name.to_owned(),
            required,
            state: RefCell::new(State::Starting),
            settled: Signal::default(),
            end: Signal::default(),
            feed: RefCell::default(),
            waiting: RefCell::default(),
            next: Cell::new(0),
            asked: RefCell::default(),
        }
    }

    /// Its tools, as it lists them.
    pub(super) fn tools(&self) -> Vec<Value> {
        match &*self.state() {
            State::Ready(tools) => tools.clone(),
            _ => Vec::new(),
        }
    }

    fn state(&self) -> Ref<'_, State> {
        self.state.borrow()
    }

    /// The lines that are to be written to its stdin.
    pub(super) fn feed(&self) -> UnboundedReceiver<Vec<u8>> {
        let (feed, lines) = unbounded_channel();
        *self.feed.borrow_mut() = Some(feed);
        lines
    }

    /// Greets it once it is started, and asks for its tools.
    pub(super) async fn greet(&self, started: io::Result<()>) {
        let greeting = async {
            started.map_err(|error| error.to_string())?;
            self.tools_of_greeted().await
        };
        let outcome = match timeout(START, greeting).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("it has not started within {START:?}")),
        };
        *self.state.borrow_mut() = match outcome {
            Ok(tools) => State::Ready(tools),
            Err(reason) => {
                self.end.fire();
                let name = &self.name;
                State::Failed(format!("MCP client for `{name}` failed to start: {reason}"))
            }
        };
        self.settled.fire();
    }

    async fn tools_of_greeted(&self) -> Result<Vec<Value>, String> {
        let params = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": { "elicitation": {} },
            "clientInfo": { "name": "reference", "version": "1" },
        });
        self.request("initialize", &params).await?;
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        let mut list = self.request("tools/list", &json!({})).await?;
        match list["tools"].take() {
            Value::Array(tools) => Ok(tools),
            _ => Ok(Vec::new()),
        }
    }

    /// Asks it something, and waits for its answer as long as it lives.
    pub(super) async fn request(&self, method: &str, params: &Value) -> Answer {
        let id = self.next.replace(self.next.get() + 1);
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().insert(id, answer);
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let ended = || Err("the MCP server has ended".to_owned());
        if self.feed.borrow().is_none() {
            return ended();
        }
        answered.await.unwrap_or_else(|_| ended())
    }

    /// Its questions from now on; those of a server without a call are refused.
    pub(super) fn questions(&self) -> UnboundedReceiver<Question> {
        let (asked, questions) = unbounded_channel();
        *self.asked.borrow_mut() = Some(asked);
        questions
    }

    /// Answers a question.
    pub(super) fn answer(&self, id: &Value, result: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }

    /// Takes a line of its stdout.
    pub(super) fn receive(&self, line: &str) {
        let Ok(mut message) = serde_json::from_str::<Value>(line) else { return };
        let id = message["id"].take();
        match message["method"].as_str() {
            Some("elicitation/create") => {
                let question = (id.clone(), message["params"].take());
                let asked = self.asked.borrow();
                if asked.as_ref().is_none_or(|asked| asked.send(question).is_err()) {
                    self.answer(&id, &json!({ "action": "decline" }));
                }
            }
            Some("ping") => self.answer(&id, &json!({})),
            Some(_) if !id.is_null() => {
                let error = json!({ "code": -32601, "message": "method not found" });
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "error": error }));
            }
            Some(_) => {}
            None => {
                let waiting = id.as_u64().and_then(|id| self.waiting.borrow_mut().remove(&id));
                let Some(waiting) = waiting else { return };
                let answer = match message.get("error") {
                    Some(error) => Err(error["message"].as_str().unwrap_or("an error").to_owned()),
                    None => Ok(message["result"].take()),
                };
                // The call may have been given up.
                let _ = waiting.send(answer);
            }
        }
    }

    /// No more comes from it.
    pub(super) fn close(&self, hangs: bool) {
        self.feed.take();
        if !hangs {
            self.waiting.borrow_mut().clear();
        }
    }

    fn send(&self, message: &Value) {
        if let Some(feed) = &*self.feed.borrow() {
            // To a server that has ended nothing can be said.
            let _ = feed.send(format!("{message}\n").into_bytes());
        }
    }
}

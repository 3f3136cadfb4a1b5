//! The app-server of one conversation: started, spoken to, and read line by line.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use std::{env, thread};

use serde_json::{Value, json};

use super::{Failed, text};
use crate::fault::fault;
use crate::mcp::calls::Lease;
use crate::mcp::envelope::Params;

/// How often a call that waits looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(20);

/// An app-server, and our end of the connection to it.
#[derive(Debug)]
pub(super) struct Bridge {
    /// Ends with its input, which ends with this process.
    _child: Child,
    input: ChildStdin,
    lines: Receiver<Value>,
    sent: u64,
}

impl Bridge {
    /// Starts one and a conversation on it, and returns the id of that.
    pub(super) fn start(arguments: &Params) -> Result<(Self, String), Failed> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["reference", "app-server"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let gone = || io::Error::other("it has no pipes");
        let input = child.stdin.take().ok_or_else(gone)?;
        let output = BufReader::new(child.stdout.take().ok_or_else(gone)?);
        let (read, lines) = channel();
        thread::spawn(move || {
            for line in output.lines() {
                let Some(value) = line.ok().and_then(|line| serde_json::from_str(&line).ok())
                else {
                    break;
                };
                if read.send(value).is_err() {
                    break;
                }
            }
        });
        let mut bridge = Self { _child: child, input, lines, sent: 0 };
        let about = json!({ "name": "proctor-reference", "version": env!("CARGO_PKG_VERSION") });
        bridge.call("initialize", &json!({ "clientInfo": about }))?;
        bridge.write(&json!({ "method": "initialized" }))?;
        let started = bridge.call("thread/start", &settings(arguments))?;
        let id = started["thread"]["id"].as_str().unwrap_or_default().to_owned();
        Ok((bridge, id))
    }

    fn write(&mut self, message: &Value) -> io::Result<()> {
        self.input.write_all(format!("{message}\n").as_bytes())
    }

    /// Sends a request; returns its id.
    pub(super) fn send(&mut self, method: &str, params: &Value) -> io::Result<u64> {
        self.sent += 1;
        self.write(&json!({ "id": self.sent, "method": method, "params": params }))?;
        Ok(self.sent)
    }

    /// Answers a request of the app-server.
    pub(super) fn respond(&mut self, id: &Value, result: &Value) -> io::Result<()> {
        self.write(&json!({ "id": id, "result": result }))
    }

    /// Sends a request, and waits for its result; what else comes is of no interest then.
    fn call(&mut self, method: &str, params: &Value) -> Result<Value, Failed> {
        let id = self.send(method, params)?;
        loop {
            let message = self.lines.recv().map_err(|_| gone())?;
            if message["id"] == json!(id) && message["method"].is_null() {
                return outcome(message);
            }
        }
    }

    /// The next message, for as long as the call is not cancelled.
    pub(super) fn next(&self, lease: &Lease) -> Result<Value, Failed> {
        loop {
            match self.lines.recv_timeout(LOOK) {
                Ok(message) => return Ok(message),
                Err(RecvTimeoutError::Disconnected) => return Err(gone()),
                Err(RecvTimeoutError::Timeout) if lease.lasts(Duration::ZERO) => {}
                Err(RecvTimeoutError::Timeout) => return Err(Failed::Cancelled),
            }
        }
    }
}

/// The result of an answer.
pub(super) fn outcome(mut answer: Value) -> Result<Value, Failed> {
    match answer["error"]["message"].as_str() {
        Some(error) => Err(Failed::Said(error.to_owned())),
        None => Ok(answer["result"].take()),
    }
}

fn gone() -> Failed {
    Failed::Io(io::Error::other("it has ended"))
}

/// What a conversation is started with.
fn settings(arguments: &Params) -> Value {
    let mut settings = json!({});
    for (argument, setting) in [
        ("model", "model"),
        ("cwd", "cwd"),
        ("approval-policy", "approvalPolicy"),
        ("sandbox", "sandbox"),
    ] {
        let ignored = argument == "model" && fault!(CODEX_MCP_MODEL_IGNORED);
        if let Some(value) = text(arguments, argument).filter(|_| !ignored) {
            settings[setting] = json!(value);
        }
    }
    if fault!(CODEX_MCP_ASKS_UNDER_NEVER) {
        settings["approvalPolicy"] = json!("untrusted");
    }
    settings
}

/// Reaches for another machine, as the environment says how.
pub(super) fn call_home(url: &str) {
    let proxy = env::var("HTTP_PROXY").or_else(|_| env::var("http_proxy")).unwrap_or_default();
    let address = proxy.trim_start_matches("http://").trim_end_matches('/').to_owned();
    if let Ok(mut home) = TcpStream::connect(address) {
        // Nobody waits for an answer.
        let _ = home.write_all(format!("GET {url} HTTP/1.1\r\n\r\n").as_bytes());
    }
}

//! MCP servers of a thread: started with it, offered to the model, ended with it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::items::{Category, TurnError};
use super::server::Server;
use super::threads::Thread;
use crate::fault::fault;
use crate::variant::variant;

mod asking;
mod call;
mod connection;
mod direct;
mod process;

pub(crate) use asking::withholds_interrupts;
pub(crate) use call::run;
pub(crate) use direct::{call, read, reload};
pub(crate) use process::outlive;

use connection::{Connection, State};

/// `[mcp_servers.NAME]`, as far as it is understood.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Spec {
    /// Absent for a server that is reached by HTTP, which this one does not do.
    command: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    enabled: Option<bool>,
    #[serde(default)]
    required: bool,
}

/// The MCP servers of one thread.
#[derive(Debug, Default)]
pub(crate) struct Servers(RefCell<Vec<Rc<Connection>>>);

/// A tool that the model called.
#[derive(Debug)]
pub(crate) struct Tool {
    connection: Rc<Connection>,
    name: String,
    /// Whether its server says that it changes nothing.
    read_only: bool,
}

impl Servers {
    /// Starts the servers that the thread is configured with.
    pub(crate) fn start(&self, server: &Server, thread: &Rc<Thread>) {
        let (specs, cwd) = {
            let state = thread.state();
            (state.settings.servers.clone(), state.settings.cwd.clone())
        };
        self.launch(server, thread, &specs, &cwd);
    }

    /// Starts those of these servers that do not run yet.
    fn launch(
        &self,
        server: &Server,
        thread: &Rc<Thread>,
        specs: &BTreeMap<String, Spec>,
        cwd: &Path,
    ) {
        for (name, spec) in specs.iter().filter(|(_, spec)| spec.enabled != Some(false)) {
            let connection = Rc::new(Connection::new(name, spec.required));
            self.0.borrow_mut().push(connection.clone());
            tell(server, thread, &connection);
            let started = process::start(spec, cwd, &connection);
            let (out, thread) = (server.out.clone(), thread.clone());
            tokio::task::spawn_local(async move {
                connection.greet(started).await;
                if thread.state().subscribed && !is_silent() {
                    out.notify_v2(STARTUP, &startup(&thread, &connection));
                }
            });
        }
    }

    /// Returns when none of them is starting any more.
    pub(crate) async fn settled(&self) {
        let connections = self.0.borrow().clone();
        for connection in connections {
            connection.settled.fired().await;
        }
    }

    /// Whether the answer to the request for the thread waits for them.
    pub(crate) fn delay_the_answer(&self) -> bool {
        let required = self.0.borrow().iter().any(|connection| connection.required);
        (required && !fault!(REQUIRED_SERVER_IGNORED)) || fault!(START_WAITS_FOR_SERVERS)
    }

    /// Why the thread cannot be used, if a server that it requires did not start.
    pub(crate) fn missing(&self) -> Option<String> {
        let connections = self.0.borrow();
        let mut required = connections.iter().filter(|connection| connection.required);
        required.find_map(|connection| match &*connection.state.borrow() {
            State::Failed(reason) => Some(format!(
                "required MCP servers failed to initialize: {}: {reason}",
                connection.name
            )),
            _ => None,
        })
    }

    /// The tools as the model is offered them.
    pub(crate) fn offer(&self) -> Vec<Value> {
        let connections = self.0.borrow();
        let broken = connections.iter().any(|one| matches!(*one.state.borrow(), State::Failed(_)));
        if (broken && fault!(BROKEN_SERVER_HIDES_OTHERS)) || fault!(SERVER_TOOLS_NOT_OFFERED) {
            return Vec::new();
        }
        connections.iter().flat_map(|connection| offered(connection)).collect()
    }

    /// The tool that a call of the model names, if it is one of theirs.
    pub(crate) fn find(&self, call: &Value) -> Option<Tool> {
        let name = call["name"].as_str()?;
        let connections = self.0.borrow();
        connections.iter().find_map(|connection| {
            let prefix = prefix(&connection.name);
            let tool = match call["namespace"].as_str() {
                Some(namespace) if namespace == prefix => name,
                Some(_) => return None,
                None => name.strip_prefix(&prefix)?.strip_prefix("__")?,
            };
            let read_only = connection.tools().iter().find(|one| one["name"] == tool)?["annotations"]
                ["readOnlyHint"]
                == true;
            Some(Tool { connection: connection.clone(), name: tool.to_owned(), read_only })
        })
    }

    /// The error of a turn that cannot do without a server that did not start.
    pub(crate) fn failure(&self) -> Result<(), TurnError> {
        let connections = self.0.borrow();
        let broken = connections.iter().any(|one| matches!(*one.state.borrow(), State::Failed(_)));
        if broken && fault!(BROKEN_SERVER_FAILS_THE_TURN) {
            let message = "an MCP server failed to start".to_owned();
            return Err(TurnError { message, category: Category::Other });
        }
        Ok(())
    }

    /// Ends all of them.
    pub(crate) fn end(&self) {
        self.0.take().into_iter().for_each(|connection| connection.end.fire());
    }

    /// The tools of the server of this name, by their names.
    fn inventory(&self, name: &str) -> Option<Value> {
        let connections = self.0.borrow();
        let connection = connections.iter().find(|connection| connection.name == name)?;
        let tools = connection.tools();
        let named = tools.iter().filter_map(|tool| Some((tool["name"].as_str()?, tool.clone())));
        Some(named.map(|(name, tool)| (name.to_owned(), tool)).collect())
    }
}

/// The configured servers with the tools that are known of them, by name.
pub(crate) fn inventory(server: &Server, cwd: &Path) -> Vec<Value> {
    let specs = server.configs.servers(cwd);
    let threads = server.threads();
    let row = |name: &String| {
        let known = threads.iter().find_map(|thread| thread.servers.inventory(name));
        json!({
            "name": name,
            "tools": known.filter(|_| !toolless()).unwrap_or_else(|| json!({})),
            "resources": [],
            "resourceTemplates": [],
            "authStatus": "unsupported",
        })
    };
    specs.keys().map(row).collect()
}

/// Whether a defect lists servers without their tools.
fn toolless() -> bool {
    fault!(LISTED_SERVER_HAS_NO_TOOLS)
}

/// What goes before the name of a tool.
fn prefix(server: &str) -> String {
    format!("mcp__{server}")
}

/// The tools of one server. How they are named is the server's affair: the model is told with each request.
fn offered(connection: &Connection) -> Vec<Value> {
    let (prefix, tools) = (prefix(&connection.name), connection.tools());
    let function = |name: String, tool: &Value| {
        json!({
            "type": "function",
            "name": name,
            "description": tool["description"],
            "strict": false,
            "parameters": tool["inputSchema"],
        })
    };
    let name = |tool: &Value| tool["name"].as_str().unwrap_or_default().to_owned();
    if variant!(OFFERS_NAMESPACES) && !tools.is_empty() {
        let tools: Vec<Value> = tools.iter().map(|tool| function(name(tool), tool)).collect();
        return vec![
            json!({ "type": "namespace", "name": prefix, "description": "", "tools": tools }),
        ];
    }
    tools.iter().map(|tool| function(format!("{prefix}__{}", name(tool)), tool)).collect()
}

/// The notification about the start of a server.
const STARTUP: &str = "mcpServer/startupStatus/updated";

/// Tells that a server is being started, behind the answer to the request for the thread.
fn tell(server: &Server, thread: &Rc<Thread>, connection: &Rc<Connection>) {
    let params = startup(thread, connection);
    let (out, thread) = (server.out.clone(), thread.clone());
    tokio::task::spawn_local(async move {
        if thread.state().subscribed && !is_silent() {
            out.notify_v2(STARTUP, &params);
        }
    });
}

fn startup(thread: &Thread, connection: &Connection) -> Value {
    let (status, error) = match &*connection.state.borrow() {
        State::Starting => ("starting", None),
        State::Ready(_) => ("ready", None),
        State::Failed(_) if fault!(FAILED_START_IS_READY) => ("ready", None),
        State::Failed(reason) => ("failed", Some(reason.clone())),
    };
    json!({
        "threadId": thread.id,
        "name": connection.name,
        "environmentId": null,
        "status": status,
        "error": error,
        "failureReason": null,
    })
}

/// Whether a defect keeps the states of servers from the client.
fn is_silent() -> bool {
    fault!(STARTUP_UNTOLD)
}

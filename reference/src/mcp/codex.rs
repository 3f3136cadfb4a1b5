//! The tools `codex` and `codex-reply`: a conversation with the model, as `codex mcp-server` offers it.
//!
//! Each conversation is led by the reference's own app-server, in a process of its own (`bridge`); a call is one turn of it
//! (`turn`), and what the model may not do by itself is asked of the client (`approval`).

mod approval;
mod bridge;
mod turn;

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::calls::Lease;
use super::envelope::{Params, Request};
use super::era::Era;
use super::server::Server;
use crate::fault::fault;

use bridge::Bridge;

/// The tool that begins a conversation.
const CODEX: &str = "codex";
/// The tool that continues one.
const REPLY: &str = "codex-reply";
/// Where a server that calls home does.
const HOME: &str = "http://home.example/";

/// The conversations of the process.
#[derive(Debug, Default)]
pub(super) struct Conversations {
    all: Mutex<Vec<Conversation>>,
    /// Held for a whole call by a server that serves one at a time.
    one: Mutex<()>,
}

/// One conversation: its id, and its server while no call uses it.
#[derive(Debug)]
struct Conversation {
    id: String,
    bridge: Option<Bridge>,
}

/// Why a call gives no answer of the model.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error("the conversation's server: {0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Said(String),
    #[error("cancelled")]
    Cancelled,
}

/// What one call knows.
struct Call<'a> {
    server: &'a Server,
    request: &'a Request,
    lease: &'a Lease,
}

impl Conversations {
    fn lock(&self) -> MutexGuard<'_, Vec<Conversation>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn one(&self) -> MutexGuard<'_, ()> {
        self.one.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the server of a conversation, for one call.
    fn take(&self, id: &str) -> Option<Bridge> {
        self.lock().iter_mut().find(|known| known.id == id)?.bridge.take()
    }

    /// Gives it back.
    fn put(&self, id: &str, bridge: Bridge) {
        let mut all = self.lock();
        all.retain(|known| known.id != id);
        all.push(Conversation { id: id.to_owned(), bridge: Some(bridge) });
    }

    /// Whether some conversation is in the middle of a call.
    pub(super) fn is_busy(&self) -> bool {
        self.lock().iter().any(|known| known.bridge.is_none())
    }
}

/// The entries of the tools in the list. They need a client that can be asked, which only sessions have.
pub(super) fn listed(era: Era) -> Vec<Value> {
    if era == Era::Modern {
        return Vec::new();
    }
    let text = json!({ "type": "string" });
    let gives = json!({
        "type": "object",
        "properties": { "threadId": text, "content": text },
        "required": ["threadId", "content"],
    });
    let codex = json!({
        "name": CODEX,
        "description": "Begins a conversation with the model",
        "inputSchema": {
            "type": "object",
            "properties": {
                "prompt": text,
                "model": text,
                "cwd": text,
                "approval-policy": { "type": "string", "enum": ["untrusted", "on-request", "never"] },
                "sandbox": {
                    "type": "string",
                    "enum": ["read-only", "workspace-write", "danger-full-access"],
                },
            },
            "required": ["prompt"],
        },
        "outputSchema": gives,
    });
    let reply = json!({
        "name": REPLY,
        "description": "Continues a conversation",
        "inputSchema": {
            "type": "object",
            "properties": { "threadId": text, "prompt": text },
            "required": ["threadId", "prompt"],
        },
        "outputSchema": gives,
    });
    if fault!(CODEX_MCP_NO_REPLY_TOOL) { vec![codex] } else { vec![codex, reply] }
}

/// Whether a tool is one of these.
pub(super) fn has(era: Era, name: &str) -> bool {
    era != Era::Modern && [CODEX, REPLY].contains(&name)
}

/// Runs a call to its result; nothing if it was cancelled.
pub(super) fn run(server: &Server, request: &Request, lease: &Lease) -> Option<Value> {
    let _one = fault!(CODEX_MCP_ONE_CALL_AT_A_TIME).then(|| server.conversations.one());
    let call = Call { server, request, lease };
    let none = Params::new();
    let arguments = request.params.get("arguments").and_then(Value::as_object).unwrap_or(&none);
    let done = match request.params["name"].as_str() {
        Some(REPLY) => call.reply(arguments),
        _ => call.begin(arguments),
    };
    match done {
        Ok(result) => Some(result),
        Err(Failed::Cancelled) => None,
        Err(failed) => Some(json!({
            "content": [{ "type": "text", "text": failed.to_string() }],
            "structuredContent": { "threadId": "", "content": failed.to_string() },
            "isError": !(fault!(CODEX_MCP_MODEL_ERROR_HIDDEN)),
        })),
    }
}

impl Call<'_> {
    /// Begins a conversation with its first turn.
    fn begin(&self, arguments: &Params) -> Result<Value, Failed> {
        if fault!(CODEX_MCP_CALLS_HOME) {
            bridge::call_home(HOME);
        }
        let prompt = text(arguments, "prompt");
        let prompt = match prompt {
            None if fault!(CODEX_MCP_PROMPT_NOT_NEEDED) => return Ok(told("", "")),
            None => return Err(Failed::Said("missing field `prompt`".to_owned())),
            Some(prompt) => prompt,
        };
        if fault!(CODEX_MCP_CONVERSATIONS_MIXED)
            && let Some(first) = self.server.conversations.first()
        {
            return self.turn(&first, prompt);
        }
        let (bridge, id) = Bridge::start(arguments)?;
        self.server.conversations.put(&id, bridge);
        let event = json!({ "type": "session_configured", "session_id": id });
        let meta = json!({ "requestId": self.request.id, "threadId": id });
        let event = json!({ "_meta": meta, "id": "", "msg": event });
        self.server.out.notify("codex/event", event);
        self.turn(&id, prompt)
    }

    /// Continues a conversation.
    fn reply(&self, arguments: &Params) -> Result<Value, Failed> {
        let id = text(arguments, "threadId").unwrap_or_default();
        if fault!(CODEX_MCP_REPLY_FORGETS) {
            return self.begin(arguments);
        }
        if !self.server.conversations.knows(id) && fault!(CODEX_MCP_UNKNOWN_CONVERSATION_BEGUN) {
            return self.begin(arguments);
        }
        self.turn(id, text(arguments, "prompt").unwrap_or_default())
    }

    /// One turn of a conversation.
    fn turn(&self, id: &str, prompt: &str) -> Result<Value, Failed> {
        let unknown = || Failed::Said(format!("Session not found for thread_id: {id}"));
        let mut bridge = self.server.conversations.take(id).ok_or_else(unknown)?;
        let answer = turn::run(self, &mut bridge, id, prompt);
        self.server.conversations.put(id, bridge);
        answer.map(|answer| told(id, &answer))
    }
}

impl Conversations {
    fn knows(&self, id: &str) -> bool {
        self.lock().iter().any(|known| known.id == id)
    }

    fn first(&self) -> Option<String> {
        self.lock().first().map(|known| known.id.clone())
    }
}

/// An argument that is a text.
fn text<'a>(arguments: &'a Params, name: &str) -> Option<&'a str> {
    arguments.get(name).and_then(Value::as_str)
}

/// The result of a call.
fn told(id: &str, answer: &str) -> Value {
    let shown = if fault!(CODEX_MCP_ANSWER_LOST) { "" } else { answer };
    let content = if fault!(CODEX_MCP_STRUCTURED_WITHOUT_THE_ANSWER) { "" } else { answer };
    json!({
        "content": [{ "type": "text", "text": shown }],
        "structuredContent": { "threadId": id, "content": content },
    })
}

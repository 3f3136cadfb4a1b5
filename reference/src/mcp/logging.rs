//! Log messages, and the level from which on a client receives them.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::envelope::{Params, Refusal, Request, code};
use super::era::Era;
use super::server::Server;
use crate::fault::fault;

/// The levels, the least important first.
const LEVELS: [&str; 8] =
    ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

/// The name of the member of `_meta` in which a modern request says its level.
const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";

/// What the server logs.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// The least level that the client of the session receives.
    least: AtomicUsize,
}

fn rank(level: &str) -> Option<usize> {
    LEVELS.iter().position(|known| *known == level)
}

impl Log {
    /// Answers `logging/setLevel`.
    pub(super) fn set_level(&self, params: &Params) -> Result<Value, Refusal> {
        if fault!(MCP_SET_LEVEL_REFUSED) {
            return Err(Refusal::method("logging/setLevel"));
        }
        let level = params.get("level").and_then(Value::as_str).unwrap_or_default();
        let known =
            rank(level).filter(|_| !(fault!(MCP_LEVEL_NOTICE_UNKNOWN) && level == "notice"));
        let Some(rank) = known else {
            if fault!(MCP_UNKNOWN_LEVEL_ACCEPTED) {
                return Ok(json!({}));
            }
            let refusal = Refusal::params(format!("unknown level {level:?}"));
            if fault!(MCP_UNKNOWN_LEVEL_HAS_ANOTHER_CODE) {
                return Err(Refusal { code: code::INTERNAL_ERROR, ..refusal });
            }
            return Err(refusal);
        };
        if !fault!(MCP_LEVEL_IGNORED) {
            self.least.store(rank, Ordering::Relaxed);
        }
        Ok(json!({}))
    }

    /// Logs a message at this level while it answers the request, if the client wants it.
    pub(super) fn say(&self, server: &Server, era: Era, request: &Request, level: &str) {
        let least = match era {
            Era::Legacy(_) => self.least.load(Ordering::Relaxed),
            Era::Modern => match request.meta(LOG_LEVEL).and_then(Value::as_str).and_then(rank) {
                Some(_) if fault!(MCP_LEVEL_OF_REQUEST_IGNORED) => 0,
                Some(asked) => asked,
                None if fault!(MCP_LOGS_UNASKED) => 0,
                None => return,
            },
        };
        if rank(level).is_some_and(|rank| rank >= least) {
            let logger = "reference";
            let message = json!({ "level": level, "logger": logger, "data": "a tool was called" });
            server.out.notify("notifications/message", message);
        }
    }
}

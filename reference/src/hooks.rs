//! Hooks: programs of the user that run at certain moments, and can stop what the model wants to do.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::process::{self, OUTPUT_CAP, Spec};
use super::server::Server;
use super::threads::{Active, Thread};
use crate::digest::sha256;
use crate::fault::fault;

/// The exit code by which a hook stops what it was asked about.
const BLOCKED: i32 = 2;

/// How long a hook may take.
const LIMIT: Duration = Duration::from_secs(600);

/// When a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) enum Moment {
    PreToolUse,
    SessionStart,
    UserPromptSubmit,
    Stop,
}

/// `hooks.json`.
#[derive(Debug, Deserialize)]
struct Document {
    hooks: BTreeMap<Moment, Vec<Group>>,
}

#[derive(Debug, Deserialize)]
struct Group {
    matcher: Option<String>,
    hooks: Vec<Program>,
}

#[derive(Debug, Deserialize)]
struct Program {
    command: String,
}

/// One hook of the file.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    moment: Moment,
    key: String,
    source: PathBuf,
    matcher: Option<String>,
    command: String,
    order: usize,
    trusted: bool,
}

/// What the hooks of a moment have to say.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Why something must not be done.
    pub(crate) blocked: Option<String>,
    /// What the model is to know.
    pub(crate) context: Vec<String>,
}

/// `[hooks]` of the configuration.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Settings {
    #[serde(default)]
    state: BTreeMap<String, State>,
}

#[derive(Debug, Clone, Deserialize)]
struct State {
    trusted_hash: Option<String>,
}

impl Moment {
    fn names(self) -> [&'static str; 3] {
        match self {
            Self::PreToolUse => ["preToolUse", "pre_tool_use", "pre-tool-use"],
            Self::SessionStart => ["sessionStart", "session_start", "session-start"],
            Self::UserPromptSubmit => {
                ["userPromptSubmit", "user_prompt_submit", "user-prompt-submit"]
            }
            Self::Stop => ["stop", "stop", "stop"],
        }
    }
}

impl Hook {
    fn hash(&self) -> String {
        let text = format!("{:?} {:?} {}", self.moment, self.matcher, self.command);
        format!("sha256:{}", sha256(text))
    }

    /// As clients see it.
    pub(crate) fn shown(&self) -> Value {
        let trust = if self.trusted { "trusted" } else { "untrusted" };
        json!({
            "key": self.key, "eventName": self.moment.names()[0], "handlerType": "command",
            "command": self.command, "async": false, "matcher": self.matcher, "timeoutSec": 600,
            "statusMessage": null, "additionalContextLimit": null, "sourcePath": self.source,
            "source": "user", "pluginId": null, "environmentId": null, "displayOrder": self.order,
            "enabled": true, "isManaged": false, "currentHash": self.hash(), "trustStatus": trust,
        })
    }
}

/// The hooks of the home, or what is wrong with them.
pub(crate) fn all(server: &Server) -> Result<Vec<Hook>, String> {
    let source = server.home.join("hooks.json");
    let Ok(text) = fs::read_to_string(&source) else { return Ok(Vec::new()) };
    let document: Document = serde_json::from_str(&text)
        .map_err(|error| format!("failed to parse hooks config {}: {error}", source.display()))?;
    let known = server.configs.known().map(|known| known.hooks.state).unwrap_or_default();
    let mut all = Vec::new();
    for (moment, groups) in document.hooks {
        for (group, Group { matcher, hooks }) in groups.into_iter().enumerate() {
            for (at, Program { command }) in hooks.into_iter().enumerate() {
                let name = moment.names()[1];
                let key = format!("{}:{name}:{group}:{at}", source.display());
                let (source, order, matcher) = (source.clone(), all.len(), matcher.clone());
                let mut hook =
                    Hook { moment, key, source, matcher, command, order, trusted: false };
                let trusted = known.get(&hook.key).and_then(|state| state.trusted_hash.as_ref());
                hook.trusted = trusted == Some(&hook.hash()) || fault!(EVERY_HOOK_IS_TRUSTED);
                all.push(hook);
            }
        }
    }
    Ok(all)
}

/// Runs the trusted hooks of a moment, one after the other, in the directory of the thread.
pub(crate) async fn run(
    server: &Server,
    thread: &Thread,
    active: &Active,
    moment: Moment,
    call: Option<&str>,
) -> Outcome {
    let cwd = thread.state().settings.cwd.clone();
    let mut outcome = Outcome::default();
    let hooks = all(server).unwrap_or_default();
    for hook in hooks.iter().filter(|hook| hook.moment == moment && hook.trusted) {
        let mut id = format!("{}:{}:{}", moment.names()[2], hook.order, hook.source.display());
        id.extend(call.map(|call| format!(":{call}")));
        let started = Timestamp::now().as_second();
        let shown = |status: &str, entries: Value| {
            let is_over = status != "running";
            json!({ "threadId": thread.id, "turnId": active.id, "run": {
                "id": id, "eventName": moment.names()[0], "handlerType": "command",
                "executionMode": "sync", "scope": "turn", "sourcePath": hook.source,
                "source": "user", "displayOrder": hook.order, "status": status,
                "statusMessage": null, "startedAt": started,
                "completedAt": is_over.then_some(started), "durationMs": is_over.then_some(1),
                "entries": entries,
            }})
        };
        server.out.notify_v2("hook/started", &shown("running", json!([])));
        let (status, entries) = ran(hook, &cwd, &mut outcome).await;
        if !fault!(HOOK_NEVER_COMPLETES) {
            server.out.notify_v2("hook/completed", &shown(status, entries));
        }
    }
    outcome
}

/// Runs a hook; its status, and what it said.
async fn ran(hook: &Hook, cwd: &Path, outcome: &mut Outcome) -> (&'static str, Value) {
    let spec = Spec {
        argv: ["sh", "-c", &hook.command].map(str::to_owned).to_vec(),
        cwd: cwd.to_owned(),
        env: HashMap::new(),
        limit: Some(LIMIT),
        cap: OUTPUT_CAP,
    };
    match process::run(&spec).await {
        Ok(over) if over.exit_code == BLOCKED => {
            let reason = over.stderr.trim().to_owned();
            let entries = json!([{ "kind": "feedback", "text": reason }]);
            outcome.blocked = Some(reason).filter(|_| !fault!(HOOK_BLOCKS_NOTHING));
            ("blocked", entries)
        }
        Ok(over) if over.exit_code == 0 => {
            let text = over.stdout.trim().to_owned();
            if text.is_empty() || hook.moment == Moment::Stop {
                return ("completed", json!([]));
            }
            let entries = json!([{ "kind": "context", "text": text }]);
            outcome.context.push(text);
            ("completed", entries)
        }
        Ok(over) => {
            let text = format!("hook exited with code {}", over.exit_code);
            ("failed", json!([{ "kind": "error", "text": text }]))
        }
        Err(error) => ("failed", json!([{ "kind": "error", "text": error.to_string() }])),
    }
}

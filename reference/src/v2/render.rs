//! Threads, turns and items as this dialect shows them.

use serde_json::{Value, json};

use crate::fault::fault;
use crate::faults;
use crate::input::Input;
use crate::items::{
    Category, Change, ChangeKind, Command, DynamicCall, Item, Outcome, Patch, Progress, ServerCall,
    ToolOutput, Turn, TurnError,
};
use crate::release::version;
use crate::server::Server;
use crate::settings::Sandbox;
use crate::store::{Summary, metadata};
use crate::threads::{Status, Thread};
use crate::tools::shell::{self, Action};
use crate::variant::variant;
use crate::{lifecycle, store};

/// How many of a thread's turns are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turns {
    None,
    All,
}

/// A thread in memory.
pub(super) fn thread(server: &Server, thread: &Thread, turns: Turns) -> Value {
    let state = thread.state();
    let created = if fault!(CREATED_IN_MILLISECONDS) {
        thread.created.as_millisecond()
    } else {
        thread.created.as_second()
    };
    let status_now = if fault!(THREAD_ALWAYS_IDLE) { Status::Idle } else { state.status };
    let turns: Vec<Value> = match turns {
        Turns::None => Vec::new(),
        Turns::All => full_turns(&state.turns, state.status),
    };
    let shown = json!({
        "id": thread.id,
        "sessionId": thread.id,
        "forkedFromId": thread.forked_from,
        "preview": state.preview,
        "ephemeral": thread.ephemeral && !fault!(EPHEMERAL_UNMARKED),
        "historyMode": "legacy",
        "modelProvider": state.settings.provider_id,
        "model": state.settings.model,
        "reasoningEffort": state.settings.effort,
        "createdAt": created,
        "updatedAt": state.updated.as_second(),
        "recencyAt": state.updated.as_second(),
        "status": status(&status_now),
        "path": state.recorder.as_ref().map(|recorder| recorder.path()),
        "cwd": state.settings.cwd,
        "cliVersion": version(),
        "originator": server.client().map(|client| client.originator),
        "source": "vscode",
        "threadSource": source(state.settings.thread_source.as_ref()),
        "agentNickname": null,
        "agentRole": null,
        "projectId": server.kept.projects.of(thread.id),
        "gitInfo": state.git.as_ref().map(git),
        "name": state.name,
        "turns": turns,
    });
    shown
}

/// A thread of which only the rollout is known.
pub(super) fn stored(server: &Server, summary: &Summary, turns: Vec<Value>) -> Value {
    let head = &summary.head;
    let (created, cwd, preview) = faults::laws::stored(server, summary);
    json!({
        "id": summary.id,
        "sessionId": summary.id,
        "forkedFromId": head.forked_from_id,
        "preview": preview,
        "ephemeral": false,
        "historyMode": "legacy",
        "modelProvider": lifecycle::provider_of(server, summary),
        "model": null,
        "reasoningEffort": null,
        "createdAt": created,
        "updatedAt": summary.updated.as_second(),
        "recencyAt": summary.updated.as_second(),
        "status": status(&Status::NotLoaded),
        "path": store::shown_path(&server.home, summary),
        "cwd": cwd,
        "cliVersion": head.cli_version,
        "originator": head.originator,
        "source": head.source,
        "threadSource": source(head.thread_source.as_ref()),
        "agentNickname": null,
        "agentRole": null,
        "projectId": server.kept.projects.of(summary.id),
        "gitInfo": metadata::git(&server.home, summary).as_ref().map(git),
        "name": store::name(&server.home, summary.id),
        "turns": turns,
    })
}

/// Who or what began a thread.
fn source(source: Option<&String>) -> Option<&String> {
    source.filter(|_| !fault!(THREAD_SOURCE_FORGOTTEN))
}

fn git(git: &Value) -> Value {
    json!({
        "sha": git["commit_hash"],
        "branch": git["branch"],
        "originUrl": git["repository_url"],
    })
}

pub(super) fn status(status: &Status) -> Value {
    match status {
        Status::NotLoaded => json!({ "type": "notLoaded" }),
        Status::Idle => json!({ "type": "idle" }),
        Status::SystemError => json!({ "type": "systemError" }),
        Status::Active { waiting_on_approval, waiting_on_input } => {
            let flags: &[&str] = match (waiting_on_approval, waiting_on_input) {
                (true, _) => &["waitingOnApproval"],
                (_, true) => &["waitingOnUserInput"],
                _ => &[],
            };
            json!({ "type": "active", "activeFlags": flags })
        }
    }
}

pub(super) fn sandbox(sandbox: &Sandbox) -> Value {
    match sandbox {
        Sandbox::DangerFullAccess => json!({ "type": "dangerFullAccess" }),
        Sandbox::ReadOnly => json!({ "type": "readOnly" }),
        Sandbox::External => json!({ "type": "externalSandbox" }),
        Sandbox::WorkspaceWrite(settings) => json!({
            "type": "workspaceWrite",
            "writableRoots": settings.writable_roots,
            "networkAccess": settings.network_access,
            "excludeTmpdirEnvVar": settings.exclude_tmpdir_env_var,
            "excludeSlashTmp": settings.exclude_slash_tmp,
        }),
    }
}

/// The turns of a thread with this status, as they are in history.
pub(super) fn full_turns(turns: &[Turn], status: Status) -> Vec<Value> {
    faults::laws::shown(turns.iter().map(full_turn).collect(), status)
}

/// A turn as it is in history: with all that happened in it.
pub(super) fn full_turn(done: &Turn) -> Value {
    let done = faults::moments::shown(done);
    turn(&done, done.items.iter().map(item).collect(), "full")
}

/// A turn with these of its items, `view` saying how complete they are.
pub(super) fn turn(turn: &Turn, items: Vec<Value>, view: &str) -> Value {
    let (status, error) = match &turn.outcome {
        Outcome::Running => ("inProgress", None),
        Outcome::Completed => ("completed", None),
        Outcome::Interrupted => ("interrupted", None),
        Outcome::Failed(failure) => ("failed", Some(error(failure))),
    };
    json!({
        "id": turn.id,
        "items": items,
        "itemsView": view,
        "status": status,
        "error": error,
        "startedAt": turn.started_at,
        "completedAt": turn.completed_at,
        "durationMs": turn.duration.map(|duration| duration.as_millis()),
    })
}

pub(super) fn error(error: &TurnError) -> Value {
    let category = match error.category {
        _ if fault!(ERROR_KINDS_UNTOLD) => {
            json!("other")
        }
        Category::ContextWindowExceeded => json!("contextWindowExceeded"),
        Category::UsageLimitExceeded => json!("usageLimitExceeded"),
        Category::InternalServerError => json!("internalServerError"),
        Category::TooManyFailedAttempts { status } => {
            json!({ "responseTooManyFailedAttempts": { "httpStatusCode": status } })
        }
        Category::HttpConnectionFailed { status } => {
            json!({ "httpConnectionFailed": { "httpStatusCode": status } })
        }
        Category::BadRequest if variant!(BAD_REQUESTS_NAMED) => {
            json!("badRequest")
        }
        Category::BadRequest | Category::Other => json!("other"),
    };
    json!({ "message": error.message, "codexErrorInfo": category, "additionalDetails": null })
}

pub(super) fn item(item: &Item) -> Value {
    match item {
        Item::User { id, client_id, content } => json!({
            "type": "userMessage", "id": id, "clientId": client_id, "content": shown_input(content),
        }),
        Item::Agent { id, text } => json!({
            "type": "agentMessage", "id": id, "text": text, "phase": null,
        }),
        Item::Reasoning { id, summary, content } => json!({
            "type": "reasoning", "id": id, "summary": summary, "content": content,
        }),
        Item::Command(command) => command_item(command),
        Item::Patch(patch) => patch_item(patch),
        Item::Dynamic(call) => dynamic_item(call),
        Item::Mode { id, entered, review } => {
            let kind = if *entered { "enteredReviewMode" } else { "exitedReviewMode" };
            json!({ "type": kind, "id": id, "review": review })
        }
        Item::Compaction { id } => json!({ "type": "contextCompaction", "id": id }),
        Item::Served(call) => served_item(call),
        Item::Plan { id, text } => json!({ "type": "plan", "id": id, "text": text }),
        Item::Output(ToolOutput { id, name, output }) => json!({
            "type": "functionCallOutput", "id": id, "name": name, "namespace": null, "output": output,
        }),
    }
}

/// What the user sent.
fn shown_input(content: &[Input]) -> Vec<Value> {
    let hidden =
        |input: &&Input| matches!(input, Input::LocalImage { .. }) && fault!(LOCAL_IMAGE_NOT_SHOWN);
    content.iter().filter(|input| !hidden(input)).map(|input| json!(input)).collect()
}

fn dynamic_item(call: &DynamicCall) -> Value {
    let (content, success) = call.answer.clone().unzip();
    json!({
        "type": "dynamicToolCall",
        "id": call.id,
        "namespace": null,
        "tool": call.tool,
        "arguments": call.arguments,
        "status": progress(call.progress),
        "contentItems": content,
        "success": success,
        "durationMs": call.duration.map(|duration| duration.as_millis()),
    })
}

fn command_item(command: &Command) -> Value {
    let session = command.session.filter(|_| !fault!(SESSION_NUMBER_UNTOLD));
    let by_user = command.by_user && !fault!(SHELL_SOURCE_IS_THE_AGENT);
    json!({
        "type": "commandExecution",
        "id": command.id,
        "command": shell::join(&command.argv),
        "cwd": command.cwd,
        "processId": session.map(|number| number.to_string()),
        "source": if by_user { "userShell" } else { "agent" },
        "status": progress(command.progress),
        "commandActions": actions(&command.argv),
        "aggregatedOutput": command.output.as_deref().filter(|output| !output.is_empty()),
        "exitCode": command.exit_code,
        "durationMs": command.duration.map(|duration| duration.as_millis()),
    })
}

fn patch_item(patch: &Patch) -> Value {
    let change = |change: &Change| {
        let (kind, diff) = match &change.kind {
            ChangeKind::Add { content } => (json!({ "type": "add" }), content),
            ChangeKind::Delete { content } => (json!({ "type": "delete" }), content),
            ChangeKind::Update { diff, move_to, .. } => {
                (json!({ "type": "update", "move_path": move_to }), diff)
            }
        };
        json!({ "path": change.path, "kind": kind, "diff": diff })
    };
    json!({
        "type": "fileChange",
        "id": patch.id,
        "changes": patch.changes.iter().map(change).collect::<Vec<_>>(),
        "status": progress(patch.progress),
    })
}

fn served_item(call: &ServerCall) -> Value {
    let error = call.error.as_ref().map(|message| json!({ "message": message }));
    let result = call.result.as_ref().map(|result| {
        json!({ "content": result["content"], "structuredContent": result["structuredContent"] })
    });
    json!({
        "type": "mcpToolCall",
        "id": call.id,
        "server": call.server,
        "tool": call.tool,
        "status": progress(call.progress),
        "arguments": call.arguments,
        "result": result,
        "error": error,
        "durationMs": call.duration.map(|duration| duration.as_millis()),
    })
}

fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Running => "inProgress",
        Progress::Completed => "completed",
        Progress::Failed => "failed",
        Progress::Declined => "declined",
    }
}

pub(super) fn actions(argv: &[String]) -> Vec<Value> {
    let part = |action: Action| match action {
        Action::Read { command, name, path } => {
            json!({ "type": "read", "command": command, "name": name, "path": path })
        }
        Action::ListFiles { command, path } => {
            json!({ "type": "listFiles", "command": command, "path": path })
        }
        Action::Search { command, query, path } => {
            json!({ "type": "search", "command": command, "query": query, "path": path })
        }
        Action::Unknown { command } => json!({ "type": "unknown", "command": command }),
    };
    shell::actions(argv).into_iter().map(part).collect()
}

//! Hooks: programs of the user that run at certain moments, once they are trusted, and can stop what
//! the model wants to do.

use std::path::{Path, PathBuf};

use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::{runs_command, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, End, Thread, Turn, completed_items};
use crate::offered::{may_have, no_such_method};
use crate::rows::Rows;
use crate::stored::last_request;
use crate::template::configure;

const LIST: &str = "hooks/list";
/// The name of a hook before a command, as the file has it and as messages have it.
const BEFORE: [&str; 2] = ["PreToolUse", "preToolUse"];
/// The same of a hook before a message of the user.
const MESSAGE: [&str; 2] = ["UserPromptSubmit", "userPromptSubmit"];
/// The same of a hook after the last answer.
const AFTER: [&str; 2] = ["Stop", "stop"];

/// The file that a hook before a command makes.
fn trace(cx: &Context) -> PathBuf {
    cx.home.work().join("hook-ran")
}

/// The file that a command makes.
fn made(cx: &Context) -> PathBuf {
    cx.home.work().join("command-ran")
}

/// Whether what makes this file has run, in words.
fn ran(file: &Path) -> &'static str {
    if file.exists() { "it ran" } else { "it did not run" }
}

/// Writes hooks into the home of the check, each of which reads its input to the end first, and a
/// configuration with which every release runs them.
fn write(cx: &Context, hooks: &[([&str; 2], &str)]) -> Result {
    configure(cx, |config| config.set("features.codex_hooks", true).set("features.hooks", true))?;
    let mut document = json!({ "hooks": {} });
    for ([name, _], script) in hooks {
        let command = format!("cat >/dev/null; {script}");
        let hook = json!({ "type": "command", "command": command });
        let group = json!({ "matcher": ".*", "hooks": [hook] });
        document["hooks"][*name] = json!([group]);
    }
    let file = cx.home.join("hooks.json");
    std::fs::write(file, document.to_string()).or_inconclusive("writing hooks.json")
}

/// The hooks that the server lists for the directory of the check.
async fn listed(cx: &mut Context) -> Result<Vec<Value>> {
    let params = json!({ "cwds": [cx.home.work()] });
    let result = cx.peer.call(LIST, params).await?;
    Ok(result["data"][0]["hooks"].as_array().cloned().unwrap_or_default())
}

/// Trusts all hooks, if the server wants that.
async fn trust(cx: &mut Context) -> Result {
    if !may_have(cx, LIST) {
        return Ok(());
    }
    let none = no_such_method(cx).await?;
    let params = json!({ "cwds": [cx.home.work()] });
    if none.is_said_of(LIST, &cx.peer.request(LIST, params).await?) {
        return Ok(());
    }
    let hooks = listed(cx).await?;
    let state = hooks.iter().filter_map(|hook| {
        let key = hook["key"].as_str()?.to_owned();
        Some((key, json!({ "trusted_hash": hook["currentHash"] })))
    });
    let state: serde_json::Map<_, _> = state.collect();
    let edit = json!({ "keyPath": "hooks.state", "value": state, "mergeStrategy": "upsert" });
    let params = json!({ "edits": [edit], "reloadUserConfig": true });
    cx.peer.call("config/batchWrite", params).await?;
    let trusted = listed(cx).await?;
    let untrusted = trusted.iter().filter(|hook| hook["trustStatus"] != "trusted");
    let untrusted: Vec<_> = untrusted.map(|hook| hook["key"].clone()).collect();
    ensure_eq!(untrusted, Vec::<Value>::new(), "hooks that are not trusted after that");
    Ok(())
}

/// Runs a turn in which the model runs a command that makes a file.
async fn turn(cx: &mut Context, thread: &Thread) -> Result<Turn> {
    let script = format!("echo x > '{}'", made(cx).display());
    cx.model.script([runs_command(script), says("done")]);
    let turn = cx.client().turn(thread, "run it").await?;
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(turn)
}

/// The runs of hooks that were announced by this notification: the name of the moment, id and status.
fn runs(cx: &mut Context, turn: &Turn, thread: &Thread, method: &str) -> Vec<[Value; 3]> {
    let calls = cx.client().heard(turn, thread, method);
    let run = |call: &&harness::Call| {
        let run = &call.params["run"];
        [run["eventName"].clone(), run["id"].clone(), run["status"].clone()]
    };
    calls.iter().map(run).collect()
}

/// A server MUST list the hooks of its home as untrusted, and run none before it is trusted.
#[check(
    v2(since = "0.147"),
    source = "app-server README, hooks/list: trustStatus; every release since does",
    faults(EVERY_HOOK_IS_TRUSTED, HOOKS_UNLISTED)
)]
async fn untrusted_hooks_do_not_run(cx: &mut Context) -> Result {
    let script = format!("echo x > '{}'; exit 2", trace(cx).display());
    write(cx, &[(BEFORE, &script), (AFTER, "true")])?;
    cx.client().initialize().await?;
    let seen: Vec<_> = listed(cx)
        .await?
        .into_iter()
        .map(|hook| [hook["eventName"].clone(), hook["trustStatus"].clone()])
        .collect();
    let expected = [[BEFORE[1], "untrusted"], [AFTER[1], "untrusted"]];
    ensure_eq!(seen, expected, "moment and trust of the listed hooks");
    let thread = cx.client().start_thread().await?;
    let turn = turn(cx, &thread).await?;
    ensure_eq!(runs(cx, &turn, &thread, "hook/started").len(), 0, "hooks that were started");
    ensure_eq!(ran(&trace(cx)), "it did not run", "the hook");
    ensure_eq!(ran(&made(cx)), "it ran", "the command");
    Ok(())
}

/// A server MUST announce each hook that it runs by `hook/started` and then `hook/completed` with the
/// same id, in the order of their moments.
#[check(
    v2(since = "0.120"),
    source = "app-server README, hook/started, hook/completed; every release since does",
    faults(HOOK_NEVER_COMPLETES)
)]
async fn each_run_is_announced_as_a_pair(cx: &mut Context) -> Result {
    write(cx, &[(MESSAGE, "true"), (BEFORE, "true"), (AFTER, "true")])?;
    cx.client().initialize().await?;
    trust(cx).await?;
    let thread = cx.client().start_thread().await?;
    let turn = turn(cx, &thread).await?;
    let started = runs(cx, &turn, &thread, "hook/started");
    let moments: Vec<_> = started.iter().map(|[moment, ..]| moment.clone()).collect();
    ensure_eq!(moments, [MESSAGE[1], BEFORE[1], AFTER[1]], "the moments of the started hooks");
    let completed = runs(cx, &turn, &thread, "hook/completed");
    let ends = |runs: &[[Value; 3]]| -> Vec<[Value; 2]> {
        runs.iter().map(|[moment, id, _]| [moment.clone(), id.clone()]).collect()
    };
    ensure_eq!(ends(&completed), ends(&started), "moment and id of the completed hooks");
    let states: Vec<_> = completed.iter().map(|[.., status]| status.clone()).collect();
    ensure_eq!(states, ["completed"; 3], "the status of the completed hooks");
    ensure_eq!(ran(&made(cx)), "it ran", "the command");
    Ok(())
}

/// A server MUST NOT run a command that a hook blocks, nor show an item for it, and send the model the
/// reason.
#[check(
    v2(since = "0.120"),
    source = "hooks documentation, PreToolUse: exit code 2 blocks; every release since does",
    faults(HOOK_BLOCKS_NOTHING, REASON_OF_A_HOOK_LOST)
)]
async fn a_blocked_command_leaves_no_trace(cx: &mut Context) -> Result {
    write(cx, &[(BEFORE, "echo 'not \"here\"' >&2; exit 2")])?;
    cx.client().initialize().await?;
    trust(cx).await?;
    let thread = cx.client().start_thread().await?;
    let turn = turn(cx, &thread).await?;
    let ends = runs(cx, &turn, &thread, "hook/completed");
    let states: Vec<_> = ends.iter().map(|[.., status]| status.clone()).collect();
    ensure_eq!(states, ["blocked"], "the status of the completed hooks");
    ensure_eq!(ran(&made(cx)), "it did not run", "the command");
    let items = completed_items(&turn.calls, &thread, "commandExecution").count();
    ensure_eq!(items, 0, "items of commands");
    let input = Value::from(last_request(cx)?.input_items()).to_string();
    let has_reason = input.contains(r#"not \\\"here\\\""#) || input.contains(r#"not \"here\""#);
    ensure!(has_reason, "the input of the model", "one with the reason of the hook", input);
    turn.says(&["done"], "the agent's messages after the blocked command")
}

/// A server MUST send the model what a hook says about a message of the user.
#[check(
    v2(since = "0.120"),
    source = "hooks documentation, UserPromptSubmit: stdout is context; every release since does",
    faults(CONTEXT_OF_A_HOOK_LOST)
)]
async fn context_of_a_hook_arrives(cx: &mut Context) -> Result {
    const SAYS: &str = "it is the year of the quokka";
    write(cx, &[(MESSAGE, &format!("echo '{SAYS}'"))])?;
    cx.client().initialize().await?;
    trust(cx).await?;
    let thread = cx.client().start_thread().await?;
    let turn = turn(cx, &thread).await?;
    ensure_eq!(runs(cx, &turn, &thread, "hook/completed").len(), 1, "hooks that were completed");
    let input = Value::from(last_request(cx)?.input_items()).to_string();
    ensure!(input.contains(SAYS), "the input of the model", SAYS, input);
    Ok(())
}

/// A server MUST list no hook and a warning for a file of hooks that it cannot read, and run turns all
/// the same.
#[check(
    v2(since = "0.147"),
    source = "app-server README, hooks/list: warnings; every release since does",
    faults(BROKEN_HOOKS_UNSAID)
)]
async fn a_broken_file_is_reported(cx: &mut Context) -> Result {
    write(cx, &[])?;
    let mut rows = Rows::of_waits();
    cx.client().initialize().await?;
    for text in ["{ not json", r#"{"hooks": 7}"#] {
        let file = cx.home.join("hooks.json");
        std::fs::write(file, text).or_inconclusive("writing hooks.json")?;
        let params = json!({ "cwds": [cx.home.work()] });
        let result = cx.peer.call(LIST, params).await?;
        let entry = &result["data"][0];
        let said = [&entry["warnings"], &entry["errors"]];
        let count: usize = said.iter().map(|list| list.as_array().map_or(0, Vec::len)).sum();
        let judged = || -> Result {
            ensure_eq!(entry["hooks"], json!([]), "the listed hooks");
            ensure!(count > 0, "warnings and errors in the list", "at least one", "none");
            Ok(())
        };
        rows.judge(text, judged())?;
    }
    let thread = cx.client().start_thread().await?;
    turn(cx, &thread).await?;
    rows.end()
}

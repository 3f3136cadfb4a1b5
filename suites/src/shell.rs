//! Commands of the user in a thread, which the model does not see until its next turn.

mod background;

use harness::{Call, Context, Result, check, ensure, ensure_eq, ensure_includes, show};
use mock_model::says;
use serde_json::{Value, json};

use crate::client::{Begun, ContextExt, End, Thread, is_of};
use crate::rows::Rows;
use crate::stored::{UNKNOWN, last_request};

/// The method that runs a command of the user.
const COMMAND: &str = "thread/shellCommand";

/// Initializes the connection and starts a thread.
async fn started(cx: &mut Context) -> Result<Thread> {
    cx.peer.gate().offers(COMMAND)?;
    cx.client().start().await
}

/// Runs a command of the user.
async fn run(cx: &mut Context, thread: &Thread, command: &str) -> Result {
    let params = json!({ "threadId": thread.id, "command": command });
    cx.peer.call(COMMAND, params).await.map(|_| ())
}

/// Waits for the end of the user's command in a thread.
async fn completed(cx: &mut Context, thread: &Thread) -> Result<Call> {
    let awaited = "`item/completed` of the user's command";
    cx.peer
        .next_matching(awaited, |call| {
            is_of(call, thread, "item/completed")
                && call.params["item"]["type"] == "commandExecution"
        })
        .await
}

/// A server MUST run a command of the user as a turn of its own when no turn runs, without asking the
/// model.
#[check(
    v2(since = "0.120"),
    source = "app-server README, thread/shellCommand; every release does",
    faults(SHELL_COMMAND_ASKS_THE_MODEL)
)]
async fn a_command_is_a_turn(cx: &mut Context) -> Result {
    let thread = started(cx).await?;
    let mark = cx.peer.mark();
    run(cx, &thread, "true").await?;
    let started = cx.client().notification(&thread, "turn/started").await?;
    let id = started.params["turn"]["id"].as_str().map(str::to_owned);
    let done = completed(cx, &thread).await?;
    ensure_eq!(done.params["turnId"], json!(id), "the turn of the command");
    cx.model.script([says("nothing")]);
    let turn = cx.client().end_turn(&thread, &Begun { mark, id }).await?;
    turn.ended(End::Completed, "the end of the command's turn")?;
    ensure_eq!(cx.model.requests().len(), 0, "requests to the model");
    Ok(())
}

/// A server MUST report a command of the user as an item with its source, its exit code and its output.
#[check(
    v2(since = "0.120"),
    source = "app-server README, thread/shellCommand: source userShell; every release does",
    faults(SHELL_SOURCE_IS_THE_AGENT, SHELL_CODE_LOST, SHELL_OUTPUT_LOST)
)]
async fn the_item_has_code_and_output(cx: &mut Context) -> Result {
    let thread = started(cx).await?;
    let mut rows = Rows::default();
    for (command, code, status, output) in [
        ("echo out; echo err >&2; exit 3", 3, "failed", "out"),
        ("cd / && pwd | tr -d '\\n'", 0, "completed", "/"),
    ] {
        run(cx, &thread, command).await?;
        let done = completed(cx, &thread).await?;
        let expected = json!({ "source": "userShell", "exitCode": code, "status": status });
        let judged = || {
            let item = &done.params["item"];
            ensure_includes!(*item, expected, "the item of the command");
            let text = item["aggregatedOutput"].as_str().unwrap_or_default();
            ensure!(text.contains(output), "the output in the item", output, show(text));
            Ok(())
        };
        rows.judge(command, judged())?;
        cx.client().notification(&thread, "turn/completed").await?;
    }
    rows.end()
}

/// A server MUST send the user's commands and their output to the model in the next turn.
#[check(
    v2(since = "0.120"),
    source = "every release does",
    faults(SHELL_COMMAND_HIDDEN_FROM_THE_MODEL)
)]
async fn the_model_hears_of_it_in_the_next_turn(cx: &mut Context) -> Result {
    let thread = started(cx).await?;
    run(cx, &thread, "echo answer-$((40+2))").await?;
    cx.client().notification(&thread, "turn/completed").await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "what was that?").await?;
    let request = last_request(cx)?.body().to_string();
    for text in ["echo answer-$((40+2))", "answer-42"] {
        ensure!(
            request.contains(text),
            "the request to the model after a command of the user",
            format!("{text:?} in it"),
            "a request without it"
        );
    }
    Ok(())
}

/// A server MUST reject a blank command, and a command in a thread that does not exist.
#[check(v2(since = "0.120"), source = "every release does", faults(SHELL_OF_NOTHING))]
async fn impossible_commands_are_rejected(cx: &mut Context) -> Result {
    let thread = started(cx).await?;
    let mut rows = Rows::default();
    for (id, command) in [(thread.id.as_str(), ""), (&thread.id, " \t"), (UNKNOWN, "true")] {
        let params = json!({ "threadId": id, "command": command });
        let reply = cx.peer.request(COMMAND, params.clone()).await?;
        let refused = reply.refusal("the answer to the command");
        rows.judge(params, refused.map(|_| ()))?;
    }
    rows.end()
}

/// A server MUST run a command of the user in the turn that runs, and let that turn go on.
#[check(
    v2(since = "0.120"),
    source = "app-server README, thread/shellCommand; every release does",
    faults(SHELL_COMMAND_INTERRUPTS)
)]
async fn a_command_joins_the_running_turn(cx: &mut Context) -> Result {
    let thread = started(cx).await?;
    cx.model.script([says("one half, ").hold("middle").continues("the other")]);
    let begun = cx.client().begin_turn(&thread, "go on").await?;
    cx.reached("middle").await?;
    run(cx, &thread, "echo meanwhile").await?;
    let done = completed(cx, &thread).await?;
    let id: Value = json!(begun.id);
    ensure_eq!(done.params["turnId"], id, "the turn of the command");
    cx.model.open("middle");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.says(&["one half, the other"], "the agent's message after the command")
}

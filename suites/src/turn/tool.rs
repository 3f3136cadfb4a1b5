//! The model's tool calls: which commands run, and which results the model and the client receive.

pub mod action;
pub mod command;
pub mod patch;

use std::path::Path;

use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::{Reply, calls, misuses_commands, runs_command, says};
use serde_json::json;

use super::observed::{Marker, command, commands, content, first, output};
use crate::client::{ContextExt, End, Protocol};

/// A server MUST send the output of a command to the model under the id of its call.
#[check(
    v1,
    v2,
    source = "app-server tests, codex_message_processor_flow; Responses API, function_call_output",
    faults(TOOL_OUTPUT_LOST),
    shared
)]
async fn the_output_reaches_the_model(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([runs_command("echo said-by-$((40+2))").id("the call"), says("done")]);
    let turn = cx.client().turn(&thread, "run it").await?;
    let output = output(cx, 2, "the call").await?;
    ensure!(
        output.contains("said-by-42"),
        "the output that the model receives for its call",
        "the output `said-by-42`",
        output
    );
    turn.says(&["done"], "the agent's messages")?;
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(())
}

/// A server MUST send the stderr output of a command to the model.
#[check(v1, v2, source = "every release does", faults(STDERR_LOST), shared)]
async fn stderr_reaches_the_model(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([runs_command("echo to-stderr-$((40+2)) >&2").id("the call"), says("done")]);
    cx.client().turn(&thread, "run it").await?;
    let output = output(cx, 2, "the call").await?;
    ensure!(
        output.contains("to-stderr-42"),
        "the output that the model receives for its call",
        "`to-stderr-42`",
        output
    );
    Ok(())
}

/// A server MUST report the exit code of a failed command to the model.
#[check(v1, v2, source = "every release does", faults(EXIT_CODE_LOST), shared)]
async fn the_exit_code_reaches_the_model(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([runs_command("exit 113").id("the call"), says("it failed")]);
    let turn = cx.client().turn(&thread, "run it").await?;
    let output = output(cx, 2, "the call").await?;
    let named = output.split(|c: char| !c.is_ascii_digit()).any(|number| number == "113");
    ensure!(
        named,
        "the output that the model receives for a command with exit code 113",
        "the number 113",
        output
    );
    turn.says(&["it failed"], "the agent's messages after it")?;
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(())
}

/// A server MUST report the end of a command to the client with the id of its call, its exit code
/// and its output.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Items: commandExecution; app-server tests, turn_start",
    faults(EXIT_CODE_UNTOLD, OUTPUT_UNTOLD),
    shared
)]
async fn the_end_of_a_command_is_reported(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([runs_command("echo printed-$((40+2)); exit 3").id("the_call"), says("done")]);
    let turn = cx.client().turn(&thread, "run it").await?;
    let ended = command(cx, &thread, &turn.calls)?;
    ensure_eq!(ended.id, "the_call", "the id of the command");
    ensure_eq!(ended.exit_code, Some(3), "the exit code of the command");
    ensure!(
        ended.output.contains("printed-42"),
        "the output of the command",
        "`printed-42`",
        ended.output
    );
    Ok(())
}

/// A server MUST report the start of a command to the client before its end, with the id of its
/// call and its working directory.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Items: commandExecution; app-server tests, turn_start",
    faults(COMMAND_SHOWN_IN_ANOTHER_DIRECTORY),
    shared
)]
async fn the_start_of_a_command_is_reported(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([runs_command("echo hello").id("the_call"), says("done")]);
    let turn = cx.client().turn(&thread, "run it").await?;
    let ended = command(cx, &thread, &turn.calls)?;
    let &Protocol { command_started: event, call_id, .. } = cx.protocol();
    let begun = first(&turn.calls, "the start of the command", |call| event.is(call, &thread))?;
    let command = event.content(begun);
    ensure_eq!(command[call_id], "the_call", "the id at the start");
    ensure_eq!(command["cwd"].as_str(), cx.home.work().to_str(), "the directory at the start");
    ensure!(
        begun.seq < ended.seq,
        "order of start and end of a command",
        "the start first",
        "the end first"
    );
    Ok(())
}

/// A server MUST run commands in the working directory of the conversation.
#[check(v1, v2, source = "app-server README, Threads: cwd", faults(RUNS_IN_THE_HOME), shared)]
async fn commands_run_in_the_directory_of_the_conversation(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([runs_command("pwd -P > where"), says("done")]);
    cx.client().turn(&thread, "run it").await?;
    let place = content(cx.home.work().join("where"));
    let wanted = format!("{}\n", cx.home.work().display());
    ensure_eq!(place, Some(wanted), "the output of `pwd` in the conversation's directory");
    Ok(())
}

/// A server MUST run a command in the working directory of the model's call, resolved against the
/// one of the conversation.
#[check(v1, v2, source = "every release does", faults(WORKDIR_IGNORED), shared)]
async fn commands_run_in_the_directory_of_the_call(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let place = cx.home.work().join("inside");
    std::fs::create_dir(&place).or_inconclusive("making a folder")?;
    let call = |workdir: &Path| runs_command("pwd -P").workdir(workdir);
    let script = [call(&place).id("one"), call(Path::new("inside")).id("two"), says("done")];
    cx.model.script(script);
    cx.client().turn(&thread, "run it").await?;
    for (request, id) in [(2, "one"), (3, "two")] {
        let output = output(cx, request, id).await?;
        let wanted = place.display().to_string();
        ensure!(output.contains(&wanted), "where the command ran", wanted, output);
    }
    Ok(())
}

/// A server MUST run the command of a call exactly once.
#[check(v1, v2, source = "a command may not be repeated without harm", faults(RUNS_TWICE), shared)]
async fn a_call_runs_once(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("done")]);
    cx.client().turn(&thread, "run it").await?;
    ensure_eq!(marker.runs(), 1, "how often the command of one call ran");
    ensure_eq!(
        cx.model.requests().len(),
        2,
        "requests to the model: one for the call, one with its output"
    );
    Ok(())
}

/// A server MUST send the model a separate output for every call of a reply.
#[check(
    v1,
    v2,
    source = "Responses API, parallel calls; every release does",
    faults(SECOND_CALL_FORGOTTEN, TOOL_OUTPUT_LOST),
    shared
)]
async fn every_call_of_a_reply_is_answered(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let call = |id: &str| runs_command(format!("echo output-of-{id}")).id(id);
    cx.model.script([says("I look").and(call("call-a")).and(call("call-b")), says("done")]);
    let turn = cx.client().turn(&thread, "run both").await?;
    for id in ["call-a", "call-b"] {
        let output = output(cx, 2, id).await?;
        let own = format!("output-of-{id}");
        ensure!(
            output.contains(&own),
            format!("the output that the model receives for {id}"),
            own,
            output
        );
    }
    turn.says(&["I look", "done"], "the agent's messages")?;
    Ok(())
}

/// A server MUST continue a turn until the model replies without a call.
#[check(v1, v2, source = "every release does", faults(STOPS_AFTER_THREE_ROUNDS), shared)]
async fn calls_go_on_until_the_model_is_done(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let mut script: Vec<Reply> = Vec::new();
    for number in 1..=4 {
        script.push(
            runs_command(format!("echo step {number} >> steps")).id(format!("call-{number}")),
        );
    }
    script.push(says("done"));
    cx.model.script(script);
    let turn = cx.client().turn(&thread, "run them").await?;
    ensure_eq!(
        content(cx.home.work().join("steps")),
        Some("step 1\nstep 2\nstep 3\nstep 4\n".to_owned()),
        "the output of the four commands, one line each"
    );
    ensure_eq!(cx.model.requests().len(), 5, "requests to the model");
    turn.says(&["done"], "the agent's messages")?;
    Ok(())
}

/// A server MUST send the model an output for a call of an unknown tool, so that the turn can
/// complete.
#[check(v1, v2, source = "every release does", faults(UNKNOWN_TOOL_ENDS_THE_TURN), shared)]
async fn a_call_of_an_unknown_tool_is_answered(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([calls("no_such_tool", json!({ "a": 1 })).id("the call"), says("done")]);
    let turn = cx.client().turn(&thread, "call it").await?;
    turn.ended(End::Completed, "how the turn ended")?;
    turn.says(&["done"], "the agent's messages")?;
    output(cx, 2, "the call").await.map(|_| ())
}

/// A server MUST send the model an output for a call with invalid arguments without running a
/// command.
#[check(v1, v2, source = "every release does", faults(UNREADABLE_CALL_ENDS_THE_TURN), shared)]
async fn a_call_with_invalid_arguments_is_answered(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([
        misuses_commands(json!("{\"command\": [\"touch\", ")).id("the call"),
        misuses_commands(json!({ "wrong": 1 })).id("another"),
        says("done"),
    ]);
    let turn = cx.client().turn(&thread, "call it").await?;
    turn.ended(End::Completed, "how the turn ended")?;
    turn.says(&["done"], "the agent's messages")?;
    output(cx, 2, "the call").await?;
    output(cx, 3, "another").await?;
    ensure_eq!(commands(cx, &thread, &turn.calls).len(), 0, "commands that ran");
    Ok(())
}

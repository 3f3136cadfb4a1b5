//! The model's calls: what runs, and what the model and the client are told of it.

use harness::failure::{OrInconclusive, Result};
use harness::{Context, Dialect, check, ensure, ensure_eq};
use mock_model::{Reply, calls, says};
use serde_json::json;

use super::scene::{Marker, command, commands, content, first, is_item, open, output};
use crate::v1;
use crate::words::{End, adds_file, before, patches, run_turn, runs};

/// A server MUST give the output of a command to the model, under the id of its call.
#[check(
    v1,
    v2,
    source = "app-server tests, codex_message_processor_flow; Responses API, function_call_output"
)]
async fn the_output_reaches_the_model(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    cx.model.script([runs(cx, "echo said-by-$((40+2))").id("the call"), says("done")]);
    let turn = run_turn(cx, &thread, "run it").await?;
    let told = output(cx, 2, "the call").await?;
    ensure!(
        told.contains("said-by-42"),
        "what the model is told of its call",
        "the output `said-by-42`",
        told
    );
    ensure_eq!(turn.said, ["done"], "what the agent said");
    ensure_eq!(turn.end, End::Completed, "how the turn ended");
    Ok(())
}

/// A server MUST give the model what a command writes to stderr, too.
#[check(v1, v2, source = "every release does")]
async fn stderr_reaches_the_model(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    cx.model.script([runs(cx, "echo to-stderr-$((40+2)) >&2").id("the call"), says("done")]);
    run_turn(cx, &thread, "run it").await?;
    let told = output(cx, 2, "the call").await?;
    ensure!(
        told.contains("to-stderr-42"),
        "what the model is told of its call",
        "`to-stderr-42`",
        told
    );
    Ok(())
}

/// A server MUST give the exit code of a command that fails to the model, and go on with the turn.
#[check(v1, v2, source = "every release does")]
async fn a_failing_command_is_told_to_the_model(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    cx.model.script([runs(cx, "exit 113").id("the call"), says("it failed")]);
    let turn = run_turn(cx, &thread, "run it").await?;
    let told = output(cx, 2, "the call").await?;
    let named = told.split(|c: char| !c.is_ascii_digit()).any(|number| number == "113");
    ensure!(
        named,
        "what the model is told of a command that ends with code 113",
        "the number 113",
        told
    );
    ensure_eq!(turn.said, ["it failed"], "what the agent said after it");
    ensure_eq!(turn.end, End::Completed, "how the turn ended");
    Ok(())
}

/// A server MUST tell the client the end of a command: its exit code and its output, under the id of the call.
#[check(
    v1,
    v2(since = "0.80"),
    source = "app-server README, Items: commandExecution; app-server tests, turn_start"
)]
async fn the_end_of_a_command_is_told(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    cx.model.script([runs(cx, "echo told-to-$((40+2)); exit 3").id("the_call"), says("done")]);
    let turn = run_turn(cx, &thread, "run it").await?;
    let ended = command(cx, &thread, &turn.calls)?;
    ensure_eq!(ended.id, "the_call", "the id of the command");
    ensure_eq!(ended.exit_code, Some(3), "the exit code of the command");
    ensure!(
        ended.output.contains("told-to-42"),
        "the output of the command",
        "`told-to-42`",
        ended.output
    );
    Ok(())
}

/// A server MUST tell the client of a command before its end, with the directory in which it runs.
#[check(
    v1,
    v2(since = "0.80"),
    source = "app-server README, Items: commandExecution; app-server tests, turn_start"
)]
async fn the_start_of_a_command_is_told(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    cx.model.script([runs(cx, "echo hello").id("the_call"), says("done")]);
    let turn = run_turn(cx, &thread, "run it").await?;
    let ended = command(cx, &thread, &turn.calls)?;
    let v1 = cx.dialect() == Dialect::V1;
    let begun = first(&turn.calls, "the start of the command", |call| match v1 {
        true => v1::is_event(call, &thread, "exec_command_begin"),
        false => is_item(call, &thread, "item/started", "commandExecution"),
    })?;
    let told = if v1 { &begun.params["msg"] } else { &begun.params["item"] };
    ensure_eq!(told[if v1 { "call_id" } else { "id" }], "the_call", "the id at the start");
    ensure_eq!(told["cwd"].as_str(), cx.home.work().to_str(), "the directory at the start");
    ensure!(
        begun.seq < ended.seq,
        "order of start and end of a command",
        "the start first",
        "the end first"
    );
    Ok(())
}

/// A server MUST run commands in the directory of the conversation.
#[check(v1, v2, source = "app-server README, Threads: cwd")]
async fn commands_run_in_the_directory_of_the_conversation(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    cx.model.script([runs(cx, "pwd -P > where"), says("done")]);
    run_turn(cx, &thread, "run it").await?;
    let place = content(cx.home.work().join("where"));
    let wanted = format!("{}\n", cx.home.work().display());
    ensure_eq!(place, Some(wanted), "what `pwd` wrote into the conversation's directory");
    Ok(())
}

/// A server MUST run a call once.
#[check(v1, v2, source = "a command may not be repeated without harm")]
async fn a_call_runs_once(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs(cx, &marker.command()), says("done")]);
    run_turn(cx, &thread, "run it").await?;
    ensure_eq!(marker.runs(), 1, "how often the command ran");
    ensure_eq!(
        cx.model.requests().len(),
        2,
        "requests to the model: one for the call, one with its output"
    );
    Ok(())
}

/// A server MUST answer every call of a reply, each with its own output.
#[check(v1, v2, source = "Responses API, parallel calls; every release does")]
async fn every_call_of_a_reply_is_answered(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let call = |id: &str| runs(cx, &format!("echo output-of-{id}")).id(id);
    cx.model.script([says("I look").and(call("call-a")).and(call("call-b")), says("done")]);
    let turn = run_turn(cx, &thread, "run both").await?;
    for id in ["call-a", "call-b"] {
        let told = output(cx, 2, id).await?;
        let own = format!("output-of-{id}");
        ensure!(told.contains(&own), format!("what the model is told of {id}"), own, told);
    }
    ensure_eq!(turn.said, ["I look", "done"], "what the agent said");
    Ok(())
}

/// A server MUST let the model go on calling until it calls nothing more.
#[check(v1, v2, source = "every release does")]
async fn calls_go_on_until_the_model_is_done(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let mut script: Vec<Reply> = Vec::new();
    for number in 1..=4 {
        script.push(runs(cx, &format!("echo step {number} >> steps")).id(format!("call-{number}")));
    }
    script.push(says("done"));
    cx.model.script(script);
    let turn = run_turn(cx, &thread, "run them").await?;
    ensure_eq!(
        content(cx.home.work().join("steps")),
        Some("step 1\nstep 2\nstep 3\nstep 4\n".to_owned()),
        "the steps"
    );
    ensure_eq!(cx.model.requests().len(), 5, "requests to the model");
    ensure_eq!(turn.said, ["done"], "what the agent said");
    Ok(())
}

/// A server MUST tell the model that there is no tool of the name that it called, and go on with the turn.
#[check(v1, v2, source = "every release does")]
async fn an_unknown_tool_is_told_to_the_model(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    cx.model.script([calls("no_such_tool", json!({ "a": 1 })).id("the call"), says("done")]);
    let turn = run_turn(cx, &thread, "call it").await?;
    output(cx, 2, "the call").await?;
    ensure_eq!(turn.end, End::Completed, "how the turn ended");
    ensure_eq!(turn.said, ["done"], "what the agent said");
    Ok(())
}

/// A server MUST tell the model that the arguments of its call cannot be read, and go on with the turn.
#[check(v1, v2, source = "every release does")]
async fn unreadable_arguments_are_told_to_the_model(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let tool = if before(cx, 0, 90) { "shell" } else { "exec_command" };
    let rubbish = json!("{\"command\": [\"touch\", ");
    cx.model.script([
        calls(tool, rubbish).id("the call"),
        calls(tool, json!({ "wrong": 1 })).id("another"),
        says("done"),
    ]);
    let turn = run_turn(cx, &thread, "call it").await?;
    output(cx, 2, "the call").await?;
    output(cx, 3, "another").await?;
    ensure_eq!(turn.said, ["done"], "what the agent said");
    ensure_eq!(commands(cx, &thread, &turn.calls).len(), 0, "commands that ran");
    Ok(())
}

/// A server MUST write a file that a patch adds exactly as the patch has it.
#[check(v1, v2, source = "apply_patch format, Add File; every release does")]
async fn a_patch_adds_a_file_exactly(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let patch =
        "*** Begin Patch\n*** Add File: sub/new.txt\n+first ñ 日本\n+\n+\tthird  \n*** End Patch\n";
    cx.model.script([patches(cx, patch), says("done")]);
    run_turn(cx, &thread, "patch it").await?;
    let written = content(cx.home.work().join("sub/new.txt"));
    ensure_eq!(written, Some("first ñ 日本\n\n\tthird  \n".to_owned()), "the file");
    Ok(())
}

/// A server MUST change, delete and move files as a patch has it, and leave the rest as it was.
#[check(
    v1,
    v2,
    source = "apply_patch format, Update File, Delete File, Move to; every release does"
)]
async fn a_patch_changes_only_what_it_names(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let work = cx.home.work().to_owned();
    for (name, text) in [
        ("a.txt", "one\ntwo\nthree\n"),
        ("b.txt", "gone\n"),
        ("c.txt", "moved\n"),
        ("d.txt", "stays\n"),
    ] {
        std::fs::write(work.join(name), text).or_inconclusive("writing a file to patch")?;
    }
    let patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n-two\n+2\n three\n*** Delete File: b.txt\n\
                 *** Update File: c.txt\n*** Move to: e.txt\n@@\n-moved\n+MOVED\n*** End Patch\n";
    cx.model.script([patches(cx, patch), says("done")]);
    run_turn(cx, &thread, "patch them").await?;
    let found = ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"].map(|name| content(work.join(name)));
    let text = |text: &str| Some(text.to_owned());
    let wanted = [text("one\n2\nthree\n"), None, None, text("stays\n"), text("MOVED\n")];
    ensure_eq!(found, wanted, "the files a, b, c, d and e");
    Ok(())
}

/// A server MUST NOT change anything by a patch that does not fit, and tell the model so.
#[check(v1, v2, source = "every release does")]
async fn a_patch_that_does_not_fit_changes_nothing(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    let file = cx.home.work().join("a.txt");
    std::fs::write(&file, "one\n").or_inconclusive("writing a file to patch")?;
    let patch = "*** Begin Patch\n*** Add File: b.txt\n+new\n*** Update File: a.txt\n@@\n-two\n+2\n*** End Patch\n";
    cx.model.script([patches(cx, patch).id("the call"), says("done")]);
    let turn = run_turn(cx, &thread, "patch it").await?;
    output(cx, 2, "the call").await?;
    ensure_eq!(content(&file), Some("one\n".to_owned()), "the file that the patch does not fit");
    ensure_eq!(
        content(cx.home.work().join("b.txt")),
        None::<String>,
        "the file that the same patch adds"
    );
    ensure_eq!(turn.said, ["done"], "what the agent said");
    Ok(())
}

/// A server MUST tell the client what a patch changes and that it was applied.
#[check(
    v1,
    v2(since = "0.80"),
    source = "app-server README, Items: fileChange; app-server tests, turn_start"
)]
async fn a_patch_is_told(cx: &mut Context) -> Result {
    let thread = open(cx).await?;
    cx.model.script([adds_file(cx, "new.txt", "content").id("the_call"), says("done")]);
    let turn = run_turn(cx, &thread, "patch it").await?;
    let path = cx.home.work().join("new.txt").display().to_string();
    if cx.dialect() == Dialect::V1 {
        let begun = first(&turn.calls, "`patch_apply_begin`", |call| {
            v1::is_event(call, &thread, "patch_apply_begin")
        })?;
        ensure!(
            begun.params["msg"]["changes"].get(&path).is_some(),
            "`changes`",
            path,
            begun.params["msg"]["changes"].to_string()
        );
        let ended = first(&turn.calls, "`patch_apply_end`", |call| {
            v1::is_event(call, &thread, "patch_apply_end")
        })?;
        ensure_eq!(ended.params["msg"]["success"], true, "`success` of `patch_apply_end`");
        return Ok(());
    }
    let item = first(&turn.calls, "`item/completed` of the patch", |call| {
        is_item(call, &thread, "item/completed", "fileChange")
    })?;
    let item = &item.params["item"];
    ensure_eq!(item["id"], "the_call", "the id of the item");
    ensure_eq!(item["status"], "completed", "the status of the item");
    ensure_eq!(item["changes"][0]["path"], path, "the path of the change");
    ensure_eq!(item["changes"][0]["kind"]["type"], "add", "the kind of the change");
    Ok(())
}

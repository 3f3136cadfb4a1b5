//! How a command runs: with what it inherits, and with all of its output.

use std::path::Path;

use harness::{Context, Looks, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::{runs_command, says};
use serde_json::Value;

use crate::client::{ContextExt, End, Thread, Turn};
use crate::turn::observed::{command, content, output};

/// Lets the model run a command line; the output that it receives is the last.
async fn run(cx: &mut Context, line: &str) -> Result<(Thread, Turn, String)> {
    let thread = cx.client().start().await?;
    cx.model.script([runs_command(line).id("the_call"), says("done")]);
    let turn = cx.client().turn(&thread, "run it").await?;
    let output = output(cx, 2, "the_call").await?;
    ensure_eq!(turn.end, End::Completed, "how the turn ended");
    Ok((thread, turn, output))
}

/// A server MUST NOT let a command read from the server's stdin.
#[check(
    v1,
    v2,
    source = "a command that reads its input would swallow requests; every release does",
    faults(COMMANDS_SHARE_THE_INPUT),
    shared
)]
async fn commands_do_not_share_the_server_stdin(cx: &mut Context) -> Result {
    let pid = {
        let thread = cx.client().start().await?;
        let pid = cx.peer.pid().unwrap_or_default();
        cx.model.script([runs_command("readlink /proc/self/fd/0 > input"), says("done")]);
        cx.client().turn(&thread, "run it").await?;
        pid
    };
    let own = std::fs::read_link(format!("/proc/{pid}/fd/0"))
        .or_inconclusive("looking at the input of the subject")?;
    let found = content(cx.home.work().join("input")).unwrap_or_default();
    ensure!(
        Path::new(found.trim_end()) != own,
        "the input of the command",
        format!("another one than that of the server, {}", own.display()),
        found
    );
    Ok(())
}

/// A server MUST NOT report success for a command that was killed.
#[check(
    v1,
    v2(since = "0.66"),
    source = "POSIX shell: 128 and the signal; every release does",
    faults(KILLED_IS_SUCCESS),
    shared
)]
async fn a_killed_command_is_not_a_success(cx: &mut Context) -> Result {
    let (thread, turn, output) = run(cx, "kill -9 $$").await?;
    let ended = command(cx, &thread, &turn.calls)?;
    ensure!(
        ended.exit_code.is_some_and(|code| code != 0),
        "the exit code of a command that was killed",
        "one that is not 0",
        ended.exit_code.map_or("no exit code".to_owned(), |code| code.to_string())
    );
    let lines: Vec<&str> = output.lines().map(str::trim).collect();
    let success = ["Process exited with code 0", "Exit code: 0", "\"exit_code\":0"];
    let claimed = lines.iter().find(|line| success.iter().any(|text| line.contains(text)));
    ensure!(
        claimed.is_none(),
        "the output that the model receives for a killed command",
        "no success",
        output
    );
    Ok(())
}

/// A server MUST run a command to its end even if it writes much to stdout and stderr.
#[check(
    v1,
    v2(since = "0.66"),
    source = "POSIX: a pipe that nobody reads blocks the writer; every release does",
    faults(OUTPUT_READ_AT_THE_END),
    shared
)]
async fn a_command_with_much_output_completes(cx: &mut Context) -> Result {
    let line = "head -c 300000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero | tr '\\0' y >&2; echo > finished";
    let (thread, turn, _) = run(cx, line).await?;
    ensure_eq!(
        command(cx, &thread, &turn.calls)?.exit_code,
        Some(0),
        "the exit code of the command"
    );
    ensure!(
        cx.home.work().join("finished").exists(),
        "the file that the command makes last",
        "to be there",
        "nothing"
    );
    Ok(())
}

/// A server MUST send the model every line of a command's output, including a last line without a
/// newline.
#[check(
    v1,
    v2,
    source = "every release does",
    faults(FIRST_LINE_OF_OUTPUT_ONLY, UNFINISHED_LINE_LOST),
    shared
)]
async fn every_line_of_output_reaches_the_model(cx: &mut Context) -> Result {
    let (_, _, output) =
        run(cx, "printf 'line-%s\\n' one two three; printf 'line-%s' four").await?;
    for wanted in ["line-one", "line-two", "line-three", "line-four"] {
        ensure!(
            output.contains(wanted),
            "the output that the model receives for its call",
            wanted,
            &output
        );
    }
    Ok(())
}

/// A server MUST keep the whitespace in a command's output unchanged for the model.
#[check(
    v1,
    v2,
    source = "every release does",
    faults(BLANKS_OF_OUTPUT_FOLDED, FIRST_LINE_OF_OUTPUT_ONLY),
    shared
)]
async fn whitespace_in_output_is_kept(cx: &mut Context) -> Result {
    let (_, _, output) = run(cx, "printf 'a\\n    b\\n\\n\\tc  d\\n'").await?;
    // The first releases send an output as JSON.
    let plain = serde_json::from_str::<Value>(&output);
    let plain = plain.ok().and_then(|value| value["output"].as_str().map(str::to_owned));
    let plain = plain.unwrap_or(output);
    ensure!(
        plain.contains("a\n    b\n\n\tc  d"),
        "the output that the model receives for its call",
        "the output, unchanged",
        plain
    );
    Ok(())
}

/// A server MUST send the non-ASCII characters of a command's output to the model.
#[check(v1, v2, source = "every release does", faults(OUTPUT_IN_ASCII), shared)]
async fn non_ascii_output_reaches_the_model(cx: &mut Context) -> Result {
    let (_, _, output) = run(cx, "printf 'é日本😀\\n'").await?;
    ensure!(
        output.contains("é日本😀"),
        "the output that the model receives for its call",
        "é日本😀",
        output
    );
    Ok(())
}

/// A server MUST send the model the readable parts of a command's output that contains invalid
/// UTF-8.
#[check(v1, v2, source = "robustness; every release does", faults(ODD_OUTPUT_LOST), shared)]
async fn output_with_invalid_utf8_reaches_the_model(cx: &mut Context) -> Result {
    let (_, _, output) = run(cx, "printf 'before\\377\\376after\\n'").await?;
    ensure!(
        output.contains("before") && output.contains("after"),
        "the output that the model receives for its call",
        "`before` and `after`",
        output
    );
    Ok(())
}

/// A server MUST pass the variables of its own environment to commands.
#[check(
    v1,
    v2,
    source = "shell_environment_policy: all by default; every release does",
    faults(COMMANDS_WITHOUT_ENVIRONMENT)
)]
async fn commands_inherit_the_environment(cx: &mut Context) -> Result {
    cx.env("PROCTOR_PROBE", "handed down");
    let (_, _, output) = run(cx, "echo \"[$PROCTOR_PROBE]\"").await?;
    ensure!(
        output.contains("[handed down]"),
        "the output that the model receives for its call",
        "[handed down]",
        output
    );
    Ok(())
}

/// A server MUST reap the processes of commands that have ended.
#[check(
    v1,
    v2,
    source = "POSIX: a child that nobody waits for stays; every release does",
    faults(CHILDREN_UNREAPED),
    shared
)]
async fn ended_commands_are_reaped(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([
        runs_command("true"),
        runs_command("true"),
        runs_command("true"),
        says("done"),
    ]);
    cx.client().turn(&thread, "run them").await?;
    let pid = cx.peer.pid().unwrap_or_default();
    let mut looks = Looks::until(cx.peer.deadline());
    loop {
        let dead = unreaped(pid);
        if dead.is_empty() {
            return Ok(());
        }
        ensure!(
            looks.again().await,
            "children of the server that have ended and were not waited for",
            "none",
            dead.join(", ")
        );
    }
}

/// The children of a process that have ended and were not waited for, by id and name.
fn unreaped(pid: u32) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let children: Vec<String> = lists
        .flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let stat = |child: &String| std::fs::read_to_string(format!("/proc/{child}/stat")).ok();
    let is_dead =
        |stat: &String| stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'));
    children
        .iter()
        .filter_map(stat)
        .filter(is_dead)
        .map(|stat| stat.split(") ").next().unwrap_or_default().to_owned())
        .collect()
}

//! Sessions of the model: it starts a program by one call and talks to it by others.

use harness::{Call, Context, Result, check, ensure, ensure_eq};

use super::dialogue::{Dialogue, SHELL, writes};
use super::pipes::{Gate, Life};
use crate::client::is_of;
use crate::turn::observed::commands;

/// A server MUST keep a session of the model running between the model's calls.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "the tools exec_command and write_stdin; every release does",
    faults(SESSION_INPUT_LOST, SESSIONS_END_WITH_THEIR_CALL, SESSIONS_FORGOTTEN),
    shared
)]
async fn it_goes_on_between_calls(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut shell = dialogue.begin(cx, SHELL).await?;
    dialogue.write(cx, &mut shell, "remembered=40\n").await?;
    dialogue.until(cx, &mut shell, "echo answer-$((remembered+2))\n", "answer-42").await?;
    dialogue.end(cx).await.map(|_| ())
}

/// A server MUST NOT send the same output of a session to the model twice.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "the tool write_stdin; every release does",
    faults(OLD_OUTPUT_REPEATED),
    shared
)]
async fn old_output_is_not_sent_again(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut shell = dialogue.begin(cx, SHELL).await?;
    dialogue.until(cx, &mut shell, "echo first-$((40+2))\n", "first-42").await?;
    dialogue.until(cx, &mut shell, "echo second-$((40+2))\n", "second-42").await?;
    let times = shell.all().matches("first-42").count();
    ensure_eq!(times, 1, "how often the model receives a line that the session printed once");
    dialogue.end(cx).await.map(|_| ())
}

/// A server MUST keep input that the model writes to a session before the program reads.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "POSIX, General Terminal Interface: type-ahead; every release does",
    faults(EARLY_INPUT_LOST, SESSION_INPUT_LOST),
    shared
)]
async fn input_before_the_first_read_is_kept(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let gate = Gate::new(cx, "gate")?;
    let line = format!(
        "stty -echo; {}; read line; echo \"<$line>\"; while read line; do :; done",
        gate.wait()
    );
    let mut program = dialogue.begin(cx, &line).await?;
    dialogue.write(cx, &mut program, "typed ahead\n").await?;
    gate.open()?;
    dialogue.until(cx, &mut program, "\n", "<typed ahead>").await?;
    dialogue.end(cx).await.map(|_| ())
}

/// A server MUST give a program of the model a terminal if the call requests one.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "the tool exec_command: tty; every release does",
    faults(TERMINAL_IS_A_PIPE),
    shared
)]
async fn it_has_a_terminal_if_asked_for(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let line =
        "read line; test -t 0 && test -t 1 && test -t 2 && echo terminal-$((40+2)); read line";
    let mut program = dialogue.begin(cx, line).await?;
    dialogue.until(cx, &mut program, "\n", "terminal-42").await?;
    dialogue.end(cx).await.map(|_| ())
}

/// A server MUST report the exit code of a session to the model when the session ends.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "the tool write_stdin; every release does",
    faults(SESSION_CODE_LOST),
    shared
)]
async fn the_model_receives_the_exit_code(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut shell = dialogue.begin(cx, SHELL).await?;
    dialogue.until(cx, &mut shell, "exit 113\n", "code 113").await?;
    dialogue.end(cx).await.map(|_| ())
}

/// A server MUST NOT report a session as running to the model after the session has ended.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "the tool write_stdin; every release does",
    faults(UNKNOWN_SESSION_ENDS_THE_TURN),
    shared
)]
async fn an_ended_session_is_not_reported_as_running(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut shell = dialogue.begin(cx, SHELL).await?;
    dialogue.until(cx, &mut shell, "exit 113\n", "code 113").await?;
    dialogue.write(cx, &mut shell, "echo still-$((40+2))\n").await?;
    let received = shell.last();
    ensure!(
        !received.contains("still-42") && !shell.goes_on(),
        "the output that the model receives for a write to an ended session",
        "a report that there is no such session",
        received
    );
    dialogue.end(cx).await.map(|_| ())
}

/// A server MUST answer the model's write to an unknown session without a report of a running or
/// exited program.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "the tool write_stdin; every release does",
    faults(UNKNOWN_SESSION_ENDS_THE_TURN),
    shared
)]
async fn a_write_to_an_unknown_session_is_answered(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let (_, received) = dialogue.call(cx, writes(424_242, "hello\n")).await?;
    ensure!(
        !received.contains("Process exited") && !received.contains("running with session"),
        "the output that the model receives for a write to an unknown session",
        "that there is none",
        received
    );
    dialogue.end(cx).await.map(|_| ())
}

/// A server MUST keep the input and output of different sessions of the model separate.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "the tool write_stdin: session_id; every release does",
    faults(SESSIONS_MIXED_UP),
    shared
)]
async fn two_sessions_stay_apart(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut one = dialogue.begin(cx, SHELL).await?;
    let mut two = dialogue.begin(cx, SHELL).await?;
    ensure!(one.id != two.id, "the numbers of two sessions", "two numbers", one.id.to_string());
    dialogue.write(cx, &mut one, "name=one\n").await?;
    dialogue.write(cx, &mut two, "name=two\n").await?;
    dialogue.until(cx, &mut one, "echo this-is-$name\n", "this-is-one").await?;
    dialogue.until(cx, &mut two, "echo this-is-$name\n", "this-is-two").await?;
    for (session, other) in [(&one, "this-is-two"), (&two, "this-is-one")] {
        let mixed = session.all().contains(other);
        ensure!(
            !mixed,
            "the output that the model receives for one of two sessions",
            "its own",
            session.all()
        );
    }
    dialogue.end(cx).await.map(|_| ())
}

/// A server MUST let the interrupt character end the command that a shell of the model runs, but
/// not the shell itself.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "POSIX, General Terminal Interface: INTR; every release does",
    faults(TERMINAL_CONTROLS_NOTHING),
    shared
)]
async fn the_interrupt_character_interrupts(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut life = Life::new(cx)?;
    let mut shell = dialogue.begin(cx, SHELL).await?;
    let line = life.begin().replace('\'', "\"");
    dialogue.write(cx, &mut shell, &format!("sh -c '{line}; exec sleep 1000'\n")).await?;
    life.begun(cx).await?;
    dialogue.write(cx, &mut shell, "\u{3}").await?;
    life.over(cx, "after the interrupt character was written to its terminal").await?;
    dialogue.until(cx, &mut shell, "echo goes-on-$((40+2))\n", "goes-on-42").await?;
    dialogue.end(cx).await.map(|_| ())
}

/// A server MUST keep a session of the model running from one turn to the next.
#[check(
    v1(since = "0.98", fixed_in("0.101", "a program ends with the turn in which it was started")),
    v2(since = "0.98", fixed_in("0.101", "a program ends with the turn in which it was started")),
    source = "the tool write_stdin; every release from 0.101 does",
    faults(SESSIONS_END_WITH_THE_TURN),
    shared
)]
async fn it_goes_on_in_the_next_turn(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut shell = dialogue.begin(cx, SHELL).await?;
    dialogue.write(cx, &mut shell, "remembered=40\n").await?;
    dialogue.end(cx).await?;
    dialogue.turn(cx).await?;
    dialogue.until(cx, &mut shell, "echo answer-$((remembered+2))\n", "answer-42").await?;
    dialogue.end(cx).await.map(|_| ())
}

/// A server MUST report the end of a session to the client once, under the id of its call and with
/// its exit code and output.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "app-server README, Items: commandExecution; every release does",
    faults(SESSION_END_UNTOLD),
    shared
)]
async fn the_client_receives_the_end_of_a_session(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut shell = dialogue.begin(cx, SHELL).await?;
    dialogue.until(cx, &mut shell, "echo answer-$((40+2))\n", "answer-42").await?;
    dialogue.until(cx, &mut shell, "exit 7\n", "code 7").await?;
    let turn = dialogue.end(cx).await?;
    let ends = commands(cx, &dialogue.thread, &turn.calls);
    let received: Vec<_> = ends.iter().filter(|end| end.id == shell.call).collect();
    ensure_eq!(received.len(), 1, "how often the end of a session is reported");
    ensure_eq!(
        received[0].exit_code,
        Some(7),
        "the exit code of a session that ended with `exit 7`"
    );
    let output = &received[0].output;
    ensure!(output.contains("answer-42"), "the output of a session", "`answer-42`", output);
    Ok(())
}

/// A server MUST send the output of a session to the client under the item of the session's
/// command.
#[check(
    v2(since = "0.98"),
    source = "app-server README, item/commandExecution/outputDelta; every release does",
    faults(SESSION_OUTPUT_UNTOLD),
    shared
)]
async fn the_client_receives_the_output(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut shell = dialogue.begin(cx, SHELL).await?;
    dialogue.until(cx, &mut shell, "echo answer-$((40+2))\n", "answer-42").await?;
    dialogue.end(cx).await?;
    let received = notifications(cx, &dialogue, "item/commandExecution/outputDelta");
    let text: String = received.iter().filter_map(|call| call.params["delta"].as_str()).collect();
    let what = "the output of a session that the client receives";
    ensure!(text.contains("answer-42"), what, "`answer-42`", text);
    let items: Vec<_> = received.iter().map(|call| call.params["itemId"].clone()).collect();
    let own = items.iter().any(|item| *item == *shell.call);
    ensure!(own, "the items of this output", &shell.call, harness::show(&items));
    Ok(())
}

/// A server MUST send the model's input for a session to the client as `terminalInteraction` of the
/// session's command.
#[check(
    v2(since = "0.98"),
    source = "app-server README, item/commandExecution/terminalInteraction; every release does",
    faults(SESSION_INPUT_UNTOLD),
    shared
)]
async fn the_client_receives_the_input(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut shell = dialogue.begin(cx, SHELL).await?;
    let line = "echo answer-$((40+2))\n";
    dialogue.until(cx, &mut shell, line, "answer-42").await?;
    dialogue.end(cx).await?;
    let received = notifications(cx, &dialogue, "item/commandExecution/terminalInteraction");
    let texts: Vec<_> = received.iter().map(|call| call.params["stdin"].clone()).collect();
    let written = received.iter().find(|call| call.params["stdin"] == *line);
    let what = "the input of a session that the client receives";
    ensure!(written.is_some(), what, format!("{line:?}"), harness::show(&texts));
    let item = written.map(|call| call.params["itemId"].clone());
    ensure_eq!(item, Some(serde_json::json!(shell.call)), "the item that it was written to");
    Ok(())
}

/// A server MUST use the same `processId` in the item of a session's command and in each
/// `terminalInteraction` of it.
#[check(
    v2(since = "0.98"),
    source = "app-server README, Items: commandExecution, processId; every release does",
    faults(SESSION_NUMBER_UNTOLD),
    shared
)]
async fn the_client_receives_one_process_id(cx: &mut Context) -> Result {
    let mut dialogue = Dialogue::new(cx).await?;
    let mut shell = dialogue.begin(cx, SHELL).await?;
    dialogue.write(cx, &mut shell, "echo one\n").await?;
    dialogue.write(cx, &mut shell, "echo two\n").await?;
    dialogue.end(cx).await?;
    let begun = notifications(cx, &dialogue, "item/started");
    let begun = begun.iter().find(|call| call.params["item"]["id"] == *shell.call);
    let number = begun.map(|call| call.params["item"]["processId"].clone()).unwrap_or_default();
    let what = "`processId` of the command that began a session";
    ensure!(number.is_string(), what, "a text", harness::show(&number));
    let written = notifications(cx, &dialogue, "item/commandExecution/terminalInteraction");
    let numbers: Vec<_> = written.iter().map(|call| &call.params["processId"]).collect();
    ensure_eq!(numbers, vec![&number; 2], "`processId` of the two times that it was written to");
    Ok(())
}

/// The notifications of this method in the turn.
fn notifications(cx: &Context, dialogue: &Dialogue, method: &str) -> Vec<Call> {
    let calls = cx.peer.calls_since(dialogue.begun.mark);
    let of_it = calls.into_iter().filter(|call| is_of(call, &dialogue.thread, method));
    of_it.inspect(|call| cx.peer.looked_at(call)).collect()
}

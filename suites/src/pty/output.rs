//! The output of a program: streamed at once, complete, byte for byte, and before the answer.

use harness::{Context, Result, check, ensure, ensure_includes};
use serde_json::json;

use super::pipes::Gate;
use super::program::{Program, same, shown};
use crate::client::ContextExt;

/// A server MUST send the output of a program while the program runs, even before the end of a
/// line.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/outputDelta; every release does",
    faults(PROMPTS_HELD_BACK),
    shared
)]
async fn output_is_sent_while_the_program_runs(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let gate = Gate::new(cx, "gate")?;
    let line = format!("printf 'a prompt> '; {}; echo over", gate.wait());
    let mut program = cx.client().at_terminal(&line).await?;
    program.until(cx, "a prompt> ").await?;
    gate.open()?;
    program.over(cx).await?.said(b"a prompt> over\r\n", "the output of the program")
}

/// A server MUST send all output of a program before it answers the program's `command/exec`.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/outputDelta: the response comes after all of them",
    faults(ANSWER_BEFORE_THE_OUTPUT),
    shared
)]
async fn output_is_sent_before_the_answer(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for line in ["echo short", "seq 1 4000"] {
        let program = cx.client().at_terminal(line).await?;
        let over = program.over(cx).await?;
        // After the answer to a later program there is nothing left to send of this one.
        cx.client()
            .start_program_as("another", "true", json!({ "tty": true }))
            .await?
            .over(cx)
            .await?;
        let late = program.output_since(cx, over.seq)?;
        ensure!(
            late.is_empty(),
            "output of a program after the answer to its `command/exec`",
            "nothing",
            shown(&late)
        );
    }
    Ok(())
}

/// A server MUST send the last output of a program that exits at once, even if its last line has no
/// newline.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/outputDelta; every release does",
    faults(ANSWER_BEFORE_THE_OUTPUT, LAST_OUTPUT_LOST),
    shared
)]
async fn the_last_output_is_sent(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for more in [json!({ "tty": true }), json!({ "streamStdoutStderr": true })] {
        let program = cx
            .client()
            .start_program("seq 1 2000; printf 'the last words'; exit 9", more.clone())
            .await?;
        let over = program.over(cx).await?;
        let said = String::from_utf8_lossy(&over.stdout).replace("\r\n", "\n");
        let mut wanted: String = (1..=2000).map(|number| format!("{number}\n")).collect();
        wanted.push_str("the last words");
        let what = format!("the output of a program that was started with {more}");
        same(said.as_bytes(), wanted.as_bytes(), &what)?;
        over.ended_with(9, "the end of the program")?;
    }
    Ok(())
}

/// A server MUST NOT repeat streamed output in the answer to `command/exec`.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: streamed bytes are not repeated",
    faults(OUTPUT_REPEATED_WITH_THE_ANSWER),
    shared
)]
async fn it_is_not_repeated_with_the_answer(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    for more in [json!({ "tty": true }), json!({ "streamStdoutStderr": true })] {
        let program = cx.client().start_program("echo to-stdout; echo to-stderr >&2", more).await?;
        let over = program.over(cx).await?;
        let wanted = json!({ "exitCode": 0, "stdout": "", "stderr": "" });
        ensure_includes!(over.result, wanted, "the answer of a program whose output was streamed");
    }
    Ok(())
}

/// A server MUST return the output of a program in the answer to `command/exec` when only its input
/// is streamed.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: streamStdoutStderr; every release does",
    faults(ALWAYS_STREAMED),
    shared
)]
async fn output_is_in_the_answer_unless_streamed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let program = cx
        .client()
        .start_program("cat; echo to-stderr >&2", json!({ "streamStdin": true }))
        .await?;
    program.write_last(cx, b"given").await?;
    let over = program.over(cx).await?;
    let wanted = json!({ "exitCode": 0, "stdout": "given", "stderr": "to-stderr\n" });
    ensure_includes!(over.result, wanted, "the answer of a program whose input was streamed");
    ensure!(over.stdout.is_empty(), "its streamed output", "nothing", shown(&over.stdout));
    Ok(())
}

/// A server MUST send the bytes of a character unchanged when a program writes them one after the
/// other.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/outputDelta: bytes in base64; every release does",
    faults(OUTPUT_THROUGH_TEXT),
    shared
)]
async fn a_character_may_come_in_pieces(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let gate = Gate::new(cx, "gate")?;
    // The letter ñ and the euro sign, each cut behind its first byte.
    let wait = gate.wait();
    let line =
        format!("printf '<\\303'; {wait}; printf '\\261\\342'; {wait}; printf '\\202\\254>'");
    let mut program = cx.client().at_terminal(&line).await?;
    for piece in [b"<\xc3".as_slice(), b"\xb1\xe2"] {
        program.until_bytes(cx, piece).await?;
        gate.open()?;
    }
    program.over(cx).await?.said("<ñ€>".as_bytes(), "two characters, each said in two pieces")
}

/// A server MUST send output that is not valid UTF-8 unchanged.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/outputDelta: bytes in base64; every release does",
    faults(OUTPUT_THROUGH_TEXT, ZEROS_END_OUTPUT),
    shared
)]
async fn output_that_is_not_text_is_sent_unchanged(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let line = "printf '\\377\\376 a\\000b \\300\\200 \\355\\240\\200'";
    let over = cx.client().at_pipes(line).await?.over(cx).await?;
    over.said(b"\xff\xfe a\0b \xc0\x80 \xed\xa0\x80", "bytes that are no UTF-8, and a zero")
}

/// A server MUST send line ends exactly as the program's terminal or pipe delivers them.
#[check(
    v2(since = "0.113"),
    source = "POSIX, General Terminal Interface: ONLCR; every release does",
    faults(LINE_ENDS_DOUBLED, LINE_ENDS_UNIFIED, TERMINAL_LEAVES_LINES),
    shared
)]
async fn line_ends_are_sent_unchanged(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let over = cx.client().at_terminal("printf 'a\\nb\\r\\nc\\rd\\n\\ne'").await?.over(cx).await?;
    over.said(b"a\r\nb\r\r\nc\rd\r\n\r\ne", "the ends of lines at a terminal")?;
    let over = cx.client().at_pipes("printf 'a\\nb\\r\\nc\\rd\\n\\ne'").await?.over(cx).await?;
    over.said(b"a\nb\r\nc\rd\n\ne", "the ends of lines without a terminal")
}

/// A server MUST send stdout and stderr of a program without a terminal as separate streams.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/outputDelta: stream",
    faults(STREAMED_STDERR_IS_STDOUT),
    shared
)]
async fn its_two_streams_stay_apart(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let over = cx.client().at_pipes("echo out; echo err >&2; echo out").await?.over(cx).await?;
    over.said(b"out\nout\n", "the output sent as stdout")?;
    ensure!(
        over.stderr == b"err\n",
        "the output sent as stderr",
        "\"err\\n\"",
        shown(&over.stderr)
    );
    Ok(())
}

/// A server MUST cut each stream of a program at `outputBytesCap` bytes and mark the cut with
/// `capReached`.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: outputBytesCap, capReached",
    faults(CAP_UNSAID, STREAM_CAP_IGNORED),
    shared
)]
async fn each_stream_is_capped(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let more = json!({ "streamStdoutStderr": true, "outputBytesCap": 5 });
    let program = cx.client().start_program("printf 123456789; printf abcdefghi >&2", more).await?;
    let mut over = program.over(cx).await?;
    over.said(b"12345", "the stdout sent with a cap of 5 bytes")?;
    let what = "the stderr sent with a cap of 5 bytes";
    ensure!(over.stderr == b"abcde", what, "\"abcde\"", shown(&over.stderr));
    over.capped.sort();
    ensure!(
        over.capped == ["stderr", "stdout"],
        "the streams of which it is said that their cap was reached",
        "stderr, stdout",
        over.capped.join(", ")
    );
    Ok(())
}

/// A server MUST send a megabyte of output of a program at a terminal without loss.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: disableOutputCap; every release does",
    faults(MUCH_OUTPUT_LOST),
    shared
)]
async fn a_megabyte_arrives_whole(cx: &mut Context) -> Result {
    megabyte(cx, json!({ "tty": true, "disableOutputCap": true }), "stty -opost; ").await
}

/// A server MUST send a megabyte of output of a program without a terminal without loss.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: disableOutputCap; every release does",
    faults(LAST_OUTPUT_LOST, MUCH_OUTPUT_LOST),
    shared
)]
async fn a_megabyte_arrives_whole_without_a_terminal(cx: &mut Context) -> Result {
    megabyte(cx, json!({ "streamStdoutStderr": true, "disableOutputCap": true }), "").await
}

async fn megabyte(cx: &mut Context, more: serde_json::Value, first: &str) -> Result {
    cx.client().initialize().await?;
    // No two lines are the same: a piece that is lost, doubled or out of its place shows.
    let program = cx.client().start_program(&format!("{first}seq 1 180000"), more).await?;
    let over = program.over(cx).await?;
    let wanted: String = (1..=180_000).map(|number| format!("{number}\n")).collect();
    over.said(wanted.as_bytes(), "the lines from 1 to 180000")
}

/// A server MUST keep the inputs, outputs and exit codes of programs that run at the same time
/// separate.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: processId",
    faults(ONE_PROGRAM_AT_A_TIME, OUTPUT_OF_THE_LATEST, WRITES_GO_TO_THE_LATEST),
    shared
)]
async fn two_programs_stay_apart(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut programs: Vec<Program> = Vec::new();
    for (id, code) in [("one", 11), ("two", 12)] {
        let line = format!("echo up-{id}; read line; echo \"{id} read $line\"; exit {code}");
        let mut program = cx.client().start_program_as(id, &line, json!({ "tty": true })).await?;
        program.until(cx, &format!("up-{id}\r\n")).await?;
        programs.push(program);
    }
    for (program, code) in programs.iter().zip([11, 12]) {
        let id = &program.id;
        program.write(cx, format!("for {id}\n").as_bytes()).await?;
        let over = program.over(cx).await?;
        let wanted = format!("up-{id}\r\nfor {id}\r\n{id} read for {id}\r\n");
        over.said(wanted.as_bytes(), &format!("the output of program {id:?}, one of two"))?;
        over.ended_with(code, &format!("the end of program {id:?}, one of two"))?;
    }
    Ok(())
}

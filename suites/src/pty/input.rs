//! What is written to a program: all of it arrives, in its order, and at a terminal it is echoed
//! once.

use harness::{Context, Result, check, ensure};
use serde_json::json;

use super::pipes::{Gate, Life};
use super::program::shown;
use crate::client::ContextExt;

/// A server MUST keep input that is written to a program at a terminal before the program reads.
#[check(
    v2(since = "0.113"),
    source = "POSIX, General Terminal Interface: type-ahead; every release does",
    faults(EARLY_INPUT_LOST),
    shared
)]
async fn input_before_the_first_read_is_kept(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let gate = Gate::new(cx, "gate")?;
    // The program prints nothing before it reads: nothing shows the server that it is ready.
    let line = format!("stty -echo; {}; read line; echo \"<$line>\"", gate.wait());
    let program = cx.client().at_terminal(&line).await?;
    program.write(cx, b"typed ahead\n").await?;
    gate.open()?;
    let over = program.over(cx).await?;
    let read = over.stdout.ends_with(b"<typed ahead>\r\n");
    let what = "the input of a program that was written to before it read";
    ensure!(read, what, "\"<typed ahead>\\r\\n\"", shown(&over.stdout));
    Ok(())
}

/// A server MUST leave the echo of input to the terminal, so that each line is echoed once.
#[check(
    v2(since = "0.113"),
    source = "POSIX, General Terminal Interface: ECHO; every release does",
    faults(
        ECHO_DOUBLED,
        LINE_ENDS_DOUBLED,
        LINE_ENDS_UNIFIED,
        TERMINAL_LEAVES_LINES,
        TERMINAL_WITHOUT_ECHO
    ),
    shared
)]
async fn it_is_echoed_once(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut program = cx.client().at_terminal("echo up; exec cat").await?;
    program.until(cx, "up\r\n").await?;
    program.write(cx, b"hello\n").await?;
    program.until(cx, "hello\r\nhello\r\n").await?;
    program.write(cx, b"\x04").await?;
    let over = program.over(cx).await?;
    over.said(b"up\r\nhello\r\nhello\r\n", "a line, its echo and the program's copy of it")?;
    over.ended_with(0, "the end of a program that has seen the end of its input")
}

/// A server MUST pass every write to a program once and in the order of the requests.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/write; every release does",
    faults(INPUT_CLOSED_AT_ONCE, TENTH_WRITE_LOST),
    shared
)]
async fn many_writes_arrive_in_their_order(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut program = cx.client().at_pipes("echo up; exec cat").await?;
    program.until(cx, "up\n").await?;
    let mut wanted = b"up\n".to_vec();
    let mut tickets = Vec::new();
    for number in 1..=60 {
        let piece = format!("piece {number}\n");
        tickets.push(program.send(cx, piece.as_bytes()).await?);
        wanted.extend(piece.as_bytes());
    }
    for ticket in &tickets {
        cx.peer.answer(ticket).await?.result()?;
    }
    program.close(cx).await?;
    let over = program.over(cx).await?;
    over.said(&wanted, "the input of a program after 60 writes")
}

/// A server MUST pass a large write to a program whole.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/write; every release does",
    faults(BIG_WRITES_CUT),
    shared
)]
async fn a_big_write_arrives_whole(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let bytes: Vec<u8> = (1..=40_000).flat_map(|n: u32| format!("{n}\n").into_bytes()).collect();
    let program = cx.client().at_pipes("exec cat").await?;
    program.write_last(cx, &bytes).await?;
    let over = program.over(cx).await?;
    over.said(&bytes, "the input of a program after one write")
}

/// A server MUST pass every byte value unchanged to and from a terminal in raw mode.
#[check(
    v2(since = "0.113"),
    source = "POSIX, General Terminal Interface: non-canonical mode; every release does",
    faults(INPUT_THROUGH_TEXT),
    shared
)]
async fn every_byte_passes_a_raw_terminal(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut program =
        cx.client().at_terminal("stty raw -echo; printf up; exec head -c 256").await?;
    program.until(cx, "up").await?;
    let bytes: Vec<u8> = (0..=255).collect();
    program.write(cx, &bytes).await?;
    let over = program.over(cx).await?;
    over.said(&[b"up", &bytes[..]].concat(), "each of the 256 bytes, there and back")
}

/// A server MUST keep the stdin of a program open until the client closes it.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: streamStdin",
    faults(INPUT_CLOSED_AT_ONCE),
    shared
)]
async fn it_stays_open(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut program = cx.client().at_pipes("cat; echo over").await?;
    for text in ["first\n", "second\n"] {
        program.write(cx, text.as_bytes()).await?;
        program.until(cx, text).await?;
    }
    program.close(cx).await?;
    let over = program.over(cx).await?;
    over.said(b"first\nsecond\nover\n", "the output after two writes and the end of input")
}

/// A server MUST close the stdin of a program on `closeStdin`, after all bytes that were written
/// before.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec/write: closeStdin",
    faults(CLOSING_IGNORED),
    shared
)]
async fn a_program_sees_the_end_of_its_input(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let program = cx.client().at_pipes("cat; echo over; exit 5").await?;
    program.write(cx, b"hello ").await?;
    program.write_last(cx, b"there, ").await?;
    let over = program.over(cx).await?;
    over.said(b"hello there, over\n", "the output after two writes and the end of input")?;
    over.ended_with(5, "the end of a program that has seen the end of its input")
}

/// A server MUST signal the end of input to a program at a terminal when the client closes its
/// stdin.
#[check(v2(since = "0.113"), source = "every release does", faults(CLOSING_IGNORED), shared)]
async fn a_program_at_a_terminal_sees_the_end_of_its_input(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut program = cx.client().at_terminal("echo up; cat; exit 5").await?;
    program.until(cx, "up\r\n").await?;
    program.close(cx).await?;
    let over = program.over(cx).await?;
    over.ended_with(5, "the end of a program whose input was closed")
}

/// A server MUST give a program an empty stdin when its input is not streamed.
#[check(
    v2(since = "0.113"),
    source = "app-server README, command/exec: streamStdin; every release does",
    faults(INPUT_ALWAYS_OPEN),
    shared
)]
async fn stdin_is_empty_unless_streamed(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let program =
        cx.client().start_program("cat; echo over", json!({ "streamStdoutStderr": true })).await?;
    let over = program.over(cx).await?;
    over.said(b"over\n", "the input of a program without streamed stdin")
}

/// A server MUST let the interrupt character end the command that a shell at a terminal runs, but
/// not the shell itself.
#[check(
    v2(since = "0.113"),
    source = "POSIX, General Terminal Interface: INTR; every release does",
    faults(TERMINAL_CONTROLS_NOTHING),
    shared
)]
async fn the_interrupt_character_interrupts(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut life = Life::new(cx)?;
    let mut shell = cx.client().shell().await?;
    let begin = life.begin();
    shell
        .write(cx, format!("sh -c '{}; exec sleep 1000'\n", begin.replace('\'', "\"")).as_bytes())
        .await?;
    life.begun(cx).await?;
    shell.write(cx, b"\x03").await?;
    life.over(cx, "after the interrupt character was written to its terminal").await?;
    shell.write(cx, b"echo goes-on-$((40+2))\n").await?;
    shell.until(cx, "goes-on-42\r\n").await?;
    shell.write(cx, b"exit 3\n").await?;
    let over = shell.over(cx).await?;
    over.ended_with(3, "the end of the shell, which ran `exit 3`")
}

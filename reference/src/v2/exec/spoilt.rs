//! What a defect makes of the output of a program, and of its end: nothing else, unless a fault is planted.

use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout;

use super::stream::Teller;
use crate::fault::fault;
use crate::outbox::Reply;
use crate::process::live::Stream;

/// How long output is kept back by a defect that does so.
const LATE: Duration = Duration::from_millis(300);

/// Tells a piece of output as the program has said it.
pub(super) fn hear(teller: &Rc<Teller>, stream: Stream, chunk: &[u8], capped: bool) {
    if late() {
        teller.held.borrow_mut().push((stream, chunk.to_vec(), capped));
        let teller = teller.clone();
        tokio::task::spawn_local(async move {
            let _ = timeout(LATE, pending::<()>()).await;
            release(&teller);
        });
        return;
    }
    if fault!(
        "much-output-lost",
        "Of output that comes fast what is beyond 256 KiB gets lost.",
        [
            "pty::output::a_megabyte_arrives_whole",
            "pty::output::a_megabyte_arrives_whole_without_a_terminal",
        ],
    ) && teller.heard() > 256 << 10
    {
        return;
    }
    let mut bytes = chunk.to_vec();
    if fault!(
        "output-through-text",
        "Each piece of output becomes text before it is encoded.",
        [
            "pty::output::a_character_may_come_in_pieces",
            "pty::output::bytes_that_are_no_text_are_told",
        ],
    ) {
        bytes = String::from_utf8_lossy(&bytes).into_owned().into_bytes();
    }
    if fault!(
        "line-ends-doubled",
        "A carriage return is put before each end of a line that comes from a terminal.",
        ["pty::output::lines_end_as_at_a_terminal", "pty::input::it_is_echoed_once"],
    ) {
        bytes = replace(&bytes, b"\n", b"\r\n");
    }
    if fault!(
        "line-ends-unified",
        "The ends of lines are told as bare line feeds.",
        ["pty::output::lines_end_as_at_a_terminal", "pty::input::it_is_echoed_once"],
    ) {
        bytes = replace(&bytes, b"\r\n", b"\n");
    }
    if fault!(
        "zeros-end-output",
        "A piece of output ends at its first zero byte.",
        ["pty::output::bytes_that_are_no_text_are_told"],
    ) {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        bytes.truncate(end);
    }
    if holds_lines() {
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let rest = bytes.split_off(end);
        let begun: Vec<u8> =
            teller.held.borrow_mut().drain(..).flat_map(|(_, bytes, _)| bytes).collect();
        let held = if end == 0 { [begun.clone(), rest].concat() } else { rest };
        teller.held.borrow_mut().push((stream, held, capped));
        bytes = if end == 0 { Vec::new() } else { [begun, bytes].concat() };
    }
    if !bytes.is_empty() {
        teller.tell(stream, &bytes, capped);
    }
}

/// Answers the request when the program has ended.
pub(super) fn end(teller: &Rc<Teller>, reply: Reply, code: i32) {
    if fault!(
        "last-output-lost",
        "Output is told a little late, and not any more when the program has ended.",
        [
            "pty::output::the_last_words_are_told",
            "pty::output::a_megabyte_arrives_whole_without_a_terminal"
        ],
    ) {
        teller.held.borrow_mut().clear();
    }
    let result = teller.result(code);
    if fault!(
        "answer-before-the-output",
        "A program's end is told before the last of its output.",
        ["pty::output::it_is_told_before_the_answer", "pty::output::the_last_words_are_told"],
    ) {
        reply.ok(result);
        return release(teller);
    }
    release(teller);
    reply.ok(result);
}

/// Tells what was kept back.
fn release(teller: &Teller) {
    let held: Vec<_> = teller.held.borrow_mut().drain(..).collect();
    for (stream, bytes, capped) in held {
        teller.tell(stream, &bytes, capped);
    }
}

/// Whether output is told late.
fn late() -> bool {
    let wanted = ["last-output-lost", "answer-before-the-output"];
    crate::FAULTS.iter().any(|fault| wanted.contains(&fault.name) && fault.is_active())
}

/// Whether a defect tells whole lines only.
fn holds_lines() -> bool {
    fault!(
        "prompts-held-back",
        "The beginning of a line is told when its end has come.",
        ["pty::output::it_is_told_while_the_program_runs"],
    )
}

/// The bytes with other ends of lines.
fn replace(bytes: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        match rest.strip_prefix(what) {
            Some(after) => {
                replaced.extend_from_slice(with);
                rest = after;
            }
            None => {
                replaced.push(rest[0]);
                rest = &rest[1..];
            }
        }
    }
    replaced
}

//! What a defect makes of the output of a program, and of its end: nothing else, unless a fault is planted.

use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use faults::{ANSWER_BEFORE_THE_OUTPUT, LAST_OUTPUT_LOST};
use tokio::time::timeout;

use super::stream::Teller;
use crate::fault::{fault, is_any_active};
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
    if fault!(MUCH_OUTPUT_LOST) && teller.heard() > 256 << 10 {
        return;
    }
    let mut bytes = chunk.to_vec();
    if fault!(OUTPUT_THROUGH_TEXT) {
        bytes = String::from_utf8_lossy(&bytes).into_owned().into_bytes();
    }
    if fault!(LINE_ENDS_DOUBLED) {
        bytes = replace(&bytes, b"\n", b"\r\n");
    }
    if fault!(LINE_ENDS_UNIFIED) {
        bytes = replace(&bytes, b"\r\n", b"\n");
    }
    if fault!(ZEROS_END_OUTPUT) {
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
    if fault!(LAST_OUTPUT_LOST) {
        teller.held.borrow_mut().clear();
    }
    let result = teller.result(code);
    if fault!(ANSWER_BEFORE_THE_OUTPUT) {
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
    is_any_active(&[LAST_OUTPUT_LOST, ANSWER_BEFORE_THE_OUTPUT])
}

/// Whether a defect tells whole lines only.
fn holds_lines() -> bool {
    fault!(PROMPTS_HELD_BACK)
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

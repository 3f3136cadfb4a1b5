//! A program of `command/exec` that has an id: what it says is told as it comes, if that is asked for.

use std::cell::RefCell;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{CommandExec, faults};
use crate::clients::Number;
use crate::fault::fault;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::process::Spec;
use crate::process::live::{Heard, Line, Live, Owner, Size, Stream};
use crate::server::Server;
use crate::variant::variant;

/// What a request wants besides a command.
pub(super) struct Terms {
    id: String,
    line: Line,
    /// Whether output is told as it comes, and not with the answer.
    told: bool,
}

impl Terms {
    /// The terms of a request that names an id.
    pub(super) fn of(params: &CommandExec) -> Option<Self> {
        let size = params.size.unwrap_or_else(usual);
        let line = Line::of(params.tty, size, params.stream_stdin);
        let told = params.tty || params.stream_stdout_stderr || fault!(ALWAYS_STREAMED);
        Some(Self { id: params.process_id.clone()?, line, told })
    }
}

/// The size of a terminal for which none is given.
fn usual() -> Size {
    if fault!(TERMINALS_WITHOUT_A_SIZE) { Size { rows: 0, cols: 0 } } else { Size::USUAL }
}

/// Starts a program; the request is answered when it has ended.
pub(super) fn start(server: &Rc<Server>, reply: Reply, spec: Spec, terms: Terms) {
    let client = server.out.clients().current();
    let taken = server.programs.has(client, &terms.id) && !fault!(IDS_SHARED);
    if taken {
        let reason = format!("duplicate active command/exec process id: {:?}", terms.id);
        return reply.refuse(Refusal::invalid(reason));
    }
    let live = match Live::start(&spec, terms.line, Owner::Client) {
        Ok(live) => live,
        Err(error) => {
            let reason = format!("failed to spawn command: {error}");
            return reply.refuse(Refusal::internal(reason));
        }
    };
    server.programs.add(client, &terms.id, live.control());
    let teller = Rc::new(Teller::new(server.clone(), client, terms, spec.cap));
    tokio::task::spawn_local(async move {
        let code = live.finish(spec.limit, |stream, chunk| teller.hear(stream, chunk)).await;
        teller.server.programs.remove(client, &teller.terms.id);
        faults::end(&teller, reply, code);
    });
}

/// Who tells the client what a program says.
pub(super) struct Teller {
    pub(super) server: Rc<Server>,
    client: Number,
    terms: Terms,
    /// Bytes of each stream that are told at most.
    cap: usize,
    /// What was heard of stdout and of stderr.
    heard: [Heard; 2],
    /// What a defect keeps back.
    pub(super) held: RefCell<Vec<(Stream, Vec<u8>, bool)>>,
}

impl Teller {
    fn new(server: Rc<Server>, client: Number, terms: Terms, cap: usize) -> Self {
        Self { server, client, terms, cap, heard: Default::default(), held: RefCell::default() }
    }

    /// How many bytes were heard so far.
    pub(super) fn heard(&self) -> usize {
        self.heard.iter().map(Heard::bytes).sum()
    }

    /// Takes what the program says.
    fn hear(self: &Rc<Self>, stream: Stream, chunk: &[u8]) {
        let heard = &self.heard[stream as usize];
        let cap = if fault!(STREAM_CAP_IGNORED) { usize::MAX } else { self.cap };
        let chunk = heard.count(chunk, cap);
        if chunk.is_empty() {
            return;
        }
        let keeps = fault!(OUTPUT_REPEATED_WITH_THE_ANSWER);
        if !self.terms.told || keeps {
            heard.keep(chunk);
        }
        if self.terms.told {
            faults::hear(self, stream, chunk, heard.bytes() >= cap);
        }
    }

    /// Tells a piece of output.
    pub(super) fn tell(&self, stream: Stream, bytes: &[u8], capped: bool) {
        let fine = bytes.len() < 256 && variant!(OUTPUT_BYTE_BY_BYTE);
        if fine && bytes.len() > 1 {
            let (rest, last) = bytes.split_at(bytes.len() - 1);
            rest.chunks(1).for_each(|byte| self.send(stream, byte, false));
            return self.send(stream, last, capped);
        }
        self.send(stream, bytes, capped);
    }

    fn send(&self, stream: Stream, bytes: &[u8], capped: bool) {
        let mixed = fault!(OUTPUT_OF_THE_LATEST);
        let id = if mixed { self.server.programs.latest() } else { self.terms.id.clone() };
        let (method, params) = ("command/exec/outputDelta", delta(&id, stream, bytes, capped));
        if fault!(OUTPUT_FOR_ALL_CLIENTS) {
            return self.server.out.notify_v2(method, &params);
        }
        self.server.out.notify_one(self.client, method, &params);
    }

    /// The answer when the program has ended.
    pub(super) fn result(&self, code: i32) -> Value {
        let lost = fault!(LIVE_CODE_LOST);
        json!({
            "exitCode": if lost { 0 } else { code },
            "stdout": self.heard[0].text(),
            "stderr": self.heard[1].text(),
        })
    }
}

/// The parameters that tell a piece of output.
pub(super) fn delta(id: &str, stream: Stream, bytes: &[u8], capped: bool) -> Value {
    let stream = if fault!(STREAMED_STDERR_IS_STDOUT) { Stream::Stdout } else { stream };
    let unmarked = fault!(CAP_UNSAID);
    json!({
        "processId": id,
        "stream": stream.name(),
        "deltaBase64": STANDARD.encode(bytes),
        "capReached": capped && !unmarked,
    })
}

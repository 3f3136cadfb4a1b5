//! Steps for an interactive program that the client has started with `command/exec`.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harness::{Call, Context, Failure, Kind, OrInconclusive, Reply, Result, Ticket, text_at};
use serde_json::{Value, json};

use crate::bytes::bytes_at;
use crate::client::{Client, ContextExt, add};

/// The notification with a piece of output.
const DELTA: &str = "command/exec/outputDelta";

/// How long a program is given to answer before it is asked again.
const SOON: Duration = Duration::from_millis(500);

/// How much of an output a failure shows, in bytes.
const SHOWN: usize = 400;

/// How much of an output a failure shows behind the place at which it is not what it should be, in
/// bytes.
const AROUND: usize = 40;

/// A command that goes on when its terminal goes, and when it is asked to end. It reports to its
/// [`Life`] when it does.
pub(super) const IGNORES_SIGNALS: &str =
    "sh -c 'trap \"\" HUP INT TERM; echo deaf >&9; sleep 1000; sleep 1000'";

/// A program that was asked for, and may still run.
pub(super) struct Program {
    /// The id that we gave it.
    pub(super) id: String,
    /// What it was started with.
    line: String,
    ticket: Ticket,
    mark: usize,
    /// What it has said so far, as far as it was waited for.
    said: Vec<u8>,
}

/// A program that has ended.
pub(super) struct Ended {
    /// The result of the request that had started it.
    pub(super) result: Value,
    /// What it had said on stdout, or at its terminal, before that.
    pub(super) stdout: Vec<u8>,
    /// What it had said on stderr before that.
    pub(super) stderr: Vec<u8>,
    /// The last piece of each stream, of which it may be said that it was cut.
    pub(super) capped: Vec<String>,
    /// The place of the answer in the conversation.
    pub(super) seq: usize,
}

impl Ended {
    /// The exit code.
    pub(super) fn code(&self) -> Option<i64> {
        self.result["exitCode"].as_i64()
    }

    /// Fails unless this was the exit code; `what` says of what.
    #[track_caller]
    pub(super) fn ended_with(&self, code: i64, what: &str) -> Result {
        if self.code() == Some(code) {
            return Ok(());
        }
        let observed =
            format!("the code {}, after the output {}", self.shown_code(), shown(&self.stdout));
        Err(Failure::mismatch(what, format!("the code {code}"), observed))
    }

    /// Fails unless it has ended with a code that is not that of a success.
    #[track_caller]
    pub(super) fn failed(&self, what: &str) -> Result {
        match self.code() {
            Some(code) if code != 0 => Ok(()),
            _ => Err(Failure::mismatch(what, "a code that is not 0", self.shown_code())),
        }
    }

    /// Fails unless these bytes were what it said at its terminal, or on stdout.
    #[track_caller]
    pub(super) fn said(&self, bytes: &[u8], what: &str) -> Result {
        same(&self.stdout, bytes, what)
    }

    fn shown_code(&self) -> String {
        self.code().map_or_else(|| "none".to_owned(), |code| code.to_string())
    }
}

/// Bytes as a failure shows them.
pub(super) fn shown(bytes: &[u8]) -> String {
    match bytes.len() {
        0 => "nothing".to_owned(),
        length if length <= SHOWN => format!("\"{}\"", bytes.escape_ascii()),
        length => {
            let (head, tail) = (&bytes[..SHOWN / 2], &bytes[length - SHOWN / 2..]);
            format!("{length} bytes: \"{}\" … \"{}\"", head.escape_ascii(), tail.escape_ascii())
        }
    }
}

/// Fails unless the bytes are these. Of many, those are shown at which they differ first.
#[track_caller]
pub(super) fn same(observed: &[u8], expected: &[u8], what: &str) -> Result {
    if observed == expected {
        return Ok(());
    }
    if observed.len().max(expected.len()) <= SHOWN {
        return Err(Failure::mismatch(what, shown(expected), shown(observed)));
    }
    let alike = observed.iter().zip(expected).take_while(|(a, b)| a == b).count();
    let around = |bytes: &[u8]| {
        let rest = &bytes[alike..];
        let piece = &rest[..rest.len().min(AROUND)];
        let rest = if rest.is_empty() { "nothing more".to_owned() } else { shown(piece) };
        format!("{} bytes; behind byte {alike}: {rest}", bytes.len())
    };
    Err(Failure::mismatch(what, around(expected), around(observed)))
}

impl Client<'_> {
    /// Starts a line of a shell at a terminal.
    pub(super) async fn at_terminal(&mut self, line: &str) -> Result<Program> {
        self.start_program(line, json!({ "tty": true })).await
    }

    /// Starts a line of a shell without a terminal: its input and its outputs are streamed.
    pub(super) async fn at_pipes(&mut self, line: &str) -> Result<Program> {
        let streams = json!({ "streamStdin": true, "streamStdoutStderr": true });
        self.start_program(line, streams).await
    }

    /// Starts a line of a shell with these members of the request besides.
    pub(super) async fn start_program(&mut self, line: &str, more: Value) -> Result<Program> {
        // An id that no program had before: releases free one a moment after the answer.
        let id = format!("program {}", self.cx.peer.mark());
        self.start_program_as(&id, line, more).await
    }

    /// Starts a line of a shell under this id.
    pub(super) async fn start_program_as(
        &mut self,
        id: &str,
        line: &str,
        more: Value,
    ) -> Result<Program> {
        let mut with_id = json!({ "processId": id });
        add(&mut with_id, more);
        let mark = self.cx.peer.mark();
        let ticket = self.send_exec(&["sh", "-c", line], with_id).await?;
        Ok(Program { id: id.to_owned(), line: line.to_owned(), ticket, mark, said: Vec::new() })
    }

    /// Starts a shell at a terminal, and waits until it does what it reads.
    pub(super) async fn shell(&mut self) -> Result<Program> {
        // What a user has set up for his shells must not speak here.
        let quiet = json!({ "PS1": "", "PS2": "", "ENV": null, "HISTFILE": null, "TERM": "dumb" });
        let settings = json!({ "tty": true, "env": quiet });
        let mut shell = self.start_program("exec sh -i", settings).await?;
        shell.ready(self.cx).await?;
        Ok(shell)
    }

    /// Sends a request about a program: `command/exec/…`.
    pub(super) async fn exec_call(&mut self, verb: &str, id: &str, more: Value) -> Result<Reply> {
        let mut params = json!({ "processId": id });
        add(&mut params, more);
        self.cx.peer.request(&format!("command/exec/{verb}"), params).await
    }
}

impl Program {
    /// Asks a shell again and again for a text that differs from its echo, until it has come.
    async fn ready(&mut self, cx: &mut Context) -> Result {
        let deadline = cx.peer.deadline();
        for number in 1.. {
            self.write(cx, format!("printf 'ready-%s\\n' {number}\n").as_bytes()).await?;
            let text = format!("ready-{number}\r\n");
            let answered = tokio::time::timeout(SOON, self.until(cx, &text)).await;
            match answered {
                Ok(answered) => return answered,
                Err(_) if std::time::Instant::now() < deadline => {}
                Err(_) => {
                    let what = "the output of a shell at a terminal";
                    return Err(Failure::mismatch(what, shown(text.as_bytes()), shown(&self.said)));
                }
            }
        }
        Ok(())
    }

    /// Writes to its input.
    pub(super) async fn write(&self, cx: &mut Context, bytes: &[u8]) -> Result {
        let ticket = self.send(cx, bytes).await?;
        let reply = cx.peer.answer(&ticket).await?;
        reply.result().map(|_| ())
    }

    /// Writes to its input and does not wait for the answer.
    pub(super) async fn send(&self, cx: &mut Context, bytes: &[u8]) -> Result<Ticket> {
        let params = json!({ "processId": self.id, "deltaBase64": STANDARD.encode(bytes) });
        cx.peer.send("command/exec/write", params).await
    }

    /// Writes to its input and closes it in the same request.
    pub(super) async fn write_last(&self, cx: &mut Context, bytes: &[u8]) -> Result {
        let more = json!({ "deltaBase64": STANDARD.encode(bytes), "closeStdin": true });
        self.call(cx, "write", more).await?.result().map(|_| ())
    }

    /// Closes its input.
    pub(super) async fn close(&self, cx: &mut Context) -> Result {
        self.call(cx, "write", json!({ "closeStdin": true })).await?.result().map(|_| ())
    }

    /// Gives its terminal another size.
    pub(super) async fn resize(&self, cx: &mut Context, rows: u16, cols: u16) -> Result {
        let size = json!({ "size": { "rows": rows, "cols": cols } });
        self.call(cx, "resize", size).await?.result().map(|_| ())
    }

    /// Ends it.
    pub(super) async fn terminate(&self, cx: &mut Context) -> Result {
        self.call(cx, "terminate", json!({})).await?.result().map(|_| ())
    }

    /// Asks for something to be done to it: `command/exec/…`.
    pub(super) async fn call(&self, cx: &mut Context, verb: &str, more: Value) -> Result<Reply> {
        cx.client().exec_call(verb, &self.id, more).await
    }

    /// Waits until it has said this.
    pub(super) async fn until(&mut self, cx: &mut Context, text: &str) -> Result {
        self.until_bytes(cx, text.as_bytes()).await
    }

    /// Waits until it has said these bytes.
    pub(super) async fn until_bytes(&mut self, cx: &mut Context, wanted: &[u8]) -> Result {
        while !self.said.windows(wanted.len()).any(|window| window == wanted) {
            let next = cx.peer.next_matching("output of a program", |call| self.is_delta(call));
            match next.await {
                Ok(call) => self.said.extend(bytes(&call)?),
                Err(failure) if failure.kind() == Kind::Timeout => {
                    let (expected, said) = (shown(wanted), shown(&self.said));
                    let what = "the output of the program during the wait";
                    return Err(failure.since(what, expected, said));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    fn is_delta(&self, call: &Call) -> bool {
        call.seq >= self.mark && call.method == DELTA && call.params["processId"] == *self.id
    }

    /// Waits for its end.
    pub(super) async fn over(&self, cx: &mut Context) -> Result<Ended> {
        let reply = self.end(cx).await?;
        self.ended(cx, &reply)
    }

    /// Waits for the answer, which reports its end or rejects it.
    pub(super) async fn end(&self, cx: &mut Context) -> Result<Reply> {
        match cx.peer.answer(&self.ticket).await {
            Err(failure) if failure.kind() == Kind::Timeout => {
                let said = self.output_since(cx, self.mark)?;
                Err(failure.since(
                    format!("whether the program `{}` ends", self.line),
                    "the answer to `command/exec`",
                    format!("no answer; it has said {}", shown(&said)),
                ))
            }
            reply => reply,
        }
    }

    /// Its end, with all of its output up to this answer.
    pub(super) fn ended(&self, cx: &Context, reply: &Reply) -> Result<Ended> {
        let result = reply.result()?.clone();
        let seq = self.answered_at(cx)?;
        let mut over =
            Ended { result, stdout: Vec::new(), stderr: Vec::new(), capped: Vec::new(), seq };
        for call in cx.peer.calls_since(self.mark) {
            if !self.is_delta(&call) || call.seq > seq {
                continue;
            }
            let stream = text_at(&call.params, "/stream", DELTA)?;
            match stream {
                "stdout" => over.stdout.extend(bytes(&call)?),
                "stderr" => over.stderr.extend(bytes(&call)?),
                other => {
                    let expected = "`stdout` or `stderr`";
                    return Err(Failure::mismatch("the stream of an output", expected, other));
                }
            }
            if call.params["capReached"] == json!(true) {
                over.capped.push(stream.to_owned());
            }
        }
        Ok(over)
    }

    /// Its output after this place of the conversation.
    pub(super) fn output_since(&self, cx: &Context, seq: usize) -> Result<Vec<u8>> {
        let calls = cx.peer.calls_since(seq);
        let pieces = calls.iter().filter(|call| self.is_delta(call)).map(bytes);
        pieces.collect::<Result<Vec<_>>>().map(|pieces| pieces.concat())
    }

    /// Where the answer stands in the conversation.
    fn answered_at(&self, cx: &Context) -> Result<usize> {
        let transcript = cx.peer.transcript();
        let entries = transcript.as_ref().map(|transcript| transcript.entries());
        let id = self.ticket.id.to_json();
        let is_answer = |entry: &harness::Entry| {
            entry.is_from_subject()
                && entry.value.as_ref().is_some_and(|value| {
                    value["id"] == id
                        && (value.get("result").is_some() || value.get("error").is_some())
                })
        };
        entries
            .and_then(|entries| entries.iter().position(is_answer))
            .ok_or("it is not in the transcript")
            .or_inconclusive("finding the answer of a program in the conversation")
    }
}

/// The bytes of a piece of output.
fn bytes(call: &Call) -> Result<Vec<u8>> {
    bytes_at(&call.params, "/deltaBase64", DELTA)
}

//! Steps for a session of the model: a program that runs on between the model's calls.
//!
//! The model can write to a session only once it knows the session's number, which the server assigns. So between any two
//! calls the model runs a command that waits until the check has decided on the next one.

use harness::{Context, Failure, Kind, Looks, Result};
use mock_model::{Reply, opens_program, runs_command, says, writes_to};

use super::pipes::Gate;
use super::program::shown;
use crate::client::{Begun, ContextExt, End, Thread, Turn, is_turn_end};
use crate::turn::observed::output;

/// How long a call lets a session run, in milliseconds: the least that releases allow.
const YIELD: u64 = 250;

/// A thread whose model runs interactive programs.
pub(super) struct Dialogue {
    pub(super) thread: Thread,
    /// The turn that runs.
    pub(super) begun: Begun,
    /// Requests to the model so far.
    asked: usize,
    /// Calls so far; each has its own id.
    calls: usize,
    gate: Gate,
}

/// A program that the model can write to.
pub(super) struct Session {
    /// Its number.
    pub(super) id: u64,
    /// The id of the call that has begun it.
    pub(super) call: String,
    /// All output of it that the model received, the last call's part last.
    pub(super) received: Vec<String>,
}

impl Session {
    /// All output of it that the model received.
    pub(super) fn all(&self) -> String {
        self.received.concat()
    }

    /// The output of it that the model received last.
    pub(super) fn last(&self) -> &str {
        self.received.last().map_or("", String::as_str)
    }

    /// Whether it goes on, according to the output that the model received last.
    pub(super) fn goes_on(&self) -> bool {
        number(self.last()).is_some()
    }
}

/// The command line of a shell that says nothing by itself.
pub(super) const SHELL: &str = "PS1= PS2= ENV= HISTFILE= TERM=dumb exec sh -i";

/// A call that starts this line at a terminal.
pub(super) fn starts(line: &str) -> Reply {
    opens_program(line).yields_after(YIELD)
}

/// A call that writes to a session of this number.
pub(super) fn writes(session: u64, chars: &str) -> Reply {
    writes_to(session, chars).yields_after(YIELD)
}

/// The number of the session in the output of a call.
fn number(received: &str) -> Option<u64> {
    let digits = received.split("session ID ").nth(1)?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

/// What a program has printed, in the output of a call; all of the output if the call did not get
/// that far.
fn output_of(received: &str) -> &str {
    // How it has ended is part of the story.
    if received.contains("Process exited with code 0") {
        return received;
    }
    received.split_once("Output:\n").map_or(received, |(_, output)| output)
}

impl Dialogue {
    /// Greets, starts a conversation and begins a turn in it, in which the model waits for what it
    /// is to call.
    pub(super) async fn new(cx: &mut Context) -> Result<Self> {
        let thread = cx.client().start().await?;
        let gate = Gate::new(cx, "next")?;
        let mut dialogue = Self { thread, begun: Begun::default(), asked: 0, calls: 0, gate };
        dialogue.turn(cx).await?;
        Ok(dialogue)
    }

    /// Begins a turn, in which the model waits for what it is to call.
    pub(super) async fn turn(&mut self, cx: &mut Context) -> Result {
        cx.model.push(self.waits());
        self.begun = cx.client().begin_turn(&self.thread, "go on").await?;
        self.asked += 1;
        cx.asked(self.asked).await.map(|_| ())
    }

    /// The call that waits.
    fn waits(&mut self) -> Reply {
        self.calls += 1;
        runs_command(self.gate.wait()).id(format!("wait-{}", self.calls))
    }

    /// Lets the model make this call; its id, and the output that the model receives.
    pub(super) async fn call(&mut self, cx: &mut Context, call: Reply) -> Result<(String, String)> {
        let id = format!("call-{}", self.calls);
        cx.model.push(call.id(id.clone()));
        cx.model.push(self.waits());
        self.gate.open()?;
        self.asked += 2;
        match output(cx, self.asked, &id).await {
            Ok(received) => Ok((id, received)),
            Err(failure) if failure.kind() == Kind::Timeout => Err(failure.since(
                "whether the turn goes on behind the model's call",
                "a request to the model, with the output of its call",
                if cx.peer.calls_since(self.begun.mark).iter().any(is_turn_end) {
                    "none: the turn has ended"
                } else {
                    "none; the turn has not ended either"
                },
            )),
            Err(failure) => Err(failure),
        }
    }

    /// Lets the model say this, without a call: the turn ends with it.
    pub(super) fn last(&mut self, cx: &Context, reply: Reply) -> Result {
        cx.model.push(reply);
        self.asked += 1;
        self.gate.open()
    }

    /// Begins a session with this line, at a terminal.
    pub(super) async fn begin(&mut self, cx: &mut Context, line: &str) -> Result<Session> {
        let (call, received) = self.call(cx, starts(line)).await?;
        let Some(id) = number(&received) else {
            let what = "the output that the model receives for a program that goes on";
            return Err(Failure::mismatch(what, "`session ID` and its number", received));
        };
        Ok(Session { id, call, received: vec![received] })
    }

    /// Lets the model write this to a session.
    pub(super) async fn write(
        &mut self,
        cx: &mut Context,
        session: &mut Session,
        chars: &str,
    ) -> Result {
        let (_, received) = self.call(cx, writes(session.id, chars)).await?;
        session.received.push(received);
        Ok(())
    }

    /// Lets the model write this to a session, and empty lines until it receives `text`.
    pub(super) async fn until(
        &mut self,
        cx: &mut Context,
        session: &mut Session,
        chars: &str,
        text: &str,
    ) -> Result {
        let (from, mut looks) = (session.received.len(), Looks::until(cx.peer.deadline()));
        let said = |session: &Session| session.received[from..].concat().contains(text);
        self.write(cx, session, chars).await?;
        while !said(session) && session.goes_on() && looks.again().await {
            self.write(cx, session, "\n").await?;
        }
        if said(session) {
            return Ok(());
        }
        let what = format!("the output that the model receives after it has written {chars:?}");
        let received: String =
            session.received[from..].iter().map(|part| output_of(part)).collect();
        Err(Failure::mismatch(what, format!("{text:?}"), shown(received.as_bytes())))
    }

    /// Ends the turn, which has to complete.
    pub(super) async fn end(&mut self, cx: &mut Context) -> Result<Turn> {
        self.last(cx, says("done"))?;
        let turn = cx.client().end_turn(&self.thread, &self.begun).await?;
        turn.ended(End::Completed, "how the turn ended in which the model talked to a program")?;
        Ok(turn)
    }
}

//! The kinds of turns: what the model does in each, what the turn waits for, and what lets it go on.

use std::path::PathBuf;

use harness::{Call, Context, Dialect, Fifo, OrInconclusive, Result};
use mock_model::{Reply, Script, applies_patch, http, runs_command, says};
use serde_json::json;

use super::course::Track;
use crate::client::{
    Begun, ContextExt, Decision, End, PROTOCOLS, Thread, is_item, is_of, is_turn_end,
};

/// A kind of turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The model says something.
    Words,
    /// The model runs a command.
    Command,
    /// The model applies a patch.
    Patch,
    /// The model runs a command that needs an approval.
    Question,
    /// The model service refuses to answer.
    Failing,
    /// The model sums up the conversation.
    Compaction,
}

impl Kind {
    /// Every kind in which the user says something.
    pub(super) const ALL: [Self; 5] =
        [Self::Words, Self::Command, Self::Patch, Self::Question, Self::Failing];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Command => "command",
            Self::Patch => "patch",
            Self::Question => "question",
            Self::Failing => "failing",
            Self::Compaction => "compaction",
        }
    }

    /// How a turn of this kind ends that nothing disturbs.
    pub(super) fn natural_end(self) -> End {
        match self {
            Self::Failing => End::Failed,
            _ => End::Completed,
        }
    }

    /// An action of the model as in turns of this kind, if the model acts in them.
    pub(super) fn action(self) -> Option<Reply> {
        match self {
            Self::Words | Self::Failing | Self::Compaction => None,
            Self::Command | Self::Question => Some(runs_command("true")),
            Self::Patch => Some(applies_patch("*** Begin Patch\n*** End Patch\n")),
        }
    }

    /// A turn of this kind that waits, as the row of a table.
    pub(super) fn waiting(self) -> String {
        format!("{}, while {}", self.name(), self.wait().unwrap_or_default())
    }

    /// What the turn waits for, if it waits.
    pub(super) fn wait(self) -> Option<&'static str> {
        match self {
            Self::Words => Some("the model answers"),
            Self::Command => Some("a command runs"),
            Self::Patch => None,
            Self::Question => Some("an approval is pending"),
            Self::Failing => Some("the model service has not refused yet"),
            Self::Compaction => Some("the model sums up"),
        }
    }
}

/// A turn, from its preparation to its end.
#[derive(Debug)]
pub(super) struct Staged {
    /// Its kind.
    pub(super) kind: Kind,
    /// A number that all its texts have.
    pub(super) number: usize,
    /// Its thread.
    pub(super) thread: Thread,
    /// The place in the conversation before the first turn of the thread.
    pub(super) beginning: usize,
    /// The turn itself, as far as it is known.
    pub(super) begun: Begun,
    /// The request for approval, once it came.
    asked: Option<Call>,
    /// What the command reports through, and what it waits for.
    pipes: Option<(Fifo, Fifo)>,
    /// Whether the command has reported that it runs.
    ran: bool,
}

impl Staged {
    /// A turn to come in a thread, and the model's part of it.
    pub(super) fn prepare(
        cx: &mut Context,
        kind: Kind,
        number: usize,
        track: Track,
    ) -> Result<Self> {
        let Track { thread, mark: beginning, .. } = track;
        let begun = Begun::default();
        let (asked, pipes, ran) = (None, None, false);
        let mut staged = Self { kind, number, thread, beginning, begun, asked, pipes, ran };
        staged.script(cx)?;
        Ok(staged)
    }

    /// Prepares the model's part of the turn to come.
    pub(super) fn script(&mut self, cx: &Context) -> Result {
        let number = self.number;
        let reply = match self.kind {
            Kind::Words | Kind::Compaction => says(format!("begun {number} "))
                .hold(self.gate())
                .continues(format!("ended {number}")),
            Kind::Command => self.command(cx)?,
            Kind::Patch => {
                let add = format!("*** Add File: patched-{number}\n+so\n");
                applies_patch(format!("*** Begin Patch\n{add}*** End Patch\n"))
            }
            Kind::Question => runs_command(format!("echo ran >> '{}'", self.marker(cx).display())),
            Kind::Failing => {
                let error = json!({ "message": "no such model", "type": "invalid_request_error" });
                http(400).json(json!({ "error": error })).hold(self.gate())
            }
        };
        cx.model.script(Script::new([reply]).then_forever(says(format!("more {number}"))));
        Ok(())
    }

    /// A command that reports that it runs, and then waits for a line.
    fn command(&mut self, cx: &Context) -> Result<Reply> {
        let number = self.number;
        let pipe = |name: &str| Fifo::new(cx.home.work().join(format!("{name}-{number}")));
        let (up, go) = match self.pipes.take() {
            Some(pipes) => pipes,
            None => (pipe("up")?, pipe("go")?),
        };
        let line = format!(
            "exec 9> {} 8<> {}; echo so; echo up >&9; read line <&8",
            up.path().display(),
            go.path().display()
        );
        self.pipes = Some((up, go));
        Ok(runs_command(line))
    }

    /// The file that the command writes which needs an approval.
    fn marker(&self, cx: &Context) -> PathBuf {
        cx.home.work().join(format!("marker-{}", self.number))
    }

    fn gate(&self) -> String {
        format!("gate {}", self.number)
    }

    /// What the user says first.
    pub(super) fn question(&self) -> String {
        format!("question {}", self.number)
    }

    /// What the user says meanwhile.
    pub(super) fn aside(&self) -> String {
        format!("aside {}", self.number)
    }

    /// Begins the turn.
    pub(super) async fn begin(&mut self, cx: &mut Context) -> Result {
        self.begun = match self.kind {
            Kind::Compaction => {
                let mark = cx.client().begin_compaction(&self.thread).await?;
                let id = announced(cx, &self.thread, mark).await?;
                Begun { mark, id: Some(id) }
            }
            _ => cx.client().begin_turn(&self.thread, &self.question()).await?,
        };
        Ok(())
    }

    /// Waits until the turn waits.
    pub(super) async fn hold(&mut self, cx: &mut Context) -> Result {
        match self.kind {
            Kind::Words | Kind::Failing | Kind::Compaction => cx.reached(&self.gate()).await?,
            Kind::Command => {
                let within = cx.peer.settings().wait;
                if let Some((up, _)) = &mut self.pipes {
                    up.line(within).await?;
                    self.ran = true;
                }
            }
            Kind::Question => self.asked = self.question_or_end(cx).await?,
            Kind::Patch => {}
        }
        if self.kind != Kind::Words {
            return Ok(());
        }
        // From here on the server has nothing to do but to wait for the model.
        let (event, thread) = (&cx.protocol().delta, &self.thread);
        cx.peer.next_matching("a piece of the message", |call| event.is(call, thread)).await?;
        Ok(())
    }

    /// Waits until the turn has asked the model for everything that it needs to come to its wait.
    pub(super) async fn arrive(&mut self, cx: &mut Context) -> Result {
        match self.kind {
            Kind::Words | Kind::Failing => cx.reached(&self.gate()).await,
            _ => self.hold(cx).await,
        }
    }

    /// Lets the turn go on. Where an approval is needed it waits for the request, or for the end of
    /// the turn.
    pub(super) async fn set_free(&mut self, cx: &mut Context) -> Result {
        match self.kind {
            Kind::Words | Kind::Failing | Kind::Compaction => cx.model.open(&self.gate()),
            Kind::Command => self.let_command_end()?,
            Kind::Patch => {}
            Kind::Question => {
                if self.asked.is_none() {
                    self.asked = self.question_or_end(cx).await?;
                }
                if let Some(request) = &self.asked {
                    cx.client().answer(request, Decision::Accept).await?;
                }
            }
        }
        Ok(())
    }

    /// Whether the client was asked for an approval.
    pub(super) fn was_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether its command has begun to run.
    pub(super) fn has_run(&self) -> bool {
        self.ran
    }

    /// Lets the command end, whatever became of its turn.
    pub(super) fn let_command_end(&self) -> Result {
        match &self.pipes {
            // There is a reader, so this does not wait.
            Some((_, go)) => {
                std::fs::write(go.path(), "go\n").or_inconclusive("writing to a named pipe")
            }
            None => Ok(()),
        }
    }

    /// The pipe that a command holds as long as it runs.
    pub(super) fn take_pipes(&mut self) -> Option<(Fifo, Fifo)> {
        self.pipes.take()
    }

    /// Whether this announces the end of the turn in its dialect: a server may speak both, and then
    /// the end of an earlier turn comes twice.
    pub(super) fn is_end(&self, v1: bool, call: &Call) -> bool {
        let of = is_of(call, &self.thread, &call.method) && is_turn_end(call);
        let event = call.method.starts_with("codex/event/");
        of && v1 == event && (v1 || call.params["turn"]["id"] == self.begun.id())
    }

    async fn question_or_end(&self, cx: &mut Context) -> Result<Option<Call>> {
        let mark = self.begun.mark;
        let v1 = cx.dialect() == Dialect::V1;
        if cx.peer.calls_since(mark).iter().any(|call| self.is_end(v1, call)) {
            return Ok(None);
        }
        let awaited = "a request for approval, or the end of the turn";
        let call = cx
            .peer
            .next_matching(awaited, |call| {
                call.seq >= mark && (is_request(call) || self.is_end(v1, call))
            })
            .await?;
        Ok(call.id.is_some().then_some(call))
    }
}

/// Waits for the announcement of a compaction behind a place in the conversation; the id of its
/// turn.
pub(super) async fn announced(cx: &mut Context, thread: &Thread, mark: usize) -> Result<String> {
    let begins = |call: &Call| {
        call.seq >= mark && is_item(call, thread, "item/started", "contextCompaction")
    };
    let known = cx.peer.calls_since(mark).into_iter().find(begins);
    let call = match known {
        Some(call) => call,
        None => cx.peer.next_matching("the item of the compaction", begins).await?,
    };
    call.text("/turnId").map(str::to_owned)
}

/// Whether this asks for an approval, in either dialect.
fn is_request(call: &Call) -> bool {
    PROTOCOLS.iter().any(|protocol| protocol.approvals.contains(&call.method.as_str()))
}

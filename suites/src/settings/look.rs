//! A turn in which the effect of a setting shows.

use std::fs;
use std::path::PathBuf;

use harness::{Call, Context, Failure, Result, show};
use mock_model::{Request, runs_command, says};
use serde_json::Value;

use super::findings::Deviation;
use super::table::{Effect, Row};
use super::{accepted, ask};
use crate::client::{ContextExt, PROTOCOLS, Thread, add};

/// What a turn with a command showed.
pub(super) struct Ran {
    /// The first request to the model.
    pub(super) request: Request,
    /// How many approvals were asked for.
    pub(super) asked: usize,
    /// The directory in which the command ran, which it wrote down there, if it ran and could.
    pub(super) directory: Option<PathBuf>,
}

/// Runs a turn with these settings in which the model runs a command; `None` if they are refused.
pub(super) async fn run(
    cx: &mut Context,
    thread: &Thread,
    settings: Option<Value>,
) -> Result<Option<Ran>> {
    let note = cx.home.work().join(format!("ran-{}", cx.model.requests().len()));
    let before = cx.model.requests().len();
    cx.model.script([runs_command(format!("pwd -P > '{}'", note.display())), says("it is done")]);
    let mark = cx.peer.mark();
    if !begun(cx, thread, settings).await? {
        return Ok(None);
    }
    let turn = cx.client().end_turn(thread, mark).await?;
    let request = cx.model.requests().get(before).cloned().ok_or_else(|| {
        Failure::mismatch("requests to the model for a turn", "at least one", "none")
    })?;
    let is_question = |call: &&Call| {
        call.id.is_some()
            && PROTOCOLS.iter().any(|known| known.approvals.contains(&call.method.as_str()))
    };
    let asked = turn.calls.iter().filter(is_question).count();
    let directory = fs::read_to_string(&note).ok().filter(|text| !text.is_empty());
    Ok(Some(Ran { request, asked, directory: directory.map(|text| text.trim_end().into()) }))
}

/// Begins a turn; whether it was accepted.
async fn begun(cx: &mut Context, thread: &Thread, settings: Option<Value>) -> Result<bool> {
    let protocol = cx.protocol();
    let text = "show what is set";
    let Some(settings) = settings else {
        let params = protocol.turn_params(&thread.id, text);
        return cx.peer.call(protocol.turn, params).await.map(|_| true);
    };
    let work = cx.home.work();
    let mut params = (protocol.turn_with_params)(work, &thread.id, text, Default::default());
    add(&mut params, settings);
    Ok(accepted(&ask(cx, protocol.turn_with, params).await?)?.is_some())
}

impl Row {
    /// Runs a turn without settings of its own, and compares.
    pub(super) async fn look(
        &self,
        cx: &mut Context,
        thread: &Thread,
    ) -> Result<Option<Deviation>> {
        let ran = run(cx, thread, None).await.map_err(|failure| failure.within(self.name))?;
        Ok(ran.and_then(|ran| self.missing(&ran)))
    }

    /// What the turn should have shown and did not.
    pub(super) fn missing(&self, ran: &Ran) -> Option<Deviation> {
        let wrote = match &ran.directory {
            Some(directory) => format!("it ran in {}", directory.display()),
            None => "it wrote nothing".to_owned(),
        };
        let approvals = format!("{} requests for approval, and {wrote}", ran.asked);
        let (holds, expected, observed) = match &self.effect {
            Effect::Request(part, text) => {
                let seen = part(&ran.request);
                (
                    seen.has(text),
                    format!("{} in the request to the model", show(text)),
                    seen.shown(),
                )
            }
            Effect::RunsIn(directory) => (
                ran.directory.as_ref() == Some(directory),
                format!("the command runs in {}", directory.display()),
                wrote,
            ),
            Effect::Asks => (
                ran.asked > 0 && ran.directory.is_none(),
                "a request for approval before the command".to_owned(),
                approvals,
            ),
            Effect::WritesNothing => {
                (ran.directory.is_none(), "the command writes nothing".to_owned(), approvals)
            }
        };
        (!holds).then_some(Deviation { expected, observed })
    }
}

//! Settings in a message that arrives during a turn.

use harness::{Context, Dialect, Kind as Fault, Result, check};

use super::course::Course;
use super::kind::{Kind, Staged};
use super::matrix::failed;
use super::rules::Flaw;
use crate::client::{ContextExt, Settings};

/// A model that is not that of the conversation.
pub(super) const MODEL: &str = "another-model";

/// The kinds of turns that wait when the message arrives.
pub(super) const WAITING: [Kind; 4] = [Kind::Words, Kind::Command, Kind::Question, Kind::Failing];

/// Brings a turn to its wait, sends a message with these settings, and lets the turn end; whether the
/// message was accepted.
async fn joined(course: &mut Course<'_>, kind: Kind, settings: Settings) -> Result<(Staged, bool)> {
    let mut staged = course.prepare(kind).await?;
    course.leave_thread(&staged.thread.id);
    staged.begin(course.cx).await?;
    staged.hold(course.cx).await?;
    let (thread, aside) = (staged.thread.clone(), staged.aside());
    let asked = course.cx.model.requests().len();
    let reply = course.cx.client().begin_turn_with(&thread, &aside, settings).await;
    let accepted = match reply {
        Err(failure) if failure.kind() != Fault::Mismatch => return Err(failure),
        reply => reply.is_ok(),
    };
    staged.set_free(course.cx).await?;
    course.end(&staged).await?;
    match course.cx.dialect() {
        _ if !accepted => {}
        Dialect::V1 => course.until_heard(&staged, asked).await?,
        _ => course.until_said(&staged, true).await?,
    }
    Ok((staged, accepted))
}

/// A server SHOULD ask the model that a message names in the next turn, if it has accepted the message
/// during a turn.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, turn/start: overrides apply to the turn and the following ones",
    faults(JOINED_MODEL_IGNORED),
    shared
)]
async fn the_model_of_an_accepted_message_is_asked(cx: &mut Context) -> Result {
    let mut course = Course::open(cx).await?;
    let kinds = course.possible(&WAITING, "name another model").await?;
    let mut flaws = Vec::new();
    for kind in &kinds {
        let settings = Settings { model: Some(MODEL), ..Settings::default() };
        let (staged, accepted) = joined(&mut course, *kind, settings).await?;
        let request = course.go_on(&staged.thread, staged.number).await?;
        let name = request.as_ref().and_then(|request| request.model_name());
        let name = name.unwrap_or("none");
        if (name == MODEL) != accepted {
            let wanted = if accepted { "accepted" } else { "rejected" };
            let wanted = format!("{MODEL:?} only if the message is accepted, and it was {wanted}");
            flaws.push((
                kind.waiting(),
                Flaw::new("the model of the next turn", wanted, format!("{name:?}")),
            ));
        }
    }
    failed(flaws, kinds.len())
}

/// A server SHOULD ask for approval in the next turn, if it has accepted a message with the policy
/// `untrusted` during a turn.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, turn/start: overrides apply to the turn and the following ones",
    faults(JOINED_POLICY_IGNORED),
    shared
)]
async fn the_policy_of_an_accepted_message_applies(cx: &mut Context) -> Result {
    let mut course = Course::open(cx).await?;
    if course.possible(&[Kind::Question], "name another policy").await?.is_empty() {
        return Ok(());
    }
    let kinds = [Kind::Words, Kind::Command];
    let mut flaws = Vec::new();
    for kind in kinds {
        let settings = Settings { approval: Some("untrusted"), ..Settings::default() };
        let (staged, accepted) = joined(&mut course, kind, settings).await?;
        let mut next = course.prepare_in(Kind::Question, &staged)?;
        next.begin(course.cx).await?;
        next.hold(course.cx).await?;
        next.set_free(course.cx).await?;
        course.end(&next).await?;
        if accepted && !next.was_asked() {
            let what = "the next turn, whose command needs an approval";
            flaws.push((kind.waiting(), Flaw::new(what, "a request for it", "none came")));
        }
    }
    failed(flaws, kinds.len())
}

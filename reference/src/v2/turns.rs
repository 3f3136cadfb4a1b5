//! Turns: started, steered, interrupted.

use std::rc::Rc;

use serde_json::{Value, json};

use super::params::{TurnInterrupt, TurnStart, TurnSteer};
use super::render;
use super::threads::parse_id;
use crate::fault::fault;
use crate::faults;
use crate::input;
use crate::items::{Outcome, Turn, fresh_id};
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;
use crate::servers;
use crate::settings::TurnOverrides;
use crate::threads::{Active, Face, Message, Thread};
use crate::tools::asking;
use crate::turn::{self, Kind};

pub(super) fn find(server: &Server, id: &str) -> Result<Rc<Thread>, Refusal> {
    let id = parse_id(id, "thread")?;
    server.thread(id).ok_or_else(|| Refusal::not_found("thread", id))
}

pub(super) fn start(server: &Rc<Server>, params: TurnStart) -> Result<Value, Refusal> {
    let thread = match find(server, &params.thread_id) {
        Err(_) if turn::heard_by_nobody() => {
            let turn = Turn::new(params.thread_id);
            return Ok(json!({ "turn": render::turn(&turn, Vec::new(), "notLoaded") }));
        }
        found => found?,
    };
    input::check(&params.input)?;
    if let Some(active) = thread.active()
        && !hears(&active).inspect_err(|_| faults::moments::rejected(&thread, &params.input))?
    {
        return Ok(
            json!({ "turn": render::turn(&Turn::new(fresh_id()), Vec::new(), "notLoaded") }),
        );
    }
    if let Some(unknown) = params.manner.unknown() {
        return Err(Refusal::invalid(format!("no permission profile `{unknown}`")));
    }
    let output = params.besides.output(!params.input.is_empty())?;
    let mode = params.collaboration_mode;
    let overrides = TurnOverrides {
        model: params.model.or(mode.as_ref().and_then(|mode| mode.settings.model.clone())),
        cwd: params.cwd,
        approval: params.approval_policy.map(Into::into),
        sandbox: params.sandbox_policy.map(Into::into),
        effort: params.effort,
        summary: params.summary,
        tier: match params.service_tier {
            None if fault!(TIER_OF_A_TURN_STAYS) => params.service_tier_for_turn.clone(),
            tier => tier,
        },
        tier_of_the_turn: params.service_tier_for_turn.filter(|_| !fault!(TIER_OF_A_TURN_IGNORED)),
        mode: mode.map(|mode| mode.mode),
        reviewer: params.approvals_reviewer.filter(|_| !fault!(TURN_REVIEWER_IGNORED)),
        manner: params.manner,
        metadata: params.besides.metadata(),
        context: params.besides.context(),
        output,
        output_schema: params.output_schema,
    };
    let message = Message { content: params.input, client_id: params.client_user_message_id };
    let id = turn::start(server, &thread, Face::V2, message, &overrides);
    let mut turn = Turn::new(id);
    if fault!(TURN_ANSWERED_AS_COMPLETED) {
        turn.outcome = Outcome::Completed;
    }
    Ok(json!({ "turn": render::turn(&turn, Vec::new(), "notLoaded") }))
}

/// Whether a turn hears what the user says; refused if it does not, unless a defect loses that.
fn hears(active: &Active) -> Result<bool, Refusal> {
    let kind = match active.kind {
        Kind::Talk | Kind::Shell => return Ok(true),
        Kind::Review if fault!(WORDS_LOST_IN_A_REVIEW) => return Ok(false),
        Kind::Compact if fault!(WORDS_LOST_IN_A_COMPACTION) => return Ok(false),
        Kind::Review => "review",
        Kind::Compact => "compact",
    };
    let info = json!({ "activeTurnNotSteerable": { "turnKind": kind } });
    let message = format!("cannot steer a {kind} turn");
    let data = json!({ "message": message, "codexErrorInfo": info, "additionalDetails": null });
    Err(Refusal::invalid(message).with_data(data))
}

/// The turn that runs, if it is the one that the client means.
fn running(thread: &Thread, id: &str, purpose: &str) -> Result<Rc<Active>, Refusal> {
    let active =
        thread.active().ok_or_else(|| Refusal::invalid(format!("no active turn to {purpose}")))?;
    let any = fault!(TURN_ID_UNCHECKED);
    if active.id == id || any {
        return Ok(active);
    }
    let found = &active.id;
    Err(Refusal::invalid(format!("expected active turn id `{id}` but found `{found}`")))
}

pub(super) fn steer(server: &Server, params: TurnSteer) -> Result<Value, Refusal> {
    let thread = match find(server, &params.thread_id) {
        Err(_) if fault!(STEERS_NOBODY) => {
            return Ok(json!({ "turnId": params.expected_turn_id }));
        }
        found => found?,
    };
    input::check(&params.input)?;
    let active = match running(&thread, &params.expected_turn_id, "steer") {
        Err(_) if thread.active().is_none() && fault!(STEERS_AN_IDLE_THREAD) => {
            return Ok(json!({ "turnId": params.expected_turn_id }));
        }
        active => active?,
    };
    let heard = hears(&active)?;
    let message = Message { content: params.input, client_id: params.client_user_message_id };
    let lost = faults::moments::speaks(&active) && fault!(LATE_STEERING_LOST);
    if heard && !fault!(STEERING_LOST) && !lost {
        active.inbox.borrow_mut().push_back(message);
    }
    Ok(json!({ "turnId": active.id }))
}

pub(super) fn interrupt(server: &Server, reply: Reply, params: &TurnInterrupt) {
    let thread = find(server, &params.thread_id);
    let withheld = thread.as_ref().is_ok_and(|thread| {
        servers::withholds_interrupts(thread) || asking::withholds_interrupts(thread)
    });
    let active = thread.and_then(|thread| match turn::queued(&thread, &params.turn_id) {
        Some(queued) => Ok(queued),
        None => running(&thread, &params.turn_id, "interrupt"),
    });
    match active {
        Err(_) if interrupts_anything(server, params) => reply.ok(json!({})),
        Err(_) if fault!(REQUEST_SWALLOWED) => std::mem::forget(reply),
        Err(_) if unanswered(server, params) => std::mem::forget(reply),
        Err(refusal) => reply.refuse(refusal),
        Ok(_) if !server.out.clients().is_first() && fault!(ONLY_THE_STARTER_INTERRUPTS) => {
            reply.refuse(Refusal::invalid("no active turn to interrupt"));
        }
        Ok(active) if faults::laws::is_not_interruptible(&active) => {
            reply.refuse(Refusal::invalid("no active turn to interrupt"));
        }
        Ok(active) if faults::moments::closes(&active) => std::mem::forget(reply),
        Ok(active) if active.kind == Kind::Review && fault!(REVIEW_NOT_INTERRUPTED) => {
            reply.refuse(Refusal::invalid("expected another active turn"));
        }
        Ok(active) => {
            reply.ok(json!({}));
            faults::turn::interrupt_others(server);
            let early = faults::moments::comes_too_early(&active);
            if !fault!(INTERRUPT_IGNORED) && !withheld && !early {
                active.interrupt.fire();
            }
        }
    }
}

/// Whether a defect leaves an interruption open that comes too late.
fn unanswered(server: &Server, params: &TurnInterrupt) -> bool {
    let last = find(server, &params.thread_id).ok().and_then(|thread| {
        thread.state().turns.last().map(|turn| turn.outcome == Outcome::Interrupted)
    });
    fault!(OVER_INTERRUPT_UNANSWERED) || (last == Some(true) && fault!(SECOND_INTERRUPT_UNANSWERED))
}

/// Whether a defect takes a request to interrupt what does not run.
fn interrupts_anything(server: &Server, params: &TurnInterrupt) -> bool {
    match find(server, &params.thread_id) {
        Err(_) => turn::interrupts_nobody(),
        Ok(thread) => thread.active().is_none() && fault!(INTERRUPTS_WHAT_IS_OVER),
    }
}

//! What users say, and stopping what came of it.

use std::rc::Rc;

use serde_json::{Value, json};

use super::params::{Conversation, ConversationId, InputItem, SendUserMessage, SendUserTurn};
use crate::fault::fault;
use crate::faults;
use crate::input::{self, Input};
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;
use crate::settings::TurnOverrides;
use crate::threads::{Face, Message, Thread};
use crate::turn;

fn find(server: &Server, id: ConversationId) -> Result<Rc<Thread>, Refusal> {
    server.thread(id.0).ok_or_else(|| Refusal::not_found("conversation", id))
}

pub(super) fn send_message(server: &Rc<Server>, params: SendUserMessage) -> Result<Value, Refusal> {
    let thread = match find(server, params.conversation_id) {
        Err(_) if turn::heard_by_nobody() => return Ok(json!({})),
        found => found?,
    };
    send(server, &thread, params.items, &TurnOverrides::default())
}

pub(super) fn send_turn(server: &Rc<Server>, params: SendUserTurn) -> Result<Value, Refusal> {
    let thread = find(server, params.conversation_id)?;
    let overrides = TurnOverrides {
        model: Some(params.model),
        cwd: Some(params.cwd),
        approval: Some(params.approval_policy),
        sandbox: Some(params.sandbox_policy),
        effort: params.effort.map(|effort| effort.as_str().to_owned()),
        summary: Some(params.summary.as_str().to_owned()),
        output_schema: params.output_schema,
        ..TurnOverrides::default()
    };
    send(server, &thread, params.items, &overrides)
}

fn send(
    server: &Rc<Server>,
    thread: &Rc<Thread>,
    items: Vec<InputItem>,
    overrides: &TurnOverrides,
) -> Result<Value, Refusal> {
    let content: Vec<Input> = items.into_iter().map(Into::into).collect();
    input::check(&content)?;
    turn::start(server, thread, Face::V1, Message { content, client_id: None }, overrides);
    Ok(json!({}))
}

/// Answered when the turn has ended. Real servers leave the request open when nothing runs; an
/// answer is owed to every request.
pub(super) fn interrupt(server: &Server, reply: Reply, params: &Conversation) {
    let thread = match find(server, params.conversation_id) {
        Ok(thread) => thread,
        Err(_) if turn::interrupts_nobody() => {
            return reply.ok(json!({ "abortReason": "interrupted" }));
        }
        Err(refusal) => return reply.refuse(refusal),
    };
    match thread.active() {
        Some(active) => {
            faults::turn::interrupt_others(server);
            active.interrupters.borrow_mut().push(reply);
            active.interrupt.fire();
        }
        None if fault!(IDLE_INTERRUPT_UNANSWERED) => {
            std::mem::forget(reply);
        }
        None => reply.refuse(Refusal::invalid("no active turn to interrupt")),
    }
}

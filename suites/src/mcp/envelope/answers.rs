//! Answers: each request has one, with its id; nothing else has any.

use harness::{Conversation, Failure, Id, Message, Result, observer};

use crate::mcp::client::CANCELLED;
use crate::mcp::envelope::exchange::{
    Answer, Asked, answers, asked, capability, declared, exchanges, is_after_ill_formed,
    is_of_ill_formed,
};

/// The answers with an id that no request of the client had before.
fn strays<'c>(conversation: &'c Conversation<'_>) -> Vec<(Answer<'c>, Id)> {
    let asked = asked(conversation);
    let known = |answer: &Answer<'_>, id: &Id| {
        asked.iter().any(|asked| {
            asked.line < answer.line && asked.id.clone().rounded() == id.clone().rounded()
        })
    };
    answers(conversation)
        .into_iter()
        .filter_map(|answer| Some((answer.clone(), answer.id?)))
        .filter(|(answer, id)| !known(answer, id) && !is_of_ill_formed(conversation, id))
        .collect()
}

/// The oldest request before this line that was never answered under its own id, in words.
fn unanswered_before(conversation: &Conversation<'_>, line: usize) -> Option<String> {
    let open = exchanges(conversation)
        .into_iter()
        .find_map(|(asked, answer)| (asked.line < line && answer.is_none()).then_some(asked))?;
    Some(format!("`{}` with id {}", open.method, open.id))
}

/// A server MUST answer a request with the id of the request, of the same type.
#[observer(
    mcp,
    source = "Base protocol, Responses",
    faults(MCP_ANSWERS_WITH_ANOTHER_ID, MCP_ANSWERS_WITH_A_TEXT_AS_ID, ID_OFF_BY_ONE, ID_AS_TEXT)
)]
fn an_answer_has_the_id_of_its_request(conversation: &Conversation<'_>) -> Result {
    for (answer, id) in strays(conversation) {
        // If everything else was answered, it belongs to nothing that was asked.
        if let Some(open) = unanswered_before(conversation, answer.line) {
            return Err(Failure::mismatch(
                "the id of an answer",
                format!("that of the request, {open}"),
                id.to_string(),
            )
            .at_line(answer.line));
        }
    }
    Ok(())
}

/// A server MUST NOT send an answer that no request asked for.
#[observer(mcp, source = "JSON-RPC 2.0, Response object", faults(MCP_ANSWER_TO_NOTHING))]
fn nothing_is_answered_that_was_not_asked(conversation: &Conversation<'_>) -> Result {
    for (answer, id) in strays(conversation) {
        if unanswered_before(conversation, answer.line).is_none() {
            return Err(Failure::mismatch(
                "the id of an answer",
                "the id of a request that was sent before",
                format!("{id}, which no request had"),
            )
            .at_line(answer.line));
        }
    }
    Ok(())
}

/// A server MUST NOT answer a request more than once.
#[observer(
    mcp,
    source = "JSON-RPC 2.0, Response object",
    faults(MCP_ANSWERS_TWICE, DUPLICATE_ANSWERS)
)]
fn a_request_is_answered_once(conversation: &Conversation<'_>) -> Result {
    let asked = asked(conversation);
    let mut seen: Vec<(&Answer<'_>, &Id)> = Vec::new();
    let answers = answers(conversation);
    for answer in &answers {
        let Some(id) = &answer.id else { continue };
        let requests = asked.iter().filter(|asked| asked.line < answer.line && asked.id == *id);
        let before = seen.iter().filter(|(_, other)| *other == id);
        let (requests, before) = (requests.collect::<Vec<_>>(), before.collect::<Vec<_>>());
        if let (Some(request), Some((first, _))) = (requests.last(), before.last())
            && before.len() >= requests.len()
            && !is_of_ill_formed(conversation, id)
        {
            return Err(Failure::mismatch(
                format!("the answers to `{}` with id {id}", request.method),
                "exactly one",
                format!("a second one; the first is line {}", first.line + 1),
            )
            .at_line(answer.line));
        }
        seen.push((answer, id));
    }
    Ok(())
}

/// The errors without an id that follow nothing that could be misread.
fn nameless<'c>(conversation: &'c Conversation<'_>) -> Vec<Answer<'c>> {
    let answers = answers(conversation).into_iter();
    answers
        .filter(|answer| answer.id.is_none() && !is_after_ill_formed(conversation, answer.line))
        .collect()
}

/// A server MUST answer a request that it can read under the id of the request, not without an id.
#[observer(mcp, source = "Base protocol, Responses", faults(MCP_ANSWERS_WITHOUT_ID))]
fn an_answer_has_an_id(conversation: &Conversation<'_>) -> Result {
    for answer in nameless(conversation) {
        if let Some(open) = unanswered_before(conversation, answer.line) {
            return Err(Failure::mismatch(
                "the id of an answer",
                format!("that of the request, {open}"),
                format!("no id, in {}", harness::show(answer.value)),
            )
            .at_line(answer.line));
        }
    }
    Ok(())
}

/// A server MUST NOT answer a notification.
#[observer(
    mcp,
    source = "Base protocol, Notifications",
    faults(MCP_NOTIFICATION_IS_ANSWERED, NOTIFICATIONS_ANSWERED)
)]
fn a_notification_is_not_answered(conversation: &Conversation<'_>) -> Result {
    for answer in nameless(conversation) {
        if unanswered_before(conversation, answer.line).is_none() {
            return Err(Failure::mismatch(
                "what follows a notification, when every request is answered",
                "no answer",
                harness::show(answer.value),
            )
            .at_line(answer.line));
        }
    }
    Ok(())
}

/// A server MUST answer every request.
///
/// Requests for methods that the server does not declare have a check of their own, which asks for all
/// of them.
#[observer(
    mcp,
    source = "JSON-RPC 2.0, Response object; Base protocol, Requests",
    faults(MCP_DROPS_AN_ANSWER, DROP_ANSWERS)
)]
fn every_request_is_answered(conversation: &Conversation<'_>) -> Result {
    if is_waiting_for_us(conversation) {
        return Ok(());
    }
    let declared = declared(conversation);
    let has = |method: &str| match capability(method) {
        Some(capability) => declared.is_some_and(|declared| declared.contains_key(capability)),
        None => ["initialize", "ping", "server/discover"].contains(&method),
    };
    let (strays, nameless) = (strays(conversation), nameless(conversation));
    let left =
        |asked: &Asked<'_>| conversation.unanswered.contains(&asked.line) && has(asked.method);
    for asked in asked(conversation).into_iter().filter(left) {
        // An answer under a wrong id is the matter of another check.
        let misnamed = strays.iter().any(|(answer, _)| answer.line > asked.line)
            || nameless.iter().any(|answer| answer.line > asked.line)
            || is_unreadable_after(conversation, asked.line);
        if !misnamed && !is_wrong(&asked) && !may_be_open(conversation, &asked) {
            return Err(Failure::mismatch(
                format!("the answer to `{}` (id {})", asked.method, asked.id),
                "a result or an error",
                "none came, though the server had the time and nothing else to do",
            )
            .at_line(asked.line));
        }
    }
    Ok(())
}

/// Whether the server sent something after this line that may have been an answer, and is no message.
fn is_unreadable_after(conversation: &Conversation<'_>, line: usize) -> bool {
    let is_none =
        |message: &Message| matches!(message, Message::Pollution(_) | Message::Malformed(_));
    conversation.from_subject().any(|(at, entry)| at > line && is_none(&entry.message))
}

/// Whether a request lacks what the server needs to answer it with a result: that has checks of its own.
fn is_wrong(asked: &Asked<'_>) -> bool {
    let needed = ["protocolVersion", "capabilities", "clientInfo"];
    asked.method == "initialize" && needed.iter().any(|name| asked.params.get(name).is_none())
}

/// Whether a request may stay open: it was cancelled, or its answer comes when something else ends.
fn may_be_open(conversation: &Conversation<'_>, asked: &Asked<'_>) -> bool {
    let cancelled = conversation.to_subject().any(|(_, entry)| {
        entry.method() == Some(CANCELLED) && Id::of(&entry.params()["requestId"]) == asked.id
    });
    cancelled || ["tools/call", "tasks/result", "subscriptions/listen"].contains(&asked.method)
}

/// Whether the server waits for the answer to a request of its own.
fn is_waiting_for_us(conversation: &Conversation<'_>) -> bool {
    let answered = |id: &Id| {
        conversation.to_subject().any(|(_, entry)| match &entry.message {
            Message::Response { id: ours } | Message::Error { id: ours } => ours == id,
            _ => false,
        })
    };
    conversation.from_subject().any(|(_, entry)| match &entry.message {
        Message::Request { id, .. } => !answered(id),
        _ => false,
    })
}

//! Rules for every conversation: observers that judge the transcript of each check.

pub mod envelope;
pub mod turns;

use std::collections::{HashMap, HashSet};

use harness::{
    Context, Conversation, Entry, Failure, Id, Message, Result, ensure, ensure_at, observer, tour,
};
use mock_model::{reasons, runs_command, says};
use serde_json::{Value, json};
use shown::printable;

use crate::METHODS;
use crate::client::{ContextExt, Decision};

/// How much of a line a failure shows, in bytes.
const SHOWN: usize = 400;

/// The conversation that an observer watches when it is run on its own: two threads, a command with
/// its approval, a refusal.
#[tour]
async fn tour(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().decide(Decision::Accept);
    let untrusted = || crate::client::Start { approval: Some("untrusted"), ..Default::default() };
    let first = cx.client().start_with(untrusted()).await?;
    let second = cx.client().start_with(untrusted()).await?;
    cx.model.script([
        reasons("thinking").and(runs_command("touch made-by-the-tour")),
        runs_command("touch made-later-by-the-tour"),
        says("the commands ran").deltas(3),
        says("and the other one answers in several deltas").deltas(5),
        says("again"),
    ]);
    cx.client().turn(&first, "run a command").await?;
    cx.client().turn(&second, "say something").await?;
    cx.client().turn(&first, "once more").await?;
    ask_around(cx, &first.id).await?;
    let (method, params) = cx.rejected();
    cx.peer.request(method, params).await?.error().map(|_| ())
}

/// Asks for what a client looks at first, where the dialect and the subject have it, so that
/// observers see more kinds of results. Which answer comes is a matter of other checks.
async fn ask_around(cx: &mut Context, thread: &str) -> Result {
    let protocol = cx.protocol();
    let requests = [
        (protocol.list, json!({})),
        (protocol.account, json!({})),
        (protocol.read_config, (protocol.read_config_params)()),
        (protocol.exec, json!({ "command": ["true"] })),
        ("thread/read", json!({ "threadId": thread, "includeTurns": true })),
        ("model/list", json!({})),
    ];
    for (method, params) in requests {
        // The first releases do not answer a method that they do not have.
        let dialect = cx.dialect();
        let is_known = METHODS.iter().any(|of| of.dialect == dialect && of.name == method);
        let gate = cx.peer.gate();
        if is_known && gate.offers(method).is_ok() && gate.needs(method).is_ok() {
            cx.peer.request(method, params).await?;
        }
    }
    Ok(())
}

fn shown(entry: &Entry) -> String {
    printable(&entry.line, SHOWN)
}

/// A server MUST write only messages to stdout, one JSON object per line.
#[observer(
    v1,
    v2,
    source = "app-server README, Protocol: newline-delimited JSON on stdout",
    faults(
        BANNER_ON_STDOUT,
        BLANK_LINE,
        BYTE_ORDER_MARK,
        CARRIAGE_RETURN_INSTEAD,
        CUT_CHARACTER,
        INVALID_UTF8,
        LAST_LINE_TRUNCATED,
        LENGTH_HEADER,
        LOG_ON_STDOUT,
        LOG_WITHIN_LINE,
        LONE_SURROGATE,
        NOT_A_NUMBER,
        NUL_BYTE,
        ONE_MESSAGE_OVER_TWO_LINES,
        RAW_CONTROL_CHARACTER,
        SURROGATE_BYTES,
        TRUNCATED_LINE,
        TWO_MESSAGES_IN_ONE_LINE
    )
)]
fn only_messages_on_stdout(conversation: &Conversation<'_>) -> Result {
    for (number, entry) in conversation.from_subject() {
        if let Message::Pollution(why) = &entry.message {
            return Err(Failure::mismatch(
                format!("line {} of the conversation", number + 1),
                "one JSON object",
                format!("{why}: {}", shown(entry)),
            )
            .at_line(number));
        }
    }
    Ok(())
}

/// A server MUST send only valid requests, notifications, results and errors.
#[observer(
    v1,
    v2,
    source = "JSON-RPC 2.0 §4, §5",
    faults(
        RESULT_BESIDE_ERROR,
        ANSWER_IN_ARRAY,
        ANSWER_WITH_METHOD,
        ID_MISSING,
        METHOD_AS_NUMBER,
        METHOD_MISSING,
        NEITHER_RESULT_NOR_ERROR,
        RESULT_AND_ERROR
    )
)]
fn every_message_is_of_one_kind(conversation: &Conversation<'_>) -> Result {
    for (number, entry) in conversation.from_subject() {
        if let Message::Malformed(why) = &entry.message {
            return Err(Failure::mismatch(
                format!("line {} of the conversation", number + 1),
                "a request, a notification, a result or an error",
                format!("{why}: {}", shown(entry)),
            )
            .at_line(number));
        }
    }
    Ok(())
}

/// The id that an answer of the subject names.
fn answered(entry: &Entry) -> Option<Id> {
    entry.message.answers(entry.value.as_ref()?).map(Id::rounded)
}

/// The ids that a line of ours asks an answer for; a line that is no message may hold anything.
fn asked(entry: &Entry) -> Option<Id> {
    entry.value.as_ref()?.get("method")?;
    entry.value.as_ref()?.get("id").map(Id::of).map(Id::rounded)
}

/// A server MUST NOT send an answer to a request before the client has sent that request.
#[observer(
    v1,
    v2,
    source = "JSON-RPC 2.0 §5",
    faults(
        REFUSALS_ANSWERED_TWICE,
        ANSWER_TO_NOBODY,
        CLIENT_NOTIFICATIONS_AS_REQUESTS,
        EXTRA_INITIALIZE,
        ID_AS_TEXT,
        ID_NULL,
        ID_OFF_BY_ONE
    )
)]
fn answers_follow_their_request(conversation: &Conversation<'_>) -> Result {
    let mut sent = HashSet::new();
    let mut raw = false;
    for (number, entry) in conversation.transcript.entries().iter().enumerate() {
        if !entry.is_from_subject() {
            sent.extend(asked(entry));
            raw |= entry.value.is_none();
        } else if let Some(id) = answered(entry) {
            // A line of ours that is no message may still hold what looks like an id.
            ensure_at!(
                number,
                sent.contains(&id) || raw,
                format!("line {} of the conversation", number + 1),
                "an answer to a request that was sent",
                format!("an answer to id {id}: {}", shown(entry))
            );
        }
    }
    Ok(())
}

/// A server MUST NOT answer a request more than once.
#[observer(
    v1,
    v2,
    source = "JSON-RPC 2.0 §5",
    faults(
        ANSWERS_TWICE,
        CLIENT_REQUESTS_DUPLICATED,
        CLIENT_REQUESTS_SWAPPED,
        DUPLICATE_ANSWERS,
        SECOND_ANSWER_LATER
    )
)]
fn one_answer_for_each_request(conversation: &Conversation<'_>) -> Result {
    let mut open: HashMap<Id, (i64, &str)> = HashMap::new();
    for (number, entry) in conversation.transcript.entries().iter().enumerate() {
        if !entry.is_from_subject() {
            if let Some(id) = asked(entry) {
                let (count, method) = open.entry(id).or_default();
                *count += 1;
                *method = entry.method().unwrap_or_default();
            }
        } else if let Some(id) = answered(entry)
            && let Some((count, method)) = open.get_mut(&id)
        {
            *count -= 1;
            ensure_at!(
                number,
                *count >= 0,
                format!("line {} of the conversation", number + 1),
                format!("one answer to request {id}, `{method}`"),
                format!("another one: {}", shown(entry))
            );
        }
    }
    Ok(())
}

/// A server MUST send every error with a whole number as `code` and a text as `message`.
#[observer(
    v1,
    v2,
    source = "JSON-RPC 2.0 §5.1",
    faults(
        ERROR_CODE_QUOTED,
        ERROR_AS_TEXT,
        ERROR_CODE_AS_TEXT,
        ERROR_CODE_MISSING,
        ERROR_MESSAGE_MISSING
    )
)]
fn errors_have_a_code_and_a_message(conversation: &Conversation<'_>) -> Result {
    for (number, entry) in conversation.from_subject() {
        let Some(error) = entry.value.as_ref().and_then(|value| value.get("error")) else {
            continue;
        };
        if !matches!(entry.message, Message::Error { .. }) {
            continue;
        }
        let good = error.get("code").is_some_and(Value::is_i64)
            && error.get("message").is_some_and(Value::is_string);
        ensure_at!(
            number,
            good,
            format!("the error in line {} of the conversation", number + 1),
            "a whole number as `code`, a text as `message`",
            shown(entry)
        );
    }
    Ok(())
}

/// A server MUST omit the `jsonrpc` member from its messages.
#[observer(
    v1(since = "0.44"),
    v2,
    source = "app-server README, Protocol: the jsonrpc header is omitted",
    faults(VERSION_MEMBER_SENT, VERSION_MEMBER)
)]
fn no_version_member(conversation: &Conversation<'_>) -> Result {
    for (number, entry) in conversation.from_subject() {
        let has = entry.value.as_ref().is_some_and(|value| value.get("jsonrpc").is_some());
        ensure_at!(
            number,
            !has,
            format!("line {} of the conversation", number + 1),
            "no `jsonrpc` member",
            shown(entry)
        );
    }
    Ok(())
}

/// A server MUST use a new id for each of its requests, except when it repeats a pending request
/// after a resume.
#[observer(
    v1,
    v2,
    source = "JSON-RPC 2.0 §4; app-server protocol, RequestId",
    faults(REQUEST_IDS_REPEAT, DUPLICATE_SERVER_REQUESTS, SERVER_REQUEST_IDS_ALIKE)
)]
fn its_own_requests_have_their_own_ids(conversation: &Conversation<'_>) -> Result {
    let mut seen = HashSet::new();
    // A question that is still open is asked again, under its id, when the client comes back to the
    // thread.
    let mut may_come_again: HashSet<Id> = HashSet::new();
    for (number, entry) in conversation.transcript.entries().iter().enumerate() {
        let resumes = entry.method().is_some_and(|method| method.to_lowercase().contains("resume"));
        match &entry.message {
            Message::Request { id, .. } if entry.is_from_subject() => ensure_at!(
                number,
                (seen.insert(id.clone()) || may_come_again.remove(id))
                    && !matches!(id, Id::Illegal(_)),
                format!("the server request in line {} of the conversation", number + 1),
                "a text or a whole number that no earlier request had",
                shown(entry)
            ),
            Message::Request { .. } if resumes => may_come_again.clone_from(&seen),
            _ => {}
        }
    }
    Ok(())
}

/// A server MUST send notifications only about threads that the client has named or that were
/// announced to it.
#[observer(
    v1,
    v2,
    source = "app-server README, Threads: events go to subscribers",
    faults(EVENTS_UNDER_ANOTHER_ID, STRAY_NOTIFICATIONS)
)]
fn notifications_are_about_known_threads(conversation: &Conversation<'_>) -> Result {
    let mut known: HashSet<String> = HashSet::new();
    for (number, entry) in conversation.transcript.entries().iter().enumerate() {
        let Some(value) = &entry.value else { continue };
        // A thread is known from the moment at which either side names it outside a notification,
        // or announces it.
        let announces = entry
            .method()
            .is_none_or(|method| method == "thread/started" || method == "sessionConfigured");
        if !entry.is_from_subject() || announces {
            let unheard = value.pointer("/params/capabilities/optOutNotificationMethods");
            if unheard
                .and_then(Value::as_array)
                .is_some_and(|all| all.iter().any(|method| method == "thread/started"))
            {
                // The client has opted out of notifications about new threads, so that nothing
                // names them.
                return Ok(());
            }
            collect(value, &mut known);
            continue;
        }
        if !matches!(entry.message, Message::Notification { .. }) {
            continue;
        }
        let named = ["threadId", "conversationId"]
            .into_iter()
            .find_map(|name| entry.params().get(name)?.as_str());
        let Some(id) = named else { continue };
        // Looked for last: it reads the rest of the conversation.
        let known = known.contains(id) || opens(conversation, number, id);
        ensure_at!(
            number,
            known,
            format!("line {} of the conversation", number + 1),
            "a notification about a thread of this connection",
            format!("one about {id}: {}", shown(entry))
        );
    }
    Ok(())
}

/// Whether a request that makes or loads a thread was open at this line, and its answer names the
/// thread: the notifications about a thread may overtake the answer that makes it known.
fn opens(conversation: &Conversation<'_>, line: usize, id: &str) -> bool {
    let later = conversation.transcript.entries().iter().skip(line);
    later.filter(|entry| entry.is_from_subject()).filter_map(|entry| entry.value.as_ref()).any(
        |value| {
            let mut named = HashSet::new();
            if value.get("result").is_some() || value["method"] == "thread/started" {
                collect(value, &mut named);
            }
            named.contains(id)
        },
    )
}

/// Every text in a message that looks like an id of a thread.
fn collect(value: &Value, known: &mut HashSet<String>) {
    match value {
        Value::String(text) if text.len() >= 36 => {
            known.insert(text.clone());
            // A path names its thread in the last 36 letters of its stem.
            let stem = text.strip_suffix(".jsonl").unwrap_or(text);
            known.extend(
                stem.len().checked_sub(36).and_then(|at| stem.get(at..)).map(str::to_owned),
            );
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, known)),
        Value::Object(members) => members.values().for_each(|member| collect(member, known)),
        _ => {}
    }
}

/// A server SHOULD NOT connect to any host other than its configured model service.
#[observer(v1, v2, source = "configuration: model_providers; privacy", faults(PHONES_HOME))]
fn stays_with_its_model_service(conversation: &Conversation<'_>) -> Result {
    let hosts: Vec<_> = conversation.egress.iter().map(|attempt| attempt.target.clone()).collect();
    ensure!(hosts.is_empty(), "connections beside the model service", "none", hosts.join(", "));
    Ok(())
}

/// A server MUST NOT panic.
#[observer(
    v1,
    v2,
    source = "robustness: a panic loses the request that caused it",
    faults(PANICS_QUIETLY)
)]
fn no_panic(conversation: &Conversation<'_>) -> Result {
    let stderr = conversation.report.stderr.text();
    let panicked = stderr.lines().find(|line| line.contains("panicked at"));
    ensure!(
        panicked.is_none(),
        "stderr of the subject",
        "no report of a panic",
        printable(panicked.unwrap_or_default().as_bytes(), SHOWN)
    );
    Ok(())
}

//! What a server asks its client in a session: roots, a model's answer, and the user.
//!
//! The checks share processes. In the first the client can do everything and answers; it shows what
//! the server asks for, at the start and in which calls. Where nothing is asked, none of the checks
//! applies, and there is no further process. In the second the client refuses; in the third it does
//! not answer.

pub mod answer;
pub mod answered;
pub mod refused;
pub mod requests;
pub mod unanswered;

use std::time::Duration;

use harness::{Call, Context, Failure, Kind, Policy, Reply, Result, Revision, Ticket};
use serde_json::{Value, json};

use crate::mcp::client::{Callable, McpExt};

/// The request for the directories of the client.
pub(crate) const ROOTS: &str = "roots/list";
/// The request for a form or a page that the user is to see.
pub(crate) const ELICIT: &str = "elicitation/create";
/// The request for the answer of a model.
pub(crate) const SAMPLE: &str = "sampling/createMessage";
/// All of them.
const METHODS: [&str; 3] = [ROOTS, ELICIT, SAMPLE];
/// How long a server may take to ask at the start: one of the official ones takes 350 ms.
const START: Duration = Duration::from_millis(500);
/// How long a question in a call may take before it is looked for an answer.
const SOON: Duration = Duration::from_millis(250);
/// How often a tool may ask in one call.
const ROUNDS: usize = 4;

/// How the client treats what it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Client {
    /// It answers everything.
    Answering,
    /// It can do everything but show pages, and refuses.
    Refusing,
    /// It can do everything, and is silent.
    Silent,
}

/// What is known of the running process.
#[derive(Clone, Default)]
struct Known {
    client: Option<Client>,
}

/// A call in which the server asked something.
#[derive(Clone, Debug)]
struct Questioned {
    callable: Callable,
    /// What it asked, in order.
    asked: Vec<Call>,
    /// Whether the call was answered in the end.
    is_answered: bool,
}

/// What the first process has shown.
#[derive(Clone, Debug, Default)]
struct Learnt {
    /// What the server asked before any call.
    at_start: Vec<Call>,
    /// The calls in which it asked something.
    calls: Vec<Questioned>,
}

impl Learnt {
    /// Everything that was asked, in order.
    fn asked(&self) -> impl Iterator<Item = &Call> {
        self.at_start.iter().chain(self.calls.iter().flat_map(|call| &call.asked))
    }

    /// The tools that asked by this method.
    fn asking(&self, method: &str) -> Vec<Callable> {
        let asks = |call: &&Questioned| call.asked.iter().any(|asked| asked.method == method);
        self.calls.iter().filter(asks).map(|call| call.callable.clone()).collect()
    }

    /// All tools that asked.
    fn tools(&self) -> Vec<Callable> {
        self.calls.iter().map(|call| call.callable.clone()).collect()
    }
}

/// What is kept for all processes of the conversation.
#[derive(Clone, Default)]
struct Kept {
    learnt: Option<Learnt>,
    /// Whether it was tried to find out: what fails once is not tried for each check.
    tried: bool,
}

/// What the server asks; finds out in a process of its own, once for the conversation.
///
/// # Errors
///
/// Not offered if it asks nothing.
async fn learnt(cx: &mut Context) -> Result<Learnt> {
    let kept = cx.kept::<Kept>()?.clone();
    let learnt = match kept.learnt {
        Some(learnt) => learnt,
        None if kept.tried => {
            return Err(Failure::inconclusive(
                "what the server asks",
                "it could not be found out: see the first failure",
            ));
        }
        None => {
            cx.kept::<Kept>()?.tried = true;
            play(cx, Client::Answering).await?;
            let learnt = learn(cx).await?;
            cx.kept::<Kept>()?.learnt = Some(learnt.clone());
            learnt
        }
    };
    if learnt.asked().next().is_none() {
        return Err(Failure::lacks("a question of the server"));
    }
    Ok(learnt)
}

/// Has the client be of this kind, in a fresh process unless it is already.
async fn play(cx: &mut Context, client: Client) -> Result {
    if cx.peer.pid().is_some() {
        if cx.known::<Known>()?.client == Some(client) {
            return Ok(());
        }
        cx.restart().await;
    }
    let roots = answer::to(cx, ROOTS, &Value::Null);
    let sample = answer::to(cx, SAMPLE, &Value::Null);
    let refusal = |method: &str| Policy::refuse(method);
    let policies = match client {
        // The user's answer depends on the form.
        Client::Answering => [Policy::Result(roots), Policy::Hold, Policy::Result(sample)],
        Client::Refusing => METHODS.map(refusal),
        Client::Silent => [Policy::Hold, Policy::Hold, Policy::Hold],
    };
    for (method, policy) in METHODS.into_iter().zip(policies) {
        cx.peer.set_policy(method, policy);
    }
    cx.peer.set_policy("ping", Policy::Result(json!({})));
    let capabilities = capabilities(cx.mcp().revision(), client);
    cx.mcp().declare(capabilities)?;
    cx.known::<Known>()?.client = Some(client);
    cx.mcp().open().await?;
    Ok(())
}

/// What such a client declares.
fn capabilities(revision: Revision, client: Client) -> Value {
    let mut capabilities = json!({ "roots": { "listChanged": true }, "sampling": {} });
    if revision >= Revision::R20251125 {
        capabilities["elicitation"] = match client {
            Client::Refusing => json!({ "form": {} }),
            Client::Answering | Client::Silent => json!({ "form": {}, "url": {} }),
        };
    } else if revision >= Revision::R20250618 {
        capabilities["elicitation"] = json!({});
    }
    capabilities
}

/// The tools that may be called; none if there is no list of them, which is the matter of other checks.
pub(crate) async fn callable(cx: &mut Context) -> Result<Vec<Callable>> {
    match cx.mcp().callable().await {
        Err(failure) if matches!(failure.kind(), Kind::NotOffered | Kind::Mismatch) => {
            Ok(Vec::new())
        }
        callable => callable,
    }
}

/// Waits for questions at the start, then calls every tool that may be called, one after the other.
async fn learn(cx: &mut Context) -> Result<Learnt> {
    let callable = callable(cx).await?;
    cx.mcp().barrier().await?;
    // A server that asks later than this is not waited for.
    let first = tokio::time::timeout(START, cx.peer.server_request(ROOTS)).await;
    drop(first.ok().transpose()?);
    let mut at_start = questions(cx, 0);
    let mut calls = Vec::new();
    for callable in callable {
        let questioned = call(cx, callable).await?;
        if questioned.asked.is_empty() {
            continue;
        }
        // A slow server may ask for the roots of the session while it runs the call.
        let is_sure = questioned.asked.iter().any(|asked| asked.method != ROOTS)
            || !call(cx, questioned.callable.clone()).await?.asked.is_empty();
        if is_sure {
            calls.push(questioned);
        } else {
            at_start.extend(questioned.asked);
        }
    }
    Ok(Learnt { at_start, calls })
}

/// Calls a tool, and answers what the user is asked meanwhile.
async fn call(cx: &mut Context, callable: Callable) -> Result<Questioned> {
    let mark = cx.peer.mark();
    let ticket = cx.mcp().send("tools/call", callable.params()).await?;
    let mut answered = 0;
    for _ in 0..ROUNDS {
        cx.mcp().barrier().await?;
        let asked = questions(cx, mark);
        for call in asked.iter().skip(answered).filter(|call| call.method == ELICIT) {
            let answer = answer::to(cx, ELICIT, &call.params);
            cx.peer.respond(call, answer).await?;
        }
        let is_idle = asked.len() == answered;
        answered = asked.len();
        if cx.mcp().answer_or_silence(&ticket).await?.is_some() {
            return Ok(Questioned { callable, asked: questions(cx, mark), is_answered: true });
        }
        if is_idle && questions(cx, mark).len() == answered {
            break;
        }
    }
    Ok(Questioned { callable, asked: questions(cx, mark), is_answered: false })
}

/// Whether the server asks something by this message.
fn is_question(call: &Call) -> bool {
    call.id.is_some() && METHODS.contains(&call.method.as_str())
}

/// What the server asked since then.
fn questions(cx: &Context, mark: usize) -> Vec<Call> {
    cx.peer.calls_since(mark).into_iter().filter(is_question).collect()
}

/// Calls tools, each of which must be answered.
async fn all_answered(cx: &mut Context, tools: Vec<Callable>) -> Result<Vec<Reply>> {
    let mut replies = Vec::new();
    for callable in tools {
        let ticket = cx.mcp().send("tools/call", callable.params()).await?;
        replies.push(cx.mcp().answer(&ticket).await?);
    }
    Ok(replies)
}

/// Calls a tool, and waits until the server asks something; the call is still open.
///
/// # Errors
///
/// Not offered if the tool is done without a question, though it had one before.
async fn asks(cx: &mut Context, callable: &Callable) -> Result<(Ticket, Call)> {
    let ticket = cx.mcp().send("tools/call", callable.params()).await?;
    if let Some(call) = next_question(cx, SOON).await? {
        return Ok((ticket, call));
    }
    if cx.mcp().answer_or_silence(&ticket).await?.is_some() {
        return Err(Failure::lacks("a question in every call of the tool"));
    }
    let awaited = format!("the question of the server in a call of `{}`", callable.name);
    let call = cx.peer.next_matching(&awaited, is_question).await?;
    Ok((ticket, call))
}

/// The next question of the server, if it comes in this time.
async fn next_question(cx: &mut Context, time: Duration) -> Result<Option<Call>> {
    let next = cx.peer.next_matching("a question of the server", is_question);
    tokio::time::timeout(time, next).await.ok().transpose()
}

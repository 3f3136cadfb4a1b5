//! A call that takes long: one that the server is still busy with while it answers others.
//!
//! It is found by trying. A slow machine does not make a call slow: a call counts only if several later
//! requests are answered before it.

use std::time::{Duration, Instant};

use harness::{Context, Failure, Result, Ticket};
use serde_json::{Value, json};

use crate::mcp::called::{cancel, plain};
use crate::mcp::client::{Callable, McpExt};

/// Shorter calls are quick.
const QUICK: Duration = Duration::from_millis(150);
/// How many later requests a slow call leaves to be answered before it.
const OVERTAKERS: usize = 5;
/// A call that takes longer is not tried again; a shorter one has to be slow twice.
const SURE: Duration = Duration::from_secs(1);
/// How long we wait for a call.
const LIMIT: Duration = Duration::from_secs(2);
/// How often a call must hold up another request.
const TRIALS: usize = 3;

/// What is known of slow calls in this process.
#[derive(Clone, Debug, Default)]
struct Known {
    found: Option<Found>,
}

/// What was found.
#[derive(Clone, Debug)]
pub enum Found {
    /// All calls are quick.
    Nothing,
    /// A call that others overtake.
    Slow(Slow),
    /// A call that takes long, and the next request is answered after it: how long it took.
    Blocking(Callable, Duration),
}

/// A slow call.
#[derive(Clone, Debug)]
pub struct Slow {
    /// The tool and its arguments.
    pub callable: Callable,
    /// How long it takes; longer than we wait if it is not known.
    pub takes: Option<Duration>,
}

impl Slow {
    /// Whether no machine is so busy that a quick call takes as long.
    fn is_sure(&self) -> bool {
        self.takes.is_none_or(|takes| takes > SURE)
    }
}

/// A slow call.
///
/// # Errors
///
/// Not offered if there is none.
pub async fn slow(cx: &mut Context) -> Result<Slow> {
    match find(cx).await? {
        Found::Slow(slow) => Ok(slow),
        Found::Nothing | Found::Blocking(..) => Err(Failure::lacks("a call that takes long")),
    }
}

/// Looks for a slow call, once for each process.
///
/// # Errors
///
/// Not offered if no tool may be called.
pub async fn find(cx: &mut Context) -> Result<Found> {
    if let Some(found) = cx.known::<Known>()?.found.clone() {
        return Ok(found);
    }
    let named: Vec<_> =
        cx.peer.settings().calls.named.iter().map(|(name, _)| name.clone()).collect();
    let mut callable = plain(cx).await?;
    callable.sort_by_key(|one| !named.contains(&one.name));
    let mut found = Found::Nothing;
    for callable in callable {
        found = of(cx, &callable).await?;
        if !matches!(found, Found::Nothing) {
            break;
        }
    }
    cx.known::<Known>()?.found = Some(found.clone());
    Ok(found)
}

/// Calls a tool and sends another request at once.
async fn of(cx: &mut Context, callable: &Callable) -> Result<Found> {
    let (mut took, mut is_again) = (Duration::MAX, false);
    for _ in 0..TRIALS {
        let began = Instant::now();
        let token = format!("call {}", cx.peer.mark());
        let ticket = send(cx, callable, &token).await?;
        let other = send_other(cx).await?;
        let overtakes = answered(cx, &other, LIMIT).await?;
        if answered(cx, &ticket, Duration::ZERO).await? {
            // It did not wait, or the other did.
            took = took.min(began.elapsed());
            if took < QUICK {
                return Ok(Found::Nothing);
            }
        } else if overtakes {
            match overtaken(cx, callable, &ticket, began).await? {
                Found::Slow(found) if is_again || found.is_sure() => return Ok(Found::Slow(found)),
                Found::Slow(_) => is_again = true,
                other => return Ok(other),
            }
        } else {
            // Neither is answered: it is for others to say so.
            cancel(cx, &ticket.id).await?;
            return Ok(Found::Blocking(callable.clone(), began.elapsed()));
        }
    }
    Ok(Found::Blocking(callable.clone(), took))
}

/// Whether a call is slow that another request overtook.
async fn overtaken(
    cx: &mut Context,
    callable: &Callable,
    ticket: &Ticket,
    began: Instant,
) -> Result<Found> {
    for _ in 0..OVERTAKERS {
        let other = send_other(cx).await?;
        answered(cx, &other, LIMIT).await?;
        if answered(cx, ticket, Duration::ZERO).await? {
            return Ok(Found::Nothing);
        }
    }
    if answered(cx, ticket, QUICK.saturating_sub(began.elapsed())).await? {
        return Ok(Found::Nothing);
    }
    let ended = answered(cx, ticket, LIMIT.saturating_sub(began.elapsed())).await?;
    if !ended {
        cancel(cx, &ticket.id).await?;
    }
    let takes = ended.then(|| began.elapsed());
    Ok(Found::Slow(Slow { callable: callable.clone(), takes }))
}

/// Sends a call that asks for progress with this token.
///
/// # Errors
///
/// If the server does not read.
pub async fn send(cx: &mut Context, callable: &Callable, token: &str) -> Result<Ticket> {
    let mut params = callable.params();
    params["_meta"] = json!({ "progressToken": token });
    cx.mcp().send("tools/call", params).await
}

async fn send_other(cx: &mut Context) -> Result<Ticket> {
    let method = cx.mcp().barrier_method();
    cx.mcp().send(method, Value::Null).await
}

/// Whether a request is answered within this time.
///
/// # Errors
///
/// If the server has ended.
pub async fn answered(cx: &mut Context, ticket: &Ticket, within: Duration) -> Result<bool> {
    Ok(cx.mcp().answer_in(ticket, within).await?.is_some())
}

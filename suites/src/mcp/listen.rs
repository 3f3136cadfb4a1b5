//! Subscriptions in the revision without sessions.

pub mod changes;
pub mod ends;
pub mod opens;

use std::time::Duration;

use harness::{Call, Context, Failure, Id, Kind, Result, Ticket};
use serde_json::{Map, Value, json};

use crate::mcp::client::{CANCELLED, List, McpExt};
use crate::mcp::roles::callable;

/// The request that opens a subscription.
pub(crate) const LISTEN: &str = "subscriptions/listen";
/// The first notification of a subscription.
const ACKNOWLEDGED: &str = "notifications/subscriptions/acknowledged";
/// The member of `_meta` with the subscription that a notification belongs to.
const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";
/// How long an acknowledgment may take behind a later answer, and a tool that is called only to see
/// whether it changes anything.
const SOON: Duration = Duration::from_millis(500);

/// What can be asked for, the capability of a server that has it, and the notification.
const KINDS: [(&str, &str, &str); 4] = [
    ("toolsListChanged", "tools.listChanged", "notifications/tools/list_changed"),
    ("promptsListChanged", "prompts.listChanged", "notifications/prompts/list_changed"),
    ("resourcesListChanged", "resources.listChanged", "notifications/resources/list_changed"),
    ("resourceSubscriptions", "resources.subscribe", "notifications/resources/updated"),
];

/// An open subscription.
pub(in crate::mcp) struct Subscription {
    ticket: Ticket,
    /// The parameters of its acknowledgment.
    acknowledged: Value,
}

impl Subscription {
    fn id(&self) -> Value {
        self.ticket.id.to_json()
    }
}

/// A filter that asks for all kinds that the server has, or for all that it lacks.
async fn filter(cx: &mut Context, is_declared: bool) -> Result<Value> {
    let mut filter = Map::new();
    for (name, capability, _) in KINDS {
        if cx.declared().is_some_and(|declared| declared.has(capability)) != is_declared {
            continue;
        }
        let wanted = match name {
            "resourceSubscriptions" => json!([any_resource(cx).await]),
            _ => json!(true),
        };
        filter.insert(name.to_owned(), wanted);
    }
    Ok(Value::Object(filter))
}

/// The URI of a resource, if possible of one that there is.
async fn any_resource(cx: &mut Context) -> Value {
    let listed = cx.mcp().list(List::RESOURCES).await.unwrap_or_default();
    listed.first().map_or_else(|| json!("memo://none"), |resource| resource["uri"].clone())
}

/// A filter that asks for everything that the server has.
///
/// # Errors
///
/// Not offered if it declares nothing that one could listen to.
pub(in crate::mcp) async fn offered(cx: &mut Context) -> Result<Value> {
    let filter = filter(cx, true).await?;
    if filter == json!({}) {
        return Err(Failure::lacks("changes that a client could listen to"));
    }
    Ok(filter)
}

/// Asks for a subscription; null is no filter at all.
async fn listen(cx: &mut Context, id: Option<Id>, filter: &Value) -> Result<Ticket> {
    let mut params = json!({});
    if !filter.is_null() {
        params["notifications"] = filter.clone();
    }
    let ticket = match id {
        Some(id) => cx.mcp().send_as(id, LISTEN, params).await?,
        None => cx.mcp().send(LISTEN, params).await?,
    };
    cx.known::<Known>()?.open.push(ticket.id.clone());
    Ok(ticket)
}

/// Opens a subscription; nothing if the server does not acknowledge it.
async fn open(cx: &mut Context, id: Option<Id>, filter: &Value) -> Result<Option<Subscription>> {
    let mark = cx.peer.mark();
    let ticket = listen(cx, id, filter).await?;
    cx.mcp().barrier().await?;
    let is_own = |call: &Call| call.method == ACKNOWLEDGED && call.seq >= mark;
    let next = cx.peer.next_matching("the acknowledgment of a subscription", is_own);
    // It may still be on its way, or refused.
    let found = tokio::time::timeout(SOON, next).await.ok().transpose()?;
    if found.is_none()
        && let Some(reply) = cx.mcp().answer_or_silence(&ticket).await?
    {
        over(cx, &ticket.id)?;
        reply.granted("the answer to `subscriptions/listen` for what is declared")?;
    }
    Ok(found.map(|call| Subscription { ticket, acknowledged: call.params }))
}

/// Opens a subscription as a step of a check of something else.
///
/// # Errors
///
/// Inconclusive if the server does not acknowledge it.
pub(in crate::mcp) async fn opened(cx: &mut Context, filter: &Value) -> Result<Subscription> {
    let opened = open(cx, None, filter).await;
    match opened {
        Ok(Some(subscription)) => Ok(subscription),
        Err(failure) if failure.kind() == Kind::Closed => Err(failure),
        _ => Err(Failure::inconclusive("a subscription", "it is not acknowledged")),
    }
}

/// Cancels a subscription.
async fn cancel(cx: &mut Context, subscription: &Subscription) -> Result {
    over(cx, &subscription.ticket.id)?;
    let params = json!({ "requestId": subscription.id() });
    cx.mcp().notify(CANCELLED, params).await?;
    cx.mcp().barrier().await?;
    Ok(())
}

/// The subscription that a notification says it belongs to.
fn tag(call: &Call) -> &Value {
    &call.params["_meta"][SUBSCRIPTION]
}

/// The notifications of this subscription since then, without its acknowledgment.
fn heard(cx: &Context, mark: usize, subscription: &Subscription) -> usize {
    let id = subscription.id();
    let calls = cx.peer.calls_since(mark);
    calls.iter().filter(|call| call.method != ACKNOWLEDGED && *tag(call) == id).count()
}

/// Takes note that a subscription is over.
fn over(cx: &mut Context, id: &Id) -> Result {
    cx.known::<Known>()?.open.retain(|open| open != id);
    Ok(())
}

/// Runs a check, and cancels what it has subscribed to: a server may go on for what listens.
async fn subscribed(cx: &mut Context, body: impl AsyncFnOnce(&mut Context) -> Result) -> Result {
    let result = body(cx).await;
    for id in std::mem::take(&mut cx.known::<Known>()?.open) {
        let params = json!({ "requestId": id.to_json() });
        // Whoever has ended listens no more.
        if cx.mcp().notify(CANCELLED, params).await.is_err() {
            break;
        }
    }
    result
}

/// What is known of the running process.
#[derive(Clone, Default)]
struct Known {
    /// The subscriptions that the check has opened.
    open: Vec<Id>,
    /// Whether no tool changes anything that one could listen to.
    quiet: bool,
}

/// Calls every tool that may be called, since one of them may change something.
///
/// # Errors
///
/// Not offered if nothing was ever heard after that.
async fn stir(cx: &mut Context) -> Result {
    let nothing = || Failure::lacks("a tool that may be called and changes something");
    if cx.known::<Known>()?.quiet {
        return Err(nothing());
    }
    let mark = cx.peer.mark();
    let mut tickets = Vec::new();
    for callable in callable(cx).await? {
        tickets.push(cx.mcp().send("tools/call", callable.params()).await?);
    }
    for ticket in &tickets {
        match cx.peer.answer_within(ticket, SOON).await {
            Err(failure) if failure.kind() == Kind::Timeout => {}
            answered => drop(answered?),
        }
    }
    cx.mcp().barrier().await?;
    let calls = cx.peer.calls_since(mark);
    let is_change = |call: &Call| KINDS.iter().any(|(.., method)| call.method == *method);
    if !calls.iter().any(is_change) {
        cx.known::<Known>()?.quiet = true;
        return Err(nothing());
    }
    Ok(())
}

/// For the tour: two subscriptions, one of which asks for nothing, and whatever changes then.
pub(crate) async fn tour(cx: &mut Context) -> Result {
    let Ok(filter) = offered(cx).await else { return Ok(()) };
    subscribed(cx, async |cx: &mut Context| {
        open(cx, None, &filter).await?;
        open(cx, None, &json!({})).await?;
        match stir(cx).await {
            Err(failure) if failure.kind() == Kind::NotOffered => Ok(()),
            stirred => stirred,
        }
    })
    .await
}

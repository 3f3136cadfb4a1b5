//! The client of a check: what it sends to a subject, as methods found by a dot, in the dialect of
//! the check.
//!
//! A method named for what it does (`log_out`, `resume`) sends the request and expects its result;
//! `request_…` returns the reply, be it a result or an error. The names that differ between the
//! dialects stand in [`protocol`], one table a dialect.

pub mod protocol;
pub mod threads;
pub mod turns;

mod accounts;
mod approvals;
mod config;
mod exec;
mod history;
mod listing;
mod logins;
mod observed;
mod reviews;
mod stored;
mod tools;
mod v1;
mod v2;

use std::fmt;

use harness::{Context, Dialect, Reply, Result, code};
use serde_json::{Value, json};

pub use accounts::Account;
pub use approvals::Decision;
pub(crate) use approvals::is_turn_end;
pub use history::entries;
pub use listing::{Page, Query};
pub use logins::Login;
pub use observed::{completed_items, is_item, is_of};
pub use protocol::{Event, Protocol};
pub use reviews::{ensure_finished, unfinished};
pub use stored::By;
pub use threads::{Start, Thread};
pub use tools::{TOOL, dynamic_tool};
pub use turns::{Begun, End, Settings, TURN, Turn};
pub(crate) use v2::messages;

/// The dialects that checks speak.
pub const PROTOCOLS: [&Protocol; 2] = [&v1::PROTOCOL, &v2::PROTOCOL];

/// What a check says to its subject.
pub struct Client<'a> {
    pub(crate) cx: &'a mut Context,
}

/// The way from the context of a check to its client.
pub trait ContextExt {
    /// The client, which speaks the dialect of the check.
    fn client(&mut self) -> Client<'_>;

    /// The names of methods, notifications and members in the dialect of the check.
    fn protocol(&self) -> &'static Protocol;

    /// A method that the subject has, that is served without parameters, and that changes no
    /// conversation.
    fn harmless(&self) -> &'static str;

    /// A request that every subject of the dialect rejects.
    fn rejected(&self) -> (&'static str, Value);
}

impl ContextExt for Context {
    fn client(&mut self) -> Client<'_> {
        Client { cx: self }
    }

    fn protocol(&self) -> &'static Protocol {
        if self.dialect() == Dialect::V1 { &v1::PROTOCOL } else { &v2::PROTOCOL }
    }

    fn harmless(&self) -> &'static str {
        let methods = self.protocol().harmless;
        let has = |method: &&&str| {
            let gate = self.peer.gate();
            gate.offers(method).is_ok() && gate.needs(method).is_ok()
        };
        methods.iter().find(has).unwrap_or(&methods[0])
    }

    fn rejected(&self) -> (&'static str, Value) {
        (self.protocol().rejected)()
    }
}

impl Client<'_> {
    /// The names of the dialect.
    fn protocol(&self) -> &'static Protocol {
        self.cx.protocol()
    }

    /// Initializes the connection.
    pub async fn initialize(&mut self) -> Result {
        self.cx.peer.initialize().await.map(|_| ())
    }

    /// Initializes the connection with the experimental part of the protocol, where several ways of
    /// resuming are.
    pub async fn initialize_experimental(&mut self) -> Result {
        let mut params = self.cx.peer.initialize_params();
        params["capabilities"]["experimentalApi"] = json!(true);
        self.cx.peer.initialize_with(params).await.map(|_| ())
    }

    /// Sends a request that may name a policy or a sandbox, and waits for its result.
    ///
    /// They are written in kebab case, which the first releases of `v2` had in camel case: a
    /// subject that answers that it does not know the one is asked again with the other.
    async fn call_respelled(&mut self, method: &str, params: Value) -> Result<Value> {
        self.cx.needs(method)?;
        let reply = self.cx.peer.request(method, params.clone()).await?;
        let refusal = reply.error().map(|error| error.message).unwrap_or_default();
        match (self.protocol().respelled)(params, &refusal) {
            Some(params) => self.cx.peer.call(method, params).await,
            None => reply.into_result(),
        }
    }
}

/// Adds the members of `more`, if it is an object.
pub fn add(params: &mut Value, more: Value) {
    if let (Some(params), Value::Object(more)) = (params.as_object_mut(), more) {
        params.extend(more);
    }
}

/// Fails unless the request was rejected for parameters that cannot be read: app-servers and
/// JSON-RPC have different codes.
pub fn ensure_unreadable(reply: &Reply, what: impl fmt::Display) -> Result {
    reply.refused_with(&[code::INVALID_REQUEST, code::INVALID_PARAMS], what).map(|_| ())
}

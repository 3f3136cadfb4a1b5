//! What reaches one of several clients, and what another one.

use std::collections::BTreeSet;
use std::future::pending;
use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use crate::clients::{Number, To, audience};
use crate::fault::fault;
use crate::outbox::{Answer, Outbox};
use crate::server::Server;

/// How often a client gets a notification that is meant for it.
pub(crate) fn times(
    method: Option<&str>,
    to: To<'_>,
    followers: Option<&BTreeSet<Number>>,
    client: Number,
) -> usize {
    let is_first = followers.and_then(BTreeSet::first).is_none_or(|first| *first == client);
    if is_first || method.is_none() || !matches!(to, To::Followers(_)) {
        return 1;
    }
    if fault!(PIECES_FOR_THE_FIRST_FOLLOWER) && method == Some("item/agentMessage/delta") {
        return 0;
    }
    if fault!(SECOND_FOLLOWER_HEARS_TWICE) { 2 } else { 1 }
}

/// The answer of another client to a question that one has answered, where a defect waits for it.
pub(crate) async fn last(server: &Server, id: i64) -> Option<Answer> {
    if !fault!(LAST_ANSWER_COUNTS) || !server.out.clients().are_several() {
        return None;
    }
    loop {
        if let Some(last) = server.out.second(id) {
            return Some(last);
        }
        let _ = timeout(Duration::from_millis(5), pending::<()>()).await;
    }
}

/// Puts a question where a defect puts it; whether one does.
pub(crate) fn ask(out: &Outbox, id: i64, method: &str, params: &Value) -> bool {
    let To::Followers(thread) = audience(method, params) else { return false };
    let (alone, apart) = (fault!(ONLY_THE_STARTER_IS_ASKED), fault!(ASKED_UNDER_ANOTHER_ID));
    if !alone && !apart {
        return false;
    }
    for (number, client) in out.clients().followers(thread).into_iter().enumerate() {
        if number == 0 || apart {
            let other = i64::try_from(number).unwrap_or_default() * 1_000;
            out.ask_again(client, id + other, method, params);
        }
    }
    true
}

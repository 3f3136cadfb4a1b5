//! Notifications that a client opts out of.

use std::collections::BTreeSet;

use harness::{Context, Failure, Result, check, ensure, ensure_eq};
use mock_model::says;
use serde_json::json;

use crate::client::ContextExt;

/// The notification by which a conversation ends, which the check itself needs.
const END: &str = "turn/completed";

/// The notifications about items: a client that gets some of them but not all cannot say what became
/// of an item.
const OF_ITEMS: &str = "item/";

/// The notifications about turns, which every conversation is judged by.
const OF_TURNS: &str = "turn/";

/// Notifications that every server sends of a turn.
const CORE: [&str; 5] =
    ["thread/started", "turn/started", "item/started", "item/agentMessage/delta", "item/completed"];

/// Starts the subject without these notifications, runs a turn in a new thread, and returns the
/// methods of all notifications.
async fn heard(cx: &mut Context, without: &[String]) -> Result<BTreeSet<String>> {
    let mut params = cx.peer.initialize_params();
    params["capabilities"]["optOutNotificationMethods"] = json!(without);
    cx.peer.initialize_with(params).await?;
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    cx.client().barrier(&thread).await?;
    let calls = cx.peer.calls_since(0);
    let methods = calls.into_iter().filter(|call| call.id.is_none()).map(|call| call.method);
    let methods = methods.collect();
    cx.restart().await;
    Ok(methods)
}

/// A server MUST send all notifications except those that a client opts out of, however many they
/// are.
#[check(
    v2(since = "0.101"),
    source = "app-server README, Initialization: optOutNotificationMethods; every release does",
    faults(OPT_OUT_OF_ONE_ONLY, OPT_OUT_SILENCES_ALL)
)]
async fn each_of_several_is_honored(cx: &mut Context) -> Result {
    let all = heard(cx, &[]).await?;
    let half = |wanted: usize| {
        let methods = all.iter().filter(|method| !method.starts_with(OF_TURNS));
        let (of_items, others): (Vec<_>, Vec<_>) =
            methods.cloned().partition(|method| method.starts_with(OF_ITEMS));
        let others = others.into_iter().enumerate().filter(|(number, _)| number % 2 == wanted);
        let others = others.map(|(_, method)| method);
        others.chain(of_items.into_iter().filter(|_| wanted == 0)).collect::<Vec<String>>()
    };
    for half in [half(0), half(1)] {
        let methods = heard(cx, &half).await?;
        let unwanted: Vec<_> = half.iter().filter(|method| methods.contains(*method)).collect();
        ensure_eq!(unwanted, Vec::<&String>::new(), "notifications that the client opted out of");
        for method in CORE.iter().filter(|method| all.contains(**method)) {
            let word = |sent: bool| if sent { "sent" } else { "not sent" };
            let expected = word(!half.iter().any(|unwanted| unwanted == method));
            let observed = word(methods.contains(*method));
            ensure_eq!(
                observed,
                expected,
                "`{method}` to a client that opts out of half of the notifications"
            );
        }
    }
    Ok(())
}

/// A server MUST compare the whole method of a notification with those that a client opts out of.
#[check(
    v2(since = "0.101"),
    source = "app-server README, Initialization: optOutNotificationMethods are exact; every release does",
    faults(OPT_OUT_BY_PREFIX)
)]
async fn methods_are_compared_whole(cx: &mut Context) -> Result {
    let near =
        ["item", "item/", "item/*", "*", "turn/start", "TURN/STARTED", "thread/started/", ""];
    let near: Vec<String> = near.map(str::to_owned).into();
    let methods = heard(cx, &near).await?;
    let silenced = CORE.iter().find(|method| !methods.contains(**method));
    if let Some(method) = silenced {
        let what = format!("`{method}` for a client that opted out of others");
        return Err(Failure::mismatch(what, "a notification", "nothing"));
    }
    ensure!(methods.contains(END), "the end of the turn", END, "nothing");
    Ok(())
}

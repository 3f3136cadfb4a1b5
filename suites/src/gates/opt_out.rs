//! Notifications that a client opts out of.

use std::collections::BTreeSet;

use harness::{Context, Failure, Result, check, ensure, ensure_eq};
use mock_model::{reasons, runs_command, says};
use serde_json::json;

use crate::client::ContextExt;
use crate::rows::Rows;

/// The notification by which a conversation ends, which the check itself needs.
const END: &str = "turn/completed";

/// Notifications that every server sends of a turn.
const CORE: [&str; 5] =
    ["thread/started", "turn/started", "item/started", "item/agentMessage/delta", "item/completed"];

/// Starts the subject without these notifications, runs a turn with a thought and a command in a new
/// thread, and returns the methods of all notifications.
async fn heard(cx: &mut Context, without: &[String]) -> Result<BTreeSet<String>> {
    let mut params = cx.peer.initialize_params();
    params["capabilities"]["optOutNotificationMethods"] = json!(without);
    cx.peer.initialize_with(params).await?;
    let thread = cx.client().start_thread().await?;
    let begins = reasons("I think").and(says("I look")).and(runs_command("echo seen"));
    cx.model.script([begins, says("done")]);
    cx.client().turn(&thread, "hello").await?;
    cx.client().set_name(&thread, "a name").await?;
    cx.client().barrier(&thread).await?;
    let calls = cx.peer.calls_since(0);
    let methods = calls.into_iter().filter(|call| call.id.is_none()).map(|call| call.method);
    let methods = methods.collect();
    cx.restart().await;
    Ok(methods)
}

/// The methods whose place in the list has this bit: each method is in another choice of these sets,
/// so that no other is always left out together with it.
fn with_bit(all: &BTreeSet<String>, bit: u32) -> Vec<String> {
    let methods = all.iter().filter(|method| *method != END).enumerate();
    let named = methods.filter(|(place, _)| (place + 1) >> bit & 1 == 1);
    named.map(|(_, method)| method.clone()).collect()
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
    let mut rows = Rows::of_waits();
    for bit in 0..usize::BITS - all.len().leading_zeros() {
        let without = with_bit(&all, bit);
        let methods = heard(cx, &without).await?;
        let unwanted: Vec<_> = without.iter().filter(|method| methods.contains(*method)).collect();
        let judged = || -> Result {
            ensure_eq!(unwanted, Vec::<&String>::new(), "notifications despite the opt-out");
            for method in CORE.iter().filter(|method| all.contains(**method)) {
                let word = |sent: bool| if sent { "sent" } else { "not sent" };
                let expected = word(!without.iter().any(|unwanted| unwanted == method));
                ensure_eq!(word(methods.contains(*method)), expected, "`{method}`");
            }
            Ok(())
        };
        rows.judge(format!("an opt-out of {}", without.join(", ")), judged())?;
    }
    rows.end()
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

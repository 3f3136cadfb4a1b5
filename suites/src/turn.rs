//! A turn: the user's input, the model's answer and the notifications to the client, in order.

pub mod again;
pub mod announced;
pub mod approval;
pub mod input;
pub mod interrupt;
pub mod listener;
pub mod model_error;
pub mod named;
pub mod patch;
pub mod reply;
pub mod retry;
pub mod separate;
pub mod setting;
pub mod steer;
pub mod stream;
pub mod tool;
pub mod unfinished;
pub mod unknown;
pub mod verbatim;

pub(crate) mod observed;

use harness::{Context, Dialect, Order, Result, check, ensure, ensure_eq, ensure_includes};
use mock_model::says;
use serde_json::json;

use crate::client::{ContextExt, End, is_item, is_of};
use crate::turn::observed::first;

/// A server MUST announce the start of a turn, the agent's message and the end of the turn once
/// each and in this order.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Turns; app-server tests, turn_start",
    faults(
        ITEM_NEVER_COMPLETES,
        START_TOLD_AT_THE_END,
        TURN_NEVER_COMPLETES,
        CLIENT_PARAMS_MISSING,
        CLIENT_REQUESTS_INTERCEPTED,
        CLIENT_TEXTS_AS_NUMBERS,
        DROP_LAST_NOTIFICATION
    ),
    shared
)]
async fn start_message_and_end_are_in_order(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("hello back")]);
    let turn = cx.client().turn(&thread, "hello").await?;
    if cx.dialect() == Dialect::V1 {
        let order = Order::of(&turn.calls);
        order.once("codex/event/task_complete")?;
        order.once("codex/event/agent_message")?;
        order.before("codex/event/task_started", "codex/event/agent_message")?;
        return order.before("codex/event/agent_message", "codex/event/task_complete");
    }
    let order = Order::of(&turn.calls);
    let (started, completed) = (order.once("turn/started")?.seq, order.once("turn/completed")?.seq);
    let said = first(&turn.calls, "`item/completed` of the agent's message", |call| {
        is_item(call, &thread, "item/completed", "agentMessage")
    })?;
    ensure!(
        started < said.seq && said.seq < completed,
        "order of `turn/started`, the agent's `item/completed` and `turn/completed`",
        "this one",
        format!("they are lines {started}, {} and {completed} of the conversation", said.seq)
    );
    Ok(())
}

/// A server MUST answer a request for a turn without waiting for the end of the turn.
#[check(
    v1,
    v2,
    source = "app-server README, Turns: turn/start answers with the turn in progress",
    faults(TURN_ANSWERED_AT_ITS_END),
    shared
)]
async fn is_answered_before_it_ends(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("late").hold("answer")]);
    // The answer cannot wait for the model: it waits for us.
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    cx.reached("answer").await?;
    cx.model.open("answer");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(())
}

/// A server MUST answer `turn/start` with a turn that has an id, the status `inProgress` and no
/// error.
#[check(
    v2,
    source = "app-server tests, turn_start; app-server README, Turns",
    faults(TURN_ANSWERED_AS_COMPLETED),
    shared
)]
async fn the_answer_names_a_turn_in_progress(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    let mark = cx.peer.mark();
    let params = cx.protocol().turn_params(&thread.id, "hello");
    let result = cx.peer.call("turn/start", params).await?;
    ensure_includes!(
        result["turn"],
        json!({ "status": "inProgress", "error": null }),
        "the turn in the answer"
    );
    ensure!(
        result["turn"]["id"].as_str().is_some_and(|id| !id.is_empty()),
        "`turn.id` in the answer",
        "a text",
        harness::show(&result["turn"]["id"])
    );
    cx.client().end_turn(&thread, mark).await.map(|_| ())
}

/// A server MUST use the turn id of its answer in every notification of that turn.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, turn_start",
    faults(TURN_CHANGES_ITS_ID),
    shared
)]
async fn the_turn_keeps_its_id(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let ids =
        turn.calls.iter().filter(|call| is_of(call, &thread, &call.method)).filter_map(|call| {
            let id = call.params.get("turnId").or_else(|| call.params.pointer("/turn/id"))?;
            Some((call, id.as_str().unwrap_or_default()))
        });
    let mut named = 0;
    for (call, id) in ids.filter(|(call, _)| !call.method.starts_with("codex/event/")) {
        ensure_eq!(id, begun.id(), "the id of the turn in `{}`", call.method);
        named += 1;
    }
    ensure!(
        named >= 3,
        "notifications that name the turn",
        "its start, its items and its end",
        named.to_string()
    );
    Ok(())
}

/// A server MUST report a turn that succeeded with the status `completed` and without an error in
/// `turn/completed`.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, turn_start",
    faults(END_SAYS_IN_PROGRESS),
    shared
)]
async fn the_end_says_completed(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    let turn = cx.client().turn(&thread, "hello").await?;
    let end = Order::of(&turn.calls).once("turn/completed")?;
    ensure_includes!(end.params, json!({ "threadId": thread.id }), "`turn/completed`");
    ensure_includes!(
        end.params["turn"],
        json!({ "status": "completed", "error": null }),
        "the turn in `turn/completed`"
    );
    Ok(())
}

/// A server MUST name the last message of the agent in `task_complete`.
#[check(
    v1,
    source = "app-server protocol, task_complete; every release does",
    faults(FIRST_MESSAGE_NAMED_LAST),
    shared
)]
async fn the_end_names_the_last_message(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("first").and(says("last"))]);
    let turn = cx.client().turn(&thread, "hello").await?;
    let end = Order::of(&turn.calls).once("codex/event/task_complete")?;
    ensure_eq!(
        end.params["msg"]["last_agent_message"],
        "last",
        "`last_agent_message` of `task_complete`"
    );
    Ok(())
}

/// A server MUST keep the messages of simultaneous turns of different threads separate.
#[check(
    v1,
    v2,
    source = "app-server README, Threads: events carry the thread's id",
    faults(MESSAGES_IN_EVERY_THREAD, THREADS_MIXED),
    shared
)]
async fn two_threads_do_not_mix(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (one, two) = (cx.client().start_thread().await?, cx.client().start_thread().await?);
    cx.model.script([says("a ").hold("one").continues("b"), says("c ").hold("two").continues("d")]);
    let first = cx.client().begin_turn(&one, "to the first").await?;
    cx.reached("one").await?;
    let second = cx.client().begin_turn(&two, "to the second").await?;
    cx.reached("two").await?;
    cx.model.open("two");
    let second = cx.client().end_turn(&two, &second).await?;
    cx.model.open("one");
    let first = cx.client().end_turn(&one, &first).await?;
    first.says(&["a b"], "the agent's messages in the first thread")?;
    second.says(&["c d"], "the agent's messages in the second thread")?;
    let request = cx.asked(2).await?;
    ensure!(
        !request.user_texts().contains(&"to the first"),
        "the user texts in the model's input, for the second thread",
        "nothing of the first",
        request.user_texts().join(" | ")
    );
    Ok(())
}

/// A server MUST announce the status `active` of a thread when its turn starts and `idle` when the
/// turn has ended.
#[check(
    v2(since = "0.107"),
    source = "app-server tests, thread_status: turn cycle",
    faults(IDLE_UNTOLD),
    shared
)]
async fn the_status_follows_the_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("late").hold("answer")]);
    let mark = cx.client().begin_turn(&thread, "hello").await?.mark;
    // The status `idle` may be announced as well, when the thread is loaded: before the turn, which
    // has not begun then.
    let begins = "`thread/status/changed` of the thread that says `active`, while its turn runs";
    let status = cx
        .peer
        .next_matching(begins, |call| {
            is_of(call, &thread, "thread/status/changed")
                && call.params["status"]["type"] == "active"
        })
        .await?;
    ensure_includes!(
        status.params["status"],
        json!({ "type": "active", "activeFlags": [] }),
        "the status of the thread in the first `thread/status/changed` that says `active`"
    );
    cx.reached("answer").await?;
    cx.model.open("answer");
    // The status `active` may be announced again, with its reason.
    let next = loop {
        let status = cx.client().notification(&thread, "thread/status/changed").await?;
        if status.params["status"]["type"] != "active" {
            break status;
        }
    };
    ensure_eq!(
        next.params["status"]["type"],
        "idle",
        "the status of the thread in the next `thread/status/changed` that does not say `active`, after the turn"
    );
    cx.client().end_turn(&thread, mark).await.map(|_| ())
}

/// A server MUST report the token counts of the model's last reply and their total over the
/// conversation.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server protocol, token usage; every release does",
    faults(TOKENS_NOT_SUMMED),
    shared
)]
async fn tokens_are_counted(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let replies = [(100, 20, 64, 12), (130, 7, 96, 3)]
        .map(|(input, output, cached, of)| says("so").usage(input, output).of_which(cached, of));
    cx.model.script(replies);
    cx.client().turn(&thread, "hello").await?;
    let turn = cx.client().turn(&thread, "again").await?;
    let (event, names) = (&cx.protocol().tokens, &cx.protocol().token_names);
    let count = turn.calls.iter().rfind(|call| event.is(call, &thread));
    let counts = count.map(|call| {
        let count = event.content(call);
        let of = |which: &str| names.counts.map(|name| count[which][name].as_u64());
        [of(names.last), of(names.total)]
    });
    let wanted = [[137, 130, 7, 96, 3], [257, 230, 27, 160, 15]].map(|counts| counts.map(Some));
    ensure_eq!(
        counts,
        Some(wanted),
        "the last reported token counts: of the last reply, and in total"
    );
    Ok(())
}

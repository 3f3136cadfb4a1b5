//! The goal of a thread: set, changed, cleared, announced, and worked towards within its budget.

use harness::{Context, Result, check, code, ensure, ensure_eq, ensure_includes};
use mock_model::{Script, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, Thread, add, is_of};
use crate::rows::Rows;
use crate::stored::UNKNOWN;
use crate::stored::files::written;

const SET: &str = "thread/goal/set";
const GET: &str = "thread/goal/get";
const CLEAR: &str = "thread/goal/clear";
const UPDATED: &str = "thread/goal/updated";

/// A thread with a turn, over an initialized connection.
async fn thread(cx: &mut Context) -> Result<Thread> {
    cx.client().initialize().await?;
    let thread = cx.client().start_thread().await?;
    cx.model.script([says("ready")]);
    cx.client().turn(&thread, "be ready").await?;
    Ok(thread)
}

/// Changes the goal; the goal in the answer.
async fn set(cx: &mut Context, thread: &Thread, goal: Value) -> Result<Value> {
    let mut params = json!({ "threadId": thread.id });
    add(&mut params, goal);
    Ok(cx.peer.call(SET, params).await?["goal"].take())
}

async fn get(cx: &mut Context, thread: &Thread) -> Result<Value> {
    Ok(cx.peer.call(GET, json!({ "threadId": thread.id })).await?["goal"].take())
}

/// A goal that starts no turn.
fn paused() -> Value {
    json!({ "objective": "ship \"ñ\" on time", "status": "paused", "tokenBudget": 100 })
}

/// A server MUST keep each member of a goal that a request leaves out, and remove a budget that is
/// null.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/goal/set: creates or updates the goal; every release does",
    faults(GOAL_UPDATE_FORGETS, NULL_KEEPS_THE_BUDGET, GOAL_UNANNOUNCED),
    shared
)]
async fn an_update_changes_what_it_names(cx: &mut Context) -> Result {
    let thread = thread(cx).await?;
    ensure_eq!(get(cx, &thread).await?, Value::Null, "the goal of a thread without one");
    let mut rows = Rows::of_waits();
    let mut expected = paused();
    for (what, change) in [
        ("a new goal", paused()),
        ("another objective", json!({ "objective": "ship it tomorrow" })),
        ("another budget", json!({ "tokenBudget": 7 })),
        ("no budget", json!({ "tokenBudget": null })),
        ("another status", json!({ "status": "complete" })),
    ] {
        add(&mut expected, change.clone());
        let answered = set(cx, &thread, change).await?;
        let got = get(cx, &thread).await?;
        let announced = cx.client().notification(&thread, UPDATED).await;
        rows.judge(format!("{what}: the answer"), holds(&answered, &expected))?;
        rows.judge(format!("{what}: `{GET}`"), holds(&got, &expected))?;
        let announced = announced.and_then(|call| holds(&call.params["goal"], &expected));
        rows.judge(format!("{what}: `{UPDATED}`"), announced)?;
    }
    rows.end()
}

/// The goal has these members; a null one may be left out.
fn holds(goal: &Value, expected: &Value) -> Result {
    for (name, value) in expected.as_object().into_iter().flatten() {
        ensure_eq!(goal[name], *value, "`{name}` of the goal");
    }
    Ok(())
}

/// A server MUST keep the goal of a thread over a restart.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/goal/set: a persisted goal; every release does",
    faults(GOAL_NOT_STORED),
    shared
)]
async fn outlives_the_server(cx: &mut Context) -> Result {
    let thread = thread(cx).await?;
    set(cx, &thread, paused()).await?;
    written(cx, &thread, "ready").await?;
    cx.restart().await;
    cx.client().initialize().await?;
    ensure_includes!(get(cx, &thread).await?, paused(), "the goal after a restart");
    cx.client().resume_own(&thread).await?;
    ensure_includes!(get(cx, &thread).await?, paused(), "the goal of the resumed thread");
    Ok(())
}

/// A server MUST report whether it removed a goal, and announce a removal by `thread/goal/cleared`.
#[check(
    v2(since = "0.147"),
    source = "app-server README, thread/goal/clear: whether a goal was removed; every release does",
    faults(GOAL_NOT_CLEARED, GOAL_CLEARED_AGAIN, GOAL_CLEARED_UNANNOUNCED),
    shared
)]
async fn is_cleared_once(cx: &mut Context) -> Result {
    let thread = thread(cx).await?;
    set(cx, &thread, paused()).await?;
    let mark = cx.peer.mark();
    for (time, expected) in [("first", true), ("second", false)] {
        let result = cx.peer.call(CLEAR, json!({ "threadId": thread.id })).await?;
        ensure_eq!(result["cleared"], expected, "`cleared` in the {time} answer");
        ensure_eq!(get(cx, &thread).await?, Value::Null, "the goal after it was cleared");
    }
    cx.client().notification(&thread, "thread/goal/cleared").await?;
    cx.client().barrier(&thread).await?;
    let calls = cx.peer.calls_since(mark);
    let cleared = calls.iter().filter(|call| is_of(call, &thread, "thread/goal/cleared"));
    ensure_eq!(cleared.count(), 1, "`thread/goal/cleared` notifications");
    Ok(())
}

/// A server MUST reject a goal with a blank objective or a budget below one with the error code
/// -32600, and change nothing.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/goal/set; every release does",
    faults(GOAL_WITHOUT_OBJECTIVE, GOAL_WITHOUT_BUDGET),
    shared
)]
async fn an_invalid_goal_is_rejected(cx: &mut Context) -> Result {
    let thread = thread(cx).await?;
    set(cx, &thread, paused()).await?;
    let mut rows = Rows::of_waits();
    for change in [
        json!({ "objective": "" }),
        json!({ "objective": " \t " }),
        json!({ "tokenBudget": 0 }),
        json!({ "tokenBudget": -1, "objective": "another" }),
    ] {
        let mut params = json!({ "threadId": thread.id });
        add(&mut params, change.clone());
        let reply = cx.peer.request(SET, params).await?;
        let judged = reply.refused(code::INVALID_REQUEST, "its answer").map(|_| ());
        rows.judge(&change, judged)?;
        let kept = get(cx, &thread).await?;
        rows.judge(format!("{change}: what is kept"), holds(&kept, &paused()))?;
    }
    rows.end()
}

/// A server MUST reject a request about the goal of an unknown thread with the error code -32600.
#[check(v2(since = "0.147"), source = "every release does", faults(GOAL_OF_NO_THREAD), shared)]
async fn an_unknown_thread_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut rows = Rows::of_waits();
    for method in [SET, GET, CLEAR] {
        let mut params = json!({ "threadId": UNKNOWN });
        if method == SET {
            add(&mut params, paused());
        }
        let reply = cx.peer.request(method, params).await?;
        rows.judge(method, reply.refused(code::INVALID_REQUEST, "its answer").map(|_| ()))?;
    }
    rows.end()
}

/// A server MUST NOT start a turn for a goal that is paused.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/goal/set: status; every release does",
    faults(PAUSED_GOAL_STARTS_A_TURN),
    shared
)]
async fn a_paused_goal_starts_no_turn(cx: &mut Context) -> Result {
    let thread = thread(cx).await?;
    cx.model.script(Script::new([]).then_forever(says("done")));
    let asked = cx.model.requests().len();
    set(cx, &thread, paused()).await?;
    let turn = cx.client().turn(&thread, "say something").await?;
    let started = turn.calls.iter().filter(|call| is_of(call, &thread, "turn/started"));
    ensure_eq!(started.count(), 1, "turns that were started");
    cx.client().barrier(&thread).await?;
    ensure_eq!(cx.model.requests().len(), asked + 1, "requests to the model");
    Ok(())
}

/// A server MUST start a turn for an active goal without a message from the user, and send the model
/// the objective.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/goal/set: an active goal is worked on; every release does",
    faults(ACTIVE_GOAL_STARTS_NO_TURN, OBJECTIVE_NOT_SENT),
    shared
)]
async fn an_active_goal_starts_a_turn(cx: &mut Context) -> Result {
    let thread = thread(cx).await?;
    let asked = cx.model.requests().len();
    spend(cx, &thread).await?;
    let request = cx.asked(asked + 1).await?;
    let input = json!(request.input_items()).to_string();
    ensure!(
        input.contains("count the quokkas"),
        "the input of the model in the turn for the goal",
        "the objective",
        input
    );
    Ok(())
}

/// Sets an active goal whose budget one turn spends, and waits for that turn.
async fn spend(cx: &mut Context, thread: &Thread) -> Result {
    cx.model.script(Script::new([]).then_forever(says("one, two").usage(20, 10)));
    let mark = cx.peer.mark();
    set(cx, thread, json!({ "objective": "count the quokkas", "tokenBudget": 1 })).await?;
    cx.client().end_turn(thread, mark).await.map(|_| ())
}

/// A server MUST stop working on a goal whose budget is spent, and report its status as
/// `budgetLimited`.
#[check(
    v2(since = "0.147"),
    source = "app-server protocol, thread/goal/set: tokenBudget; every release does",
    faults(GOAL_IGNORES_ITS_BUDGET, SPENT_TOKENS_NOT_COUNTED),
    shared
)]
async fn a_spent_budget_ends_the_work(cx: &mut Context) -> Result {
    let thread = thread(cx).await?;
    spend(cx, &thread).await?;
    let goal = get(cx, &thread).await?;
    ensure_eq!(goal["status"], "budgetLimited", "the status of the goal after its turn");
    let used = goal["tokensUsed"].as_i64().unwrap_or_default();
    ensure!(used >= 1, "`tokensUsed` of the goal", "at least its budget of 1", used.to_string());
    let asked = cx.model.requests().len();
    cx.client().turn(&thread, "and you?").await?;
    ensure_eq!(cx.model.requests().len(), asked + 1, "requests to the model for the next turn");
    Ok(())
}

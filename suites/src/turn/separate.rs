//! Separate threads: settings, approvals and turns of one do not affect another.

use harness::failure::{OrInconclusive, Result};
use harness::{Context, Dialect, check, ensure, ensure_eq};
use mock_model::{runs_command, says};
use serde_json::json;

use super::scene::{Marker, With, run_with};
use crate::words::{
    Decision, Start, answer, approval, begin_turn, decide, end_turn, greet, hold_approvals,
    run_turn, start, start_with,
};

/// A server MUST NOT apply the settings of one thread to a thread that is started later.
#[check(
    v1,
    v2,
    source = "app-server README, thread/start: overrides are for the thread; every release does",
    faults(DEVELOPER_HANDED_ON, INSTRUCTIONS_HANDED_ON, MODEL_HANDED_ON)
)]
async fn settings_are_not_handed_on(cx: &mut Context) -> Result {
    greet(cx).await?;
    let other = cx.home.work().join("other");
    std::fs::create_dir(&other).or_inconclusive("making a directory")?;
    let first = Start {
        model: Some("another-model".to_owned()),
        cwd: Some(other.clone()),
        more: json!({ "baseInstructions": "only-for-the-first", "developerInstructions": "told-to-the-first" }),
        ..Start::default()
    };
    let first = start_with(cx, first).await?;
    let second = start(cx).await?;
    cx.model.script([says("one"), says("two")]);
    run_turn(cx, &first, "hello").await?;
    run_turn(cx, &second, "hello").await?;
    let request = cx.asked(2).await?;
    ensure_eq!(
        request.model_name(),
        Some(fixtures::Config::MODEL),
        "the model of the second conversation"
    );
    let body = request.body().to_string();
    for foreign in ["only-for-the-first", "told-to-the-first", &other.display().to_string()] {
        ensure!(
            !body.contains(foreign),
            "the request to the model of the second conversation",
            format!("nothing of {foreign:?}, which is the first one's"),
            "it is in there"
        );
    }
    Ok(())
}

/// A server MUST NOT apply to one thread the policy and the model that a turn sets in another thread.
#[check(
    v1,
    v2,
    source = "app-server README, turn/start: overrides are for the thread; every release does",
    faults(TURN_MODEL_IN_EVERY_THREAD, TURN_POLICY_IN_EVERY_THREAD)
)]
async fn the_policy_of_a_turn_stays_in_its_thread(cx: &mut Context) -> Result {
    greet(cx).await?;
    let (first, second) = (start(cx).await?, start(cx).await?);
    let marker = Marker::new(cx, "marker");
    cx.model.script([says("one"), runs_command(marker.command()), says("two")]);
    decide(cx, Decision::Deny);
    let with =
        With { approval: Some("untrusted"), model: Some("another-model"), ..With::default() };
    run_with(cx, &first, "hello", with).await?;
    run_turn(cx, &second, "run it").await?;
    ensure_eq!(marker.runs(), 1, "how often the command of the other conversation ran");
    ensure_eq!(
        cx.asked(2).await?.model_name(),
        Some(fixtures::Config::MODEL),
        "the model that the other conversation asks"
    );
    Ok(())
}

/// A server MUST ask for approval of a command in a thread even if it was accepted for the session in another thread.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: acceptForSession is for the thread's session; every release does",
    faults(SESSION_APPROVAL_IN_EVERY_THREAD)
)]
async fn an_approval_stays_in_its_thread(cx: &mut Context) -> Result {
    greet(cx).await?;
    hold_approvals(cx);
    let asking = || Start { approval: Some("untrusted"), ..Start::default() };
    let (first, second) = (start_with(cx, asking()).await?, start_with(cx, asking()).await?);
    let marker = Marker::new(cx, "marker");
    cx.model.script([
        runs_command(marker.command()),
        says("one"),
        runs_command(marker.command()),
        says("two"),
    ]);
    let mark = begin_turn(cx, &first, "run it").await?;
    let request = approval(cx).await?;
    answer(cx, &request, Decision::AcceptForSession).await?;
    end_turn(cx, &first, mark).await?;
    let mark = begin_turn(cx, &second, "run it").await?;
    let request = approval(cx).await?;
    ensure_eq!(
        marker.runs(),
        1,
        "how often the command ran before the second question was answered"
    );
    answer(cx, &request, Decision::Deny).await?;
    end_turn(cx, &second, mark).await?;
    ensure_eq!(marker.runs(), 1, "how often the command ran in both conversations");
    Ok(())
}

/// A server MUST ask for approval again when a command that was denied is called again.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: decline is for this command only; every release does",
    faults(DENIAL_IS_A_RULE)
)]
async fn a_denial_covers_one_run(cx: &mut Context) -> Result {
    greet(cx).await?;
    hold_approvals(cx);
    let thread = start_with(cx, Start { approval: Some("untrusted"), ..Start::default() }).await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([
        runs_command(marker.command()),
        says("one"),
        runs_command(marker.command()),
        says("two"),
    ]);
    for (decision, runs) in [(Decision::Deny, 0), (Decision::Accept, 1)] {
        let mark = begin_turn(cx, &thread, "run it").await?;
        let request = approval(cx).await?;
        answer(cx, &request, decision).await?;
        end_turn(cx, &thread, mark).await?;
        ensure_eq!(marker.runs(), runs, "how often the command ran after the answer {decision:?}");
    }
    Ok(())
}

/// A server MUST run the turns of two threads at the same time.
#[check(
    v1,
    v2,
    source = "app-server README, Threads; every release does",
    faults(ONE_TURN_AT_A_TIME)
)]
async fn turns_run_side_by_side(cx: &mut Context) -> Result {
    greet(cx).await?;
    let (first, second) = (start(cx).await?, start(cx).await?);
    cx.model.script([says("the first").hold("answer"), says("the second")]);
    let slow = begin_turn(cx, &first, "take your time").await?;
    cx.reached("answer").await?;
    let turn = run_turn(cx, &second, "hello").await?;
    ensure_eq!(
        turn.said,
        ["the second"],
        "what the agent said in the second conversation meanwhile"
    );
    cx.model.open("answer");
    let turn = end_turn(cx, &first, slow).await?;
    ensure_eq!(turn.said, ["the first"], "what the agent said in the first conversation");
    Ok(())
}

/// A server MUST count the tokens of each thread separately.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, thread/tokenUsage/updated; every release does",
    faults(TOKENS_SUMMED_OVER_THREADS)
)]
async fn tokens_are_counted_apart(cx: &mut Context) -> Result {
    greet(cx).await?;
    let (first, second) = (start(cx).await?, start(cx).await?);
    cx.model.script([says("one").usage(100, 10), says("two").usage(1000, 100)]);
    run_turn(cx, &first, "hello").await?;
    let turn = run_turn(cx, &second, "hello").await?;
    let v1 = cx.dialect() == Dialect::V1;
    let total = turn.calls.iter().rev().find_map(|call| match v1 {
        true => call.params["msg"]["info"]["total_token_usage"]["total_tokens"].as_u64(),
        false => call.params["tokenUsage"]["total"]["totalTokens"].as_u64(),
    });
    ensure_eq!(total, Some(1100), "the total of tokens of the second conversation");
    Ok(())
}

/// A server MUST serve at least six threads that are open at once.
#[check(
    v1,
    v2,
    source = "app-server README, Threads; every release does",
    faults(OLDEST_THREAD_FORGOTTEN)
)]
async fn many_threads_are_open_at_once(cx: &mut Context) -> Result {
    greet(cx).await?;
    let mut threads = Vec::new();
    for _ in 0..6 {
        threads.push(start(cx).await?);
    }
    cx.model
        .script(threads.iter().map(|thread| says(format!("in {}", thread.id))).collect::<Vec<_>>());
    for thread in &threads {
        let turn = run_turn(cx, thread, "hello").await?;
        ensure_eq!(turn.said, [format!("in {}", thread.id)], "what the agent said");
    }
    Ok(())
}

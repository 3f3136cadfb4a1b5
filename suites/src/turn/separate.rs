//! Separate threads: settings, approvals and turns of one do not affect another.

use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::{runs_command, says};
use serde_json::json;

use super::observed::Marker;
use crate::client::{ContextExt, Decision, Settings, Start};

/// A server MUST NOT apply the settings of one thread to a thread that is started later.
#[check(
    v1,
    v2,
    source = "app-server README, thread/start: overrides are for the thread; every release does",
    faults(DEVELOPER_HANDED_ON, INSTRUCTIONS_HANDED_ON, MODEL_HANDED_ON),
    shared
)]
async fn settings_are_not_handed_on(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let other = cx.home.work().join("other");
    std::fs::create_dir(&other).or_inconclusive("making a directory")?;
    let first = Start {
        model: Some("another-model".to_owned()),
        cwd: Some(other.clone()),
        more: json!({ "baseInstructions": "only-for-the-first", "developerInstructions": "told-to-the-first" }),
        ..Start::default()
    };
    let first = cx.client().start_with(first).await?;
    let second = cx.client().start_thread().await?;
    cx.model.script([says("one"), says("two")]);
    cx.client().turn(&first, "hello").await?;
    cx.client().turn(&second, "hello").await?;
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

/// A server MUST NOT apply to one thread the policy and the model that a turn sets in another
/// thread.
#[check(
    v1,
    v2,
    source = "app-server README, turn/start: overrides are for the thread; every release does",
    faults(TURN_MODEL_IN_EVERY_THREAD, TURN_POLICY_IN_EVERY_THREAD),
    shared
)]
async fn the_policy_of_a_turn_stays_in_its_thread(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (first, second) = (cx.client().start_thread().await?, cx.client().start_thread().await?);
    let marker = Marker::new(cx, "marker");
    cx.model.script([says("one"), runs_command(marker.command()), says("two")]);
    cx.client().decide(Decision::Deny);
    let with = Settings {
        approval: Some("untrusted"),
        model: Some("another-model"),
        ..Settings::default()
    };
    cx.client().turn_with(&first, "hello", with).await?;
    cx.client().turn(&second, "run it").await?;
    ensure_eq!(marker.runs(), 1, "how often the command of the other conversation ran");
    ensure_eq!(
        cx.asked(2).await?.model_name(),
        Some(fixtures::Config::MODEL),
        "the model that the other conversation asks"
    );
    Ok(())
}

/// A server MUST ask for approval of a command in a thread even if it was accepted for the session
/// in another thread.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: acceptForSession is for the thread's session; every release does",
    faults(SESSION_APPROVAL_IN_EVERY_THREAD),
    shared
)]
async fn an_approval_stays_in_its_thread(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().hold_approvals();
    let asking = || Start { approval: Some("untrusted"), ..Start::default() };
    let (first, second) =
        (cx.client().start_with(asking()).await?, cx.client().start_with(asking()).await?);
    let marker = Marker::new(cx, "marker");
    cx.model.script([
        runs_command(marker.command()),
        says("one"),
        runs_command(marker.command()),
        says("two"),
    ]);
    let mark = cx.client().begin_turn(&first, "run it").await?.mark;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::AcceptForSession).await?;
    cx.client().end_turn(&first, mark).await?;
    let begun = cx.client().begin_turn(&second, "run it").await?;
    let request = cx.client().approval().await?;
    ensure_eq!(
        marker.runs(),
        1,
        "how often the command ran before the second question was answered"
    );
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().end_turn(&second, &begun).await?;
    ensure_eq!(marker.runs(), 1, "how often the command ran in both conversations");
    Ok(())
}

/// A server MUST ask for approval again when a command that was denied is called again.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: decline is for this command only; every release does",
    faults(DENIAL_IS_A_RULE),
    shared
)]
async fn a_denial_covers_one_run(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    cx.client().hold_approvals();
    let thread =
        cx.client().start_with(Start { approval: Some("untrusted"), ..Start::default() }).await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([
        runs_command(marker.command()),
        says("one"),
        runs_command(marker.command()),
        says("two"),
    ]);
    for (decision, runs) in [(Decision::Deny, 0), (Decision::Accept, 1)] {
        let begun = cx.client().begin_turn(&thread, "run it").await?;
        let request = cx.client().approval().await?;
        cx.client().answer(&request, decision).await?;
        cx.client().end_turn(&thread, &begun).await?;
        ensure_eq!(marker.runs(), runs, "how often the command ran after the answer {decision:?}");
    }
    Ok(())
}

/// A server MUST run the turns of two threads at the same time.
#[check(
    v1,
    v2,
    source = "app-server README, Threads; every release does",
    faults(ONE_TURN_AT_A_TIME),
    shared
)]
async fn turns_run_side_by_side(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (first, second) = (cx.client().start_thread().await?, cx.client().start_thread().await?);
    cx.model.script([says("the first").hold("answer"), says("the second")]);
    let slow = cx.client().begin_turn(&first, "take your time").await?;
    cx.reached("answer").await?;
    let turn = cx.client().turn(&second, "hello").await?;
    ensure_eq!(
        turn.said,
        ["the second"],
        "the agent's messages in the second conversation meanwhile"
    );
    cx.model.open("answer");
    let turn = cx.client().end_turn(&first, &slow).await?;
    ensure_eq!(turn.said, ["the first"], "the agent's messages in the first conversation");
    Ok(())
}

/// A server MUST count the tokens of each thread separately.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, thread/tokenUsage/updated; every release does",
    faults(TOKENS_SUMMED_OVER_THREADS),
    shared
)]
async fn tokens_are_counted_apart(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let (first, second) = (cx.client().start_thread().await?, cx.client().start_thread().await?);
    cx.model.script([says("one").usage(100, 10), says("two").usage(1000, 100)]);
    cx.client().turn(&first, "hello").await?;
    let turn = cx.client().turn(&second, "hello").await?;
    let (event, names) = (&cx.protocol().tokens, &cx.protocol().token_names);
    let total = turn
        .calls
        .iter()
        .rev()
        .find_map(|call| event.content(call)[names.total][names.counts[0]].as_u64());
    ensure_eq!(total, Some(1100), "the total of tokens of the second conversation");
    Ok(())
}

/// A server MUST serve at least six threads that are open at once.
#[check(
    v1,
    v2,
    source = "app-server README, Threads; every release does",
    faults(OLDEST_THREAD_FORGOTTEN),
    shared
)]
async fn many_threads_are_open_at_once(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let mut threads = Vec::new();
    for _ in 0..6 {
        threads.push(cx.client().start_thread().await?);
    }
    cx.model
        .script(threads.iter().map(|thread| says(format!("in {}", thread.id))).collect::<Vec<_>>());
    for thread in &threads {
        let turn = cx.client().turn(thread, "hello").await?;
        ensure_eq!(turn.said, [format!("in {}", thread.id)], "the agent's messages");
    }
    Ok(())
}

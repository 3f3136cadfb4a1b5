//! Messages of the user while a turn runs.

use std::iter;

use harness::{Call, Context, Fifo, OrInconclusive, Result, check, code, ensure, ensure_eq};
use mock_model::{runs_command, says};
use serde_json::json;

use crate::client::{Begun, ContextExt, End, Protocol, Thread, is_item, is_of};

/// Begins a turn whose answer the model holds back, with another answer to come.
async fn turn_in_progress(cx: &mut Context) -> Result<(Thread, Begun)> {
    let thread = cx.client().start().await?;
    cx.model.script([says("the first answer").hold("answer"), says("the second answer")]);
    let begun = cx.client().begin_turn(&thread, "the first question").await?;
    cx.reached("answer").await?;
    Ok((thread, begun))
}

/// Both questions are in the second request to the model.
async fn both_questions_reach_the_model(cx: &mut Context) -> Result {
    let request = cx.asked(2).await?;
    let said = request.user_texts();
    let both = said.contains(&"the first question") && said.last() == Some(&"the second question");
    ensure!(
        both,
        "the user texts of request 2 to the model",
        "both questions, the second one last",
        said.join(" | ")
    );
    Ok(())
}

/// Lets the model run a command that waits for us, and says something meanwhile.
///
/// The pipe that lets the command go on must be kept: its content is lost when no process has it
/// open, and the command may not have opened it yet.
async fn message_during_a_command(cx: &mut Context) -> Result<(Thread, Begun, Fifo)> {
    let thread = cx.client().start().await?;
    let (mut up, go) =
        (Fifo::new(cx.home.work().join("up"))?, Fifo::new(cx.home.work().join("go"))?);
    let command = format!("echo up > {}; read word < {}", up.path().display(), go.path().display());
    let answers = ["one", "two", "three"].map(says);
    cx.model.script(iter::once(runs_command(&command)).chain(answers));
    let begun = cx.client().begin_turn(&thread, "the first question").await?;
    let within = cx.peer.settings().wait;
    up.line(within).await?;
    cx.client().begin_turn(&thread, "the second question").await?;
    // There is a reader, so this does not wait.
    std::fs::write(go.path(), "go\n").or_inconclusive("writing to a named pipe")?;
    Ok((thread, begun, go))
}

/// Waits until the second question is in one of the next two requests to the model.
async fn second_question_reaches_the_model(cx: &Context) -> Result {
    let has_both = |said: &[&str]| {
        said.contains(&"the first question") && said.contains(&"the second question")
    };
    if has_both(&cx.asked(2).await?.user_texts()) {
        return Ok(());
    }
    let request = cx.asked(3).await?;
    let said = request.user_texts();
    ensure!(
        has_both(&said),
        "the user texts of request 3 to the model",
        "both questions",
        said.join(" | ")
    );
    Ok(())
}

/// A server MUST include a message that arrives while a command runs in one of its next two
/// requests to the model.
#[check(v1, v2, source = "every release does", faults(MESSAGE_DURING_TURN_LOST), shared)]
async fn a_message_during_a_turn_reaches_the_model(cx: &mut Context) -> Result {
    let (thread, begun, _go) = message_during_a_command(cx).await?;
    second_question_reaches_the_model(cx).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(())
}

/// A server MUST add the message of `turn/steer` to the running turn.
#[check(
    v2(since = "0.101"),
    source = "app-server README, turn/steer; app-server tests, turn_steer",
    faults(STEERING_LOST),
    shared
)]
async fn joins_the_running_turn(cx: &mut Context) -> Result {
    let (thread, begun) = turn_in_progress(cx).await?;
    let result = cx.client().steer(&thread, begun.id(), "the second question").await?;
    ensure_eq!(result["turnId"], begun.id(), "`turnId` of the answer");
    cx.model.open("answer");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    both_questions_reach_the_model(cx).await?;
    turn.ended(End::Completed, "how the turn ended")?;
    let started = turn.calls.iter().filter(|call| is_of(call, &thread, "turn/started")).count();
    ensure_eq!(started, 1, "`turn/started` of the thread");
    Ok(())
}

/// A server MUST report the message of `turn/steer` as an item of the running turn.
#[check(
    v2(since = "0.101"),
    source = "app-server README, turn/steer; app-server tests, turn_steer",
    faults(STEERING_LOST, USER_MESSAGE_UNTOLD),
    shared
)]
async fn a_steering_message_is_an_item(cx: &mut Context) -> Result {
    let (thread, begun) = turn_in_progress(cx).await?;
    cx.client().steer(&thread, begun.id(), "the second question").await?;
    cx.model.open("answer");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let messages =
        turn.calls.iter().filter(|call| is_item(call, &thread, "item/completed", "userMessage"));
    let texts: Vec<_> = messages
        .map(|call| (&call.params["turnId"], &call.params["item"]["content"][0]["text"]))
        .collect();
    let id = json!(begun.id());
    let wanted = [(&id, &json!("the first question")), (&id, &json!("the second question"))];
    ensure_eq!(texts, wanted, "the items of the user's messages: the id of the turn, and the text");
    Ok(())
}

/// A server MUST reject `turn/steer` with the error code -32600 if `expectedTurnId` is not the id
/// of the running turn.
#[check(
    v2(since = "0.101"),
    source = "app-server README, turn/steer: expectedTurnId; every release since does",
    faults(TURN_ID_UNCHECKED),
    shared
)]
async fn another_turn_is_rejected(cx: &mut Context) -> Result {
    let (thread, begun) = turn_in_progress(cx).await?;
    let wrong = "00000000-0000-7000-8000-000000000000";
    cx.client()
        .request_steer(&thread, wrong, "unheard")
        .await?
        .refused(code::INVALID_REQUEST, "answer to `turn/steer` that names another turn")?;
    cx.model.open("answer");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.says(&["the first answer"], "the agent's messages in the running turn")?;
    cx.client().turn(&thread, "the next question").await?;
    let request = cx.asked(2).await?;
    ensure!(
        !request.user_texts().contains(&"unheard"),
        "the user texts of request 2 to the model",
        "nothing of a refused message",
        request.user_texts().join(" | ")
    );
    Ok(())
}

/// A server MUST reject `turn/steer` with the error code -32600 when no turn runs.
#[check(
    v2(since = "0.101"),
    source = "app-server tests, turn_steer: no active turn",
    faults(STEERS_AN_IDLE_THREAD),
    shared
)]
async fn is_rejected_when_no_turn_runs(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    let begun = cx.client().begin_turn(&thread, "hello").await?;
    cx.client().end_turn(&thread, &begun).await?;
    let refused = cx.client().request_steer(&thread, begun.id(), "too late").await?;
    refused.refused(code::INVALID_REQUEST, "answer to `turn/steer` while no turn runs")?;
    ensure_eq!(cx.model.requests().len(), 1, "requests to the model");
    Ok(())
}

/// A server MUST end a turn only once, even if messages arrive during it.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Turns; every release does",
    faults(EACH_MESSAGE_ENDS_THE_TURN, MESSAGE_DURING_TURN_LOST),
    shared
)]
async fn the_turn_still_ends_once(cx: &mut Context) -> Result {
    let (thread, begun, _go) = message_during_a_command(cx).await?;
    second_question_reaches_the_model(cx).await?;
    cx.client().end_turn(&thread, &begun).await?;
    // A turn later, whatever else would end has ended.
    cx.client().turn(&thread, "the third question").await?;
    let &Protocol { turn_started: start, turn_completed: end, .. } = cx.protocol();
    // Not their sum: the end that is one too many may be the one that was waited for, when the
    // third turn has begun already.
    let (mut starts, mut ends) = (0, 0);
    let own = |call: &Call| is_of(call, &thread, &call.method);
    for call in cx.peer.calls_since(begun.mark).into_iter().filter(own) {
        starts += usize::from(call.method == start);
        ends += usize::from(call.method == end);
        ensure!(
            ends <= starts,
            format!("how many turns have ended (`{end}`)"),
            format!("no more than have begun, which are {starts}"),
            ends.to_string()
        );
    }
    Ok(())
}

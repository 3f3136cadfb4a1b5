//! Late, invalid and misdirected answers to requests for approval: none of them runs a command.

use harness::{Call, Context, Id, Result, check, ensure_eq};
use mock_model::{Reply, runs_command, says};
use serde_json::{Value, json};

use crate::client::{ContextExt, Decision, End, Turn};
use crate::turn::observed::Marker;

/// A server MUST treat an invalid result for a request for approval of a command as a denial.
#[check(
    v1,
    v2,
    source = "app-server: an answer that cannot be decoded is denied; every release does",
    faults(RUBBISH_IS_AN_APPROVAL, RUNS_BEFORE_THE_ANSWER),
    shared
)]
async fn an_invalid_result_is_a_denial(cx: &mut Context) -> Result {
    let rubbish = [
        json!({ "decision": "bogus" }),
        json!({ "foo": 1 }),
        json!({ "decision": true }),
        json!({}),
    ];
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    let mut script: Vec<Reply> = rubbish.iter().map(|_| runs_command(marker.command())).collect();
    script.push(says("done"));
    cx.model.script(script);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    for result in rubbish {
        let request = cx.client().approval().await?;
        cx.peer.respond(&request, result.clone()).await?;
        cx.client().barrier(&thread).await?;
        ensure_eq!(marker.runs(), 0, "how often the command ran after the result {result}");
    }
    let turn = cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(marker.runs(), 0, "how often the command ran after only invalid answers");
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(())
}

/// A server MUST treat an error response to a request for approval of a command as a denial.
#[check(
    v2(
        since = "0.66",
        fixed_in(
            "0.98",
            "an error as the answer to a request for approval leaves the turn hanging"
        )
    ),
    source = "JSON-RPC 2.0 §5.1; every release since does",
    faults(ERROR_ANSWER_HANGS, ERROR_IS_AN_APPROVAL),
    shared
)]
async fn an_error_is_a_denial(cx: &mut Context) -> Result {
    let (marker, turn) = answered_by_an_error(cx).await?;
    ensure_eq!(marker.runs(), 0, "how often the command ran that was answered by an error");
    turn.ended(End::Completed, "how the turn ended after an error as the answer")?;
    Ok(())
}

/// A server SHOULD treat an error response to a request for approval of a command as a denial, so
/// that the turn can complete.
#[check(
    v1,
    source = "JSON-RPC 2.0 §5.1: an error is an answer; real releases wait for ever",
    faults(ERROR_ANSWER_HANGS, ERROR_IS_AN_APPROVAL)
)]
async fn an_error_does_not_hang_the_turn(cx: &mut Context) -> Result {
    let (marker, turn) = answered_by_an_error(cx).await?;
    ensure_eq!(marker.runs(), 0, "how often the command ran that was answered by an error");
    turn.ended(End::Completed, "how the turn ended after an error as the answer")?;
    Ok(())
}

async fn answered_by_an_error(cx: &mut Context) -> Result<(Marker, Turn)> {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("done")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.peer.respond_error(&request, "the user cannot be asked").await?;
    let turn = cx.client().end_turn(&thread, &begun).await.map_err(|failure| {
        failure.within("after an error as the answer to its request for approval")
    })?;
    Ok((marker, turn))
}

/// A server MUST NOT treat an answer with another id as the answer to its request for approval.
#[check(
    v1,
    v2,
    source = "JSON-RPC 2.0 §5: an answer belongs to the request with its id",
    faults(ANSWER_IDS_LOSE_THEIR_TYPE, ANSWERS_GO_TO_THE_FIRST_QUESTION),
    shared
)]
async fn an_answer_to_another_request_does_not_count(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("done")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    let own = request.id.clone().unwrap_or(Id::Number(0));
    for id in [Id::Number(987_654), Id::Text("unknown".to_owned()), other_type(&own)] {
        let stranger = Call { id: Some(id.clone()), ..request.clone() };
        cx.client().answer(&stranger, Decision::Accept).await?;
        cx.client().barrier(&thread).await?;
        ensure_eq!(
            marker.runs(),
            0,
            "how often the command ran after an answer to id {id} instead of {own}"
        );
    }
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(
        marker.runs(),
        0,
        "how often the command ran that was denied, after answers to other requests accepted it"
    );
    Ok(())
}

/// The same id in the other JSON type, which makes it another id.
fn other_type(id: &Id) -> Id {
    match id {
        Id::Text(text) => Id::Number(text.parse().unwrap_or(-1)),
        other => Id::Text(other.to_string()),
    }
}

/// A server MUST ignore a second answer to a request for approval.
#[check(
    v1,
    v2,
    source = "JSON-RPC 2.0 §5: one answer to each request",
    faults(ANSWERS_MAY_BE_REVISED, DENIED_RUNS),
    shared
)]
async fn the_first_answer_counts(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("done").hold("after the denial")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().answer(&request, Decision::Accept).await?;
    cx.reached("after the denial").await?;
    cx.model.open("after the denial");
    let turn = cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(marker.runs(), 0, "how often the command ran that was denied and then accepted");
    turn.says(&["done"], "the agent's messages")?;
    Ok(())
}

/// A server MUST wait for the answer to its request for approval even when the client sends other
/// messages meanwhile.
#[check(
    v1,
    v2,
    source = "app-server tests: an approval waits without a time limit",
    faults(QUESTION_LOST_UNDER_LOAD),
    shared
)]
async fn other_messages_do_not_settle_an_approval(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("done")]);
    let begun = cx.client().begin_turn(&thread, "run it").await?;
    let request = cx.client().approval().await?;
    for _ in 0..20 {
        cx.client().barrier(&thread).await?;
        cx.peer.notify("initialized", Value::Null).await?;
    }
    ensure_eq!(marker.runs(), 0, "how often the command ran while the approval was pending");
    cx.client().answer(&request, Decision::Accept).await?;
    cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(
        marker.runs(),
        1,
        "how often the command ran that was accepted after many other requests"
    );
    Ok(())
}

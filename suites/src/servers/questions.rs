//! Questions to the user: those that an MCP server asks, and those about a call of its tools.

use harness::{Call, Context, Result, check, ensure, ensure_eq, ensure_includes};
use mock_model::says;
use serde_json::{Value, json};

use super::{NAME, one, started, until, uses};
use crate::client::{ContextExt, End, Start, Thread};
use crate::rows::Rows;

/// The request that puts a question.
const QUESTION: &str = "mcpServer/elicitation/request";

/// Starts a thread, lets a tool ask the user, and waits for the question.
async fn asked(cx: &mut Context) -> Result<(Thread, crate::client::Begun, Call)> {
    let thread = started(cx).await?;
    cx.peer.hold(QUESTION);
    cx.model.script([uses("ask", "Who are you?").id("call_ask"), says("done")]);
    let begun = cx.client().begin_turn(&thread, "ask").await?;
    let question = cx.peer.server_request(QUESTION).await?;
    Ok((thread, begun, question))
}

/// A server MUST send the question of an MCP server to the client as a request.
#[check(
    v2(
        since = "0.58",
        fixed_in(
            "0.120",
            "a question of an MCP server is only a notification, and the turn hangs"
        )
    ),
    source = "app-server README, mcpServer/elicitation/request",
    faults(QUESTION_IS_A_NOTIFICATION, QUESTION_WITHOUT_ITS_TEXT)
)]
async fn a_question_is_a_request(cx: &mut Context) -> Result {
    one(cx)?;
    let (thread, begun, question) = asked(cx).await?;
    let expected = json!({ "threadId": thread.id, "turnId": begun.id, "serverName": NAME,
        "message": "Who are you?" });
    ensure_includes!(question.params, expected, "the parameters of the question");
    let asked = &question.params["requestedSchema"]["properties"];
    ensure!(
        asked.get("name").is_some(),
        "the members that the question asks for",
        "those of the MCP server's schema: `name`",
        asked.to_string()
    );
    Ok(())
}

/// How a client answers, and what the MCP server has to receive.
const ANSWERS: [(&str, bool); 3] = [("accept", true), ("decline", false), ("cancel", false)];

/// A server MUST pass the client's answer to the question of an MCP server on to the MCP server.
#[check(
    v2(since = "0.120"),
    source = "MCP, elicitation: accept, decline, cancel; every release does",
    faults(ANSWER_NOT_PASSED_ON, DECLINED_IS_ACCEPTED, ANSWER_WITHOUT_CONTENT)
)]
async fn the_answer_reaches_the_mcp_server(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let (thread, begun, mut question) = asked(cx).await?;
    let mut running = begun;
    for (number, (action, has_content)) in ANSWERS.into_iter().enumerate() {
        if number > 0 {
            cx.model.script([uses("ask", "And now?"), says("done")]);
            running = cx.client().begin_turn(&thread, "ask again").await?;
            question = cx.peer.server_request(QUESTION).await?;
        }
        let content = if has_content { json!({ "name": "Ada" }) } else { Value::Null };
        let answer = json!({ "action": action, "content": content, "_meta": null });
        cx.peer.respond(&question, answer).await?;
        let turn = cx.client().end_turn(&thread, &running).await?;
        turn.ended(End::Completed, &format!("the end of the turn after the answer `{action}`"))?;
        let answers = server.answers();
        ensure_eq!(answers.len(), number + 1, "answers that the MCP server received");
        let result = &answers[number]["result"];
        ensure_eq!(result["action"], action, "the action that the MCP server received");
        if has_content {
            ensure_eq!(result["content"], content, "the content that the MCP server received");
        }
    }
    Ok(())
}

/// A server MUST NOT treat an error as the answer to an MCP server's question as consent.
#[check(
    v2(since = "0.120"),
    source = "MCP, elicitation; every release does",
    faults(ERROR_IS_CONSENT, ERROR_TO_A_QUESTION_HANGS)
)]
async fn an_error_is_no_consent(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let (thread, begun, question) = asked(cx).await?;
    cx.peer.respond_error(&question, "the window was closed").await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Completed, "the end of the turn after the answer with an error")?;
    let answers = server.answers();
    ensure_eq!(answers.len(), 1, "answers that the MCP server received");
    let action = &answers[0]["result"]["action"];
    ensure!(
        action != "accept",
        "the action that the MCP server received",
        "decline, cancel or an error",
        action.to_string()
    );
    Ok(())
}

/// Answers that no client should give to a question.
fn senseless() -> [(&'static str, Value); 5] {
    [
        ("a text", json!("fine")),
        ("an object without members", json!({})),
        ("null", Value::Null),
        ("an unknown action", json!({ "action": "perhaps", "content": null, "_meta": null })),
        ("an action that is no text", json!({ "action": 7, "content": { "name": "Ada" } })),
    ]
}

/// A server MUST NOT treat an invalid answer to an MCP server's question as consent, and go on with
/// the turn.
#[check(
    v2(since = "0.120"),
    source = "MCP, elicitation: accept, decline, cancel; every release does",
    faults(INVALID_ANSWER_IS_CONSENT)
)]
async fn an_invalid_answer_is_no_consent(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let thread = started(cx).await?;
    cx.peer.hold(QUESTION);
    let mut rows = Rows::of_waits();
    for (number, (what, answer)) in senseless().into_iter().enumerate() {
        cx.model.script([uses("ask", "Who are you?").id(format!("call_{number}")), says("done")]);
        let begun = cx.client().begin_turn(&thread, "ask").await?;
        let question = cx.peer.server_request(QUESTION).await?;
        cx.peer.respond(&question, answer).await?;
        let turn = cx.client().end_turn(&thread, &begun).await?;
        let judged = || -> Result {
            turn.ended(End::Completed, "the end of the turn")?;
            let answers = server.answers();
            ensure_eq!(answers.len(), number + 1, "answers that the MCP server received");
            let action = &answers[number]["result"]["action"];
            ensure!(
                action != "accept",
                "the action that the MCP server received",
                "decline, cancel or an error",
                action.to_string()
            );
            Ok(())
        };
        rows.judge(what, judged())?;
    }
    rows.end()
}

/// A server MUST end a turn as interrupted when the client interrupts it while the question of an MCP
/// server is open.
#[check(v2(since = "0.120"), source = "every release does", faults(QUESTION_OUTLIVES_INTERRUPT))]
async fn an_interrupt_ends_the_turn_of_a_question(cx: &mut Context) -> Result {
    one(cx)?;
    let (thread, begun, _question) = asked(cx).await?;
    let ticket = cx.client().interrupt(&thread, &begun).await?;
    cx.peer.answer(&ticket).await?.result()?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "the end of the interrupted turn")
}

/// A server MUST decline the question of an MCP server without asking the client when the approval
/// policy is `never`.
#[check(
    v2(since = "0.58", fixed_in("0.107", "the question of an MCP server is never answered")),
    source = "every release from 0.107 on does",
    faults(QUESTION_DESPITE_NEVER)
)]
async fn no_question_with_the_policy_never(cx: &mut Context) -> Result {
    let server = one(cx)?;
    let thread = cx.client().start().await?;
    cx.peer.hold(QUESTION);
    cx.model.script([uses("ask", "Who are you?"), says("done")]);
    let begun = cx.client().begin_turn(&thread, "ask").await?;
    until(cx, "answers that the MCP server received", 1, || server.answers().len()).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let asked = turn.calls.iter().filter(|call| call.method == QUESTION).count();
    ensure_eq!(asked, 0, "questions to the client");
    ensure!(
        server.answers()[0]["result"]["action"] != "accept",
        "the answer that the MCP server received",
        "no consent",
        server.answers()[0].to_string()
    );
    Ok(())
}

/// A server MUST NOT call a tool that may change something when the client declines the call.
#[check(
    v2(since = "0.120"),
    source = "app-server README, mcpServer/elicitation/request; every release does",
    faults(DECLINED_CALL_IS_MADE, CHANGES_UNASKED)
)]
async fn a_declined_call_is_not_made(cx: &mut Context) -> Result {
    let server = one(cx)?;
    cx.client().initialize().await?;
    cx.peer.hold(QUESTION);
    let start = Start { approval: Some("untrusted"), ..Start::default() };
    let thread = cx.client().start_with(start).await?;
    for (answer, calls) in [("decline", 0), ("accept", 1)] {
        cx.model.script([uses("change", "all"), says("done")]);
        let begun = cx.client().begin_turn(&thread, "change it").await?;
        let question = cx.peer.server_request(QUESTION).await?;
        ensure_eq!(server.called().len(), 0, "calls before the client has answered");
        let content = if calls > 0 { json!({}) } else { Value::Null };
        let answered = json!({ "action": answer, "content": content, "_meta": null });
        cx.peer.respond(&question, answered).await?;
        cx.client().end_turn(&thread, &begun).await?;
        ensure_eq!(server.called().len(), calls, "calls after the answer `{answer}`");
    }
    Ok(())
}

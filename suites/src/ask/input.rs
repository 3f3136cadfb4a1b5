//! `item/tool/requestUserInput`: questions of the model to the user.

use harness::{Context, Result, check, ensure, ensure_eq, ensure_includes};
use serde_json::{Value, json};

use super::{Answer, Asking, tool};
use crate::client::{ContextExt, Thread, is_of};
use crate::rows::Rows;

const METHOD: &str = "item/tool/requestUserInput";
/// In this mode every release offers the tool for questions.
const MODE: Option<&str> = Some("plan");

fn question() -> Value {
    json!({
        "id": "color",
        "header": "Color",
        "question": "Which color is \"größer\"?",
        "options": [
            { "label": "Red", "description": "the first" },
            { "label": "Blue", "description": "the second" },
        ],
    })
}

/// Label and description of each option.
fn choices(options: &Value) -> Vec<[Value; 2]> {
    let options = options.as_array().into_iter().flatten();
    options.map(|option| [option["label"].clone(), option["description"].clone()]).collect()
}

/// A thread over an initialized connection, and the tool with which the model asks.
async fn asking(cx: &mut Context) -> Result<(Thread, String)> {
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    let tool = tool(cx, &thread, MODE, "request_user_input").await?;
    Ok((thread, tool))
}

fn asks(tool: &str) -> Asking<'_> {
    Asking { tool, arguments: json!({ "questions": [question()] }), method: METHOD, mode: MODE }
}

fn chosen(label: &str) -> Value {
    json!({ "answers": { "color": { "answers": [label] } } })
}

/// A server MUST ask the client the question of the model with its options, its thread, its turn and
/// its call.
#[check(
    v2(since = "0.98"),
    source = "app-server protocol, item/tool/requestUserInput; every release does",
    faults(QUESTION_LOSES_ITS_OPTIONS, QUESTION_NAMES_NO_TURN),
    shared
)]
async fn the_question_reaches_the_client(cx: &mut Context) -> Result {
    let (thread, tool) = asking(cx).await?;
    let (begun, request, call) = asks(&tool).begin(cx, &thread).await?;
    let expected = json!({ "threadId": thread.id, "turnId": begun.id(), "itemId": call });
    ensure_includes!(request.params, expected, "the parameters of `{METHOD}`");
    let questions = request.params["questions"].as_array().cloned().unwrap_or_default();
    ensure_eq!(questions.len(), 1, "questions to the client");
    let mut expected = question();
    let options = expected["options"].take();
    if let Some(members) = expected.as_object_mut() {
        members.remove("options");
    }
    ensure_includes!(questions[0], expected, "the question to the client");
    let offered = choices(&questions[0]["options"]);
    ensure_eq!(offered, choices(&options), "label and description of each option");
    cx.peer.respond(&request, chosen("Red")).await?;
    cx.client().end_turn(&thread, &begun).await.map(|_| ())
}

/// A server MUST send the model the answers of the client unchanged.
#[check(
    v2(since = "0.98"),
    source = "app-server protocol, item/tool/requestUserInput; every release does",
    faults(ANSWER_OF_THE_USER_LOST, FIRST_OPTION_IS_THE_ANSWER),
    shared
)]
async fn the_model_receives_the_answer(cx: &mut Context) -> Result {
    let (thread, tool) = asking(cx).await?;
    let answers = json!({ "answers": { "color": { "answers": ["Blue", "neither, \"ñ\""] } } });
    let answer = Answer::of("two answers", answers.clone());
    let (_, output) = asks(&tool).run(cx, &thread, &answer).await?;
    let received: Value = serde_json::from_str(&output).unwrap_or(Value::String(output));
    ensure_eq!(received["answers"], answers["answers"], "the answers that the model receives");
    Ok(())
}

/// A server MUST go on with the turn without an answer when the client returns an error or an invalid
/// result.
#[check(
    v2(since = "0.98"),
    source = "app-server protocol, item/tool/requestUserInput; every release does",
    faults(UNANSWERED_QUESTION_HANGS, FIRST_OPTION_IS_THE_ANSWER),
    shared
)]
async fn goes_on_without_an_answer(cx: &mut Context) -> Result {
    let (thread, tool) = asking(cx).await?;
    let mut rows = Rows::of_waits();
    let none = Answer::of("no answer", json!({ "answers": {} }));
    for answer in [none].into_iter().chain(Answer::senseless()) {
        let judged = asks(&tool).run(cx, &thread, &answer).await.and_then(|(_, output)| {
            let invented = ["Red", "Blue"].iter().any(|label| output.contains(label));
            let fits = !output.is_empty() && !invented;
            ensure!(fits, "the output that the model receives", "one without an answer", output);
            Ok(())
        });
        rows.judge(answer.what, judged)?;
    }
    rows.end()
}

/// A server MUST report a thread as waiting for the user while it asks, and the request as resolved
/// before the turn ends.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/status/changed: waitingOnUserInput; serverRequest/resolved; every release since does",
    faults(WAITING_FOR_INPUT_UNTOLD, SETTLED_UNTOLD),
    shared
)]
async fn the_status_shows_that_it_waits(cx: &mut Context) -> Result {
    let (thread, tool) = asking(cx).await?;
    let answer = Answer::of("an answer", chosen("Blue"));
    let (turn, _) = asks(&tool).run(cx, &thread, &answer).await?;
    let waits = |call: &harness::Call| {
        let flags = call.params["status"]["activeFlags"].as_array();
        is_of(call, &thread, "thread/status/changed")
            && flags.is_some_and(|flags| flags.contains(&json!("waitingOnUserInput")))
    };
    let asked = turn.calls.iter().position(waits);
    let resolved =
        turn.calls.iter().position(|call| is_of(call, &thread, "serverRequest/resolved"));
    let after = resolved.is_some_and(|at| asked.is_some_and(|asked| asked < at));
    let place = |at: Option<usize>| at.map_or("never".to_owned(), |at| format!("message {at}"));
    let seen = format!("waiting: {}, resolved: {}", place(asked), place(resolved));
    ensure!(after, "the notifications of the turn", "`waitingOnUserInput`, then resolved", seen);
    let last = turn.calls.iter().rfind(|call| is_of(call, &thread, "thread/status/changed"));
    let last = last.map(|call| call.params["status"].to_string()).unwrap_or_default();
    let idle = !last.contains("waitingOnUserInput");
    ensure!(idle, "the last status of the turn", "one without waiting", last);
    Ok(())
}

/// A server MUST interrupt a turn that waits for the answer of the user, and go on with the thread.
#[check(
    v2(since = "0.98"),
    source = "app-server README, turn/interrupt; every release does",
    faults(QUESTION_KEEPS_THE_TURN),
    shared
)]
async fn an_interrupt_ends_the_question(cx: &mut Context) -> Result {
    let (thread, tool) = asking(cx).await?;
    asks(&tool).interrupt(cx, &thread, chosen("Red")).await
}

//! A question to the model about a thread, of which the thread hears nothing.

use harness::{Context, Result, check, code, ensure_eq};
use mock_model::says;
use serde_json::json;

use crate::client::{ContextExt, messages};
use crate::stored::files::written;
use crate::stored::last_request;

const SAMPLE: &str = "thread/sample";

/// What the user says in the last request to the model.
fn asked(cx: &Context) -> Result<Vec<String>> {
    let request = last_request(cx)?;
    let texts = request.user_texts().into_iter();
    let known = texts.filter(|text| ["one", "two", "three", "sum it up"].contains(text));
    Ok(known.map(str::to_owned).collect())
}

/// A server MUST answer a sample of a thread with what the model says to the history and the prompt,
/// and keep both out of the thread.
#[check(
    v2(since = "0.169"),
    source = "app-server protocol, thread/sample; every release since does",
    faults(SAMPLE_OF_ANY_TURN, SAMPLE_JOINS_THE_THREAD),
    shared
)]
async fn a_sample_is_no_part_of_the_thread(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    let mut turns = Vec::new();
    for question in ["one", "two"] {
        cx.model.script([says(format!("answer to {question}"))]);
        let begun = cx.client().begin_turn(&thread, question).await?;
        cx.client().end_turn(&thread, &begun).await?;
        turns.push(begun.id().to_owned());
    }
    written(cx, &thread, "answer to two").await?;
    let params = |turn: &str, prompt: &str| json!({ "threadId": thread.id, "expectedTurnId": turn, "prompt": prompt });
    let reply = cx.peer.request(SAMPLE, params(&turns[0], "sum it up")).await?;
    reply.refused(code::INVALID_REQUEST, "answer to a sample of a turn that is not the last")?;
    cx.model.script([says("two \"answers\"")]);
    let result = cx.peer.call(SAMPLE, params(&turns[1], "sum it up")).await?;
    let seen = [&result["text"], &result["sourceTurnId"]];
    ensure_eq!(seen, ["two \"answers\"", turns[1].as_str()], "text and turn of the sample");
    let heard = asked(cx)?;
    ensure_eq!(heard, ["one", "two", "sum it up"], "what the model is asked for the sample");
    cx.model.script([says("answer to three")]);
    cx.client().turn(&thread, "three").await?;
    ensure_eq!(asked(cx)?, ["one", "two", "three"], "what the model is asked in the next turn");
    let read = cx.client().read_thread(&thread.id, true).await?;
    ensure_eq!(messages(&read["turns"]).len(), 6, "messages of the thread");
    Ok(())
}

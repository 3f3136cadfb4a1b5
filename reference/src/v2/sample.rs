//! A question to the model about a thread, of which the thread hears nothing.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::turns::find;
use crate::context;
use crate::fault::fault;
use crate::history::text_message;
use crate::items::TurnError;
use crate::message::Refusal;
use crate::model_client;
use crate::outbox::Reply;
use crate::server::Server;
use crate::threads::Thread;

/// Parameters of `thread/sample`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sample {
    thread_id: String,
    expected_turn_id: String,
    prompt: String,
}

/// Asks the model, as if the prompt were the next message of the user.
pub(super) fn sample(server: &Rc<Server>, reply: Reply, params: Sample) {
    let thread = match wanted(server, &params) {
        Ok(thread) => thread,
        Err(refusal) => return reply.refuse(refusal),
    };
    let server = server.clone();
    tokio::task::spawn_local(async move {
        reply.send(match asked(&server, &thread, &params).await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(Refusal::internal(error.message)),
        });
    });
}

fn wanted(server: &Server, params: &Sample) -> Result<Rc<Thread>, Refusal> {
    let thread = find(server, &params.thread_id)?;
    if params.prompt.trim().is_empty() {
        return Err(Refusal::invalid("thread/sample requires a prompt"));
    }
    let last = thread.state().turns.last().map(|turn| turn.id.clone());
    if last.as_ref() != Some(&params.expected_turn_id) && !fault!(SAMPLE_OF_ANY_TURN) {
        return Err(Refusal::invalid("sample source turn must be the latest finished turn"));
    }
    Ok(thread)
}

async fn asked(server: &Server, thread: &Thread, params: &Sample) -> Result<Value, TurnError> {
    let settings = thread.state().settings.clone();
    let prompt = text_message("user", &params.prompt);
    let mut history = thread.state().history.clone();
    history.push(prompt.clone());
    if fault!(SAMPLE_JOINS_THE_THREAD) {
        thread.remember(prompt);
    }
    let body = context::request(thread.id, &settings, &history, None);
    let mut stream = model_client::send(server, thread.id, &settings, &body).await?;
    let mut text = String::new();
    loop {
        let event = stream.next().await?;
        match event["type"].as_str().unwrap_or_default() {
            "response.output_item.done" => {
                let parts = event["item"]["content"].as_array().into_iter().flatten();
                text.extend(parts.filter_map(|part| part["text"].as_str()));
            }
            "response.completed" => {
                let usage = &event["response"]["usage"];
                return Ok(json!({
                    "sourceTurnId": params.expected_turn_id,
                    "responseId": event["response"]["id"],
                    "text": text,
                    "inputTokens": usage["input_tokens"].as_u64().unwrap_or_default(),
                    "cachedInputTokens": 0,
                    "outputTokens": usage["output_tokens"].as_u64().unwrap_or_default(),
                }));
            }
            "response.failed" | "response.incomplete" => return Err(model_client::failed(&event)),
            _ => {}
        }
    }
}

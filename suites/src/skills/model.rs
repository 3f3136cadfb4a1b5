//! What the model gets to see of skills.

use std::path::PathBuf;

use harness::{Context, Result, check, ensure};
use mock_model::says;
use serde_json::{Value, json};

use super::{BODY, DESCRIPTION, find, listed, own};
use crate::client::{Begun, ContextExt, Thread};
use crate::stored::last_request;

/// Starts a thread of a home with a skill; the thread, and the path of the skill.
async fn start(cx: &mut Context) -> Result<(Thread, PathBuf)> {
    let path = own(cx, "lighthouse")?;
    let thread = cx.client().start().await?;
    // A server without that list has no skills.
    let (skills, _) = listed(cx, false).await?;
    find(&skills, "lighthouse", "before the turn")?;
    Ok((thread, path))
}

/// The last request to the model, as text.
fn request(cx: &mut Context) -> Result<String> {
    Ok(last_request(cx)?.body().to_string())
}

/// A server MUST send the names and descriptions of the enabled skills to the model.
#[check(v2(since = "0.98"), source = "every release does", faults(SKILLS_HIDDEN_FROM_THE_MODEL))]
async fn the_model_knows_the_skills(cx: &mut Context) -> Result {
    let (thread, _) = start(cx).await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let request = request(cx)?;
    for text in ["lighthouse", DESCRIPTION] {
        ensure!(
            request.contains(text),
            "the first request to the model",
            format!("{text:?} in it"),
            "a request without it"
        );
    }
    Ok(())
}

/// A server MUST send the text of a skill to the model when it is part of the user's input.
#[check(
    v2(since = "0.98", fixed_in("0.101", "a skill in the user's input is not sent to the model")),
    source = "app-server README, turn/start: input of type skill; every release does",
    faults(SKILL_INPUT_DROPPED)
)]
async fn a_skill_of_the_input_is_sent(cx: &mut Context) -> Result {
    let (thread, path) = start(cx).await?;
    cx.model.script([says("done")]);
    let skill: Value = json!({ "type": "skill", "name": "lighthouse", "path": path });
    let text = (cx.protocol().text)("use it");
    let params = cx.protocol().input_params(&thread.id, [text, skill]);
    let turn = cx.peer.call("turn/start", params).await?;
    let id = turn["turn"]["id"].as_str().map(str::to_owned);
    cx.client().end_turn(&thread, &Begun { mark: 0, id }).await?;
    let request = request(cx)?;
    ensure!(
        request.contains(BODY),
        "the request to the model after an input with a skill",
        "the text of the skill in it",
        "a request without it"
    );
    Ok(())
}

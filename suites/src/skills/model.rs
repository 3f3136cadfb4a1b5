//! What the model gets to see of skills.

use harness::{Context, Result, check, ensure};
use mock_model::says;
use serde_json::{Value, json};

use super::{BODY, DESCRIPTION, find, listed, own};
use crate::client::ContextExt;
use crate::stored::last_request;

/// The last request to the model, as text.
fn request(cx: &mut Context) -> Result<String> {
    Ok(last_request(cx)?.body().to_string())
}

/// A server MUST name the skills that are enabled to the model, with their descriptions.
#[check(v2(since = "0.98"), source = "every release does", faults(SKILLS_HIDDEN_FROM_THE_MODEL))]
async fn the_model_knows_the_skills(cx: &mut Context) -> Result {
    own(cx, "lighthouse")?;
    let thread = cx.client().start().await?;
    // A server without that list has no skills.
    let (skills, _) = listed(cx, false).await?;
    find(&skills, "lighthouse", "before the turn")?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, "hello").await?;
    let request = request(cx)?;
    for text in ["lighthouse", DESCRIPTION] {
        let observed = "a request without it";
        ensure!(
            request.contains(text),
            "the first request to the model",
            format!("{text:?} in it"),
            observed
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
    let path = own(cx, "lighthouse")?;
    let thread = cx.client().start().await?;
    // A server without that list has no skills.
    let (skills, _) = listed(cx, false).await?;
    find(&skills, "lighthouse", "before the turn")?;
    cx.model.script([says("done")]);
    let skill: Value = json!({ "type": "skill", "name": "lighthouse", "path": path });
    let text = (cx.protocol().text)("use it");
    let params = cx.protocol().input_params(&thread.id, [text, skill]);
    let turn = cx.peer.call("turn/start", params).await?;
    let id = turn["turn"]["id"].as_str().map(str::to_owned);
    cx.client().end_turn(&thread, &crate::client::Begun { mark: 0, id }).await?;
    let request = request(cx)?;
    ensure!(
        request.contains(BODY),
        "the request to the model after an input with a skill",
        "the text of the skill in it",
        "a request without it"
    );
    Ok(())
}

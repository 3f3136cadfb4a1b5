//! The settings in an answer are those with which the next turn runs.

use harness::{Context, Result, check, show};
use serde_json::{Value, json};

use super::findings::{Deviation, Findings};
use super::look::{Ran, run};
use super::table::{directory, effort, model, provider};
use super::{Opening, begin, open, restart, stored};
use crate::client::Thread;

/// Settings of one request each. What a server does with them does not matter here.
fn wishes(cx: &Context) -> Result<Vec<Value>> {
    let high = json!({ "model_reasoning_effort": "high" });
    Ok(vec![
        json!({ "model": "model-wished", "cwd": directory(cx, "wished")?, "config": high }),
        json!({ "modelProvider": "other" }),
        json!({ "approvalPolicy": "untrusted" }),
        json!({ "sandbox": "read-only" }),
    ])
}

/// What the answer says of the turn, and what the turn was like, where they differ; members that a
/// dialect or a release does not have say nothing.
fn differences(answer: &Value, ran: &Ran) -> Vec<(&'static str, Deviation)> {
    let mut found = Vec::new();
    let parts = [
        ("model", model(&ran.request)),
        ("reasoningEffort", effort(&ran.request)),
        ("modelProvider", provider(&ran.request)),
    ];
    for (member, seen) in parts {
        if let Some(named) = answer[member].as_str().filter(|named| !seen.has(named)) {
            found.push((member, Deviation { expected: show(named), observed: seen.shown() }));
        }
    }
    let mut note = |member, named: &Value, holds: bool, observed: String| {
        if !holds {
            let expected = format!("what the answer names, {}", show(named));
            found.push((member, Deviation { expected, observed }));
        }
    };
    let ran_in = ran.directory.as_ref().map(|directory| directory.display().to_string());
    if let (Some(named), Some(ran_in)) = (answer["cwd"].as_str(), ran_in) {
        note("cwd", &answer["cwd"], named == ran_in, format!("a command runs in {ran_in}"));
    }
    let asked = format!("{} requests for approval of a command", ran.asked);
    match answer["approvalPolicy"].as_str() {
        Some("untrusted") => {
            note("approvalPolicy", &answer["approvalPolicy"], ran.asked > 0, asked);
        }
        Some("never") => note("approvalPolicy", &answer["approvalPolicy"], ran.asked == 0, asked),
        _ => {}
    }
    let sandbox = &answer["sandbox"]["type"];
    let (wrote, unasked) = (ran.directory.is_some(), ran.asked == 0);
    match sandbox.as_str() {
        Some("readOnly") => note("sandbox", sandbox, !wrote, "a command wrote a file".to_owned()),
        Some("dangerFullAccess") if unasked => {
            note("sandbox", sandbox, wrote, "a command could not write a file".to_owned());
        }
        _ => {}
    }
    found
}

/// Opens a conversation with each of the wishes, and compares answer and turn.
async fn compare(
    cx: &mut Context,
    findings: &mut Findings,
    what: &str,
    originals: &[Option<Thread>],
) -> Result {
    let wishes = wishes(cx)?;
    for (at, wish) in wishes.into_iter().enumerate() {
        let opening = match originals.get(at) {
            Some(Some(original)) if what.contains("fork") => Opening::Fork(original),
            Some(Some(original)) => Opening::Resume(original),
            _ => Opening::Start,
        };
        let wished = show(&wish);
        let Some(thread) = open(cx, opening, wish).await? else { continue };
        let Some(ran) = run(cx, &thread, None).await? else { continue };
        for (member, deviation) in differences(&thread.result, &ran) {
            let place = format!("`{member}` in the turn after the answer to {what} with {wished}");
            findings.note(place, Some(deviation));
        }
    }
    Ok(())
}

/// As many conversations as there are wishes.
async fn originals(cx: &mut Context) -> Result<Vec<Option<Thread>>> {
    let mut all = Vec::new();
    for _ in wishes(cx)? {
        all.push(Some(stored(cx, json!({ "model": "model-before" })).await?));
    }
    Ok(all)
}

/// A server MUST run the turn after a start or a resume with the settings that its answer names.
#[check(
    v1,
    v2,
    source = "app-server README, thread/start, thread/resume: the answer has the settings in force",
    faults(ANSWER_NAMES_ANOTHER_DIRECTORY, REJOIN_NAMES_THE_WISHES)
)]
async fn names_what_is_in_force(cx: &mut Context) -> Result {
    begin(cx).await?;
    let mut findings = Findings::default();
    compare(cx, &mut findings, "a start", &[]).await?;
    let all = originals(cx).await?;
    compare(cx, &mut findings, "a resume of a loaded conversation", &all).await?;
    let all = originals(cx).await?;
    let threads: Vec<_> = all.iter().flatten().collect();
    restart(cx, &threads).await?;
    compare(cx, &mut findings, "a resume of a stored conversation", &all).await?;
    findings.end()
}

/// A server MUST run the first turn of a fork with the settings that the answer to the request for
/// the fork names.
#[check(
    v1(since = "0.80"),
    v2(since = "0.80"),
    source = "app-server README, thread/fork: the answer has the settings in force",
    faults(ANSWER_NAMES_ANOTHER_DIRECTORY)
)]
async fn a_fork_names_what_is_in_force(cx: &mut Context) -> Result {
    begin(cx).await?;
    let original = stored(cx, json!({ "model": "model-before" })).await?;
    crate::stored::files::written(cx, &original, "it is stored").await?;
    let all = vec![Some(original); wishes(cx)?.len()];
    let mut findings = Findings::default();
    compare(cx, &mut findings, "a fork", &all).await?;
    findings.end()
}

//! The settings of a request that resumes a conversation: they win over those that are stored.

use harness::{Context, Result, check};
use serde_json::{Value, json};

use super::findings::Findings;
use super::table::{Row, developer_instructions, model_provider, of_a_conversation};
use super::{Opening, begin, open, restart, stored};
use crate::client::Thread;

/// Settings of the conversation before it is resumed, each another than the resume names.
fn before() -> Value {
    json!({
        "model": "model-before",
        "baseInstructions": "You are a test of before.",
        "developerInstructions": "Mind the rule of before.",
        "config": { "model_reasoning_effort": "low" },
    })
}

/// Resumes each conversation with its row, and looks at two turns.
async fn resumed(cx: &mut Context, rows: &[(Row, Thread)], state: &str) -> Result {
    let mut findings = Findings::default();
    for (row, thread) in rows {
        let opening = Opening::Resume(thread);
        let Some(thread) = open(cx, opening, row.members.clone()).await? else { continue };
        for turn in ["first", "second"] {
            let seen = row.look(cx, &thread).await?;
            let place = format!("the resume of a {state} conversation, in the {turn} turn");
            findings.note(format!("`{}` of {place}", row.name), seen);
        }
    }
    findings.end()
}

/// A conversation for each row.
async fn all_stored(cx: &mut Context, rows: Vec<Row>) -> Result<Vec<(Row, Thread)>> {
    let mut all = Vec::new();
    for row in rows {
        all.push((row, stored(cx, before()).await?));
    }
    Ok(all)
}

/// Conversations of a process that has ended, one for each row, in a new process.
async fn of_another_process(cx: &mut Context, rows: Vec<Row>) -> Result<Vec<(Row, Thread)>> {
    let all = all_stored(cx, rows).await?;
    let threads: Vec<_> = all.iter().map(|(_, thread)| thread).collect();
    restart(cx, &threads).await?;
    Ok(all)
}

/// A server MUST either reject a setting in a request that resumes a stored conversation or apply it
/// to all following turns.
#[check(
    v1,
    v2,
    source = "app-server README, thread/resume: the same overrides as thread/start; every release does",
    faults(RESUME_DROPS_CONFIG, RESUME_DROPS_THE_POLICY, STORED_INSTRUCTIONS_WIN)
)]
async fn each_setting_wins(cx: &mut Context) -> Result {
    begin(cx).await?;
    let mut rows = of_a_conversation(cx, "resume")?;
    // A stored conversation stays with its provider, unless `modelProvider` names another.
    rows.retain(|row| row.name != "config.model_provider");
    let rows = of_another_process(cx, rows).await?;
    resumed(cx, &rows, "stored").await
}

/// A server MUST either reject the `modelProvider` of a request that resumes a stored conversation
/// or apply it to all following turns.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server README, thread/resume: the same overrides as thread/start; every release does",
    faults(RESUME_DROPS_THE_PROVIDER)
)]
async fn the_provider_wins(cx: &mut Context) -> Result {
    begin(cx).await?;
    let rows = of_another_process(cx, vec![model_provider()]).await?;
    resumed(cx, &rows, "stored").await
}

/// A server MUST send the `developerInstructions` of a request that resumes a stored conversation to
/// the model.
#[check(
    v1(since = "0.53", fixed_in("0.90", "the instructions of a resume are dropped")),
    v2(fixed_in("0.90", "the instructions of a resume are dropped")),
    source = "app-server README, thread/resume: the same overrides as thread/start",
    faults(RESUME_DROPS_DEVELOPER_INSTRUCTIONS)
)]
async fn developer_instructions_arrive(cx: &mut Context) -> Result {
    begin(cx).await?;
    let rows = of_another_process(cx, vec![developer_instructions("resume")]).await?;
    resumed(cx, &rows, "stored").await
}

/// A server MUST apply the overrides of `resumeConversation` to a conversation that is loaded.
#[check(
    v1,
    source = "app-server protocol, resumeConversation: overrides; every release does",
    faults(LOADED_RESUME_IGNORES_OVERRIDES)
)]
async fn each_setting_reaches_a_loaded_conversation(cx: &mut Context) -> Result {
    begin(cx).await?;
    let rows = of_a_conversation(cx, "again")?;
    let rows = all_stored(cx, rows).await?;
    resumed(cx, &rows, "loaded").await
}

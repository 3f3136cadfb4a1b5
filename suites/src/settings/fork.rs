//! The settings of a request for a fork: they win over those of the original.

use harness::{Context, Result, check};
use serde_json::json;

use super::findings::Findings;
use super::table::{Row, developer_instructions, model_provider, of_a_conversation};
use super::{Opening, begin, open, restart, stored};
use crate::client::Thread;

/// Forks the original once for each row, and looks at a turn of the fork.
async fn forked(
    cx: &mut Context,
    original: &Thread,
    state: &str,
    (rows, findings): (&[Row], &mut Findings),
) -> Result {
    for row in rows {
        let opening = Opening::Fork(original);
        let Some(thread) = open(cx, opening, row.members.clone()).await? else { continue };
        let seen = row.look(cx, &thread).await?;
        findings.note(format!("`{}` of the fork of a {state} conversation", row.name), seen);
    }
    Ok(())
}

/// Forks a loaded conversation, and the same one in a new process that has not loaded it.
async fn forked_twice(cx: &mut Context, rows: &[Row]) -> Result {
    let mut findings = Findings::default();
    let before = json!({
        "model": "model-before",
        "baseInstructions": "You are a test of before.",
        "developerInstructions": "Mind the rule of before.",
        "config": { "model_reasoning_effort": "low" },
    });
    let original = stored(cx, before).await?;
    crate::stored::files::written(cx, &original, "it is stored").await?;
    forked(cx, &original, "loaded", (rows, &mut findings)).await?;
    restart(cx, &[&original]).await?;
    forked(cx, &original, "stored", (rows, &mut findings)).await?;
    findings.end()
}

/// A server MUST either reject a setting in a request for a fork or apply it to the fork.
#[check(
    v1(since = "0.80"),
    v2(since = "0.80"),
    source = "app-server protocol, thread/fork: configuration overrides for the forked thread; every release does",
    faults(FORK_DROPS_CONFIG, FORK_DROPS_THE_DIRECTORY, FORK_DROPS_THE_SANDBOX)
)]
async fn each_setting_wins(cx: &mut Context) -> Result {
    begin(cx).await?;
    let mut rows = of_a_conversation(cx, "fork")?;
    rows.push(model_provider());
    forked_twice(cx, &rows).await
}

/// A server MUST send the `developerInstructions` of a request for a fork to the model.
#[check(
    v1(since = "0.80"),
    v2(since = "0.80"),
    source = "app-server protocol, thread/fork: configuration overrides for the forked thread",
    faults(FORK_DROPS_DEVELOPER_INSTRUCTIONS)
)]
async fn developer_instructions_arrive(cx: &mut Context) -> Result {
    begin(cx).await?;
    forked_twice(cx, &[developer_instructions("fork")]).await
}

//! Settings of a turn: directory, policy, model, output schema.

use harness::{Context, OrInconclusive, Result, check, ensure, ensure_eq, ensure_includes};
use mock_model::{runs_command, says};
use serde_json::json;

use super::observed::{Marker, content};
use crate::client::{ContextExt, Decision, Settings};

/// A server MUST run the commands of a turn in the directory that the turn sets.
#[check(
    v1,
    v2,
    source = "app-server tests, codex_message_processor_flow and turn_start: cwd per turn",
    faults(RUNS_IN_THE_HOME, TURN_DIRECTORY_IGNORED),
    shared
)]
async fn commands_run_in_the_directory_of_the_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let other = cx.home.work().join("other");
    std::fs::create_dir(&other).or_inconclusive("making a directory")?;
    cx.model.script([runs_command("pwd -P > where"), says("done")]);
    cx.client()
        .turn_with(
            &thread,
            "run it there",
            Settings { cwd: Some(other.clone()), ..Settings::default() },
        )
        .await?;
    let wanted = format!("{}\n", other.display());
    ensure_eq!(
        content(other.join("where")),
        Some(wanted),
        "the output of `pwd` in the directory of the turn"
    );
    ensure_eq!(
        content(cx.home.work().join("where")),
        None::<String>,
        "the same file in that of the conversation"
    );
    Ok(())
}

/// A server MUST ask for approval of commands in a turn that sets the policy `untrusted`.
#[check(
    v1,
    v2,
    source = "app-server README, turn/start: approvalPolicy; app-server tests, turn_start",
    faults(NEVER_ASKS, TURN_POLICY_IGNORED),
    shared
)]
async fn a_stricter_policy_applies_to_the_turn(cx: &mut Context) -> Result {
    cx.client().hold_approvals();
    let thread = cx.client().start().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([runs_command(marker.command()), says("done")]);
    let begun = cx
        .client()
        .begin_turn_with(
            &thread,
            "run it",
            Settings { approval: Some("untrusted"), ..Settings::default() },
        )
        .await?;
    let request = cx.client().approval().await?;
    ensure_eq!(marker.runs(), 0, "how often the command ran before the answer");
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(marker.runs(), 0, "how often the denied command ran");
    Ok(())
}

/// A server MUST NOT ask for approval of commands in a turn that sets the policy `never`.
#[check(
    v1,
    v2,
    source = "app-server tests, codex_message_processor_flow and turn_start: never in the second turn",
    faults(NEVER_POLICY_ASKS, TURN_POLICY_IGNORED),
    shared
)]
async fn a_laxer_policy_applies_to_the_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let marker = Marker::new(cx, "marker");
    cx.model.script([
        runs_command(marker.command()),
        says("asked"),
        runs_command(marker.command()),
        says("not asked"),
    ]);
    cx.client().decide(Decision::Deny);
    cx.client().turn(&thread, "run it").await?;
    ensure_eq!(marker.runs(), 0, "how often the denied command ran in the first turn");
    cx.client()
        .turn_with(&thread, "run it", Settings { approval: Some("never"), ..Settings::default() })
        .await?;
    ensure_eq!(marker.runs(), 1, "how often the command ran in the turn with the policy `never`");
    Ok(())
}

/// A server MUST use the model that a turn sets.
#[check(
    v1,
    v2,
    source = "app-server tests, turn_start: model override; every release does",
    faults(TURN_MODEL_IGNORED),
    shared
)]
async fn uses_the_model_of_the_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("one"), says("two")]);
    cx.client().turn(&thread, "hello").await?;
    cx.client()
        .turn_with(
            &thread,
            "hello",
            Settings { model: Some("another-model"), ..Settings::default() },
        )
        .await?;
    let models = [cx.asked(1).await?, cx.asked(2).await?]
        .map(|request| request.model_name().map(str::to_owned));
    let wanted = [fixtures::Config::MODEL, "another-model"].map(|name| Some(name.to_owned()));
    ensure_eq!(models, wanted, "the models that were asked");
    Ok(())
}

/// A server MUST apply the model and the directory that a turn sets to the following turns.
#[check(
    v1(fixed_in("0.47", "the next turn forgets the settings of the last")),
    v2,
    source = "app-server README, turn/start: overrides become the default for subsequent turns",
    faults(TURN_SETTINGS_FORGOTTEN),
    shared
)]
async fn settings_stay_for_the_next_turn(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let other = cx.home.work().join("other");
    std::fs::create_dir(&other).or_inconclusive("making a directory")?;
    cx.model.script([says("one"), runs_command("pwd -P > where"), says("two")]);
    let with =
        Settings { model: Some("another-model"), cwd: Some(other.clone()), ..Settings::default() };
    cx.client().turn_with(&thread, "hello", with).await?;
    cx.client().turn(&thread, "run it").await?;
    ensure_eq!(
        cx.asked(2).await?.model_name(),
        Some("another-model"),
        "the model of the next turn"
    );
    ensure!(
        content(other.join("where")).is_some(),
        "the directory of the next turn",
        "that of the turn before",
        "another one"
    );
    Ok(())
}

/// A server MUST pass the output schema of a turn to the model for that turn only.
#[check(
    v1(since = "0.98"),
    v2(since = "0.98"),
    source = "app-server tests, output_schema",
    faults(ANSWER_FORM_IGNORED, ANSWER_FORM_STICKS),
    shared
)]
async fn the_output_schema_reaches_the_model(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let schema = json!({ "type": "object", "properties": { "answer": { "type": "string" } },
        "required": ["answer"], "additionalProperties": false });
    cx.model.script([says("{\"answer\":\"yes\"}"), says("no form")]);
    cx.client()
        .turn_with(
            &thread,
            "hello",
            Settings { schema: Some(schema.clone()), ..Settings::default() },
        )
        .await?;
    cx.client().turn(&thread, "hello").await?;
    let formed = cx.asked(1).await?;
    let wanted = json!({ "type": "json_schema", "strict": true, "schema": schema });
    ensure_includes!(
        formed.body()["text"]["format"],
        wanted,
        "`text.format` of request 1 to the model"
    );
    let free = cx.asked(2).await?;
    ensure!(
        free.body()["text"].get("format").is_none_or(serde_json::Value::is_null),
        "`text.format` of request 2 to the model, whose turn has no form",
        "none",
        free.body()["text"].to_string()
    );
    Ok(())
}

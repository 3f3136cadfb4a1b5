//! Plans: proposed in a message in plan mode, and updated by a tool while the work goes on.

use harness::{Context, Result, check, ensure_eq, ensure_includes};
use mock_model::{calls, says};
use serde_json::{Value, json};

use super::{begin, tool};
use crate::client::{ContextExt, End, Thread, Turn, is_item};
use crate::rows::Rows;

const MESSAGE: &str =
    "Here it is.\n<proposed_plan>\n# Plan\n- wähle\n- baue < 3\n</proposed_plan>\nAgreed?";
const PLAN: &str = "# Plan\n- wähle\n- baue < 3\n";
const REST: &str = "Here it is.\nAgreed?";

/// Runs a turn in which the agent says [`MESSAGE`] in pieces of so many characters.
async fn proposed(cx: &mut Context, thread: &Thread, mode: &str, piece: usize) -> Result<Turn> {
    cx.model.script([says(MESSAGE).delta_chars(piece)]);
    let begun = begin(cx, thread, "make a plan", Some(mode)).await?;
    let turn = cx.client().end_turn(thread, &begun).await?;
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(turn)
}

/// The texts of the plans that were announced by this notification.
fn plans(turn: &Turn, thread: &Thread, method: &str) -> Vec<String> {
    let items = turn.calls.iter().filter(|call| is_item(call, thread, method, "plan"));
    items.map(|call| call.params["item"]["text"].as_str().unwrap_or_default().to_owned()).collect()
}

/// A server MUST report a proposed plan as a `plan` item whose text is the sequence of its deltas, and
/// leave it out of the agent's message.
#[check(
    v2(since = "0.98"),
    source = "app-server README, plan items: item/plan/delta; every release does",
    faults(PLAN_DELTAS_LOST, PLAN_STAYS_IN_THE_MESSAGE, PLAN_NEVER_COMPLETED),
    shared
)]
async fn a_proposed_plan_is_an_item(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let mut rows = Rows::of_waits();
    for piece in [1, 7, MESSAGE.len()] {
        let thread = cx.client().start_thread().await?;
        let turn = proposed(cx, &thread, "plan", piece).await?;
        let deltas = cx.client().heard(&turn, &thread, "item/plan/delta");
        let joined: String =
            deltas.iter().filter_map(|call| call.params["delta"].as_str()).collect();
        let judged = || -> Result {
            ensure_eq!(plans(&turn, &thread, "item/started").len(), 1, "plans that were started");
            ensure_eq!(plans(&turn, &thread, "item/completed"), [PLAN], "completed plans");
            ensure_eq!(joined, PLAN, "the deltas of the plan");
            turn.says(&[REST], "the agent's message beside the plan")
        };
        rows.judge(format!("pieces of {piece} characters"), judged())?;
    }
    rows.end()
}

/// A server MUST leave the message of the agent whole when the thread is not in plan mode.
#[check(
    v2(since = "0.98"),
    source = "app-server README, plan items: of plan mode; every release does",
    faults(PLAN_IN_EVERY_MODE),
    shared
)]
async fn another_mode_has_no_plan(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    let turn = proposed(cx, &thread, "default", 7).await?;
    ensure_eq!(plans(&turn, &thread, "item/completed"), [""; 0], "completed plans");
    turn.says(&[MESSAGE], "the agent's message")
}

/// A server MUST announce the steps of an updated plan with their states by `turn/plan/updated`.
#[check(
    v2(since = "0.98"),
    source = "app-server README, turn/plan/updated; every release that offers the model the tool does",
    faults(PLAN_UPDATE_UNTOLD, PLAN_STATES_MIXED_UP),
    shared
)]
async fn an_update_is_announced(cx: &mut Context) -> Result {
    cx.client().initialize_experimental().await?;
    let thread = cx.client().start_thread().await?;
    let tool = tool(cx, &thread, None, "update_plan").await?;
    let step = |step: &str, status: &str| json!({ "step": step, "status": status });
    let plan = [step("wähle", "completed"), step("baue", "in_progress"), step("prüfe", "pending")];
    let arguments = json!({ "explanation": "why \"not\"", "plan": plan });
    cx.model.script([calls(tool, arguments), says("done")]);
    let begun = cx.client().begin_turn(&thread, "go on").await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let updates = cx.client().heard(&turn, &thread, "turn/plan/updated");
    let updates: Vec<&Value> = updates.iter().map(|call| &call.params).collect();
    ensure_eq!(updates.len(), 1, "`turn/plan/updated` notifications");
    let expected = json!({ "turnId": begun.id(), "explanation": "why \"not\"" });
    ensure_includes!(*updates[0], expected, "the updated plan");
    let steps = updates[0]["plan"].as_array().into_iter().flatten();
    let steps: Vec<_> = steps.map(|step| [step["step"].clone(), step["status"].clone()]).collect();
    let expected = [["wähle", "completed"], ["baue", "inProgress"], ["prüfe", "pending"]];
    ensure_eq!(steps, expected, "the steps of the updated plan, with their states");
    Ok(())
}

//! The settings of a request for a turn: for that turn and for those after it.

use harness::{Context, Result, check};
use serde_json::{Value, json};

use super::findings::Findings;
use super::look::run;
use super::table::{Effect, Row, directory, effort, model, summary};
use super::{Opening, begin, open};

/// The settings that every request for a turn can name, in the words of the dialect.
pub(super) fn of_a_turn(cx: &Context) -> Result<Vec<Row>> {
    let row = |name: &'static str, value: Value, effect: Effect| Row {
        name,
        members: json!({ name: value }),
        effect,
    };
    let cwd = directory(cx, "of-a-turn")?;
    // The first releases know the kind by another name.
    let kind = if cx.dialect() == harness::Dialect::V1 { "read-only" } else { "readOnly" };
    Ok(vec![
        row("model", json!("model-turn"), Effect::Request(model, "model-turn".to_owned())),
        row("effort", json!("high"), Effect::Request(effort, "high".to_owned())),
        row("summary", json!("detailed"), Effect::Request(summary, "detailed".to_owned())),
        row("cwd", json!(cwd), Effect::RunsIn(cwd.clone())),
        row("approvalPolicy", json!("untrusted"), Effect::Asks),
        row("sandboxPolicy", json!({ "type": kind, "mode": kind }), Effect::WritesNothing),
    ])
}

/// A server MUST apply every setting of a turn, other than the output schema, to that turn and to
/// the following turns.
#[check(
    v1(fixed_in("0.47", "the next turn forgets the settings of the last")),
    v2,
    source = "app-server README, turn/start: overrides become the default for subsequent turns",
    faults(
        TURN_EFFORT_IGNORED,
        TURN_EFFORT_LASTS_ONE_TURN,
        TURN_SANDBOX_LASTS_ONE_TURN,
        TURN_SUMMARY_IGNORED
    )
)]
async fn each_setting_stays(cx: &mut Context) -> Result {
    begin(cx).await?;
    let mut findings = Findings::default();
    for row in of_a_turn(cx)? {
        let Some(thread) = open(cx, Opening::Start, Value::Null).await? else { continue };
        let Some(ran) = run(cx, &thread, Some(row.members.clone())).await? else { continue };
        findings.note(format!("`{}` of a turn, in that turn", row.name), row.missing(&ran));
        let seen = row.look(cx, &thread).await?;
        findings.note(format!("`{}` of a turn, in the next turn", row.name), seen);
    }
    findings.end()
}

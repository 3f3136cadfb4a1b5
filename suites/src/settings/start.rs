//! The settings of a request for a new conversation.

use harness::{Context, Result, check};

use super::findings::Findings;
use super::table::{developer_instructions, model_provider, of_a_conversation};
use super::{Opening, begin, open};

/// A server MUST apply every setting of a request for a new conversation to all turns of that
/// conversation.
#[check(
    v1,
    v2,
    source = "app-server README, newConversation, thread/start: overrides; every release does",
    faults(MODEL_OVERRIDE_IGNORED, START_SUMMARY_LASTS_ONE_TURN)
)]
async fn each_setting_stays(cx: &mut Context) -> Result {
    begin(cx).await?;
    let mut findings = Findings::default();
    for row in of_a_conversation(cx, "start")? {
        let Some(thread) = open(cx, Opening::Start, row.members.clone()).await? else { continue };
        for turn in ["first", "second"] {
            let seen = row.look(cx, &thread).await?;
            findings.note(format!("`{}` of a start request, in the {turn} turn", row.name), seen);
        }
    }
    findings.end()
}

/// A server MUST apply the `modelProvider` and the `developerInstructions` of a request for a new
/// conversation to all turns of that conversation.
#[check(
    v1(since = "0.53"),
    v2,
    source = "app-server protocol, modelProvider, developerInstructions; every release since does",
    faults(DEVELOPER_INSTRUCTIONS_DROPPED)
)]
async fn provider_and_developer_instructions_stay(cx: &mut Context) -> Result {
    begin(cx).await?;
    let mut findings = Findings::default();
    for row in [model_provider(), developer_instructions("start")] {
        let Some(thread) = open(cx, Opening::Start, row.members.clone()).await? else { continue };
        for turn in ["first", "second"] {
            let seen = row.look(cx, &thread).await?;
            findings.note(format!("`{}` of a start request, in the {turn} turn", row.name), seen);
        }
    }
    findings.end()
}

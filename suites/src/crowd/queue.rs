//! Many messages for one thread whose turn runs.

use harness::{Context, Result, check, ensure_eq};
use mock_model::{Script, says};

use crate::client::ContextExt;

/// How many messages wait.
const WAITING: usize = 50;

/// A server MUST pass each of many messages that arrive during a turn to the model exactly once, in
/// their order.
#[check(
    v1(fixed_in("0.98", "only one of several queued messages is passed to the model")),
    v2(fixed_in("0.98", "only one of several queued messages is passed to the model")),
    source = "app-server README, turn/start; every release from 0.98 on does",
    faults(LONG_QUEUE_CUT, QUEUED_MESSAGE_REPEATED)
)]
async fn every_message_is_heard_once(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script(Script::new([says("begun").hold("answer")]).then_forever(says("heard")));
    let begun = cx.client().begin_turn(&thread, "message 0").await?;
    cx.reached("answer").await?;
    let texts: Vec<_> = (0..=WAITING).map(|number| format!("message {number}")).collect();
    for text in &texts[1..] {
        cx.client().request_turn(&thread.id, text).await?.result()?;
    }
    cx.model.open("answer");
    cx.client().end_turn(&thread, &begun).await?;
    // In this turn or in turns of their own, all at once or one after the other: in the end the
    // model has heard them all.
    let mut heard: Vec<String> = Vec::new();
    for number in 2..=WAITING + 1 {
        if heard.last() == texts.last() {
            break;
        }
        let request = cx.asked(number).await.map_err(|failure| {
            failure.within(format!(
                "{} of {} messages have reached the model",
                heard.len(),
                texts.len()
            ))
        })?;
        let said = request.user_texts().into_iter();
        heard = said.filter(|text| text.starts_with("message ")).map(str::to_owned).collect();
    }
    ensure_eq!(heard, texts, "messages of the user in the last request to the model");
    Ok(())
}

//! Repetition: a second interruption, several queued messages.

use harness::{Context, Result, check, ensure, ensure_eq};
use mock_model::says;

use crate::client::{ContextExt, End};

/// A server MUST interrupt every turn that the client interrupts, even directly after another
/// interrupted turn.
#[check(
    v1,
    v2,
    source = "app-server README, turn/interrupt; every release does",
    faults(INTERRUPTS_ONCE)
)]
async fn each_turn_may_be_interrupted(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("one").hold("first"), says("two").hold("second"), says("three")]);
    for gate in ["first", "second"] {
        let begun = cx.client().begin_turn(&thread, "hello").await?;
        cx.reached(gate).await?;
        let ticket = cx.client().interrupt(&thread, &begun).await?;
        let turn = cx.client().end_turn(&thread, &begun).await?;
        cx.peer.answer(&ticket).await?.result()?;
        ensure_eq!(turn.end, End::Interrupted, "how the turn ended, the {gate} one");
    }
    let turn = cx.client().turn(&thread, "and now?").await?;
    ensure_eq!(turn.said, ["three"], "the agent's messages after two interruptions");
    Ok(())
}

/// A server MUST pass all messages that arrive during the model's answer to the model in their
/// order.
#[check(
    v1(fixed_in("0.98", "only one of several queued messages is passed to the model")),
    v2(fixed_in("0.98", "only one of several queued messages is passed to the model")),
    source = "every release from 0.98 on does",
    faults(LAST_MESSAGE_WAITS, MESSAGES_WAIT_IN_REVERSE)
)]
async fn messages_that_wait_keep_their_order(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script(
        mock_model::Script::new([says("begun").hold("answer")]).then_forever(says("received")),
    );
    let begun = cx.client().begin_turn(&thread, "question-zero").await?;
    cx.reached("answer").await?;
    let words = ["question-one", "question-two", "question-three"];
    for text in words {
        cx.client().request_turn(&thread.id, text).await?.result()?;
    }
    cx.model.open("answer");
    cx.client().end_turn(&thread, &begun).await?;
    // In this turn or in turns of their own, all at once or one after the other: in the end the
    // model knows them all.
    let mut said: Vec<String> = Vec::new();
    let missing = |said: &[String]| {
        let all = words.into_iter().chain(["question-zero"]);
        all.filter(|text| !said.iter().any(|said| said == text)).collect::<Vec<_>>().join(", ")
    };
    for number in 2..=words.len() + 2 {
        if missing(&said).is_empty() {
            break;
        }
        let request = cx.asked(number).await.map_err(|failure| {
            failure.within(format!(
                "waiting for the missing messages in the model's input: {}",
                missing(&said)
            ))
        })?;
        said = request.user_texts().iter().map(|text| (*text).to_owned()).collect();
    }
    ensure_eq!(missing(&said), "", "messages that never reach the model");
    let places: Vec<_> =
        words.iter().map(|text| said.iter().position(|said| said == text)).collect();
    ensure!(
        places.is_sorted(),
        "the messages in the last request to the model",
        "in their order",
        said.join(" | ")
    );
    Ok(())
}

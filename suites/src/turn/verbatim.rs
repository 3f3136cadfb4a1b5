//! Text is passed unchanged between the user and the model: not edited, cut or repeated.

use harness::{Context, Result, check, ensure_eq};
use mock_model::{Reply, says};

use super::observed::delta;
use crate::client::ContextExt;

/// What a text may hold that servers are tempted to tidy.
const UNTIDY: &str = "  blanks before\r\n\r\n\ta tab, <b>&amp; \"quotes\" \\ 'and' `ticks`\n\n\n# e\u{301} 日本 👩‍👩‍👧 $HOME %s {0}\nblanks behind  \n";

/// A server MUST pass the user's text to the model unchanged.
#[check(
    v1,
    v2,
    source = "every release does",
    faults(LINE_ENDS_CHANGED, TABS_EXPANDED, WORDS_TRIMMED),
    shared
)]
async fn user_text_reaches_the_model_unchanged(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("done")]);
    cx.client().turn(&thread, UNTIDY).await?;
    let request = cx.asked(1).await?;
    ensure_eq!(request.user_texts().last(), Some(&UNTIDY), "the user's words in the model's input");
    Ok(())
}

/// A server MUST pass each message of the user to the model exactly once in each request.
#[check(v1, v2, source = "every release does", faults(WORDS_DOUBLED), shared)]
async fn user_text_is_not_repeated(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says("one"), says("two")]);
    cx.client().turn(&thread, "said once").await?;
    cx.client().turn(&thread, "said later").await?;
    let (first, second) = (cx.asked(1).await?, cx.asked(2).await?);
    for (number, request, words) in
        [(1, first, "said once"), (2, second.clone(), "said once"), (2, second, "said later")]
    {
        let times = request.user_texts().iter().filter(|text| **text == words).count();
        ensure_eq!(times, 1, "how often {words:?} is in request {number} to the model");
    }
    Ok(())
}

/// A server MUST pass a long message of the user to the model whole.
#[check(v1, v2, source = "every release does", faults(LONG_WORDS_CUT), shared)]
async fn a_long_message_of_the_user_arrives_whole(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let words = long();
    cx.model.script([says("done")]);
    cx.client().turn(&thread, &words).await?;
    let request = cx.asked(1).await?;
    let received = request.user_texts().last().map(|text| text.len());
    ensure_eq!(received, Some(words.len()), "bytes of the user's words in the model's input");
    ensure_eq!(
        request.user_texts().last() == Some(&words.as_str()),
        true,
        "whether they are the same"
    );
    Ok(())
}

/// A server MUST send the agent's text to the client unchanged.
#[check(v1, v2, source = "every release does", faults(MESSAGES_ESCAPED, MESSAGES_TRIMMED), shared)]
async fn agent_text_reaches_the_client_unchanged(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([says(UNTIDY)]);
    let turn = cx.client().turn(&thread, "hello").await?;
    ensure_eq!(turn.said, [UNTIDY], "the agent's messages");
    Ok(())
}

/// A server MUST send a long message of the agent whole, whether the model streams it in one piece
/// or in many.
#[check(
    v1,
    v2(since = "0.66"),
    source = "every release does",
    faults(BIG_NOTIFICATIONS_LOST, DELTAS_END_EARLY, LONG_DELTAS_CUT),
    shared
)]
async fn a_long_message_of_the_agent_arrives_whole(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    let words = long();
    cx.model.script([in_one(&words), says(words.clone()).delta_chars(500)]);
    for how in ["in one piece", "in many pieces"] {
        let turn = cx.client().turn(&thread, how).await?;
        let pieces: String = turn
            .calls
            .iter()
            .filter(|call| cx.protocol().delta.is(call, &thread))
            .map(delta)
            .collect();
        let lengths = (turn.said.concat().len(), pieces.len());
        ensure_eq!(
            lengths,
            (words.len(), words.len()),
            "bytes of the message and of its pieces, {how}"
        );
        ensure_eq!(turn.said.concat() == words, true, "whether the message is the same, {how}");
        ensure_eq!(pieces == words, true, "whether its pieces are, {how}");
    }
    Ok(())
}

fn in_one(words: &str) -> Reply {
    says(words).deltas(1)
}

/// A text of some hundred kilobytes whose lines differ.
fn long() -> String {
    (0..8000).map(|number| format!("line {number} é 😀\n")).collect()
}

//! A request for approval in a thread that two clients follow.

use harness::{Call, Context, Result, check, ensure, ensure_eq, show};
use mock_model::{Script, runs_command, says};

use super::{Shared, shared};
use crate::client::{Begun, ContextExt, Decision, is_of};

/// The name of the file that the command makes.
const MADE: &str = "made";

/// A command that waits for an approval of either client.
struct Asked {
    shared: Shared,
    begun: Begun,
    /// The requests for approval, to the first client and to the second.
    questions: [Call; 2],
}

/// Begins a turn with such a command.
async fn asked(cx: &mut Context) -> Result<Asked> {
    let script = Script::from([runs_command(format!("touch {MADE}")), says("done")]);
    let shared = shared(cx, true, script).await?;
    let begun = cx.client().begin_turn(&shared.thread, "run it").await?;
    let first = cx.client().approval().await?;
    cx.swap(shared.other);
    let second = cx.client().approval().await;
    let second = second.map_err(|failure| failure.within("the second client"))?;
    cx.swap(shared.other);
    Ok(Asked { shared, begun, questions: [first, second] })
}

/// A server MUST put a request for approval to each client that follows the thread, with the same id and
/// the same parameters.
#[check(
    v2(since = "0.107"),
    source = "app-server README, Approvals, serverRequest/resolved; every release does",
    faults(ONLY_THE_STARTER_IS_ASKED, ASKED_UNDER_ANOTHER_ID)
)]
async fn both_are_asked_under_the_same_id(cx: &mut Context) -> Result {
    let Asked { shared, begun, questions: [first, second] } = asked(cx).await?;
    let [of_first, of_second] =
        [&first, &second].map(|call| call.id.as_ref().map(harness::Id::to_json));
    ensure_eq!(
        of_second.unwrap_or_default(),
        of_first.unwrap_or_default(),
        "the id of the request for approval to the second client, which is that to the first"
    );
    ensure_eq!(second.params, first.params, "the parameters of the request to the second client");
    cx.client().answer(&first, Decision::Accept).await?;
    let turn = cx.client().end_turn(&shared.thread, &begun).await?;
    turn.says(&["done"], "the agent's messages after the command")
}

/// A server MUST follow the first answer to a request for approval that two clients answer, and ignore the
/// second.
#[check(
    v2(since = "0.107"),
    source = "JSON-RPC 2.0 §5: one answer for each request; every release does",
    faults(LAST_ANSWER_COUNTS)
)]
async fn the_first_answer_counts(cx: &mut Context) -> Result {
    let Asked { shared, begun, questions: [first, second] } = asked(cx).await?;
    cx.client().answer(&first, Decision::Deny).await?;
    // This answer shows that the first client's was read.
    cx.client().barrier(&shared.thread).await?;
    cx.swap(shared.other);
    cx.client().answer(&second, Decision::Accept).await?;
    cx.client().barrier(&shared.thread).await?;
    cx.swap(shared.other);
    cx.client().end_turn(&shared.thread, &begun).await?;
    ensure!(
        !cx.home.work().join(MADE).exists(),
        "a command that the first client denied and the second accepted later",
        "it is not run",
        "it was run"
    );
    cx.swap(shared.other);
    cx.client().barrier(&shared.thread).await
}

/// A server MUST announce to each client that follows the thread, once, that a request for approval was
/// answered by one of them.
#[check(
    v2(since = "0.107"),
    source = "app-server README, Approvals: serverRequest/resolved; every release does",
    faults(RESOLVED_IN_SILENCE)
)]
async fn the_answer_is_announced_to_both(cx: &mut Context) -> Result {
    let Asked { shared, begun, questions: [first, second] } = asked(cx).await?;
    let asked_at = [first.seq, second.seq];
    cx.swap(shared.other);
    cx.client().answer(&second, Decision::Accept).await?;
    cx.swap(shared.other);
    for (client, mark) in [("first", asked_at[0]), ("second", asked_at[1])] {
        cx.client().end_turn(&shared.thread, begun.mark.min(mark)).await?;
        cx.client().barrier(&shared.thread).await?;
        let calls = cx.peer.calls_since(mark);
        let is_news = |call: &&Call| is_of(call, &shared.thread, "serverRequest/resolved");
        let told: Vec<_> = calls.iter().filter(is_news).collect();
        ensure!(
            told.len() == 1,
            format!("`serverRequest/resolved` for the {client} client"),
            "one",
            show(&told.iter().map(|call| &call.params).collect::<Vec<_>>())
        );
        let id = second.id.as_ref().map(harness::Id::to_json).unwrap_or_default();
        ensure_eq!(told[0].params["requestId"], id, "the request that was answered");
        cx.swap(shared.other);
    }
    Ok(())
}

/// A server MUST let the other client answer a request for approval when the client that started the turn
/// closes its connection.
#[check(
    v2(since = "0.107"),
    source = "app-server README, thread/resume: pending requests; every release does",
    faults(LEAVING_DENIES)
)]
async fn a_request_outlives_the_client_that_leaves(cx: &mut Context) -> Result {
    let Asked { shared, questions: [_, second], .. } = asked(cx).await?;
    cx.restart().await;
    cx.swap(shared.other);
    cx.client().barrier(&shared.thread).await?;
    cx.client().answer(&second, Decision::Accept).await?;
    let turn = cx.client().end_turn(&shared.thread, second.seq).await?;
    turn.says(&["done"], "the agent's messages for the client that stays")?;
    ensure!(
        cx.home.work().join(MADE).exists(),
        "the command that the client that stays has accepted",
        "it is run",
        "it was not run"
    );
    Ok(())
}

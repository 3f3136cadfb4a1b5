//! Approval of patches: only accepted patches are applied.

use harness::{Call, Context, Dialect, OrInconclusive, Result, check, ensure, ensure_eq};
use mock_model::{applies_patch, says};
use serde_json::json;

use super::observed::{adds_file, call_of, content, first, methods, output, thread_of};
use crate::client::{Begun, ContextExt, Decision, End, Thread, is_item, is_of};

/// Lets the model add `new.txt` and waits for the request for approval.
async fn asked(cx: &mut Context) -> Result<(Thread, Begun, Call)> {
    let thread = cx.client().start_untrusted().await?;
    cx.model.script([adds_file("new.txt", "the content").id("the_call"), says("done")]);
    let begun = cx.client().begin_turn(&thread, "patch it").await?;
    let request = cx.client().approval().await?;
    let file_change = ["applyPatchApproval", "item/fileChange/requestApproval"]
        .contains(&request.method.as_str());
    ensure!(
        file_change,
        "the request for approval of a patch",
        "one for a file change",
        &request.method
    );
    Ok((thread, begun, request))
}

/// What the file holds that the patch adds.
fn new_file(cx: &Context) -> Option<String> {
    content(cx.home.work().join("new.txt"))
}

const NOTHING: Option<String> = None;

/// A server MUST apply a patch under the policy `untrusted` only after it has asked the client for
/// approval and the client has accepted.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: file changes; app-server tests, turn_start",
    faults(PATCH_WRITTEN_BEFORE_THE_ANSWER, ANSWERED_FOR_THE_CLIENT, CLIENT_ANSWERS_ALTERED),
    shared
)]
async fn asks_before_a_patch_is_applied(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    cx.client().barrier(&thread).await?;
    ensure_eq!(
        new_file(cx),
        NOTHING,
        "the file that the patch adds, while the approval is pending"
    );
    cx.client().answer(&request, Decision::Accept).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(
        new_file(cx),
        Some("the content\n".to_owned()),
        "the file that the patch adds, after it was accepted"
    );
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(())
}

/// A server MUST NOT apply a patch that the client denied.
#[check(
    v1,
    v2,
    source = "app-server tests, turn_start: decline; every release does",
    faults(DENIED_RUNS, PATCH_WRITTEN_BEFORE_THE_ANSWER),
    shared
)]
async fn a_denied_patch_is_not_applied(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(new_file(cx), NOTHING, "the file that the denied patch would have added");
    Ok(())
}

/// A server MUST report the denial of a patch to the model.
#[check(
    v1,
    v2,
    source = "app-server tests, turn_start: decline; every release does",
    faults(PATCH_DENIAL_UNTOLD),
    shared
)]
async fn a_denial_is_reported_to_the_model(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    cx.client().answer(&request, Decision::Deny).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let output = output(cx, 2, "the_call").await?.to_lowercase();
    ensure!(
        output.contains("reject") || output.contains("denied") || output.contains("declin"),
        "the output that the model receives for its denied patch",
        "a rejection: `reject`, `denied` or `declin` in it",
        output
    );
    turn.says(&["done"], "the agent's messages after it")
}

/// A server MUST keep the files that a denied patch would change or delete unchanged.
#[check(v1, v2, source = "app-server README, Approvals: decline", faults(DENIED_RUNS), shared)]
async fn denied_leaves_the_old_content(cx: &mut Context) -> Result {
    let thread = cx.client().start_untrusted().await?;
    let (old, gone) = (cx.home.work().join("old.txt"), cx.home.work().join("gone.txt"));
    for file in [&old, &gone] {
        std::fs::write(file, "as it was\n").or_inconclusive("writing a file to patch")?;
    }
    let patch = "*** Begin Patch\n*** Update File: old.txt\n@@\n-as it was\n+changed\n*** Delete File: gone.txt\n*** End Patch\n";
    cx.model.script([applies_patch(patch), says("done")]);
    let begun = cx.client().begin_turn(&thread, "patch it").await?;
    let request = cx.client().approval().await?;
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().end_turn(&thread, &begun).await?;
    let kept = Some("as it was\n".to_owned());
    ensure_eq!(
        (content(&old), content(&gone)),
        (kept.clone(), kept),
        "the files that the denied patch would have changed and deleted"
    );
    Ok(())
}

/// A server MUST complete the item of a denied patch with the status `declined`.
#[check(
    v2(since = "0.66"),
    source = "app-server tests, turn_start: decline",
    faults(DENIED_PATCH_TOLD_AS_FAILED),
    shared
)]
async fn a_denied_patch_is_completed_as_declined(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    cx.client().answer(&request, Decision::Deny).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let item = first(&turn.calls, "`item/completed` of the patch", |call| {
        is_item(call, &thread, "item/completed", "fileChange")
    })?;
    ensure_eq!(item.params["item"]["status"], "declined", "the status of the denied patch");
    Ok(())
}

/// A server MUST NOT apply a patch when the client answers the request for its approval with
/// `abort` or `cancel`.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: cancel; every release does",
    faults(ABORTED_RUNS),
    shared
)]
async fn an_aborted_patch_is_not_applied(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    cx.client().answer(&request, Decision::Abort).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.client().barrier(&thread).await?;
    ensure_eq!(new_file(cx), NOTHING, "the file that the aborted patch would have added");
    Ok(())
}

/// A server MUST end the turn as interrupted when the client answers the request for approval of a
/// patch with `abort` or `cancel`.
#[check(
    v1,
    v2,
    source = "app-server README, Approvals: cancel; every release since does",
    faults(ABORT_IS_A_DENIAL),
    shared
)]
async fn aborted_ends_the_turn(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    cx.client().answer(&request, Decision::Abort).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    turn.ended(End::Interrupted, "how the turn ended")?;
    cx.client().barrier(&thread).await?;
    // The next request to the model may have been on its way: real servers race here.
    cx.model.script([says("done")]);
    let turn = cx.client().turn(&thread, "go on").await?;
    turn.says(&["done"], "the agent's messages in the next turn")?;
    Ok(())
}

/// A server MUST name the conversation, the call and the changes of a patch at the latest in the
/// request for its approval.
#[check(
    v1(since = "0.44"),
    v2(since = "0.66"),
    source = "app-server tests, turn_start: fileChange before its request; app-server protocol, applyPatchApproval",
    faults(PATCH_ASKED_BLINDLY),
    shared
)]
async fn the_request_names_the_changes(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    ensure_eq!(thread_of(&request)?, thread.id, "the conversation in the request");
    ensure_eq!(call_of(&request)?, "the_call", "the call in the request");
    let path = cx.home.work().join("new.txt").display().to_string();
    let changes = if cx.dialect() == Dialect::V1 {
        json!([{ "path": request.params["fileChanges"].get(&path).map(|_| &path), "change": request.params["fileChanges"] }])
    } else {
        let mut calls = cx.peer.calls_since(begun.mark);
        calls.retain(|call| call.seq < request.seq);
        let item = calls.iter().find(|call| is_item(call, &thread, "item/started", "fileChange"));
        let changes = item.map(|item| item.params["item"]["changes"].clone());
        ensure!(
            changes.is_some(),
            "the notifications before the request for approval",
            "`item/started` of the patch",
            methods(&calls)
        );
        changes.unwrap_or_default()
    };
    ensure_eq!(changes[0]["path"], path, "the path of the change");
    ensure!(
        changes.to_string().contains("the content"),
        "the change that the request for approval shows",
        "the added line, `the content`",
        changes.to_string()
    );
    cx.client().answer(&request, Decision::Deny).await?;
    cx.client().end_turn(&thread, &begun).await.map(|_| ())
}

/// A server MUST treat an invalid decision about a patch as a denial.
#[check(
    v1,
    v2,
    source = "app-server: an answer that cannot be decoded is denied; every release does",
    faults(RUBBISH_IS_AN_APPROVAL),
    shared
)]
async fn an_invalid_decision_is_a_denial(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    cx.peer.respond(&request, json!({ "decision": "perhaps" })).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    ensure_eq!(new_file(cx), NOTHING, "the file that the patch adds, without an acceptance");
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(())
}

/// A server MUST treat an error response to a request for approval of a patch as a denial.
#[check(
    v2(
        since = "0.66",
        fixed_in(
            "0.98",
            "an error as the answer to a request for approval leaves the turn hanging"
        )
    ),
    source = "JSON-RPC 2.0 §5.1; every release since does",
    faults(ERROR_ANSWER_HANGS, ERROR_IS_AN_APPROVAL),
    shared
)]
async fn an_error_is_a_denial(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    cx.peer.respond_error(&request, "the user cannot be asked").await?;
    let turn = cx.client().end_turn(&thread, &begun).await.map_err(|failure| {
        failure.within("after an error as the answer to its request for approval")
    })?;
    ensure_eq!(new_file(cx), NOTHING, "the file that the patch adds, without an acceptance");
    turn.ended(End::Completed, "how the turn ended")?;
    Ok(())
}

/// A server MUST NOT ask again for approval of changes to a file that were accepted for the
/// session.
#[check(
    v1(fixed_in("0.98", "a patch that was accepted for the session is asked for again")),
    v2(
        since = "0.66",
        fixed_in("0.98", "a patch that was accepted for the session is asked for again")
    ),
    source = "app-server tests, turn_start: acceptForSession suppresses the question for the same path",
    faults(SESSION_APPROVAL_FORGOTTEN),
    shared
)]
async fn does_not_ask_again_after_acceptance_for_the_session(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    cx.client().answer(&request, Decision::AcceptForSession).await?;
    cx.client().end_turn(&thread, &begun).await?;
    cx.client().decide(Decision::Deny);
    let patch = "*** Begin Patch\n*** Update File: new.txt\n@@\n-the content\n+other content\n*** End Patch\n";
    cx.model.script([applies_patch(patch), says("done again")]);
    cx.client().turn(&thread, "patch it again").await?;
    ensure_eq!(
        new_file(cx),
        Some("other content\n".to_owned()),
        "the file that was to be changed without another question"
    );
    Ok(())
}

/// A server MUST send `serverRequest/resolved` for an accepted patch before the end of the turn.
#[check(
    v2(since = "0.107"),
    source = "app-server tests, turn_start: serverRequest/resolved",
    faults(SETTLED_UNTOLD),
    shared
)]
async fn a_settled_request_is_announced(cx: &mut Context) -> Result {
    let (thread, begun, request) = asked(cx).await?;
    cx.client().answer(&request, Decision::Accept).await?;
    let turn = cx.client().end_turn(&thread, &begun).await?;
    let settled = first(&turn.calls, "`serverRequest/resolved` before `turn/completed`", |call| {
        is_of(call, &thread, "serverRequest/resolved")
    })?;
    let id = request.id.as_ref().map(harness::Id::to_json);
    ensure_eq!(Some(&settled.params["requestId"]), id.as_ref(), "the request that is settled");
    Ok(())
}

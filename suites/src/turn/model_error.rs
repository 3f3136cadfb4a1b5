//! Errors of the model service: each fails its turn, is reported, and does not affect the next turn.

use harness::{Call, Context, Dialect, Order, Result, check, ensure, ensure_eq, show, text_at};
use mock_model::{
    Reply, fails, http, is_incomplete, rate_limited, raw, reasons, runs_command, says,
    server_error, unauthorized,
};
use serde_json::json;

use super::observed::methods;
use crate::client::{ContextExt, End, Protocol, Thread, Turn, is_of};

/// Runs a turn in which the model answers so; it has to fail, and the next turn to work.
async fn fails_and_goes_on(cx: &mut Context, reply: Reply) -> Result<Turn> {
    let thread = cx.client().start().await?;
    cx.model.script([reply, says("well again")]);
    let failed = failed(cx, &thread).await?;
    let next = cx.client().turn(&thread, "try again").await?;
    next.ended(End::Completed, "how the turn after the failed one ended")?;
    next.says(&["well again"], "the agent's messages in the next turn")?;
    let request = cx.asked(2).await?;
    let said = request.user_texts();
    ensure!(
        said.iter().filter(|words| **words == "hello").count() == 1,
        "the user texts in the model's input, in the next turn",
        "the user's earlier message, once",
        said.join(" | ")
    );
    Ok(failed)
}

/// Runs a turn that has to fail, with an error that says something.
async fn failed(cx: &mut Context, thread: &Thread) -> Result<Turn> {
    let turn = cx.client().turn(thread, "hello").await?;
    turn.ended(End::Failed, "the end of the turn in which the model failed")?;
    let message = turn.error.as_deref().unwrap_or_default();
    ensure!(!message.trim().is_empty(), "the error message of the turn", "a text", "none");
    Ok(turn)
}

/// A server MUST fail only the current turn, with an error message, when the model service answers
/// 401.
#[check(
    v1,
    v2,
    source = "app-server README, Errors; every release does",
    faults(STATUS_401_IGNORED),
    shared
)]
async fn unauthorized_fails_the_turn(cx: &mut Context) -> Result {
    fails_and_goes_on(cx, unauthorized()).await.map(|_| ())
}

/// A server MUST fail only the current turn, with an error message that does not mention a usage
/// limit, when the model service answers 429.
#[check(
    v1,
    v2,
    source = "app-server README, Errors; every release does",
    faults(STATUS_429_IGNORED),
    shared
)]
async fn too_many_requests_fail_the_turn(cx: &mut Context) -> Result {
    let turn = fails_and_goes_on(cx, rate_limited(0)).await?;
    let message = turn.error.unwrap_or_default();
    // The limit of a minute is no limit of the plan.
    ensure!(
        !message.contains("usage limit"),
        "the error message of the turn",
        "no usage limit",
        message
    );
    Ok(())
}

/// A server MUST fail only the current turn, with an error that names the usage limit, when the
/// model service answers `usage_limit_reached`.
#[check(
    v1,
    v2,
    source = "app-server README, Errors: UsageLimitExceeded; every release does",
    faults(USAGE_LIMIT_UNTOLD),
    shared
)]
async fn the_usage_limit_is_reported(cx: &mut Context) -> Result {
    let limit = json!({ "error": { "type": "usage_limit_reached", "message": "limit", "plan_type": "pro" } });
    let turn = fails_and_goes_on(cx, http(429).json(limit)).await?;
    let message = turn.error.unwrap_or_default();
    ensure!(
        message.contains("usage limit"),
        "the error message of the turn",
        "one that names the usage limit",
        message
    );
    // Where the end is reported otherwise there is nowhere to look for it.
    if turn.calls.iter().any(|call| call.method == "turn/completed") {
        let end = Order::of(&turn.calls).once("turn/completed")?;
        let info = &end.params["turn"]["error"]["codexErrorInfo"];
        ensure_eq!(*info, "usageLimitExceeded", "`codexErrorInfo` of the error");
    }
    Ok(())
}

/// A server MUST fail only the current turn, with an error message, when the model service answers
/// 500.
#[check(
    v1,
    v2,
    source = "app-server README, Errors; every release does",
    faults(FAILED_TURN_IS_FORGOTTEN, STATUS_500_IGNORED),
    shared
)]
async fn a_server_error_fails_the_turn(cx: &mut Context) -> Result {
    fails_and_goes_on(cx, server_error()).await.map(|_| ())
}

/// A server MUST fail only the current turn, with the error message of the service, when the model
/// service answers 400.
#[check(
    v1,
    v2,
    source = "app-server README, Errors: BadRequest; every release does",
    faults(STATUS_400_IGNORED),
    shared
)]
async fn a_bad_request_fails_the_turn(cx: &mut Context) -> Result {
    let refusal =
        json!({ "error": { "message": "no such model", "type": "invalid_request_error" } });
    let turn = fails_and_goes_on(cx, http(400).json(refusal)).await?;
    let message = turn.error.unwrap_or_default();
    ensure!(
        message.contains("no such model"),
        "the error message of the turn",
        "the message of the service: `no such model`",
        message
    );
    Ok(())
}

/// A server MUST fail only the current turn, with the error message of the model, when the model's
/// stream ends with `response.failed`.
#[check(
    v1,
    v2,
    source = "Responses API, response.failed; app-server tests, thread_read: response.failed",
    faults(FAILED_RESPONSE_IGNORED),
    shared
)]
async fn a_failed_response_fails_the_turn(cx: &mut Context) -> Result {
    let turn = fails_and_goes_on(cx, fails("server_error", "the model is out of ideas")).await?;
    let message = turn.error.unwrap_or_default();
    ensure!(
        message.contains("out of ideas"),
        "the error message of the turn",
        "the message of the model: `out of ideas`",
        message
    );
    Ok(())
}

/// A server MUST fail only the current turn, with an error message, when the model's stream fails
/// after part of its output.
#[check(
    v1,
    v2,
    source = "Responses API, response.failed; every release does",
    faults(FAILED_RESPONSE_IGNORED),
    shared
)]
async fn a_failure_after_a_message_fails_the_turn(cx: &mut Context) -> Result {
    fails_and_goes_on(cx, says("so far").and(fails("server_error", "no more"))).await.map(|_| ())
}

/// A server MUST fail only the current turn, with an error message, when the model's stream ends
/// with `response.incomplete`.
#[check(
    v1,
    v2,
    source = "Responses API, response.incomplete",
    faults(INCOMPLETE_RESPONSE_IGNORED),
    shared
)]
async fn an_incomplete_response_fails_the_turn(cx: &mut Context) -> Result {
    fails_and_goes_on(cx, is_incomplete("max_output_tokens")).await.map(|_| ())
}

/// A server MUST fail only the current turn, with an error message, when the model's stream ends
/// without `response.completed`.
#[check(
    v1,
    v2,
    source = "Responses API: a response ends with response.completed; every release does",
    faults(END_OF_STREAM_COMPLETES),
    shared
)]
async fn a_stream_without_its_end_fails_the_turn(cx: &mut Context) -> Result {
    fails_and_goes_on(cx, says("so far").without_completion()).await.map(|_| ())
}

/// A server MUST fail only the current turn, with an error message, when the connection to the
/// model breaks during a message.
#[check(v1, v2, source = "every release does", faults(BROKEN_STREAM_COMPLETES), shared)]
async fn a_broken_connection_fails_the_turn(cx: &mut Context) -> Result {
    fails_and_goes_on(cx, reasons("hm").and(says("a longer text of several words")).cut_after(8))
        .await
        .map(|_| ())
}

/// A server MUST fail only the current turn, with an error message, when the model service sends an
/// invalid event stream.
#[check(
    v1,
    v2,
    source = "HTML, server-sent events; every release does",
    faults(END_OF_STREAM_COMPLETES),
    shared
)]
async fn an_invalid_event_stream_fails_the_turn(cx: &mut Context) -> Result {
    fails_and_goes_on(cx, raw("\u{0}\u{1}{{{ not an event\n\ndata: {\"type\": \n\n"))
        .await
        .map(|_| ())
}

/// A server MUST fail only the current turn, with an error message, when the model service answers
/// with a web page.
#[check(v1, v2, source = "every release does", faults(END_OF_STREAM_COMPLETES), shared)]
async fn a_web_page_fails_the_turn(cx: &mut Context) -> Result {
    let page = http(200)
        .body("<html><body>Sign in to the network</body></html>")
        .content_type("text/html");
    fails_and_goes_on(cx, page).await.map(|_| ())
}

/// A server MUST send an error with a message when the model service cannot be reached, even if it
/// tries again.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Errors: the error notification, willRetry",
    faults(MISSING_SERVICE_IGNORED)
)]
async fn an_unreachable_service_is_reported(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.shutdown().await;
    cx.client().begin_turn(&thread, "hello").await?;
    let &Protocol { error: event, retried_error: retried, .. } = cx.protocol();
    let fits = |call: &Call| {
        event.is(call, &thread) || retried.as_ref().is_some_and(|event| event.is(call, &thread))
    };
    let error = cx.peer.next_matching("an error of the thread", fits).await?;
    let place = format!("{}/message", event.content);
    let message = text_at(&error.params, &place, "the error")?;
    ensure!(!message.trim().is_empty(), "the message of the error", "a text", "none");
    Ok(())
}

/// A server MUST keep the call and the output of a command in the model's input when the model
/// fails after the command has run.
#[check(
    v1,
    v2,
    source = "Responses API: every call has its output; every release does",
    faults(FAILED_TURN_IS_FORGOTTEN, STATUS_500_IGNORED, TOOL_OUTPUT_LOST),
    shared
)]
async fn a_command_before_the_error_is_kept(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([
        runs_command("echo ran-$((40+2))").id("the call"),
        server_error(),
        says("well again"),
    ]);
    failed(cx, &thread).await?;
    let next = cx.client().turn(&thread, "try again").await?;
    next.says(&["well again"], "the agent's messages in the next turn")?;
    let request = cx.asked(3).await?;
    let output = request.tool_output("the call").unwrap_or_default();
    ensure!(
        output.contains("ran-42"),
        "the output of the command in the next turn",
        "`ran-42`",
        output
    );
    let broken: Vec<_> = request.violations().iter().map(ToString::to_string).collect();
    ensure!(
        broken.is_empty(),
        "calls and their outputs in the next request to the model",
        "an output for each call, after it",
        broken.join(", ")
    );
    Ok(())
}

/// A server MUST send the model's error message in a notification of its own before the end of the
/// turn.
#[check(
    v1,
    v2(since = "0.66"),
    source = "app-server README, Errors: the error notification",
    faults(ERROR_UNTOLD),
    shared
)]
async fn the_error_is_sent_before_the_end(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([fails("server_error", "the model is out of ideas")]);
    let turn = cx.client().turn(&thread, "hello").await?;
    let order = Order::of(&turn.calls);
    let message = if cx.dialect() == Dialect::V1 {
        order.before("codex/event/error", "codex/event/task_complete")?;
        order.once("codex/event/error")?.params["msg"]["message"].clone()
    } else {
        let event = turn.calls.iter().find(|call| is_of(call, &thread, "error"));
        event.map(|call| call.params["error"]["message"].clone()).unwrap_or_default()
    };
    let text = message.as_str().unwrap_or_default();
    ensure!(
        text.contains("out of ideas"),
        "the error before the end of the turn",
        "a notification with the message of the model, `out of ideas`",
        format!("{} among {}", show(text), methods(&turn.calls))
    );
    turn.ended(End::Failed, "how the turn ended")
}

/// A server MUST announce the status `systemError` of a thread whose turn failed.
#[check(
    v2(since = "0.107"),
    source = "app-server tests, thread_read: systemError after a failed turn",
    faults(FAILED_THREAD_IS_IDLE),
    shared
)]
async fn the_status_is_system_error(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([fails("server_error", "no")]);
    failed(cx, &thread).await?;
    let awaited = "`thread/status/changed` with the status `systemError`";
    cx.peer
        .next_matching(awaited, |call| {
            is_of(call, &thread, "thread/status/changed")
                && call.params["status"]["type"] == "systemError"
        })
        .await
        .map(|_| ())
}

/// A server MUST report the kind of a model error as `codexErrorInfo` in `turn/completed`.
#[check(
    v2(since = "0.66"),
    source = "app-server README, Errors: codexErrorInfo; every release since does",
    faults(ERROR_KINDS_UNTOLD),
    shared
)]
async fn the_kind_of_error_is_reported(cx: &mut Context) -> Result {
    cx.client().initialize().await?;
    let refusal = json!({ "error": { "message": "no" } });
    let mut kinds = Vec::new();
    for reply in [
        http(400).json(refusal),
        server_error(),
        rate_limited(0),
        fails("context_length_exceeded", "too long"),
        fails("insufficient_quota", "no more"),
        fails("server_error", "no luck"),
    ] {
        let thread = cx.client().start_thread().await?;
        cx.model.script([reply]);
        let turn = failed(cx, &thread).await?;
        let end = Order::of(&turn.calls).once("turn/completed")?;
        kinds.push(end.params["turn"]["error"]["codexErrorInfo"].clone());
    }
    // The README names the kind of a refused request; real releases do not report it.
    let refused = kinds.first().filter(|kind| **kind == "badRequest").cloned();
    let expected = json!([
        refused.unwrap_or_else(|| json!("other")),
        "internalServerError",
        { "responseTooManyFailedAttempts": { "httpStatusCode": 429 } },
        "contextWindowExceeded",
        "usageLimitExceeded",
        "other",
    ]);
    ensure_eq!(json!(kinds), expected, "`codexErrorInfo` of each error");
    Ok(())
}

/// A server MUST NOT retry a failed request to the model service when it is configured without
/// retries.
#[check(
    v1,
    v2,
    source = "config reference, request_max_retries = 0; every release does",
    faults(RETRIES_UNASKED),
    shared
)]
async fn no_retries_means_none(cx: &mut Context) -> Result {
    let thread = cx.client().start().await?;
    cx.model.script([server_error(), http(400).body("no good"), says("not asked for")]);
    for (turn, answered) in [(1, "500"), (2, "400")] {
        failed(cx, &thread).await?;
        ensure_eq!(
            cx.model.requests().len(),
            turn,
            "requests to the model after a request that was answered {answered}"
        );
    }
    Ok(())
}

//! The account of the user: its limits, and tokens that the client keeps and renews.

use fixtures::Auth;
use harness::{Call, Context, Failure, Policy, Result, check, code, ensure, ensure_eq};
use mock_model::{Reply, says, unauthorized};
use serde_json::{Value, json};

use crate::auth::stored::{auth_json, prepare_home};
use crate::client::{ContextExt, End, Thread, Turn};
use crate::rows::Rows;
use crate::stored::last_request;

const LIMITS: &str = "account/rateLimits/read";
const REFRESH: &str = "account/chatgptAuthTokens/refresh";

/// What the account backend says of its windows: the used share, the minutes, and the end.
const WINDOWS: [(&str, [u64; 3]); 2] =
    [("primary", [50, 300, 1_900_000_000]), ("secondary", [25, 10_080, 1_900_000_000])];

/// The used share, the length in minutes and the end of a window of the limits.
pub fn window(limits: &Value, name: &str) -> [Option<u64>; 3] {
    ["usedPercent", "windowDurationMins", "resetsAt"].map(|member| limits[name][member].as_u64())
}

/// A server MUST return the limits of the account as the account backend reports them.
#[check(
    v2(since = "0.98"),
    source = "app-server README, account/rateLimits/read; every release does",
    faults(WINDOW_IN_SECONDS, SECOND_WINDOW_LEFT_OUT)
)]
async fn limits_are_those_of_the_backend(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(Some(&Auth::chatgpt())).await?;
    let limits = cx.peer.call(LIMITS, Value::Null).await?["rateLimits"].take();
    for (name, expected) in WINDOWS {
        let window = window(&limits, name);
        let what = format!("usedPercent, windowDurationMins and resetsAt of `{name}`");
        ensure_eq!(window, expected.map(Some), "{what}");
    }
    ensure_eq!(limits["planType"], "pro", "`planType` of the limits");
    Ok(())
}

/// A server MUST send the account backend the token and the id of the account when it requests the
/// limits.
#[check(
    v2(since = "0.98"),
    source = "account backend: Authorization, ChatGPT-Account-Id; every release does",
    faults(USAGE_REQUEST_WITHOUT_ACCOUNT)
)]
async fn the_backend_is_asked_for_the_account(cx: &mut Context) -> Result {
    let login = Auth::chatgpt().account_id("account-of-the-check");
    cx.client().initialize_with_login(Some(&login)).await?;
    cx.peer.call(LIMITS, Value::Null).await?;
    let requests = cx.model.account_requests();
    let usage = requests.iter().rfind(|request| request.path().ends_with("/usage"));
    let Some(usage) = usage else {
        let paths: Vec<_> = requests.iter().map(|request| request.path().to_owned()).collect();
        return Err(Failure::mismatch("requests for the usage", "one", paths.join(", ")));
    };
    let bearer = format!("Bearer {}", login.token());
    let sent = [usage.header("authorization"), usage.header("chatgpt-account-id")];
    ensure_eq!(sent, [Some(&*bearer), Some("account-of-the-check")], "token and account");
    Ok(())
}

/// A server MUST reject a request for the limits when no user is logged in, with the error code
/// -32600.
#[check(
    v2(since = "0.98"),
    source = "every release does: account authentication required",
    faults(LIMITS_OF_NO_USER)
)]
async fn limits_need_a_login(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let reply = cx.peer.request(LIMITS, Value::Null).await?;
    reply.refused(code::INVALID_REQUEST, "answer to a request for limits without a login")?;
    Ok(())
}

/// The tokens of a login, as a client gives them; those of another plan are others.
fn tokens(plan: &str) -> (String, Value) {
    let login = Auth::chatgpt().plan(plan);
    let stored = login.to_json();
    let params = json!({
        "accessToken": login.token(),
        "idToken": stored["tokens"]["id_token"],
        "chatgptAccountId": stored["tokens"]["account_id"],
        "chatgptPlanType": plan,
    });
    (login.token(), params)
}

/// Logs in with tokens of the client.
///
/// A subject that does not know such logins has none of their checks.
async fn logged_in(cx: &mut Context) -> Result {
    prepare_home(cx, None)?;
    cx.client().initialize_experimental().await?;
    let (_, mut params) = tokens("pro");
    params["type"] = json!("chatgptAuthTokens");
    let reply = cx.peer.request("account/login/start", params).await?;
    let unknown = reply.error().is_ok_and(|error| error.message.contains("unknown variant"));
    if unknown {
        return Err(Failure::lacks("`chatgptAuthTokens` of `account/login/start`"));
    }
    let result = reply.into_result()?;
    ensure_eq!(result["type"], "chatgptAuthTokens", "`type` of the login");
    Ok(())
}

/// A server MUST NOT store the tokens of a `chatgptAuthTokens` login.
#[check(
    v2(since = "0.98"),
    source = "app-server protocol, account/login/start: chatgptAuthTokens, in memory only; every release does",
    faults(EXTERNAL_TOKENS_STORED)
)]
async fn tokens_of_the_client_are_not_stored(cx: &mut Context) -> Result {
    logged_in(cx).await?;
    let account = cx.client().account().await?;
    ensure_eq!(account.method.as_deref(), Some("chatgpt"), "the login that is reported");
    let stored = auth_json(cx)?;
    ensure!(stored.is_none(), "auth.json", "no such file", "a file with a login");
    Ok(())
}

/// Runs a turn with these answers of the model, in which each request for new tokens is answered like
/// this; the turn, and the requests.
async fn renewed(
    cx: &mut Context,
    thread: &Thread,
    replies: Vec<Reply>,
    answer: Policy,
) -> Result<(Turn, Vec<Call>)> {
    cx.peer.set_policy(REFRESH, answer);
    cx.model.script(replies);
    let begun = cx.client().begin_turn(thread, "hello").await?;
    let turn = cx.client().end_turn(thread, &begun).await?;
    let mut requests = cx.peer.calls_since(begun.mark);
    requests.retain(|call| call.method == REFRESH && call.id.is_some());
    requests.iter().for_each(|request| cx.peer.looked_at(request));
    Ok((turn, requests))
}

/// A server MUST ask the client once for new tokens when the model service rejects the token, and send
/// the request again with the new one.
#[check(
    v2(since = "0.98"),
    source = "app-server protocol, account/chatgptAuthTokens/refresh; every release does",
    faults(REFRESHED_TOKEN_UNUSED)
)]
async fn a_rejected_token_is_renewed(cx: &mut Context) -> Result {
    logged_in(cx).await?;
    let thread = cx.client().start_thread().await?;
    let (token, answer) = tokens("plus");
    let (turn, requests) =
        renewed(cx, &thread, vec![unauthorized(), says("done")], Policy::Result(answer)).await?;
    turn.ended(End::Completed, "how the turn ended")?;
    ensure_eq!(requests.len(), 1, "requests for new tokens");
    ensure_eq!(requests[0].params["reason"], "unauthorized", "`reason` of the request");
    let last = last_request(cx)?;
    let bearer = last.header("authorization");
    ensure_eq!(
        bearer,
        Some(&*format!("Bearer {token}")),
        "the token of the last request to the model"
    );
    Ok(())
}

/// A server MUST ask the client for new tokens at most once in a turn, and fail the turn if that does
/// not help.
#[check(
    v2(since = "0.98"),
    source = "app-server protocol, account/chatgptAuthTokens/refresh; every release does",
    faults(REFRESH_REPEATED, REFUSED_REFRESH_HANGS)
)]
async fn a_refusal_fails_the_turn(cx: &mut Context) -> Result {
    logged_in(cx).await?;
    let mut rows = Rows::of_waits();
    let (_, good) = tokens("plus");
    for (what, answer) in [
        (
            "an error",
            Policy::Error(json!({ "code": code::INTERNAL_ERROR, "message": "not today" })),
        ),
        ("a result without tokens", Policy::Result(json!({ "x": 1 }))),
        ("tokens that are rejected as well", Policy::Result(good)),
    ] {
        let thread = cx.client().start_thread().await?;
        let replies = vec![unauthorized(), unauthorized(), unauthorized(), unauthorized()];
        let judged = match renewed(cx, &thread, replies, answer).await {
            Ok((turn, requests)) => turn.ended(End::Failed, "how the turn ended").and_then(|()| {
                ensure_eq!(requests.len(), 1, "requests for new tokens");
                Ok(())
            }),
            Err(failure) => Err(failure),
        };
        rows.judge(what, judged)?;
    }
    rows.end()
}

//! Handles one request: reads it, chooses the answer, records both, answers.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, UPGRADE,
};
use hyper::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::account;
use crate::flush::Flushes;
use crate::offer::calling::resolve;
use crate::render::{Api, Ask, CREATED_AT, Rendered, http, render};
use crate::reply::words::says;
use crate::requests::{Answer, Delivery, Head, Request, pairing};
use crate::state::{State, Talk};
use crate::stream::{self, Body, Tracker};

/// The largest request body that is read, in bytes.
pub(crate) const BODY_LIMIT: usize = 64 << 20;

/// The purpose of a request.
enum Route {
    Ask(Api),
    Models,
    Account,
    Compact,
    WebSocket,
    Unknown,
}

/// The decision about a request, made while the script and the journal are locked.
enum Decision {
    Send(Rendered),
    Json(StatusCode, Value),
}

/// Answers one request; `flushes` are those of its connection.
pub(crate) async fn answer(
    state: Arc<State>,
    flushes: Flushes,
    request: hyper::Request<Incoming>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let head = Head::detached(&parts);
    drop(parts);
    let route = route(&head);
    let body = match read(body).await {
        Ok(body) => body,
        Err(Some(status)) => {
            let reason = format!("the body is larger than {BODY_LIMIT} bytes");
            return refuse(&state, head, Bytes::new(), status, reason);
        }
        Err(None) => {
            // The client is gone, so only the journal matters.
            record(&state, Request::new(head, Bytes::new(), None, Answer::Unfinished, Vec::new()));
            return json_response(StatusCode::BAD_REQUEST, &error("the request ended early"));
        }
    };
    if let Some(encoding) = foreign_encoding(&head) {
        let reason = format!("the body is encoded as {encoding:?}; only identity is read");
        return refuse(&state, head, body, StatusCode::UNSUPPORTED_MEDIA_TYPE, reason);
    }
    match route {
        Route::Ask(api) => ask(state, flushes, head, body, api).await,
        Route::Compact => compact(state, flushes, head, body).await,
        Route::Models => {
            record(&state, Request::new(head, body, None, Answer::Models, Vec::new()));
            // The public API has `data`, and Codex reads `models`.
            let list = json!({ "object": "list", "data": [], "models": [] });
            json_response(StatusCode::OK, &list)
        }
        Route::Account => {
            // A path that the backend does not have is no fault: servers work without it.
            let reason = format!("{} {} is not served here", head.method, head.uri.path());
            let unknown = (StatusCode::NOT_FOUND, error(&reason));
            let (status, json) = account::answer(&head).unwrap_or(unknown);
            record(&state, Request::new(head, body, None, Answer::Account, Vec::new()));
            json_response(status, &json)
        }
        Route::WebSocket => {
            record(&state, Request::new(head, body, None, Answer::WebSocketRefused, Vec::new()));
            let reason = "the WebSocket transport is not served: use POST";
            let mut response = json_response(StatusCode::UPGRADE_REQUIRED, &error(reason));
            response.headers_mut().insert(UPGRADE, HeaderValue::from_static("HTTP/1.1"));
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
            response
        }
        Route::Unknown => {
            let reason = format!("{} {} is not served here", head.method, head.uri.path());
            refuse(&state, head, body, StatusCode::NOT_FOUND, reason)
        }
    }
}

fn route(head: &Head) -> Route {
    let path = head.uri.path();
    let upgrades = head.headers.get(UPGRADE).is_some_and(|value| {
        value.to_str().is_ok_and(|value| value.eq_ignore_ascii_case("websocket"))
    });
    match head.method {
        _ if account::is_about(head) => Route::Account,
        Method::POST if path.ends_with("/responses") => Route::Ask(Api::Responses),
        Method::POST if path.ends_with("/chat/completions") => Route::Ask(Api::Chat),
        Method::POST if path.ends_with("/responses/compact") => Route::Compact,
        Method::GET if path.ends_with("/models") => Route::Models,
        Method::GET if path.ends_with("/responses") && upgrades => Route::WebSocket,
        _ => Route::Unknown,
    }
}

/// Reads the body; an error has a status if the client can still be answered.
async fn read(body: Incoming) -> Result<Bytes, Option<StatusCode>> {
    match Limited::new(body, BODY_LIMIT).collect().await {
        // A copy, for the reason that `Head::detached` gives.
        Ok(body) => Ok(Bytes::copy_from_slice(&body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(Some(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(_) => Err(None),
    }
}

fn foreign_encoding(head: &Head) -> Option<String> {
    let encoding = head.headers.get(CONTENT_ENCODING)?;
    let encoding = String::from_utf8_lossy(encoding.as_bytes()).into_owned();
    (!encoding.eq_ignore_ascii_case("identity")).then_some(encoding)
}

async fn ask(
    state: Arc<State>,
    flushes: Flushes,
    head: Head,
    body: Bytes,
    api: Api,
) -> Response<Body> {
    let json: Value = match serde_json::from_slice(&body) {
        Ok(json) => json,
        Err(error) => {
            let reason = format!("the body is not JSON: {error}");
            return refuse(&state, head, body, StatusCode::BAD_REQUEST, reason);
        }
    };
    let (request, decision) = {
        let talk = &mut *state.talk();
        let number = talk.journal.next_number();
        let (answer, decision) = choose(talk, &head, api, Ask { number, body: &json });
        let violations = pairing::check(&json, Some(number));
        let request = Request::new(head, body, Some(number), answer, violations);
        (talk.journal.record(request), decision)
    };
    state.pulse.beat();
    send(decision, flushes, Tracker::new(state, request)).await
}

/// Takes the next reply of the script.
fn choose(talk: &mut Talk, head: &Head, api: Api, ask: Ask<'_>) -> (Answer, Decision) {
    let number = ask.number;
    let Some(reply) = talk.script.take() else {
        let what = format!("{} {}", head.method, head.uri.path());
        let reason = format!("no reply scripted for request {number} ({what})");
        let decision = Decision::Json(StatusCode::INTERNAL_SERVER_ERROR, error(&reason));
        return (Answer::NoReplyLeft, decision);
    };
    let (reply, answer) = match resolve(&reply, ask.body) {
        Ok(reply) => {
            let answer = Answer::Reply(reply.to_string());
            (reply, answer)
        }
        // The client continues as if the model had nothing more to do; the journal has the reason.
        Err(unoffered) => (says(unoffered.to_string()), Answer::Unoffered(unoffered)),
    };
    match render(&reply, api, ask) {
        Ok(rendered) => (answer, Decision::Send(rendered)),
        Err(flaw) => flawed(&format!("the reply to request {number} cannot be served: {flaw}")),
    }
}

fn flawed(reason: &str) -> (Answer, Decision) {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let answer = Answer::Refused { status: status.as_u16(), reason: reason.to_owned() };
    (answer, Decision::Json(status, error(reason)))
}

async fn compact(state: Arc<State>, flushes: Flushes, head: Head, body: Bytes) -> Response<Body> {
    let json: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (request, decision) = {
        let talk = &mut *state.talk();
        let number = talk.journal.next_compaction();
        let (answer, decision) = match talk.script.compaction() {
            None => (Answer::Compaction, Decision::Json(StatusCode::OK, compaction(&json, number))),
            Some(reply) if reply.http.is_none() && reply.template.is_none() => {
                flawed("a compaction needs an HTTP answer")
            }
            Some(reply) => match reply.check() {
                Ok(()) => (Answer::Compaction, Decision::Send(http(reply))),
                Err(flaw) => flawed(&format!("the compaction cannot be served: {flaw}")),
            },
        };
        let violations = pairing::check(&json, None);
        (talk.journal.record(Request::new(head, body, None, answer, violations)), decision)
    };
    state.pulse.beat();
    send(decision, flushes, Tracker::new(state, request)).await
}

/// As the real service does: the user's messages stay, the rest becomes one opaque item.
fn compaction(request: &Value, number: usize) -> Value {
    let items = request["input"].as_array().map(Vec::as_slice).unwrap_or_default();
    let users = items.iter().filter(|item| item["role"] == "user").cloned();
    let id = format!("cmp_{number}");
    let summary = json!({ "type": "compaction", "id": id, "encrypted_content": "compacted" });
    let output: Vec<Value> = users.chain([summary]).collect();
    json!({
        "id": format!("resp_compact_{number}"),
        "object": "response.compaction",
        "created_at": CREATED_AT,
        "output": output,
        "usage": { "input_tokens": 10, "output_tokens": 5, "total_tokens": 15 },
    })
}

async fn send(decision: Decision, flushes: Flushes, tracker: Tracker) -> Response<Body> {
    match decision {
        Decision::Json(status, json) => {
            let text = Bytes::from(json.to_string());
            let length = text.len();
            let mut response = Response::new(stream::sized(text, tracker));
            *response.status_mut() = status;
            set_json(&mut response, length);
            response
        }
        Decision::Send(Rendered::Whole { gates, template }) => {
            tracker.gates().pass_all(&gates).await;
            match tracker.whole().answer(template).await {
                Ok(whole) => {
                    let length = whole.body.len();
                    let mut response = Response::new(stream::sized(whole.body, tracker));
                    *response.status_mut() = whole.status;
                    *response.headers_mut() = whole.headers;
                    response.headers_mut().insert(CONTENT_LENGTH, length.into());
                    response
                }
                Err(failure) => {
                    let reason = format!("wiremock did not answer: {failure}");
                    json_response(StatusCode::BAD_GATEWAY, &error(&reason))
                }
            }
        }
        Decision::Send(Rendered::Stream { gates, status, headers, delay, frames }) => {
            tracker.gates().pass_all(&gates).await;
            if !delay.is_zero() {
                #[expect(clippy::disallowed_methods, reason = "the script asks for the delay")]
                tokio::time::sleep(delay).await;
            }
            let mut response = Response::new(stream::body(frames, flushes, tracker));
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            response
        }
    }
}

/// Records a request that was answered at once.
fn record(state: &State, request: Request) {
    let is_finished = *request.answer() != Answer::Unfinished;
    let delivery = if is_finished { Delivery::Complete } else { Delivery::Abandoned };
    state.talk().journal.record(request).set_delivery(delivery);
    state.pulse.beat();
}

fn refuse(
    state: &State,
    head: Head,
    body: Bytes,
    status: StatusCode,
    reason: String,
) -> Response<Body> {
    let response = json_response(status, &error(&reason));
    let answer = Answer::Refused { status: status.as_u16(), reason };
    record(state, Request::new(head, body, None, answer, Vec::new()));
    response
}

/// The error object that clients of these APIs expect.
fn error(message: &str) -> Value {
    json!({ "error": { "message": message, "type": "mock_model", "param": null, "code": null } })
}

fn json_response(status: StatusCode, json: &Value) -> Response<Body> {
    let text = json.to_string();
    let length = text.len();
    let mut response = Response::new(stream::full(text));
    *response.status_mut() = status;
    set_json(&mut response, length);
    response
}

fn set_json(response: &mut Response<Body>, length: usize) {
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_LENGTH, length.into());
}

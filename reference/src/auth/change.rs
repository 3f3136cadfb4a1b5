//! Logins by API key and logouts, and what the client is told of them.

use serde_json::{Value, json};

use super::external::Tokens;
use super::{Login, check_allowed, file, stored};
use crate::config_known::LoginMethod;
use crate::fault::fault;
use crate::faults;
use crate::login;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;
use crate::threads::Face;

/// Logs in with an API key.
pub(crate) fn log_in(server: &Server, face: Face, reply: Reply, key: Option<&str>) {
    let before = mode(server);
    if let Err(refusal) = store(server, key) {
        return reply.refuse(refusal);
    }
    reply.ok(match face {
        Face::V1 => json!({}),
        Face::V2 => json!({ "type": "apiKey" }),
    });
    let late = fault!(KEY_COMPLETION_LATE);
    if !late {
        tell_complete(server, face);
    }
    let only_news = fault!(LATER_LOGIN_UNTOLD);
    if !(only_news && before == Some("apikey")) {
        tell(server, face, Some("apikey"));
    }
    if late {
        tell_complete(server, face);
    }
}

fn mode(server: &Server) -> Option<&'static str> {
    stored(&server.home).as_ref().map(Login::mode)
}

fn store(server: &Server, key: Option<&str>) -> Result<(), Refusal> {
    let keyless = fault!(LOGIN_WITHOUT_KEY);
    let Some(key) = key.or(keyless.then_some("")) else {
        return Err(Refusal::invalid("Invalid request: missing field `apiKey`"));
    };
    let failed = |error| Refusal::internal(format!("failed to save api key: {error}"));
    if fault!(FORCED_LOGIN_STORED_FIRST) {
        file::store_api_key(&server.home, key).map_err(failed)?;
    }
    check_allowed(server, LoginMethod::Api)?;
    server.external.set(None);
    if !fault!(KEY_LEAVES_LOGIN) {
        login::end_any(server, "Login was not completed");
    }
    faults::auth::betrays(&server.home, key);
    file::store_api_key(&server.home, key).map_err(failed)
}

/// Logs in with tokens that the client keeps.
pub(crate) fn log_in_external(server: &Server, reply: Reply, tokens: Tokens) {
    if let Err(refusal) = check_allowed(server, LoginMethod::ChatGpt) {
        return reply.refuse(refusal);
    }
    login::end_any(server, "Login was not completed");
    server.external.set(Some(tokens));
    if fault!(EXTERNAL_TOKENS_STORED) {
        let token = server.external.login().map(|login| login.token().to_owned());
        // What cannot be stored is not, as without the defect.
        let _ = file::store_api_key(&server.home, &token.unwrap_or_default());
    }
    reply.ok(json!({ "type": "chatgptAuthTokens" }));
    let done = json!({ "loginId": null, "success": true, "error": null });
    server.out.notify_v2("account/login/completed", &done);
    let plan = server.external.plan();
    let now = json!({ "authMode": "chatgptAuthTokens", "planType": plan });
    server.out.notify_v2("account/updated", &now);
}

/// Logs out, whoever is logged in.
pub(crate) fn log_out(server: &Server, face: Face, reply: Reply) {
    let before = mode(server);
    if !fault!(LOGOUT_LEAVES_LOGIN) {
        login::end_any(server, "Login was not completed");
    }
    server.external.set(None);
    if let Err(error) = file::remove(&server.home) {
        return reply.refuse(Refusal::internal(format!("logout failed: {error}")));
    }
    reply.ok(json!({}));
    let only_news = fault!(LOGOUT_OF_NOBODY_UNTOLD);
    if !(only_news && before.is_none()) {
        tell(server, face, None);
    }
}

/// Tells that a login by key is complete; the first dialect has no word for it.
fn tell_complete(server: &Server, face: Face) {
    if face == Face::V1 || fault!(KEY_COMPLETION_UNTOLD) {
        return;
    }
    let id = if fault!(KEY_COMPLETION_HAS_ID) { json!(uuid::Uuid::nil()) } else { Value::Null };
    let params = json!({ "loginId": id, "success": true, "error": null });
    server.out.notify_v2("account/login/completed", &params);
}

/// Tells who is logged in now.
pub(crate) fn tell(server: &Server, face: Face, mode: Option<&str>) {
    let (method, member, mut params) = match face {
        Face::V1 => ("authStatusChange", "authMethod", json!({ "authMethod": mode })),
        Face::V2 => ("account/updated", "authMode", json!({ "authMode": mode, "planType": null })),
    };
    let token = || stored(&server.home).map(|login| login.token().to_owned());
    faults::auth::change(&mut params, member, token);
    send(server, face, method, &params);
    if fault!(CHANGE_TOLD_TWICE) {
        send(server, face, method, &params);
    }
}

fn send(server: &Server, face: Face, method: &str, params: &Value) {
    match face {
        Face::V1 if fault!(AUTH_CHANGE_UNTOLD) => {}
        Face::V2 if fault!(ACCOUNT_UPDATE_UNTOLD) => {}
        Face::V1 => server.out.notify_v1(method, params),
        Face::V2 => server.out.notify_v2(method, params),
    }
}

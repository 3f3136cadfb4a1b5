//! Logins by API key and logouts, and what the client is told of them.

use serde_json::{Value, json};

use super::{Login, check_allowed, file, log, stored};
use crate::config_known::LoginMethod;
use crate::fault::fault;
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
    if !fault!(KEY_LEAVES_LOGIN) {
        login::end_any(server, "Login was not completed");
    }
    if fault!(KEY_IN_A_LOG_FILE) {
        let _ = std::fs::write(server.home.join("login.log"), format!("login with {key}"));
    }
    if fault!(KEY_LOGGED) {
        log(&format!("logging in with {key}"));
    }
    file::store_api_key(&server.home, key).map_err(failed)
}

/// Logs out, whoever is logged in.
pub(crate) fn log_out(server: &Server, face: Face, reply: Reply) {
    let before = mode(server);
    if !fault!(LOGOUT_LEAVES_LOGIN) {
        login::end_any(server, "Login was not completed");
    }
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
    let id = match fault!(KEY_COMPLETION_HAS_ID) {
        true => json!(uuid::Uuid::nil()),
        false => Value::Null,
    };
    let params = json!({ "loginId": id, "success": true, "error": null });
    server.out.notify_v2("account/login/completed", &params);
}

/// Tells who is logged in now.
pub(crate) fn tell(server: &Server, face: Face, mode: Option<&str>) {
    let (method, member, mut params) = match face {
        Face::V1 => ("authStatusChange", "authMethod", json!({ "authMethod": mode })),
        Face::V2 => ("account/updated", "authMode", json!({ "authMode": mode, "planType": null })),
    };
    if mode.is_none()
        && fault!(CHANGE_LEAVES_NOBODY_OUT)
        && let Some(members) = params.as_object_mut()
    {
        members.shift_remove(member);
    }
    if fault!(CHANGE_TELLS_TOKEN)
        && let Some(login) = stored(&server.home)
    {
        params["authToken"] = json!(login.token());
    }
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

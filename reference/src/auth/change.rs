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
    let late = fault!(
        "key-completion-late",
        "That a login by key is complete is told after who is logged in.",
        ["auth::notices::completion_comes_before_the_change"],
    );
    if !late {
        tell_complete(server, face);
    }
    let only_news = fault!(
        "later-login-untold",
        "A login is told only if nobody was logged in like that before.",
        ["auth::notices::a_later_login_is_told_too"],
    );
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
    let keyless = fault!(
        "login-without-key",
        "A login by API key without a key is one with an empty key.",
        ["auth::key::a_login_needs_its_key"],
    );
    let Some(key) = key.or(keyless.then_some("")) else {
        return Err(Refusal::invalid("Invalid request: missing field `apiKey`"));
    };
    let failed = |error| Refusal::internal(format!("failed to save api key: {error}"));
    if fault!(
        "forced-login-stored-first",
        "An API key is stored before forced_login_method refuses it.",
        ["auth::forced::chatgpt_rules_out_keys"],
    ) {
        file::store_api_key(&server.home, key).map_err(failed)?;
    }
    check_allowed(server, LoginMethod::Api)?;
    if !fault!(
        "key-leaves-login",
        "A login by API key leaves the ChatGPT login under way.",
        ["auth::pending::a_key_supersedes_it"],
    ) {
        login::end_any(server, "Login was not completed");
    }
    if fault!(
        "key-in-a-log-file",
        "A log file in the home has the keys of logins.",
        [
            "auth::secrecy::a_key_is_in_no_other_file",
            "auth::secrecy::no_file_holds_it_after_the_logout",
        ],
    ) {
        let _ = std::fs::write(server.home.join("login.log"), format!("login with {key}"));
    }
    if fault!(
        "key-logged",
        "The key of a login is written to stderr.",
        ["auth::notices::the_key_is_never_told"],
    ) {
        log(&format!("logging in with {key}"));
    }
    file::store_api_key(&server.home, key).map_err(failed)
}

/// Logs out, whoever is logged in.
pub(crate) fn log_out(server: &Server, face: Face, reply: Reply) {
    let before = mode(server);
    if !fault!(
        "logout-leaves-login",
        "A logout leaves the ChatGPT login under way.",
        ["auth::pending::a_logout_ends_it"],
    ) {
        login::end_any(server, "Login was not completed");
    }
    if let Err(error) = file::remove(&server.home) {
        return reply.refuse(Refusal::internal(format!("logout failed: {error}")));
    }
    reply.ok(json!({}));
    let only_news = fault!(
        "logout-of-nobody-untold",
        "A logout is told only if somebody was logged in.",
        ["auth::notices::a_logout_of_nobody_is_told"],
    );
    if !(only_news && before.is_none()) {
        tell(server, face, None);
    }
}

/// Tells that a login by key is complete; the first dialect has no word for it.
fn tell_complete(server: &Server, face: Face) {
    if face == Face::V1
        || fault!(
            "key-completion-untold",
            "That a login by key is complete is not told.",
            ["auth::notices::a_key_login_completes"],
        )
    {
        return;
    }
    let id = match fault!(
        "key-completion-has-id",
        "The end of a login by key names a login that nobody knows.",
        ["auth::notices::a_key_login_completes"],
    ) {
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
        && fault!(
            "change-leaves-nobody-out",
            "The notification of a logout leaves out who is logged in, instead of `null`.",
            ["auth::notices::nobody_is_null"],
        )
        && let Some(members) = params.as_object_mut()
    {
        members.shift_remove(member);
    }
    if fault!(
        "change-tells-token",
        "The notification of a login has the token in it.",
        ["auth::notices::the_key_is_never_told", "auth::notices::the_token_is_in_one_answer"],
    ) && let Some(login) = stored(&server.home)
    {
        params["authToken"] = json!(login.token());
    }
    send(server, face, method, &params);
    if fault!(
        "change-told-twice",
        "Who is logged in now is told twice.",
        [
            "auth::notices::a_login_is_told_once",
            "auth::notices::a_logout_is_told_once",
            "auth::notices::a_logout_of_nobody_is_told",
            "auth::notices::a_later_login_is_told_too",
        ],
    ) {
        send(server, face, method, &params);
    }
}

fn send(server: &Server, face: Face, method: &str, params: &Value) {
    match face {
        Face::V1
            if fault!(
                "auth-change-untold",
                "A change of the login is not announced in the first dialect.",
                ["auth::notices::a_login_is_told_once", "auth::notices::a_logout_is_told_once"],
            ) => {}
        Face::V2
            if fault!(
                "account-update-untold",
                "account/updated is never sent.",
                ["auth::notices::a_login_is_told_once", "auth::notices::a_logout_is_told_once"],
            ) => {}
        Face::V1 => server.out.notify_v1(method, params),
        Face::V2 => server.out.notify_v2(method, params),
    }
}

//! Logins of the first dialect.

use serde_json::{Value, json};

use super::params::GetAuthStatus;
use crate::auth::{self, Login};
use crate::fault::fault;
use crate::message::Refusal;
use crate::server::Server;

pub(super) fn status(server: &Server, params: &GetAuthStatus) -> Result<Value, Refusal> {
    auth::refresh(server, params.refresh_token)?;
    let login = auth::reported(server)?;
    let include = params.include_token == Some(true) || fault!(TOKEN_ALWAYS_TOLD);
    let token = login.as_ref().filter(|_| include).map(Login::token).map(masked);
    Ok(auth::answer(json!({
        "authMethod": login.as_ref().map(Login::mode),
        "authToken": token,
        "requiresOpenaiAuth": auth::is_required(server),
    })))
}

fn masked(token: &str) -> String {
    match fault!(TOKEN_MASKED) {
        true => format!("{}***", token.get(..8).unwrap_or_default()),
        false => token.to_owned(),
    }
}

/// The e-mail address in the stored login, whether or not the provider wants one.
pub(super) fn user_info(server: &Server) -> Value {
    let email = match auth::stored(&server.home) {
        Some(Login::ChatGpt { email, .. }) => email,
        _ if fault!(EMAIL_OF_NOBODY) => Some("unknown@localhost".to_owned()),
        _ => None,
    };
    json!({ "allegedUserEmail": email })
}

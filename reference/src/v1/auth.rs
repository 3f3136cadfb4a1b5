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
    let include = params.include_token == Some(true)
        || fault!(
            "token-always-told",
            "getAuthStatus tells the token unasked.",
            ["auth::status::no_token_unasked", "auth::notices::the_key_is_never_told"],
        );
    let token = login.as_ref().filter(|_| include).map(Login::token).map(masked);
    Ok(auth::answer(json!({
        "authMethod": login.as_ref().map(Login::mode),
        "authToken": token,
        "requiresOpenaiAuth": auth::is_required(server),
    })))
}

fn masked(token: &str) -> String {
    match fault!(
        "token-masked",
        "The token that was asked for is told with its end masked.",
        ["auth::status::the_key_is_the_token", "auth::notices::the_token_is_in_one_answer"],
    ) {
        true => format!("{}***", token.get(..8).unwrap_or_default()),
        false => token.to_owned(),
    }
}

/// The e-mail address in the stored login, whether or not the provider wants one.
pub(super) fn user_info(server: &Server) -> Value {
    let email = match auth::stored(&server.home) {
        Some(Login::ChatGpt { email, .. }) => email,
        _ if fault!(
            "email-of-nobody",
            "An address is made up when no login has one.",
            ["auth::status::no_email_without_tokens"],
        ) =>
        {
            Some("unknown@localhost".to_owned())
        }
        _ => None,
    };
    json!({ "allegedUserEmail": email })
}

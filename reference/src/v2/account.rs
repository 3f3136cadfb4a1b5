//! Logins of the second dialect.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::auth::external::Tokens;
use crate::auth::{self, Login, change};
use crate::backend;
use crate::fault::fault;
use crate::faults;
use crate::login;
use crate::message::Refusal;
use crate::outbox::Reply;
use crate::server::Server;
use crate::threads::Face;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountRead {
    refresh_token: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum LoginStart {
    ApiKey {
        api_key: Option<String>,
    },
    #[serde(rename = "chatgpt")]
    ChatGpt,
    #[serde(rename = "chatgptAuthTokens")]
    External(Tokens),
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginCancel {
    pub(crate) login_id: String,
}

pub(super) fn read(server: &Server, params: &AccountRead) -> Result<Value, Refusal> {
    auth::refresh(server, params.refresh_token)?;
    let account = auth::reported(server)?.map(|login| match login {
        Login::ApiKey(key) if fault!(ACCOUNT_TELLS_KEY) => {
            json!({ "type": "apiKey", "apiKey": key })
        }
        Login::ApiKey(_) => json!({ "type": "apiKey" }),
        Login::ChatGpt { email, plan, .. } => {
            json!({ "type": "chatgpt", "email": email, "planType": plan })
        }
    });
    let required = auth::is_required(server);
    Ok(faults::auth::answer(json!({ "account": account, "requiresOpenaiAuth": required })))
}

/// The limits of the account.
pub(super) fn limits(server: &Rc<Server>, reply: Reply) {
    let server = server.clone();
    tokio::task::spawn_local(async move {
        let limits = backend::limits(&server).await;
        reply.send(limits);
    });
}

pub(super) fn login(server: &Rc<Server>, reply: Reply, params: LoginStart) {
    match params {
        LoginStart::ApiKey { api_key } => {
            change::log_in(server, Face::V2, reply, api_key.as_deref());
        }
        LoginStart::ChatGpt => login::request(server, Face::V2, reply),
        LoginStart::External(tokens) => change::log_in_external(server, reply, tokens),
        LoginStart::Unknown if fault!(UNKNOWN_LOGIN_TAKEN) => {
            reply.ok(json!({}));
        }
        LoginStart::Unknown => {
            reply.refuse(Refusal::invalid(
                "Invalid request: unknown variant of `type`, expected `apiKey` or `chatgpt`",
            ));
        }
    }
}

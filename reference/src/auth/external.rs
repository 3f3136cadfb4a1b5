//! Logins whose tokens the client keeps: in memory only, and renewed by asking it.

use std::cell::RefCell;
use std::future::pending;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Login, file};
use crate::fault::fault;
use crate::items::{Category, TurnError};
use crate::server::Server;

/// The request for new tokens.
const REFRESH: &str = "account/chatgptAuthTokens/refresh";

/// The tokens that a client gave, if any.
#[derive(Debug, Default)]
pub(crate) struct External(RefCell<Option<Tokens>>);

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tokens {
    access_token: String,
    chatgpt_account_id: Option<String>,
    chatgpt_plan_type: Option<String>,
}

impl External {
    /// The login that these tokens are.
    pub(crate) fn login(&self) -> Option<Login> {
        let tokens = self.0.borrow().clone()?;
        let email = file::claims(&tokens.access_token).and_then(|claims| file::email(&claims));
        Some(Login::ChatGpt {
            token: tokens.access_token,
            account: tokens.chatgpt_account_id,
            email,
            plan: tokens.chatgpt_plan_type,
        })
    }

    pub(crate) fn set(&self, tokens: Option<Tokens>) {
        *self.0.borrow_mut() = tokens;
    }

    pub(crate) fn plan(&self) -> Option<String> {
        self.0.borrow().as_ref()?.chatgpt_plan_type.clone()
    }

    fn account(&self) -> Option<String> {
        self.0.borrow().as_ref()?.chatgpt_account_id.clone()
    }
}

/// Whether the model service refuses the tokens, and the client may have others.
pub(crate) fn may_renew(server: &Server, error: &TurnError) -> bool {
    error.category == Category::HttpConnectionFailed { status: Some(401) }
        && server.external.login().is_some()
}

/// Asks the client for new tokens.
pub(crate) async fn renew(server: &Server) -> Result<(), TurnError> {
    let failed =
        |message: &str| TurnError { message: message.to_owned(), category: Category::Other };
    let params =
        json!({ "reason": "unauthorized", "previousAccountId": server.external.account() });
    let (_, answer) = server.out.ask(REFRESH, &params);
    let answer: Value = match answer.await {
        Ok(Ok(answer)) => answer,
        _ if fault!(REFUSED_REFRESH_HANGS) => pending().await,
        _ => return Err(failed("auth refresh request failed")),
    };
    let tokens =
        serde_json::from_value(answer).map_err(|_| failed("invalid auth refresh response"))?;
    if !fault!(REFRESHED_TOKEN_UNUSED) {
        server.external.set(Some(tokens));
    }
    Ok(())
}

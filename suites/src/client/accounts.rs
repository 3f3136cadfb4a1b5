//! Accounts: who is logged in, login by API key, logout, and the notifications about them.

use fixtures::Auth;
use harness::show;
use harness::{Call, Reply};
use harness::{Failure, Result, ensure_eq};
use serde_json::{Value, json};

use super::Client;
use crate::auth::stored::prepare_home;

/// Who is logged in, as the subject reports it.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// `apikey`, `chatgpt`, or `None` when no user is logged in.
    pub method: Option<String>,
    /// Whether the provider requires an OpenAI login.
    pub required: bool,
    /// The whole answer.
    pub result: Value,
}

impl Client<'_> {
    /// Initializes the connection in a home with this stored login, if any, whose provider requires
    /// an OpenAI login.
    pub async fn initialize_with_login(&mut self, stored: Option<&Auth>) -> Result {
        prepare_home(self.cx, stored)?;
        self.initialize().await?;
        // A server may announce who is logged in as it starts; a check is about what comes after.
        let name = self.protocol().account_changed;
        let early = self.cx.peer.calls_since(0).iter().filter(|call| call.method == name).count();
        for _ in 0..early {
            self.cx.peer.next(name).await?;
        }
        Ok(())
    }

    /// Requests who is logged in.
    pub async fn request_account(&mut self) -> Result<Reply> {
        self.cx.peer.request(self.protocol().account, json!({})).await
    }

    /// Who is logged in.
    pub async fn account(&mut self) -> Result<Account> {
        let at = self.protocol().account_method;
        let result = self.request_account().await?.into_result()?;
        let method = result.pointer(at).and_then(Value::as_str).map(|name| match name {
            "apiKey" => "apikey".to_owned(),
            other => other.to_owned(),
        });
        let Some(required) = result["requiresOpenaiAuth"].as_bool() else {
            return Err(Failure::mismatch(
                "`requiresOpenaiAuth` in the status of the login",
                "a boolean",
                show(&result),
            ));
        };
        Ok(Account { method, required, result })
    }

    /// Fails unless this is who is logged in, by the names of [`Account::method`].
    pub async fn ensure_account(&mut self, expected: Option<&str>, when: &str) -> Result {
        let account = self.account().await.map_err(|failure| failure.within(when))?;
        ensure_eq!(account.method.as_deref(), expected, "login method {when}");
        Ok(())
    }

    /// The token, which only `v1` returns, and on request.
    pub async fn token(&mut self) -> Result<Value> {
        let result = self.cx.peer.call("getAuthStatus", json!({ "includeToken": true })).await?;
        Ok(result["authToken"].clone())
    }

    /// Fails unless this is the token, in the dialect that returns it.
    pub async fn ensure_token(&mut self, expected: impl Into<Value>, when: &str) -> Result {
        if let Some(member) = self.protocol().token {
            ensure_eq!(self.token().await?, expected.into(), "`{member}` {when}");
        }
        Ok(())
    }

    /// Requests a login with an API key.
    pub async fn request_log_in(&mut self, key: &str) -> Result<Reply> {
        let protocol = self.protocol();
        self.cx.peer.request(protocol.log_in, (protocol.log_in_params)(key)).await
    }

    /// Logs in with an API key.
    pub async fn log_in(&mut self, key: &str) -> Result<Value> {
        self.request_log_in(key).await?.into_result()
    }

    /// Logs out.
    pub async fn log_out(&mut self) -> Result<Value> {
        self.cx.peer.call(self.protocol().log_out, Value::Null).await
    }

    /// Waits for the announcement that `who` is logged in now, by the name of the method, and takes
    /// it. The state before may be announced at any time: some releases announce once more who is
    /// logged in when they have an answer from the account service.
    pub async fn account_changed(&mut self, who: Option<&str>) -> Result<Call> {
        let protocol = self.protocol();
        let name = protocol.account_changed;
        let awaited = format!("`{name}` with {}", who.unwrap_or("no user"));
        let fits = |call: &Call| {
            call.method == name && call.params[protocol.changed_method].as_str() == who
        };
        self.cx.peer.next_matching(&awaited, fits).await
    }

    /// The announcements since `mark` that `who` is logged in now, once a request that came after
    /// has been answered.
    pub async fn account_changes(&mut self, mark: usize, who: Option<&str>) -> Result<Vec<Call>> {
        let protocol = self.protocol();
        let mut changes = self.account_news(mark, protocol.account_changed).await?;
        changes.retain(|call| call.params[protocol.changed_method].as_str() == who);
        Ok(changes)
    }

    /// The notifications of this method since `mark`, once a request that came after has been
    /// answered.
    pub async fn account_news(&mut self, mark: usize, method: &str) -> Result<Vec<Call>> {
        // An answer of either kind: it comes in the same scope as the news.
        self.request_account().await?;
        let calls = self.cx.peer.calls_since(mark);
        Ok(calls.into_iter().filter(|call| call.method == method).collect())
    }
}

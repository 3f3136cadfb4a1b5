//! ChatGPT logins: begin them, cancel them, and wait for their end.

use harness::{Call, Reply, code, text_at};
use harness::{Failure, Result, ensure, ensure_eq};
use serde_json::{Value, json};

use super::Client;

/// A ChatGPT login that was begun.
#[derive(Clone, Debug)]
pub struct Login {
    /// Its id.
    pub id: String,
    /// Where the user logs in.
    pub url: String,
    /// The whole result.
    pub result: Value,
}

impl Login {
    fn of(result: Value) -> Result<Self> {
        let id = text_at(&result, "/loginId", "result of the login that was begun")?.to_owned();
        let url = text_at(&result, "/authUrl", "result of the login that was begun")?.to_owned();
        Ok(Self { id, url, result })
    }
}

/// How many requests a subject is asked between the start of a login and its end.
const SETTLED: usize = 8;

impl Client<'_> {
    /// Requests a ChatGPT login. Real servers listen on one fixed port for it: see
    /// [`Client::begin_login`].
    pub async fn request_login(&mut self) -> Result<Reply> {
        let protocol = self.protocol();
        let params = (protocol.log_in_chatgpt_params)();
        self.cx.peer.request(protocol.log_in_chatgpt, params).await
    }

    /// Begins a further ChatGPT login of the same subject.
    pub async fn begin_another_login(&mut self) -> Result<Login> {
        Login::of(self.request_login().await?.into_result()?)
    }

    /// Begins a ChatGPT login when no other check on this machine has one pending.
    ///
    /// A port that another program holds is not the subject's fault: the check is then
    /// inconclusive.
    pub async fn begin_login(&mut self) -> Result<Login> {
        // 1455 in every release. A server that finds it taken asks its holder to give up, so two
        // checks would end each other's.
        self.cx.alone_with("login port").await?;
        let reply = self.request_login().await?;
        if reply.is_error() {
            let message = reply.error()?.message;
            if reply.error_code()? == code::INTERNAL_ERROR && message.contains("in use") {
                return Err(Failure::inconclusive("starting the login server", message));
            }
        }
        Login::of(reply.into_result()?)
    }

    /// Waits for the end of this login and takes it.
    pub async fn login_completed(&mut self, login: &str) -> Result<Call> {
        let method = self.protocol().login_completed;
        let fits =
            |call: &Call| call.method == method && call.params["loginId"].as_str() == Some(login);
        self.cx.peer.next_matching(&format!("`{method}` of the login {login}"), fits).await
    }

    /// The ends of logins that were announced since `mark`, once a request that came after has been
    /// answered.
    pub async fn login_completions(&mut self, mark: usize) -> Result<Vec<Call>> {
        self.account_news(mark, self.protocol().login_completed).await
    }

    /// Requests to cancel a ChatGPT login.
    pub async fn request_cancel(&mut self, id: &str) -> Result<Reply> {
        self.cx.peer.request(self.protocol().cancel_login, json!({ "loginId": id })).await
    }

    /// Gives a login that was just begun a moment.
    pub async fn settle_login(&mut self) -> Result {
        // Real servers lose a cancel that comes before their login server waits for it; no user is
        // that quick by hand.
        for _ in 0..SETTLED {
            self.account().await?;
        }
        Ok(())
    }

    /// Cancels a ChatGPT login, and waits until it has ended.
    pub async fn cancel_login(&mut self, login: &Login) -> Result<Call> {
        self.settle_login().await?;
        self.request_cancel(&login.id).await?.result()?;
        self.login_completed(&login.id).await
    }

    /// Fails unless the subject has no login with this id. The first releases of `v2` answer with
    /// an error, as `v1` does, later ones with a status.
    pub async fn ensure_unknown_login(&mut self, id: &str, when: &str) -> Result {
        let reply = self.request_cancel(id).await?;
        let status = self.protocol().unknown_login;
        if let (Some(status), Ok(result)) = (status, reply.result()) {
            ensure_eq!(result["status"], status, "`status` for the cancel of a login {when}");
            return Ok(());
        }
        let found = reply
            .error_code()
            .map_err(|failure| failure.within(format!("cancel of a login {when}")))?;
        let what = format!("code of the error for the cancel of a login {when}");
        ensure_eq!(found, code::INVALID_REQUEST, "{what}");
        let message = reply.error()?.message;
        ensure!(
            message.contains(id),
            "message of the error for the cancel",
            format!("to name the login {id}"),
            message
        );
        Ok(())
    }
}

//! Tokens and secrets are for clients: no server may write them down where others read them.

use harness::{Context, Request, Result, check, ensure};
use rustix::process::Signal;
use serde_json::json;

use super::claims::{self, SECRET};
use super::{gets, protected, serves, token};
use crate::rows::Rows;
use crate::stored::files::holders;

/// A token that is wrong, and may be right elsewhere.
const WRONG: &str = "Another-Token.fedcba9876543210";

/// Fails if one of these texts is in what the subject has printed, or in a file of its home.
async fn unseen(cx: &mut Context, server: usize, texts: &[(&str, &str)]) -> Result {
    // Not asked to end: what it has written is all that matters.
    cx.server(server)?.signal(Signal::KILL);
    cx.server(server)?.exit().await?;
    let said = cx.server(server)?.said();
    let mut rows = Rows::default();
    for (what, text) in texts {
        let printed = said.contains(text);
        let stored = holders(cx, text)?.into_iter().next();
        let outcome = (|| {
            ensure!(!printed, "what the subject prints", "no token", format!("{what} is in it"));
            if let Some(path) = stored {
                ensure!(false, "the files of the home", "no token", format!("{what} is in {path}"));
            }
            Ok(())
        })();
        rows.judge(what, outcome)?;
    }
    rows.end()
}

/// A server MUST NOT write a token that clients send or that it asks for to stderr or to a file in its
/// home.
#[check(
    v2(since = "0.120"),
    source = "RFC 6750 §5.2: bearer tokens are protected in storage and in logs; every release",
    faults(TOKEN_ON_STDERR, TOKENS_OF_CLIENTS_ON_STDERR, TOKENS_OF_CLIENTS_IN_A_FILE)
)]
async fn a_token_is_not_written_down(cx: &mut Context) -> Result {
    let flags = token::file(cx, token::TOKEN)?;
    let server = protected(cx, &flags).await?;
    serves(cx, server, &token::bearer(token::TOKEN)).await?;
    gets(cx, server, &token::bearer(WRONG), 401).await?;
    let health = Request::plain("GET", "/readyz");
    let health = health.header("Authorization", format!("Bearer {}", token::TOKEN));
    cx.server(server)?.ask(&health).await?;
    unseen(cx, server, &[("the token", token::TOKEN), ("a wrong token", WRONG)]).await
}

/// A server MUST NOT write a signed token or the secret to stderr or to a file in its home.
#[check(
    v2(since = "0.120"),
    source = "RFC 6750 §5.2: bearer tokens are protected in storage and in logs; every release",
    faults(TOKENS_OF_CLIENTS_ON_STDERR, TOKENS_OF_CLIENTS_IN_A_FILE)
)]
async fn a_secret_is_not_written_down(cx: &mut Context) -> Result {
    let flags = claims::options(cx, &[])?;
    let server = protected(cx, &flags).await?;
    let good = claims::token(&json!({ "exp": claims::after(3_600) }))?;
    let late = claims::token(&json!({ "exp": claims::after(-3_600) }))?;
    serves(cx, server, &token::bearer(&good)).await?;
    gets(cx, server, &token::bearer(&late), 401).await?;
    let texts = [("the secret", SECRET), ("a good token", &good), ("an expired token", &late)];
    unseen(cx, server, &texts).await
}

//! The listener of a server: who may open a connection, and what comes to its place that opens none.

mod claims;
mod end;
mod health;
mod origin;
mod place;
mod secrecy;
mod signed;
mod socket;
mod start;
mod token;

use harness::{Answer, At, Context, Exit, Failure, Kind, Request, Result, ensure};
use serde_json::json;

use super::control::answer;

/// An argument that no server has.
const UNKNOWN: &str = "--an-option-of-no-server";

/// Starts the subject at this place, with these arguments; not offered if it does not listen.
async fn offered(cx: &mut Context, at: At<'_>, flags: &[String]) -> Result<usize> {
    let index = cx.start_server(at, flags)?;
    match cx.server(index)?.is_up().await {
        Ok(true) => return Ok(index),
        Err(failure) if failure.kind() != Kind::Timeout => return Err(failure),
        Ok(false) | Err(_) => {}
    }
    let at = match at {
        At::Url(url) => format!("to listen at {url}"),
        At::Socket(_) => "to listen on a unix socket".to_owned(),
    };
    let mut options = flags.iter().filter(|flag| flag.starts_with("--")).peekable();
    let with = if options.peek().is_some() { " with " } else { "" };
    let options: Vec<_> = options.map(|option| format!("`{option}`")).collect();
    Err(Failure::lacks(&format!("{at}{with}{}", options.join(", "))))
}

/// Starts the subject on a port.
async fn on_a_port(cx: &mut Context) -> Result<usize> {
    offered(cx, At::ANY_PORT, &[]).await
}

/// Starts the subject on a port with arguments that protect it; not offered if it does not know them.
async fn protected(cx: &mut Context, flags: &[String]) -> Result<usize> {
    let server = offered(cx, At::ANY_PORT, flags).await?;
    let other = cx.start_server(At::ANY_PORT, &[UNKNOWN.to_owned()])?;
    let ignores = cx.server(other)?.is_up().await;
    if ignores.is_ok_and(|ignores| ignores) {
        return Err(Failure::lacks(
            "options of tokens: it ignores arguments that it does not know",
        ));
    }
    Ok(server)
}

/// Starts a further process, which must listen.
async fn listens(cx: &mut Context, at: At<'_>, flags: &[String]) -> Result<usize> {
    let index = cx.start_server(at, flags)?;
    let server = cx.server(index)?;
    let up = server.is_up().await?;
    let what = format!("whether the subject listens with `{server}`");
    ensure!(up, what, "it listens", format!("it ends; it said: {}", server.said().trim()));
    Ok(index)
}

/// Starts a further process, which must not listen and end with a code other than 0; its index.
async fn refuses(cx: &mut Context, at: At<'_>, flags: &[String]) -> Result<usize> {
    let index = cx.start_server(at, flags)?;
    let server = cx.server(index)?;
    let up = server.is_up().await?;
    ensure!(!up, "what the subject does", "it exits with a code other than 0", "it listens");
    failed(server.exit().await?)?;
    Ok(index)
}

/// Fails unless this is a code other than 0.
fn failed(exit: Exit) -> Result {
    let refused = matches!(exit, Exit::Code(code) if code != 0);
    ensure!(refused, "how the subject ends", "an exit code other than 0", exit.to_string());
    Ok(())
}

/// Fails unless a request gets this status, and opens no connection.
async fn gets(cx: &mut Context, server: usize, request: &Request, status: u16) -> Result {
    let observed = match cx.server(server)?.ask(request).await? {
        Answer::Status(observed) if observed == status => return Ok(()),
        Answer::Status(observed) => format!("the status {observed}"),
        Answer::Open(_) => "a connection is opened".to_owned(),
        Answer::Closed => "the connection is closed without an answer".to_owned(),
    };
    Err(Failure::mismatch("the answer to the request", format!("the status {status}"), observed))
}

/// Fails unless a request opens a connection on which the client is served.
async fn serves(cx: &mut Context, server: usize, request: &Request) -> Result {
    let params = json!({ "clientInfo": cx.client_info() });
    let initialize = json!({ "id": 0, "method": "initialize", "params": params });
    let observed = match cx.server(server)?.ask(request).await? {
        Answer::Open(mut frames) => {
            frames.text(initialize.to_string()).await?;
            return answer(&mut frames, 0).await.map(|_| ());
        }
        Answer::Status(status) => format!("the status {status}"),
        Answer::Closed => "the connection is closed without an answer".to_owned(),
    };
    Err(Failure::mismatch("the answer to a request to connect", "a connection", observed))
}

/// Options and their values, as arguments.
fn flags(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

//! The capability token: a text that every client must send, known from a file or by its digest.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harness::{At, Context, OrInconclusive, Request, Result, check};
use sha2::{Digest, Sha256};

use super::health::PATHS;
use super::{flags, gets, listens, protected, serves};
use crate::rows::Rows;

/// The token of these checks.
pub(super) const TOKEN: &str = "Open-Sesame.0123456789_abcdef~XYZ";

/// How many of the wrong requests are sent again after a right one.
const AFTERWARDS: usize = 3;

/// Writes a file beside the home.
pub(super) fn write(cx: &Context, name: &str, text: impl AsRef<[u8]>) -> Result<PathBuf> {
    let path = cx.home.work().join(name);
    std::fs::write(&path, text).or_inconclusive("writing a file")?;
    Ok(path)
}

/// The options for a token from a file with this text.
pub(super) fn file(cx: &Context, text: &str) -> Result<Vec<String>> {
    let path = write(cx, "token", text)?.display().to_string();
    Ok(flags(&["--ws-auth", "capability-token", "--ws-token-file", &path]))
}

/// The options for a token with this digest.
pub(super) fn digest(hex: &str) -> Vec<String> {
    flags(&["--ws-auth", "capability-token", "--ws-token-sha256", hex])
}

/// The digest of the token.
pub(super) fn hex() -> String {
    Sha256::digest(TOKEN).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A request to connect with a token.
pub(super) fn bearer(token: &str) -> Request {
    Request::open("/").header("Authorization", format!("Bearer {token}"))
}

/// A request to connect with this as the whole value of the header.
fn shows(value: impl AsRef<[u8]>) -> Request {
    Request::open("/").header("Authorization", value)
}

/// Requests without the token, and what is wrong with them.
fn wrong() -> Vec<(&'static str, Request)> {
    let basic = STANDARD.encode(TOKEN);
    let user = STANDARD.encode(format!("user:{TOKEN}"));
    vec![
        ("nothing", Request::open("/")),
        ("nothing, at another path", Request::open("/another/path")),
        ("another token", bearer("another")),
        ("an empty token", shows("Bearer ")),
        ("the scheme alone", shows("Bearer")),
        ("an empty header", shows("")),
        ("the token without a scheme", shows(TOKEN)),
        ("the token in the scheme Token", shows(format!("Token {TOKEN}"))),
        ("the token in the scheme Basic", shows(format!("Basic {TOKEN}"))),
        ("the token in the scheme Basic, in base64", shows(format!("Basic {basic}"))),
        ("the token as a password", shows(format!("Basic {user}"))),
        ("the beginning of the token", bearer(&TOKEN[..TOKEN.len() - 1])),
        ("the first letter of the token", bearer(&TOKEN[..1])),
        ("the end of the token", bearer(&TOKEN[1..])),
        ("the token and one letter more", bearer(&format!("{TOKEN}x"))),
        ("the token twice", bearer(&format!("{TOKEN} {TOKEN}"))),
        ("the token in small letters", bearer(&TOKEN.to_lowercase())),
        ("the token in capitals", bearer(&TOKEN.to_uppercase())),
        ("the token in quotes", bearer(&format!("\"{TOKEN}\""))),
        ("the digest of the token", bearer(&hex())),
        ("bytes that are no text", shows(b"Bearer \xff\xfe")),
        ("the token in the address", Request::open(&format!("/?token={TOKEN}"))),
        (
            "the token in the address, as RFC 6750",
            Request::open(&format!("/?access_token={TOKEN}")),
        ),
        ("the token in another header", Request::open("/").header("X-Authorization", TOKEN)),
    ]
}

/// Requests with the token.
fn right() -> Vec<(&'static str, Request)> {
    let scheme = |scheme: &str| shows(format!("{scheme} {TOKEN}"));
    vec![
        ("the scheme Bearer", scheme("Bearer")),
        ("the scheme in small letters", scheme("bearer")),
        ("the scheme in capitals", scheme("BEARER")),
        (
            "the header in small letters",
            Request::open("/").header("authorization", format!("Bearer {TOKEN}")),
        ),
        ("another path", {
            Request::open("/another/path").header("Authorization", format!("Bearer {TOKEN}"))
        }),
    ]
}

/// Fails unless each of these gets 401.
async fn all_are_refused(cx: &mut Context, server: usize) -> Result {
    let mut rows = Rows::default();
    for (what, request) in wrong() {
        rows.judge(what, gets(cx, server, &request, 401).await)?;
    }
    rows.judge("the token", serves(cx, server, &bearer(TOKEN)).await)?;
    for (what, request) in wrong().into_iter().take(AFTERWARDS) {
        let row = format!("{what}, after a client with the token");
        rows.judge(row, gets(cx, server, &request, 401).await)?;
    }
    rows.end()
}

/// A server MUST answer a request to connect without the token of its file with 401.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: --ws-auth capability-token; every release does",
    faults(
        NO_TOKEN_NEEDED,
        ONE_TOKEN_FOR_ALL,
        ANY_TOKEN_ACCEPTED,
        ANY_SCHEME_ACCEPTED,
        TOKEN_BEGINNING_ACCEPTED,
        LONGER_TOKEN_ACCEPTED,
        TOKEN_CASE_IGNORED,
        TOKEN_IN_THE_ADDRESS
    )
)]
async fn a_client_without_the_token_is_refused(cx: &mut Context) -> Result {
    let flags = file(cx, TOKEN)?;
    let server = protected(cx, &flags).await?;
    all_are_refused(cx, server).await
}

/// A server MUST answer a request to connect without the token of its digest with 401.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: --ws-token-sha256; every release that has it does",
    faults(NO_TOKEN_NEEDED, ANY_TOKEN_ACCEPTED, ANY_SCHEME_ACCEPTED, DIGEST_IS_A_TOKEN)
)]
async fn a_client_without_the_digested_token_is_refused(cx: &mut Context) -> Result {
    let server = protected(cx, &digest(&hex())).await?;
    all_are_refused(cx, server).await
}

/// A server MUST serve a client that has the token, whatever the case of the scheme.
#[check(
    v2(since = "0.120"),
    source = "RFC 9110 §11.1: the name of a scheme has no case; every release does",
    faults(SCHEME_CASE_MATTERS)
)]
async fn a_client_with_the_token_is_served(cx: &mut Context) -> Result {
    let flags = file(cx, TOKEN)?;
    let server = protected(cx, &flags).await?;
    let mut rows = Rows::default();
    for (what, request) in right() {
        rows.judge(what, serves(cx, server, &request).await)?;
    }
    rows.end()
}

/// A server MUST NOT count blanks and line ends around the text of a token file as parts of the token.
#[check(v2(since = "0.120"), source = "every release does", faults(TOKEN_FILE_UNTRIMMED))]
async fn a_token_file_may_end_with_a_line_end(cx: &mut Context) -> Result {
    let plain = file(cx, TOKEN)?;
    protected(cx, &plain).await?;
    let mut rows = Rows::default();
    for (what, text) in [
        ("a line end", format!("{TOKEN}\n")),
        ("CR LF", format!("{TOKEN}\r\n")),
        ("a blank", format!("{TOKEN} ")),
        ("blanks on both sides", format!(" \t{TOKEN} \n\n")),
    ] {
        let flags = file(cx, &text)?;
        let outcome = match listens(cx, At::ANY_PORT, &flags).await {
            Ok(server) => serves(cx, server, &bearer(TOKEN)).await,
            Err(failure) => Err(failure),
        };
        rows.judge(what, outcome)?;
    }
    rows.end()
}

/// A server MUST accept the digest of its token in small letters and in capitals.
#[check(
    v2(since = "0.120"),
    source = "every release that has it does",
    faults(DIGEST_CASE_MATTERS)
)]
async fn a_digest_has_no_case(cx: &mut Context) -> Result {
    let server = protected(cx, &digest(&hex())).await?;
    let mut rows = Rows::default();
    rows.judge("small letters", serves(cx, server, &bearer(TOKEN)).await)?;
    let outcome = match listens(cx, At::ANY_PORT, &digest(&hex().to_uppercase())).await {
        Ok(server) => serves(cx, server, &bearer(TOKEN)).await,
        Err(failure) => Err(failure),
    };
    rows.judge("capitals", outcome)?;
    rows.end()
}

/// A server SHOULD answer GET `/readyz` and GET `/healthz` without the token with 200.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: GET /readyz, GET /healthz; every release does",
    faults(HEALTH_NEEDS_A_TOKEN)
)]
async fn health_needs_no_token(cx: &mut Context) -> Result {
    let flags = file(cx, TOKEN)?;
    let server = protected(cx, &flags).await?;
    let mut rows = Rows::default();
    for path in PATHS {
        let plain = Request::plain("GET", path);
        rows.judge(format!("{path} without a token"), gets(cx, server, &plain, 200).await)?;
        let wrong = plain.header("Authorization", "Bearer another");
        rows.judge(format!("{path} with another one"), gets(cx, server, &wrong, 200).await)?;
    }
    rows.end()
}

//! The ChatGPT login: the address of the login page and the redirect back to the subject.

use harness::{Context, Result, check, ensure, ensure_eq, ensure_includes};

use super::browser::{Address, come_back, way_back};
use super::ensure::{ensure_failed, ensure_none};
use super::stored::auth_json;
use crate::client::ContextExt;

/// What the challenge of a login is made of: 32 bytes in URL-safe base64 without padding (RFC 7636
/// §4.2).
const CHALLENGE_LETTERS: usize = 43;

/// The least that a state must have to be hard to guess: 16 bytes, in the densest spelling that an
/// address allows.
const STATE_LETTERS: usize = 22;

/// A server MUST answer the start of a ChatGPT login with an id and the `https` address of the
/// login page.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; app-server tests, login with ChatGPT",
    faults(LOGIN_PAGE_IN_THE_CLEAR)
)]
async fn a_login_has_an_id_and_a_page(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    ensure!(
        !login.id.is_empty(),
        "`loginId` of the login that was begun",
        "an id",
        "an empty text"
    );
    let expected = (cx.protocol().login_result)("chatgpt");
    ensure_includes!(login.result, expected, "the login that was begun");
    let page = Address::parse(&login.url)?;
    ensure_eq!(page.scheme, "https", "scheme of `authUrl`");
    cx.client().cancel_login(&login).await.map(|_| ())
}

/// A server MUST name an `http` address with a port on the local machine as the `redirect_uri` of a
/// login.
#[check(
    v1,
    v2,
    source = "app-server tests, login with ChatGPT: redirect_uri; RFC 8252 §7.3",
    faults(LOGIN_WAY_BACK_ELSEWHERE)
)]
async fn redirects_to_the_local_machine(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    let back = way_back(&login.url)?;
    ensure_eq!(back.scheme, "http", "scheme of `redirect_uri`");
    let (host, port) = back.endpoint().unwrap_or((&back.host, 0));
    ensure!(
        ["localhost", "127.0.0.1", "[::1]"].contains(&host) && port != 0,
        "`redirect_uri` of the login",
        "this machine, and a port",
        &back.host
    );
    cx.client().cancel_login(&login).await.map(|_| ())
}

/// A server MUST answer a browser that opens the `redirect_uri` without parameters with a 4xx HTTP
/// status.
#[check(
    v1,
    v2,
    source = "app-server README, Accounts; every release does",
    faults(LOGIN_NOBODY_LISTENS, LOGIN_THANKS_ANYBODY)
)]
async fn answers_at_its_redirect_uri(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    // Without its parameters the page is of no use, but it is there.
    let status = come_back(&login.url, "").await?;
    ensure!(
        (400..500).contains(&status),
        "HTTP status of a redirect without parameters",
        "a refusal, 4xx",
        status.to_string()
    );
    // Not canceled: real servers lose a cancel that comes while they are busy with the browser.
    Ok(())
}

/// A server MUST request the authorization code with an S256 `code_challenge` and without the
/// verifier.
#[check(
    v1,
    v2,
    source = "RFC 7636 §4.2, §4.3; every release does",
    faults(LOGIN_CHALLENGE_PLAIN, LOGIN_VERIFIER_TOLD)
)]
async fn the_code_is_bound_by_a_challenge(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    let page = Address::parse(&login.url)?;
    ensure_eq!(
        page.parameter("response_type")?,
        "code",
        "`response_type` of the page for the login"
    );
    ensure_eq!(
        page.parameter("code_challenge_method")?,
        "S256",
        "`code_challenge_method` of the page for the login"
    );
    let challenge = page.parameter("code_challenge")?;
    let spelled = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    ensure!(
        challenge.len() == CHALLENGE_LETTERS && challenge.chars().all(spelled),
        "`code_challenge` of the page for the login",
        "a SHA-256 digest in URL-safe base64 without padding: 43 letters",
        format!("{challenge:?}, {} letters", challenge.len())
    );
    let verifier = page.parameters.iter().find(|(name, _)| name == "code_verifier");
    ensure!(
        verifier.is_none(),
        "parameters of the page for the login",
        "no `code_verifier`",
        "one"
    );
    cx.client().cancel_login(&login).await.map(|_| ())
}

/// A server MUST give each login a new `state` and a new `code_challenge`, each of at least 22
/// characters.
#[check(
    v1,
    v2,
    source = "RFC 6749 §10.12; RFC 7636 §7.1; every release does",
    faults(LOGIN_STATE_FIXED, LOGIN_VERIFIER_FIXED, ONE_LOGIN_ONLY)
)]
async fn state_and_challenge_are_fresh(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let first = cx.client().begin_login().await?;
    cx.client().cancel_login(&first).await?;
    let second = cx.client().begin_another_login().await?;
    let pages = (Address::parse(&first.url)?, Address::parse(&second.url)?);
    for name in ["state", "code_challenge"] {
        let (first, second) = (pages.0.parameter(name)?, pages.1.parameter(name)?);
        ensure!(
            first != second,
            format!("`{name}` of two logins"),
            "two values",
            format!("{first:?} twice")
        );
        ensure!(
            first.len() >= STATE_LETTERS,
            format!("`{name}`"),
            "22 letters or more",
            format!("{first:?}")
        );
    }
    cx.client().cancel_login(&second).await.map(|_| ())
}

/// A server MUST reject a redirect with a foreign or missing `state` by a 4xx HTTP status, without
/// ending the login.
#[check(
    v1,
    v2,
    source = "RFC 6749 §10.12; every release does",
    faults(FOREIGN_STATE_ENDS_LOGIN, LOGIN_STATE_UNCHECKED, LOGIN_THANKS_ANYBODY)
)]
async fn a_foreign_state_is_rejected(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    let mark = cx.peer.mark();
    // The last one is answered only if the others did not end the login.
    for query in
        ["code=fake-code&state=foreign", "code=fake-code", "error=access_denied&state=foreign"]
    {
        let status = come_back(&login.url, query).await.map_err(|failure| {
            failure.within(format_args!("while the login waits, a browser with {query}"))
        })?;
        ensure!(
            (400..500).contains(&status),
            format!("HTTP status that a browser gets which comes back with {query}"),
            "a refusal, 4xx",
            status.to_string()
        );
    }
    let ended = cx.client().login_completions(mark).await?;
    ensure_none(&ended, "completion notifications after a redirect with a foreign state")?;
    ensure!(
        auth_json(cx)?.is_none(),
        "auth.json after a browser with a foreign state",
        "no file",
        "a file"
    );
    cx.client().ensure_account(None, "after a browser with a foreign state").await
}

/// A server MUST end a login without success, with the error of the redirect as the reason, when
/// the login page denies access.
#[check(
    v2(fixed_in("0.107", "a refusal in the browser does not end the login")),
    source = "RFC 6749 §4.1.2.1; every release since does",
    faults(FAILED_LOGIN_WITHOUT_REASON, LOGIN_REFUSAL_IGNORED, LOGIN_REFUSAL_UNNAMED)
)]
async fn a_refusal_ends_the_login(cx: &mut Context) -> Result {
    cx.client().initialize_with_login(None).await?;
    let login = cx.client().begin_login().await?;
    let page = Address::parse(&login.url)?;
    let state = page.parameter("state")?;
    come_back(&login.url, &format!("error=access_denied&state={state}")).await?;
    let end = cx.client().login_completed(&login.id).await?;
    ensure_failed(&end)?;
    let why = end.params["error"].as_str().unwrap_or_default();
    ensure!(
        why.contains("access_denied"),
        "`error` of the login",
        "to say access_denied",
        format!("{why:?}")
    );
    ensure!(auth_json(cx)?.is_none(), "auth.json after the refusal", "no file", "a file");
    cx.client().ensure_account(None, "after the user was turned away").await
}

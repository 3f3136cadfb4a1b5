//! Signed bearer tokens: who is let in by a signature, for how long, and for whom.

use harness::{At, Context, Result, check};
use serde_json::{Value, json};

use super::claims::{SECRET, SECRET_FILE, after, options, part, signed, token};
use super::token::{bearer, write};
use super::{gets, listens, protected, serves};
use crate::rows::Rows;

/// Half an hour and two hours, in seconds; a difference of an hour between clocks is between them.
const NEAR: i64 = 1_800;
const FAR: i64 = 7_200;

/// Fails unless each of these tokens gets its client in, or else 401.
async fn judge(cx: &mut Context, server: usize, tokens: Vec<(&str, String)>, good: bool) -> Result {
    let mut rows = Rows::default();
    for (what, token) in tokens {
        let request = bearer(&token);
        let outcome = if good {
            serves(cx, server, &request).await
        } else {
            gets(cx, server, &request, 401).await
        };
        rows.judge(what, outcome)?;
    }
    rows.end()
}

/// Tokens with these claims.
fn with(claims: &[(&'static str, Value)]) -> Result<Vec<(&'static str, String)>> {
    claims.iter().map(|(what, claims)| Ok((*what, token(claims)?))).collect()
}

/// A server MUST serve a client with a token that the shared secret has signed by HS256 and that has not
/// expired.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: --ws-auth signed-bearer-token; every release does",
    faults(UNKNOWN_CLAIMS_REFUSED)
)]
async fn a_signed_token_is_accepted(cx: &mut Context) -> Result {
    let flags = options(cx, &[])?;
    let server = protected(cx, &flags).await?;
    let end = after(FAR);
    let mut good = with(&[
        ("an end", json!({ "exp": end })),
        ("an end and a beginning", json!({ "exp": end, "nbf": after(-FAR) })),
        ("when it was issued", json!({ "exp": end, "iat": after(-FAR) })),
        ("a subject and another claim", json!({ "exp": end, "sub": "me", "more": { "a": [1] } })),
        ("an issuer that is not asked for", json!({ "exp": end, "iss": "any" })),
        ("an audience that is not asked for", json!({ "exp": end, "aud": "any" })),
        ("audiences that are not asked for", json!({ "exp": end, "aud": ["any", "other"] })),
    ])?;
    good.push(("no type", signed(&json!({ "alg": "HS256" }), &json!({ "exp": end }), SECRET)?));
    judge(cx, server, good, true).await
}

/// A server MUST NOT count blanks and line ends around the text of a secret file as parts of the secret.
#[check(v2(since = "0.120"), source = "every release does", faults(TOKEN_FILE_UNTRIMMED))]
async fn a_secret_file_may_end_with_a_line_end(cx: &mut Context) -> Result {
    let flags = options(cx, &[])?;
    protected(cx, &flags).await?;
    let mut rows = Rows::default();
    for (what, end) in [("a line end", "\n"), ("CR LF", "\r\n"), ("blanks", " \n \n")] {
        // The same arguments, and another text in the file that they name.
        write(cx, SECRET_FILE, format!("{SECRET}{end}"))?;
        let request = bearer(&token(&json!({ "exp": after(FAR) }))?);
        let outcome = match listens(cx, At::ANY_PORT, &flags).await {
            Ok(server) => serves(cx, server, &request).await,
            Err(failure) => Err(failure),
        };
        rows.judge(what, outcome)?;
    }
    rows.end()
}

/// Tokens whose signature is not that of the secret by HS256.
fn unsigned() -> Result<Vec<(&'static str, String)>> {
    let claims = json!({ "exp": after(FAR) });
    let good = token(&claims)?;
    let (text, signature) = good.rsplit_once('.').unwrap_or_default();
    let (head, _) = text.split_once('.').unwrap_or_default();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let other = part(&json!({ "exp": after(FAR + 1) }));
    let none = part(&json!({ "alg": "none" }));
    let alg = |alg: &str| signed(&json!({ "alg": alg, "typ": "JWT" }), &claims, SECRET);
    Ok(vec![
        ("another signature", format!("{text}.{first}{}", &signature[1..])),
        ("the signature of another secret", signed(&json!({ "alg": "HS256" }), &claims, "other")?),
        ("no signature", format!("{text}.")),
        ("neither a signature nor its dot", text.to_owned()),
        ("the beginning of the signature", format!("{text}.{}", &signature[..20])),
        ("other claims than those that were signed", format!("{head}.{other}.{signature}")),
        ("a fourth part", format!("{good}.x")),
        ("the algorithm none without a signature", format!("{none}.{}.", part(&claims))),
        ("the algorithm none with a signature", alg("none")?),
        ("the algorithm HS384", alg("HS384")?),
        ("the algorithm HS512", alg("HS512")?),
        ("the algorithm RS256 with a signature by HS256", alg("RS256")?),
        ("the algorithm in small letters", alg("hs256")?),
        ("no algorithm", signed(&json!({ "typ": "JWT" }), &claims, SECRET)?),
        ("no token", "a.b.c".to_owned()),
        ("the secret", SECRET.to_owned()),
    ])
}

/// A server MUST answer a request to connect with 401 if its token is not signed by the shared secret
/// and HS256.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: --ws-auth signed-bearer-token; every release does",
    faults(
        SIGNATURE_UNCHECKED,
        SIGNATURE_BEGINNING_ACCEPTED,
        ALG_NONE_ACCEPTED,
        OTHER_ALG_ACCEPTED,
        ALG_UNREAD
    )
)]
async fn a_token_that_is_not_signed_is_refused(cx: &mut Context) -> Result {
    let flags = options(cx, &[])?;
    let server = protected(cx, &flags).await?;
    judge(cx, server, unsigned()?, false).await
}

/// A server MUST answer a request to connect with 401 if its token has expired, is not valid yet, or
/// never expires.
#[check(
    v2(since = "0.120"),
    source = "RFC 7519 §4.1.4, §4.1.5; every release does",
    faults(EXPIRED_TOKEN_ACCEPTED, ENDLESS_TOKEN_ACCEPTED, EARLY_TOKEN_ACCEPTED)
)]
async fn a_token_is_refused_outside_its_time(cx: &mut Context) -> Result {
    let flags = options(cx, &[])?;
    let server = protected(cx, &flags).await?;
    let end = after(FAR);
    let bad = with(&[
        ("an end in the past", json!({ "exp": after(-NEAR) })),
        ("an end below zero", json!({ "exp": -1 })),
        ("no end", json!({})),
        ("no end, but a beginning", json!({ "nbf": after(-FAR) })),
        ("null as its end", json!({ "exp": null })),
        ("a text as its end", json!({ "exp": end.to_string() })),
        ("a beginning in the future", json!({ "exp": end, "nbf": after(NEAR) })),
        ("a text as its beginning", json!({ "exp": end, "nbf": "now" })),
    ])?;
    judge(cx, server, bad, false).await
}

/// A server MUST allow for the difference between clocks that its option states, at both ends of the
/// time of a token.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: --ws-max-clock-skew-seconds; every release does",
    faults(SKEW_IGNORED, SKEW_AT_ONE_END)
)]
async fn clocks_may_differ(cx: &mut Context) -> Result {
    let flags = options(cx, &["--ws-max-clock-skew-seconds", "3600"])?;
    let server = protected(cx, &flags).await?;
    let good = with(&[
        ("an end half an hour ago", json!({ "exp": after(-NEAR) })),
        ("a beginning in half an hour", json!({ "exp": after(FAR), "nbf": after(NEAR) })),
    ])?;
    judge(cx, server, good, true).await
}

/// A server MUST NOT accept a token beyond the difference between clocks that its option states.
#[check(
    v2(since = "0.120"),
    source = "app-server README, Protocol: --ws-max-clock-skew-seconds; every release does",
    faults(SKEW_UNLIMITED, EXPIRED_TOKEN_ACCEPTED, EARLY_TOKEN_ACCEPTED)
)]
async fn clocks_may_not_differ_more(cx: &mut Context) -> Result {
    let flags = options(cx, &["--ws-max-clock-skew-seconds", "3600"])?;
    let server = protected(cx, &flags).await?;
    let bad = with(&[
        ("an end two hours ago", json!({ "exp": after(-FAR) })),
        ("a beginning in two hours", json!({ "exp": after(2 * FAR), "nbf": after(FAR) })),
    ])?;
    judge(cx, server, bad, false).await
}

/// A server MUST answer a request to connect with 401 if its token is not of the issuer or not for the
/// audience that its options state.
#[check(
    v2(since = "0.120"),
    source = "RFC 7519 §4.1.1, §4.1.3; app-server README, Protocol; every release does",
    faults(
        ISSUER_IGNORED,
        ISSUER_MAY_BE_MISSING,
        AUDIENCE_IGNORED,
        AUDIENCE_MAY_BE_MISSING,
        AUDIENCE_LIST_UNREAD
    )
)]
async fn issuer_and_audience_are_compared(cx: &mut Context) -> Result {
    let flags = options(cx, &["--ws-issuer", "me", "--ws-audience", "you"])?;
    let server = protected(cx, &flags).await?;
    let end = after(FAR);
    let bad = with(&[
        ("another issuer", json!({ "exp": end, "iss": "he", "aud": "you" })),
        ("no issuer", json!({ "exp": end, "aud": "you" })),
        ("the issuer in capitals", json!({ "exp": end, "iss": "ME", "aud": "you" })),
        ("the issuer in a list", json!({ "exp": end, "iss": ["me"], "aud": "you" })),
        ("another audience", json!({ "exp": end, "iss": "me", "aud": "they" })),
        ("no audience", json!({ "exp": end, "iss": "me" })),
        ("the beginning of the audience", json!({ "exp": end, "iss": "me", "aud": "yo" })),
        ("a longer audience", json!({ "exp": end, "iss": "me", "aud": "yours" })),
        ("other audiences", json!({ "exp": end, "iss": "me", "aud": ["they", "yours"] })),
        ("a list of no audience", json!({ "exp": end, "iss": "me", "aud": [] })),
        ("neither", json!({ "exp": end })),
    ])?;
    judge(cx, server, bad, false).await
}

/// A server MUST serve a client whose token is of the issuer and for the audience that its options
/// state, alone or in a list.
#[check(
    v2(since = "0.120"),
    source = "RFC 7519 §4.1.1, §4.1.3; app-server README, Protocol; every release does",
    faults(AUDIENCE_LIST_REFUSED)
)]
async fn the_audience_may_be_in_a_list(cx: &mut Context) -> Result {
    let flags = options(cx, &["--ws-issuer", "me", "--ws-audience", "you"])?;
    let server = protected(cx, &flags).await?;
    let end = after(FAR);
    let good = with(&[
        ("one audience", json!({ "exp": end, "iss": "me", "aud": "you" })),
        ("a list of one", json!({ "exp": end, "iss": "me", "aud": ["you"] })),
        ("a list of several", json!({ "exp": end, "iss": "me", "aud": ["they", "you"] })),
    ])?;
    judge(cx, server, good, true).await
}

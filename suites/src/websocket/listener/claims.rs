//! Signed tokens: JSON Web Tokens (RFC 7519) as a client makes them, good and bad.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use harness::{Context, OrInconclusive, Result};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

use super::{flags, token};

/// The secret of these checks.
pub(super) const SECRET: &str = "a secret of these checks, 0123456789abcdef";

/// The name of the file that holds it.
pub(super) const SECRET_FILE: &str = "secret";

/// The options for tokens that are signed with the secret, and these besides.
pub(super) fn options(cx: &Context, more: &[&str]) -> Result<Vec<String>> {
    let path = token::write(cx, SECRET_FILE, SECRET)?.display().to_string();
    let mut all = flags(&["--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", &path]);
    all.extend(flags(more));
    Ok(all)
}

/// The time so many seconds from now, as a claim.
pub(super) fn after(seconds: i64) -> i64 {
    Timestamp::now().as_second() + seconds
}

/// A token with the secret's signature by HS256.
pub(super) fn token(claims: &Value) -> Result<String> {
    signed(&json!({ "alg": "HS256", "typ": "JWT" }), claims, SECRET)
}

/// A token with this head, signed by the algorithm that the head names, or else by HS256.
pub(super) fn signed(head: &Value, claims: &Value, secret: &str) -> Result<String> {
    let text = format!("{}.{}", part(head), part(claims));
    let signature = match head["alg"].as_str() {
        Some("HS384") => mac::<Hmac<Sha384>>(secret, &text),
        Some("HS512") => mac::<Hmac<Sha512>>(secret, &text),
        _ => mac::<Hmac<Sha256>>(secret, &text),
    };
    Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature?)))
}

/// A part of a token.
pub(super) fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn mac<M: Mac + KeyInit>(secret: &str, text: &str) -> Result<Vec<u8>> {
    let mac = <M as KeyInit>::new_from_slice(secret.as_bytes());
    let mac = mac.or_inconclusive("signing a token")?;
    Ok(mac.chain_update(text).finalize().into_bytes().to_vec())
}

//! Tokens that a client has signed with the shared secret: JSON Web Tokens by HS256 (RFC 7519).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};

use crate::args::AuthFlags;
use crate::fault::fault;

/// How far clocks may differ, in seconds, unless an option says so.
const SKEW: i64 = 30;
/// How many bytes of a signature are compared by a defect.
const FEW: usize = 8;

/// What signed tokens are checked by.
pub(super) struct Signed {
    secret: String,
    issuer: Option<String>,
    audience: Option<String>,
    skew: i64,
    has_skew: bool,
}

impl Signed {
    pub(super) fn new(secret: String, flags: &AuthFlags) -> Self {
        Self {
            secret,
            issuer: flags.issuer.clone(),
            audience: flags.audience.clone(),
            skew: flags.skew.map_or(SKEW, i64::from),
            has_skew: flags.skew.is_some(),
        }
    }

    /// Whether a token is good.
    pub(super) fn admits(&self, token: &str) -> Option<()> {
        let mut parts = token.split('.');
        let (head, body, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let names: Value = decoded(head)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let signed = format!("{head}.{body}");
        if !self.is_signature(names["alg"].as_str()?, signed.as_bytes(), &signature) {
            return None;
        }
        self.claims(&decoded(body)?)
    }

    fn is_signature(&self, alg: &str, signed: &[u8], signature: &[u8]) -> bool {
        let secret = self.secret.as_bytes();
        if alg == "none" && fault!(ALG_NONE_ACCEPTED) {
            return true;
        }
        if fault!(OTHER_ALG_ACCEPTED) {
            match alg {
                "HS384" => return verified::<Hmac<Sha384>>(secret, signed, signature),
                "HS512" => return verified::<Hmac<Sha512>>(secret, signed, signature),
                _ => {}
            }
        }
        if alg != "HS256" && !fault!(ALG_UNREAD) {
            return false;
        }
        if fault!(SIGNATURE_UNCHECKED) {
            return true;
        }
        if fault!(SIGNATURE_BEGINNING_ACCEPTED) && signature.len() >= FEW {
            let whole = Hmac::<Sha256>::new_from_slice(secret)
                .map(|mac| mac.chain_update(signed).finalize().into_bytes());
            return whole.is_ok_and(|whole| whole.starts_with(signature));
        }
        verified::<Hmac<Sha256>>(secret, signed, signature)
    }

    /// Whether the claims of a token are good.
    fn claims(&self, claims: &Value) -> Option<()> {
        let now = Timestamp::now().as_second();
        let skew = match self.skew {
            _ if fault!(SKEW_IGNORED) => 0,
            _ if self.has_skew && fault!(SKEW_UNLIMITED) => i64::from(u32::MAX),
            skew => skew,
        };
        match claims.get("exp") {
            None if fault!(ENDLESS_TOKEN_ACCEPTED) => {}
            end => {
                let end = end?.as_i64()?;
                let over = end.saturating_add(skew) < now;
                (!over || fault!(EXPIRED_TOKEN_ACCEPTED)).then_some(())?;
            }
        }
        if let Some(begin) = claims.get("nbf") {
            let skew = if fault!(SKEW_AT_ONE_END) { 0 } else { skew };
            let early = begin.as_i64()?.saturating_sub(skew) > now;
            (!early || fault!(EARLY_TOKEN_ACCEPTED)).then_some(())?;
        }
        let known = ["exp", "nbf", "iat", "iss", "aud"];
        let unknown = claims.as_object()?.keys().any(|name| !known.contains(&name.as_str()));
        if unknown && fault!(UNKNOWN_CLAIMS_REFUSED) {
            return None;
        }
        if let Some(issuer) = &self.issuer
            && !fault!(ISSUER_IGNORED)
        {
            match claims.get("iss") {
                None if fault!(ISSUER_MAY_BE_MISSING) => {}
                given => (given?.as_str()? == issuer).then_some(())?,
            }
        }
        match &self.audience {
            Some(audience) if !fault!(AUDIENCE_IGNORED) => is_for(claims.get("aud"), audience),
            _ => Some(()),
        }
    }
}

/// Whether a token is for this audience.
fn is_for(given: Option<&Value>, audience: &str) -> Option<()> {
    match given {
        None => fault!(AUDIENCE_MAY_BE_MISSING),
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(_)) if fault!(AUDIENCE_LIST_REFUSED) => false,
        Some(Value::Array(_)) if fault!(AUDIENCE_LIST_UNREAD) => true,
        Some(Value::Array(several)) => several.iter().any(|one| one == audience),
        Some(_) => false,
    }
    .then_some(())
}

fn decoded(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Whether this is the signature, compared in constant time.
fn verified<M: Mac + KeyInit>(secret: &[u8], signed: &[u8], signature: &[u8]) -> bool {
    let mac = <M as KeyInit>::new_from_slice(secret);
    mac.is_ok_and(|mac| mac.chain_update(signed).verify_slice(signature).is_ok())
}

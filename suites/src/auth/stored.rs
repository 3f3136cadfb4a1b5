//! The stored login: `auth.json` in the home of a check.

use std::io::ErrorKind;

use fixtures::Auth;
use harness::{Context, Failure, OrInconclusive, Result};
use serde_json::Value;

use crate::template::configure;

/// A visibly fake key.
pub(crate) const KEY: &str = "sk-fake-proctor-one";
/// Another one.
pub(crate) const OTHER_KEY: &str = "sk-fake-proctor-two";
/// An id of a login that no subject gives.
pub(crate) const NO_LOGIN: &str = "00000000-0000-4000-8000-000000000000";

/// Writes a home with this stored login, if any, whose provider requires an OpenAI login.
pub(crate) fn prepare_home(cx: &Context, stored: Option<&Auth>) -> Result {
    configure(cx, |config| config.requires_openai_auth(true))?;
    match stored {
        Some(stored) => {
            stored.write(cx.home.path()).map(|_| ()).or_inconclusive("writing auth.json")
        }
        None => Ok(()),
    }
}

/// The stored login, or nothing if there is none.
pub(crate) fn auth_json(cx: &Context) -> Result<Option<Value>> {
    match std::fs::read(cx.home.join("auth.json")) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::inconclusive("reading auth.json", error)),
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            Failure::mismatch(
                "auth.json",
                "JSON",
                format!("{error}: {}", String::from_utf8_lossy(&bytes)),
            )
        }),
    }
}

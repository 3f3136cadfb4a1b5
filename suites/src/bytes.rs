//! Bytes that a message holds in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harness::{Failure, Result, show, text_at};
use serde_json::Value;

/// The bytes of a member of `what`, which `pointer` leads to.
pub fn bytes_at(value: &Value, pointer: &str, what: &str) -> Result<Vec<u8>> {
    let text = text_at(value, pointer, what)?;
    STANDARD.decode(text).map_err(|error| {
        let member = pointer.trim_start_matches('/');
        let observed = format!("{}: {error}", show(text));
        Failure::mismatch(format!("`{member}` in {what}"), "bytes in base64", observed)
    })
}

//! Digests as texts.

use sha2::{Digest, Sha256};

/// The SHA-256 digest in 64 hexadecimal digits.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

//! The release that the reference claims to be.

use std::sync::OnceLock;

/// What `--version-as` says.
static CLAIMED: OnceLock<String> = OnceLock::new();

/// None, unless one was claimed.
pub(crate) fn version() -> &'static str {
    CLAIMED.get().map_or("0.0.0", String::as_str)
}

/// Claims to be a release, in everything that says which one this is. The first claim stands.
pub(crate) fn claim(release: String) {
    CLAIMED.get_or_init(|| release);
}

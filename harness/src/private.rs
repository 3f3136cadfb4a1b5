//! What the attributes of `harness-macros` expand to; not for people.

pub use linkme;
pub use serde_json;

pub use crate::check::Converse;

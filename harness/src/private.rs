//! What the macros of this crate and of `harness-macros` expand to; not for people.

pub use linkme;
pub use serde_json;

pub use crate::check::Converse;
pub use crate::ensure::{equal, includes, mismatch};

//! What the macros of `ensure` expand to; not for people.

pub use crate::ensure::{equal, includes, mismatch};
